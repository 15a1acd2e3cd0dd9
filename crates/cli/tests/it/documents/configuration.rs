//! `docs/configuration.md`, from what the binary says of itself.

use std::fmt::Write as _;
use std::process::Command;

use super::scan::{sources, words_with};
use super::{codes, fresh, head, root, row};

/// Variables that no flag stands for: name, who reads it, meaning.
const OTHERS: [(&str, &str, &str); 14] = [
    (
        "RUST_LOG",
        "qifu365",
        "what is logged; `info,sqlx=warn` if absent",
    ),
    (
        "QIFU365_WRAPPING_KEY",
        "qifu365",
        "the wrapping key as 64 hexadecimal digits, instead of a key file",
    ),
    (
        "QIFU365_WRAPPING_KEY_NEXT",
        "qifu365",
        "the key that replaces it, while `rotate-key` runs",
    ),
    (
        "QIFU365_PKCS11_PIN",
        "qifu365",
        "the PIN of the token named by `--pkcs11-token`",
    ),
    (
        "QIFU365_TEST_PKCS11",
        "tests",
        "the module of SoftHSM; set by `cargo xtask test`",
    ),
    (
        "QIFU365_TEST_POSTGRES",
        "tests",
        "the server on which tests make their databases; set by `cargo xtask test`",
    ),
    (
        "QIFU365_IDENTIFIERS",
        "tests",
        "the program that judges generated numbers beside other validators; set by `cargo xtask test`",
    ),
    (
        "QIFU365_GEN",
        "tests",
        "set by `cargo xtask gen`: generated documents are written instead of compared",
    ),
    (
        "QIFU365_BIN",
        "browser tests, benches",
        "the binary to try; set by `cargo xtask test` and `cargo xtask bench`",
    ),
    (
        "QIFU365_E2E_ONLY",
        "browser tests",
        "only the tests whose names this expression matches, while working on one",
    ),
    (
        "QIFU365_PGBENCH",
        "benches",
        "PostgreSQL's load generator; set by `cargo xtask bench`",
    ),
    (
        "QIFU365_SCREENSHOTS",
        "browser tests",
        "the folder for pictures; set by `cargo xtask screenshots`",
    ),
    (
        "QIFU365_DENY",
        ".ci/run",
        "1 installs cargo-deny if it is missing",
    ),
    (
        "CARGO_TARGET_DIR",
        "xtask",
        "where the build is; `target` if absent",
    ),
];

#[derive(Debug, PartialEq, Eq)]
struct Flag {
    name: String,
    variable: String,
    default: String,
    meaning: String,
}

/// What stands between `[name: ` and its bracket, without the value a variable has now.
fn note(text: &str, name: &str) -> String {
    let open = format!("[{name}: ");
    text.split_once(&open)
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(inside, _)| inside.trim_end_matches('=').to_owned())
        .unwrap_or_default()
}

/// The flags in a help text, except help and version themselves.
fn flags(help: &str) -> Vec<Flag> {
    let mut found: Vec<Flag> = Vec::new();
    let mut within = false;
    for line in help.lines().map(str::trim) {
        if line.starts_with('-') {
            within = line.starts_with("--");
            if within {
                found.push(Flag {
                    name: line.to_owned(),
                    variable: String::new(),
                    default: String::new(),
                    meaning: String::new(),
                });
            }
        } else if let (true, Some(flag)) = (within, found.last_mut()) {
            flag.variable = note(line, "env");
            flag.default = note(line, "default");
            line.split(" [")
                .next()
                .unwrap_or_default()
                .clone_into(&mut flag.meaning);
            within = false;
        }
    }
    found
}

/// The commands in a help text with their meanings, except help itself.
fn commands(help: &str) -> Vec<(&str, &str)> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(name, meaning)| (name, meaning.trim()))
        .filter(|(name, _)| *name != "help")
        .collect()
}

fn help(command: Option<&str>) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_qifu365"))
        .args(command)
        .arg("-h")
        .env_clear()
        .output()
        .expect("the binary runs");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn table(flags: &[Flag]) -> String {
    let mut text = head(&["flag", "variable", "default", "meaning"]);
    for flag in flags {
        let set = |value: &str| {
            if value.is_empty() {
                String::new()
            } else {
                codes([value])
            }
        };
        text.push_str(&row(&[
            &codes([&flag.name]),
            &set(&flag.variable),
            &set(&flag.default),
            &flag.meaning,
        ]));
    }
    text
}

fn document() -> String {
    let mut text = String::from(
        "# 配置 · Configuration\n\n\
         <!-- Written by `cargo xtask gen` from `qifu365 -h`; edit crates/cli/src/config.rs. -->\n\n\
         命令行参数优先于环境变量，环境变量优先于默认值。\n\n\
         A flag comes before its variable, a variable before the default.\n\n",
    );
    let help_of_all = help(None);
    let shared = flags(&help_of_all);
    text.push_str(&table(&shared));
    text.push_str("\n## Commands\n\nEvery flag above serves every command.\n\n");
    text.push_str(&head(&["command", "meaning"]));
    for (name, meaning) in commands(&help_of_all) {
        text.push_str(&row(&[&codes([name]), meaning]));
    }
    for (name, _) in commands(&help_of_all) {
        let mut own = flags(&help(Some(name)));
        own.retain(|flag| !shared.contains(flag));
        if !own.is_empty() {
            let _ = write!(text, "\nOnly for `{name}`:\n\n{}", table(&own));
        }
    }
    text.push_str("\n## Variables without a flag\n\n");
    text.push_str(&head(&["variable", "read by", "meaning"]));
    for (name, reader, meaning) in OTHERS {
        text.push_str(&row(&[&codes([name]), reader, meaning]));
    }
    text
}

#[test]
fn configuration_document_is_fresh() {
    fresh("docs/configuration.md", &document());
}

#[test]
fn no_variable_is_left_out() {
    let document = document();
    for folder in ["crates", "xtask/src", "e2e", ".ci"] {
        for source in sources(&root().join(folder), &["rs", "mjs", "run"]) {
            for variable in words_with(&source.text, "QIFU365_") {
                assert!(
                    variable == "QIFU365_" || document.contains(&format!("`{variable}`")),
                    "{variable} in {} is described nowhere",
                    source.path
                );
            }
        }
    }
}

#[test]
fn a_help_text_gives_its_flags() {
    let help = "Commands:\n  serve   Serves  the site\n  help    Helps\n\nOptions:\n      --data <DATA>\n          The folder [env: QIFU365_DATA=x] [default: data]\n  \
                -h, --help\n          Print help\n";
    assert_eq!(commands(help), [("serve", "Serves  the site")]);
    assert_eq!(
        flags(help),
        [Flag {
            name: "--data <DATA>".to_owned(),
            variable: "QIFU365_DATA=x".to_owned(),
            default: "data".to_owned(),
            meaning: "The folder".to_owned(),
        }]
    );
}
