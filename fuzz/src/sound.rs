//! Sound inputs: what a target begins from, and never refuses.

use crate::log::SOUND;

/// Sound inputs of a target, and those that once failed.
#[must_use]
pub fn sound(target: &str) -> Vec<Vec<u8>> {
    match target {
        "address" => texts(&[
            "sousuo?q=%E4%BB%A3%E8%B4%A6&lang=en",
            "fuwu?leixing=caishui&chengshi=%E6%9D%AD%E5%B7%9E&jiage=1-5&paixu=price&page=2",
            "zhengce/duibi/2020-11-01/2020-11-01",
            "tlog/tile/0/x001/234.p/5",
            "api/v1/search?q=x&page=1&per_page=5",
            "denglu?next=//example.com/<fz>",
        ]),
        "backup_manifest" => texts(&[
            r#"{"of":"data","installation":"00000000-0000-4000-8000-000000000001",
            "engine":"sqlite","schema":14,"at":"2026-11-23T02:20:39Z","bytes":4096,"sha256":"00"}"#,
        ]),
        "form_body" => (0..24_u8).flat_map(form).collect(),
        "json_body" => [
            (
                0,
                r#"{"service":"00000000-0000-4000-8000-000000000001","sku":0,"note":"<fz>"}"#,
            ),
            (
                1,
                r#"{"version":1,"event":"request_refund","reason":"x","items":[0]}"#,
            ),
        ]
        .map(|(way, text)| [&[way], text.as_bytes()].concat())
        .to_vec(),
        "log_bytes" => vec![
            [0, 2, 0, 1].repeat(32),
            [&2_u16.to_be_bytes()[..], b"ab", &0_u16.to_be_bytes()].concat(),
        ],
        "log_text" => {
            let key = SOUND.key.to_text();
            let entry = SOUND.entry.as_str();
            texts(&[
                &key,
                entry,
                &SOUND.opening,
                &SOUND.note,
                &SOUND.growth,
                "0/x001/234.p/5",
                "entries/001",
            ])
        }
        "policy_version" => {
            let of = |file: &str| {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/2020-11-01/");
                std::fs::read_to_string(format!("{folder}{file}")).expect("a text of the policy")
            };
            let parts = [
                "version.toml",
                "clauses.toml",
                "agreement.zh.md",
                "agreement.en.md",
                "purposes.toml",
            ];
            vec![parts.map(of).join("\n%%\n").into_bytes()]
        }
        "receipt" => vec![
            [&[0], SOUND.receipt.to_string().as_bytes()].concat(),
            vec![1, 0, 40, 2, b'x'],
        ],
        "request_headers" => vec![
            b"\0\0session=abc; lang=en\n\x01en;q=0.9\n\x091".to_vec(),
            b"\x03\x08same-origin\n\x03Mozilla/5.0 <fz> Firefox".to_vec(),
            b"\x04\x02Bearer qf_00\n\x06\"x\"".to_vec(),
        ],
        "sealed_value" | "wrapped_key" => vec![vec![0; 34], vec![1, 3, 1], b"\0\0plain".to_vec()],
        "search_query" => texts(&[
            "代账",
            "daizhang",
            "dai zhang",
            "商标 注册",
            "tradmark",
            "财锐",
            "a b 有限公司",
        ]),
        "typed_text" => texts(&[
            "+86 138-0000-0000",
            "100-0000-0051",
            "林知远",
            "¥1,234.50元",
            "QF0123456789AB",
            "请加微信 abc_123，或打一三八零零零零零零零零",
            "91330100MA0000000X",
            "arbiter-1",
            "order_read",
            "0123-4567-AB",
        ]),
        _ => Vec::new(),
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A form for the row with this number, as a visitor, as somebody logged in, and with their token.
fn form(row: u8) -> Vec<Vec<u8>> {
    let fields = "phone=100-0000-0052&code=123456&account_name=%3Cfz%3E&password=x&login=a&accept_policy=2020-11-01\
        &token_name=%3Cfz%3E&days=30&order_read=yes&note=%3Cfz%3E&sku=0&version=1&item=0&reason=%3Cfz%3E&amount=1";
    (0..3_u8)
        .map(|who| [&[row, who], fields.as_bytes()].concat())
        .collect()
}
