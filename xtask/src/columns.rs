//! `docs/columns.md`, written from the register of columns.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

const REGISTER: &str = "crates/storage/columns.toml";
const DOCUMENT: &str = "docs/columns.md";

/// Writes the document.
pub fn write(root: &Path) -> Result<()> {
    let text = from_register(root)?;
    std::fs::write(root.join(DOCUMENT), text).with_context(|| format!("cannot write {DOCUMENT}"))?;
    println!("{DOCUMENT} written");
    Ok(())
}

/// Fails when the document is not what the register gives.
pub fn check(root: &Path) -> Result<()> {
    let fresh = from_register(root)?;
    if std::fs::read_to_string(root.join(DOCUMENT)).is_ok_and(|present| present == fresh) {
        return Ok(());
    }
    bail!("{DOCUMENT} is stale; run `cargo xtask gen`")
}

fn from_register(root: &Path) -> Result<String> {
    let text =
        std::fs::read_to_string(root.join(REGISTER)).with_context(|| format!("cannot read {REGISTER}"))?;
    document(&text).with_context(|| format!("{REGISTER} is malformed"))
}

fn document(register: &str) -> Result<String> {
    let register: Table = register.parse()?;
    let columns = register
        .get("column")
        .and_then(Value::as_array)
        .context("no [[column]] at all")?;
    let mut text = String::from(
        "# 数据字段 · Columns\n\n\
         <!-- Written by `cargo xtask gen` from crates/storage/columns.toml; edit that file. -->\n\n\
         每张表的每一列：类别、所属主体、用途、依据条款、保存规则、接收方、是否可导出。\n\n\
         Every column of every table: its class, whose it is, what for, by which clause, how long, who receives \
         it, and whether it is exported.\n",
    );
    let mut last = "";
    for (index, column) in columns.iter().enumerate() {
        let row = Row(column);
        let at = || format!("entry {}", index + 1);
        let table = row.text("table").with_context(at)?;
        if table != last {
            write!(
                text,
                "\n## {table}\n\n| column | class | subject | purposes | clauses | retention | recipients | export |\n\
                 |---|---|---|---|---|---|---|---|\n"
            )?;
            last = table;
        }
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(row.text("name").with_context(at)?),
            cell(row.text("class").with_context(at)?),
            cell(row.text("subject").with_context(at)?),
            cell(&row.list("purposes").with_context(at)?),
            cell(&row.list("clauses").with_context(at)?),
            cell(row.text("retention").with_context(at)?),
            cell(&row.list("recipients").with_context(at)?),
            if row.flag("export").with_context(at)? {
                "yes"
            } else {
                "no"
            },
        )?;
    }
    Ok(text)
}

/// An entry of the register.
struct Row<'a>(&'a Value);

impl<'a> Row<'a> {
    fn field(&self, key: &str) -> Result<&'a Value> {
        self.0.get(key).with_context(|| format!("`{key}` is missing"))
    }

    fn text(&self, key: &str) -> Result<&'a str> {
        self.field(key)?
            .as_str()
            .with_context(|| format!("`{key}` must be a text"))
    }

    fn flag(&self, key: &str) -> Result<bool> {
        self.field(key)?
            .as_bool()
            .with_context(|| format!("`{key}` must be true or false"))
    }

    fn list(&self, key: &str) -> Result<String> {
        let wrong = || format!("`{key}` must be a list of texts");
        let list = self.field(key)?.as_array().with_context(wrong)?;
        let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
        Ok(texts.with_context(wrong)?.join(", "))
    }
}

fn cell(text: &str) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text.replace('|', "\\|").replace('\n', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"
        [[column]]
        table = "account"
        name = "phone"
        class = "personal"
        subject = "subject"
        purposes = ["keep_account", "verify_holder"]
        clauses = ["2.1.1.a"]
        retention = "account_life"
        recipients = []
        export = true
    "#;

    #[test]
    fn an_entry_becomes_a_row_under_its_table() {
        let text = document(ENTRY).unwrap();
        let row =
            "| phone | personal | subject | keep_account, verify_holder | 2.1.1.a | account_life | – | yes |";
        assert!(text.contains("\n## account\n"));
        assert!(text.lines().any(|line| line == row), "{text}");
    }

    #[test]
    fn an_entry_with_a_gap_is_refused_by_number_and_key() {
        let gap = ENTRY.replace("retention", "keep");
        let error = format!("{:#}", document(&gap).unwrap_err());
        assert_eq!(error, "entry 1: `retention` is missing");
    }

    #[test]
    fn a_stale_document_is_found() {
        let root = std::env::temp_dir().join(format!("qifu365-gen-{}", std::process::id()));
        for folder in ["crates/storage", "docs"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join(REGISTER), ENTRY).unwrap();
        assert!(check(&root).is_err());
        write(&root).unwrap();
        assert!(check(&root).is_ok());
        std::fs::write(root.join(REGISTER), ENTRY.replace("true", "false")).unwrap();
        assert!(check(&root).is_err());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
