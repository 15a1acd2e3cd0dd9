//! The copy of everything a person is entitled to (2.6.1.h, PIPL 45): JSON and tables in one
//! archive, with a page for reading that the caller adds.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use privacy::purpose::{ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis};
use serde_json::{Map, Value, json};
use storage::rights::copy::{Cell, Section, fields, gather, open};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::reauthenticate;
use crate::account::Viewer;
use crate::{App, Failure, Fault};

/// A person's copy.
pub struct Copy {
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// Under which policy version.
    pub policy_version: String,
    /// Table by table.
    pub sections: Vec<Section>,
}

/// Makes the viewer's copy, after the password was given again.
///
/// # Errors
/// [`Failure::Refused`] for a wrong password or too many tries.
pub async fn copy(
    app: &App,
    verify: &Ctx<VerifyHolder>,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    password: &str,
) -> Result<Copy, Failure> {
    reauthenticate(app, verify, viewer, password).await?;
    let mut tx = app.store.begin(ctx).await?;
    let ask = Ask {
        subject: viewer.subject,
        fields: fields(),
        basis: LegalBasis::LegalDuty("PIPL 45"),
        clause: policy::clause!("2.6.1.h"),
        case: None,
    };
    let mut sections = gather(&mut tx, viewer.subject).await?;
    let permit = tx.permit(ask).await?;
    open(&tx, &permit, &mut sections).await?;
    tx.commit().await?;
    Ok(Copy {
        made_at: ctx.now(),
        policy_version: ctx.policy_version().to_owned(),
        sections,
    })
}

/// A section's name in the copy: the table, and the way to the person where there are two.
fn name(section: &Section, sections: &[Section]) -> String {
    let alone = sections
        .iter()
        .filter(|other| other.table == section.table)
        .count()
        == 1;
    if alone {
        return section.table.to_owned();
    }
    let way = section.path.trim_end_matches(".subject");
    format!("{}.{}", section.table, way.rsplit('.').next().unwrap_or(way))
}

fn instant(at: OffsetDateTime) -> String {
    at.to_offset(domain::calendar::BEIJING)
        .format(&Rfc3339)
        .unwrap_or_default()
}

fn as_json(cell: &Cell) -> Value {
    match cell {
        Cell::Nothing => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Number(number) => json!(number),
        Cell::At(at) => json!(instant(*at)),
        Cell::Id(id) => json!(id.to_string()),
        Cell::Own => json!("own"),
        Cell::Other => json!("other"),
        Cell::Held | Cell::Sealed(..) => json!("held"),
    }
}

/// One field of a table; a text that a spreadsheet would take for a formula is marked as text.
fn as_csv(cell: &Cell) -> String {
    let text = match as_json(cell) {
        Value::Null => return String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && matches!(cell, Cell::Text(_)) {
        format!("'{text}")
    } else {
        text
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

impl Copy {
    /// The names of the sections, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.sections
            .iter()
            .map(|section| name(section, &self.sections))
            .collect()
    }

    /// The whole copy as JSON; instants in Beijing time (RFC 3339).
    #[must_use]
    pub fn json(&self) -> Value {
        let mut tables = Map::new();
        let mut counts = BTreeMap::new();
        for (section, name) in self.sections.iter().zip(self.names()) {
            let rows = section.rows.iter().map(|row| {
                let pairs = section.columns.iter().zip(row);
                Value::Object(
                    pairs
                        .map(|(column, cell)| (column.name.clone(), as_json(cell)))
                        .collect(),
                )
            });
            let rows: Vec<Value> = rows.collect();
            counts.insert(name.clone(), rows.len());
            tables.insert(name, Value::Array(rows));
        }
        json!({
            "made_at": instant(self.made_at),
            "policy_version": self.policy_version,
            "clause": policy::clause!("2.6.1.h"),
            "counts": counts,
            "data": tables,
        })
    }

    fn csv(section: &Section) -> String {
        let mut text = String::from('\u{feff}');
        let line = |fields: Vec<String>| fields.join(",") + "\r\n";
        text.push_str(&line(
            section.columns.iter().map(|column| column.name.clone()).collect(),
        ));
        for row in &section.rows {
            text.push_str(&line(row.iter().map(as_csv).collect()));
        }
        text
    }
}

/// The archive: `copy.json`, a table for each section, and the page for reading.
///
/// # Errors
/// [`Failure::Fault`] if it cannot be packed.
pub fn bundle(copy: &Copy, page: &str) -> Result<Vec<u8>, Failure> {
    let packed = |_| Failure::Fault(Fault::Document);
    let written = |_| Failure::Fault(Fault::Document);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let json = serde_json::to_vec_pretty(&copy.json()).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut files = vec![
        ("copy.html".to_owned(), page.as_bytes().to_vec()),
        ("copy.json".to_owned(), json),
    ];
    for (section, name) in copy.sections.iter().zip(copy.names()) {
        files.push((format!("csv/{name}.csv"), Copy::csv(section).into_bytes()));
    }
    for (name, bytes) in files {
        archive.start_file(name, options).map_err(packed)?;
        archive.write_all(&bytes).map_err(written)?;
    }
    Ok(archive.finish().map_err(packed)?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_a_spreadsheet_would_run_is_text() {
        assert_eq!(as_csv(&Cell::Text("=HYPERLINK(1)".to_owned())), "'=HYPERLINK(1)");
        assert_eq!(as_csv(&Cell::Text("一,二\"".to_owned())), "\"一,二\"\"\"");
        assert_eq!(as_csv(&Cell::Number(-5)), "-5");
    }
}
