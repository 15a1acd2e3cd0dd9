//! `qifu365 verify`: a receipt checked without network, stores or trust in whoever issued it.

use std::path::Path;
use std::process::ExitCode;

use privacy::log::receipt::{ReceiptError, verify};
use privacy::log::{Growth, LogError, VerifierKey};

use crate::console::tell;

/// Everything fits, under the key that was given.
const SOUND: u8 = 0;
/// Something does not fit.
const UNSOUND: u8 = 1;
/// A file or key that cannot be read, or is none.
const UNREADABLE: u8 = 2;
/// The receipt fits together, but no key was given: whoever forged all of it would get this too.
const UNCONFIRMED: u8 = 3;

/// Receipts are a few kilobytes.
const LARGEST: u64 = 1024 * 1024;

fn say(mark: char, zh: &str, en: &str) {
    tell(&format!("{mark} {zh}"));
    tell(&format!("  {en}"));
}

fn read(file: &Path) -> Option<String> {
    let small = std::fs::metadata(file).is_ok_and(|about| about.len() <= LARGEST);
    let text = small.then(|| std::fs::read_to_string(file).ok()).flatten();
    if text.is_none() {
        let name = file.display();
        say(
            '✗',
            &format!("无法读取 {name}：文件不存在、过大，或不是文本。"),
            &format!("cannot read {name}: it is not there, too large, or no text"),
        );
    }
    text
}

/// A key as given, or from the file of that name.
fn key_of(given: &str) -> Option<VerifierKey> {
    let from_file = std::fs::read_to_string(given).ok();
    let text = from_file.as_deref().unwrap_or(given).trim();
    let key = VerifierKey::parse(text).ok();
    if key.is_none() {
        say(
            '✗',
            "公钥无法识别；应形如 名称+编号+公钥，可在 /toumingdu 页面找到。",
            "this is no key; it reads name+id+key and stands on the page /toumingdu",
        );
    }
    key
}

fn reason(error: ReceiptError) -> (&'static str, u8) {
    match error {
        ReceiptError::Unreadable => ("这不是可识别的凭证。", UNREADABLE),
        ReceiptError::OtherLog => ("凭证属于另一份日志，与所给公钥不符。", UNSOUND),
        ReceiptError::Signature => ("签名不符：凭证被改动过，或不是该日志签发的。", UNSOUND),
        ReceiptError::Checkpoint => ("检查点的签名与日志公钥不符。", UNSOUND),
        ReceiptError::Commitment => ("盐值与内容算不出日志中的校验值。", UNSOUND),
        ReceiptError::NotIncluded => ("日志的这个位置上没有这条记录。", UNSOUND),
        ReceiptError::Contradiction => ("凭证所述与写入日志的内容不一致。", UNSOUND),
    }
}

/// Checks a receipt and says what was found, in both languages.
pub fn run(file: &Path, key: Option<&str>, against: Option<&Path>) -> ExitCode {
    ExitCode::from(checked(file, key, against))
}

fn checked(file: &Path, key: Option<&str>, against: Option<&Path>) -> u8 {
    let Some(text) = read(file) else {
        return UNREADABLE;
    };
    let given = match key.map(key_of) {
        Some(None) => return UNREADABLE,
        Some(Some(key)) => Some(key),
        None => None,
    };
    let receipt = match verify(&text, given.as_ref()) {
        Ok(receipt) => receipt,
        Err(error) => {
            let (zh, code) = reason(error);
            say('✗', zh, &error.to_string());
            return code;
        }
    };
    say(
        '✓',
        "签名相符，凭证未被改动。",
        "the signature fits; the receipt is as it was signed",
    );
    say(
        '✓',
        "盐值与内容与日志中的校验值相符。",
        "salt and content give the commitment in the log",
    );
    let (zh, en) = receipt.kind.label();
    let (index, size) = (receipt.index, receipt.checkpoint.size);
    say(
        '✓',
        &format!("该事件（{zh}）是日志前 {size} 条中的第 {index} 条（从 0 数起）。"),
        &format!("the event ({en}) is entry {index}, counted from 0, of the {size} under the checkpoint"),
    );
    for field in ["document", "version", "language", "state", "at", "text_sha256"] {
        if let Some(told) = receipt.payload[field].as_str() {
            tell(&format!("    {field}: {told}"));
        }
    }
    if let Some(against) = against {
        let Some(text) = read(against) else {
            return UNREADABLE;
        };
        let newer = Growth::parse(&text).and_then(|growth| growth.check(&receipt.checkpoint, &receipt.key));
        match newer {
            Ok(newer) => say(
                '✓',
                &format!("日志已有 {} 条，前 {size} 条与凭证签发时完全一致。", newer.size),
                &format!(
                    "the log has {} entries now; its first {size} are what they were",
                    newer.size
                ),
            ),
            Err(LogError::OutOfRange) => {
                say(
                    '✗',
                    &format!("这份证明不是从 {size} 条开始的；请下载 /tlog/growth/{size}。"),
                    &format!("this proof does not begin at {size} entries; download /tlog/growth/{size}"),
                );
                return UNREADABLE;
            }
            Err(LogError::Malformed(_)) => {
                say(
                    '✗',
                    "第二个文件不是检查点，也不是一致性证明。",
                    "the second file is neither a checkpoint nor a consistency proof",
                );
                return UNREADABLE;
            }
            Err(_) => {
                say(
                    '✗',
                    "日志被改写：新的检查点不是在凭证所依据的日志之上增长的，或不是同一日志所签。请保存这两个文件作为证据。",
                    "the log was rewritten: the newer checkpoint does not go on from the log of this receipt, or is not signed by it; keep both files as evidence",
                );
                return UNSOUND;
            }
        }
    }
    if given.is_some() {
        return SOUND;
    }
    say(
        '!',
        "没有给出公钥，只按凭证自带的公钥核对。请与自己保存的公钥比对，或用 --key 重新验证：",
        "no key was given, so the receipt's own was used; compare it with one you kept, or check again with --key:",
    );
    tell(&format!("    {}", receipt.key.to_text()));
    UNCONFIRMED
}
