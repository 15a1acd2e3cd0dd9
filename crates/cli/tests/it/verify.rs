//! `qifu365 verify` as its user meets it: what it says in both languages, and its exit codes.

use std::path::{Path, PathBuf};
use std::process::Command;

use privacy::Entropy;
use privacy::log::receipt::{Logged, sign};
use privacy::log::tile::Edge;
use privacy::log::{Checkpoint, Entry, Kind, NoteSigner, Opening, TreeHash};
use serde_json::json;
use time::OffsetDateTime;

struct Same;

impl Entropy for Same {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(5);
    }
}

fn signer(seed: u8) -> NoteSigner {
    NoteSigner::new("log.example/tlog", &[seed; 32]).expect("a signer")
}

fn checkpoint(leaves: &[TreeHash], seed: u8) -> String {
    let mut edge = Edge::default();
    edge.grow(leaves);
    let told = Checkpoint {
        origin: "log.example/tlog".to_owned(),
        size: edge.size(),
        root: edge.root(),
    };
    told.sign(&signer(seed)).expect("signed")
}

/// A log of one entry, then of two.
struct Case {
    folder: PathBuf,
    key: String,
}

impl Case {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("qifu365_verify_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let payload = json!({ "kind": "document", "document": "policy", "version": "2020-11-01" });
        let opening = Opening::new(&payload, &Same).expect("an opening");
        let entry = Entry::new(Kind::Document, OffsetDateTime::UNIX_EPOCH, opening.commitment());
        let leaf = entry.leaf().expect("a leaf");
        let other = TreeHash::leaf(b"other");
        let logged = Logged {
            key: signer(1).verifier().to_text(),
            index: 0,
            entry: entry.to_text().expect("text"),
            salt: opening.salt(),
            payload,
            inclusion_proof: Vec::new(),
            checkpoint: checkpoint(&[leaf], 1),
        };
        let key = logged.key.clone();
        let receipt = sign(json!({}), &logged, &signer(1))
            .expect("a receipt")
            .to_string();
        let case = Self { folder, key };
        case.write("receipt.json", &receipt);
        case.write("changed.json", &receipt.replace("2020-11-01", "2020-11-02"));
        case.write("key.txt", &format!("{}\n", case.key));
        let grown = |leaves: &[TreeHash]| format!("old 1\n{other}\n\n{}", checkpoint(leaves, 1));
        case.write("growth.txt", &grown(&[leaf, other]));
        case.write("forked.txt", &grown(&[other, leaf]));
        case.write("same.txt", &checkpoint(&[leaf], 1));
        case.write("other.txt", &checkpoint(&[other], 1));
        case.write("ahead.txt", &checkpoint(&[leaf, other], 1));
        case.write("bytes.bin", "\u{1}\u{2}");
        case
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("written");
    }

    fn run(&self, file: &str, key: Option<&str>, against: Option<&str>) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qifu365"));
        command.current_dir(&self.folder).arg("verify").arg(file);
        for (flag, value) in [("--key", key), ("--against", against)] {
            if let Some(value) = value {
                command.arg(flag).arg(value);
            }
        }
        let done = command.output().expect("it runs");
        let text = String::from_utf8(done.stdout).expect("text");
        (done.status.code().unwrap_or(-1), text)
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_sound_receipt_ends_with_0_under_a_key_of_one_s_own_and_with_3_without() {
    let case = Case::new("sound");
    for key in [case.key.as_str(), "key.txt"] {
        let (code, text) = case.run("receipt.json", Some(key), None);
        assert_eq!(code, 0, "{text}");
        assert!(
            text.contains("签名相符") && text.contains("the signature fits"),
            "{text}"
        );
        assert!(text.contains("version: 2020-11-01"));
    }
    let (code, text) = case.run("receipt.json", None, None);
    assert_eq!(code, 3);
    assert!(
        text.contains(&case.key) && text.contains("没有给出公钥"),
        "{text}"
    );
    assert!(
        !Path::new(&case.folder).join("data").exists(),
        "nothing is opened or made"
    );
}

#[test]
fn what_does_not_fit_ends_with_1_and_what_cannot_be_read_with_2() {
    let case = Case::new("unsound");
    let other = signer(2).verifier().to_text();
    for (file, key, wanted, told) in [
        ("changed.json", case.key.as_str(), 1, "签名不符"),
        ("receipt.json", other.as_str(), 1, "另一份日志"),
        ("receipt.json", "no key", 2, "公钥无法识别"),
        ("missing.json", case.key.as_str(), 2, "无法读取"),
        ("bytes.bin", case.key.as_str(), 2, "不是可识别的凭证"),
        ("growth.txt", case.key.as_str(), 2, "不是可识别的凭证"),
    ] {
        let (code, text) = case.run(file, Some(key), None);
        assert_eq!(code, wanted, "{file}: {text}");
        assert!(text.contains(told), "{file}: {text}");
    }
}

#[test]
fn a_rewritten_log_is_found_with_a_newer_checkpoint() {
    let case = Case::new("against");
    for (against, wanted, told) in [
        ("growth.txt", 0, "日志已有 2 条"),
        ("same.txt", 0, "日志已有 1 条"),
        ("forked.txt", 1, "日志被改写"),
        ("other.txt", 1, "日志被改写"),
        ("ahead.txt", 2, "/tlog/growth/1"),
        ("key.txt", 2, "不是检查点"),
        ("missing.txt", 2, "无法读取"),
    ] {
        let (code, text) = case.run("receipt.json", Some(&case.key), Some(against));
        assert_eq!(code, wanted, "{against}: {text}");
        assert!(text.contains(told), "{against}: {text}");
    }
}
