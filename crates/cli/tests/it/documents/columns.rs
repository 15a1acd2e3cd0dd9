//! `docs/columns.md`, from the register of columns.

use std::fmt::Write as _;

use storage::register::{Class, Column, columns};

use super::{clause_links, fresh, head, row};

const fn class(of: Class) -> &'static str {
    match of {
        Class::Public => "public",
        Class::Account => "account",
        Class::Personal => "personal",
        Class::Sensitive => "sensitive",
        Class::Secret => "secret",
        Class::Derived => "derived",
    }
}

/// The purposes; of a sealed column, each with its own clauses.
fn purposes(column: &Column) -> String {
    if !column.is_sealed() {
        return column.purposes.join(", ");
    }
    let pairs = column.uses.iter();
    let pairs = pairs.map(|(purpose, clauses)| format!("{purpose} ({})", clause_links(clauses)));
    pairs.collect::<Vec<_>>().join(", ")
}

fn document(columns: &[Column]) -> String {
    let mut text = String::from(
        "# 数据字段 · Columns\n\n\
         <!-- Written by `cargo xtask gen` from crates/storage/columns.toml; edit that file. -->\n\n\
         每张表的每一列：类别、所属主体、用途、依据条款、保存规则、接收方、是否可导出。\n\n\
         Every column of every table: its class, whose it is, what for, by which clause, \
         [how long](retention.md), who receives it, and whether it is exported. A sealed column \
         names the clauses of each purpose.\n",
    );
    let mut last = "";
    for column in columns {
        if column.table != last {
            let _ = write!(text, "\n## {}\n\n", column.table);
            text.push_str(&head(&[
                "column",
                "class",
                "subject",
                "purposes",
                "clauses",
                "retention",
                "recipients",
                "export",
            ]));
            last = &column.table;
        }
        text.push_str(&row(&[
            &column.name,
            class(column.class),
            &column.subject,
            &purposes(column),
            &if column.is_sealed() {
                String::new()
            } else {
                clause_links(&column.clauses)
            },
            &format!("[{rule}](retention.md#{rule})", rule = column.retention),
            &column.recipients.join(", "),
            if column.export { "yes" } else { "no" },
        ]));
    }
    text
}

#[test]
fn columns_document_is_fresh() {
    fresh("docs/columns.md", &document(&columns().expect("the register")));
}
