//! Contact and identity data in free text. Contact data travels by a grant of the buyer, field by
//! field, not in a note that both sides keep (clause 2.4.1.3); so a note that seems to hold some is
//! given back with a word of advice. What this misses is no breach: it is a seat belt, not a wall.
//! And it must let the language of the trade pass: amounts, dates, credit codes, standards.

mod address;
mod number;

/// Whether the text seems to hold a phone, identity or bank number, a mail address, or an account of
/// a messenger: also in full width, in Chinese numerals, or taken apart by spaces and dots.
#[must_use]
pub fn found(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|sign| !invisible(*sign)).map(plain).collect();
    number::found(&plain) || address::mail(&plain) || address::messenger(&plain)
}

/// Signs without width, which take a number apart for a program and not for a reader.
const fn invisible(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Half width, lower case.
fn plain(sign: char) -> char {
    let sign = match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    };
    sign.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn clause_2_4_1_3_contact_and_identity_data_is_found() {
        for text in [
            // Mobile numbers.
            "请打 13800000000",
            "电话13800138000，随时可以联系",
            "100-0000-0001",
            "１００ ００００ ０００１",
            "138 0013 8000",
            "138-0013-8000",
            "138.0013.8000",
            "1 3 8 0 0 1 3 8 0 0 0",
            "1.3.8.0.0.1.3.8.0.0.0",
            "138_0013_8000",
            "138\u{200b}0013\u{200b}8000",
            "+86 138 0013 8000",
            "+8613800138000",
            "(0086)13800138000",
            "一三八零零一三八零零零",
            "幺三八 零零幺三 八零零零",
            "壹叁捌零零壹叁捌零零零",
            "1三8零0一3八0零0",
            "①③⑧⓪⓪①③⑧⓪⓪⓪",
            "tel:13800138000a",
            // Landlines and service numbers.
            "座机 010-88880000",
            "0755-8888 0000",
            "(021) 6888 0000",
            "02168880000",
            "400-800-8888",
            // Identity and bank numbers.
            "身份证 99999919900101001X",
            "法人身份证110101199001011234",
            "110101 19900101 1234",
            "尾号 6222 0000 0000 0000 的卡",
            "6222021234567890123",
            "对公账号：1101 2345 6789 0123",
            "开户行账户 310066661018800012345",
            // Mail.
            "a.b@demo.example",
            "a.b ＠ demo.example",
            "lin艾特demo点example",
            "lin 艾特 qq 点 com",
            "lin(at)demo.example",
            "lin [at] demo [dot] example",
            "lin at qq.com",
            "123456@qq",
            // Messengers.
            "微信 abc_12345",
            "微信：linzhiyuan",
            "微信号是 linzhiyuan",
            "加我微信linzhiyuan01",
            "加V：lin-zhiyuan",
            "vx: lin12345",
            "wx lin12345",
            "WeChat ID: linzhiyuan",
            "薇信：lin12345",
            "QQ 123456789",
            "QQ号：12345678",
            "扣扣 一二三四五六七八",
            "Q Q：12 34 56 78",
            "钉钉号：lin12345",
            "telegram @linzhiyuan",
        ] {
            assert!(found(text), "{text}");
        }
    }

    #[test]
    fn the_language_of_the_trade_passes() {
        for text in [
            "",
            // Amounts.
            "注册资本 1000000 元",
            "注册资本 10000000000",
            "注册资本 13800000000 元",
            "注册资本人民币 15,000,000,000.00 元",
            "年营业额 18000000000",
            "¥13,800,000,000.00",
            "预算 138000-150000 元，分 3 期",
            "费用 138.00 450.00 1 次",
            // Credit codes and numbers of documents.
            "统一社会信用代码 91999999MAD3650188",
            "统一社会信用代码 91110108592366240T",
            "统一社会信用代码 911101085923662400",
            "税号 91310000MADEMO0001",
            "订单 QF7K3M9X2P",
            "订单 QF123456789012",
            "软著登记号 2020SR0123456",
            "商标注册号 13800138，第 9、35、42 类",
            "专利号 ZL202010123456.7",
            "专利申请号 202010123456.7",
            "发票号码 24312000000012345678",
            // Dates and times.
            "2026-11-23 14:30 前",
            "2026年11月23日 14:30（北京时间）",
            "2026-11-23 至 2026-11-24，2026-12-01 2026-12-02",
            "2026.11.23 2026.11.24 2026.11.25",
            "2026/11/23 09:00-18:00",
            "二〇二六年十一月二十三日",
            "20261123 至 20261231",
            // Standards, versions, lists.
            "ISO9001、ISO27001",
            "GB/T 22239-2019，GB/T 37668-2019",
            "第 1、2、3、4、5、6、7、8、9、10 项",
            "版本 1.3.8.0，Windows 10.0.19045",
            "1-10 月的凭证，共 1200 张",
            "邮编 100000",
            // Words of messengers and mail without an account.
            "见 @ 页",
            "@某人 你好",
            "请做一个微信小程序，对接微信支付",
            "接入微信 JSAPI 与 OAuth 登录",
            "微信公众号认证一次，小程序备案一次",
            "支持微信、QQ、钉钉登录",
            "QQ 音乐推广方案",
            "QQ 浏览器兼容，分辨率 1920",
            "meet at example.com",
            "用 at 命令",
            "单价 10 @ 3.5",
            "电压 V: 220",
            "第三方 v2 接口",
            "一三五上门，二四六远程",
        ] {
            assert!(!found(text), "{text}");
        }
    }

    #[test]
    fn long_text_is_read_in_a_moment() {
        let text = "1 3 微信 @ at ".repeat(20_000);
        assert!(!found(&text));
    }
}
