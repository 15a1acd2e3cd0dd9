//! The search for what must not be there any more (1.6): every text and every run of bytes of
//! every table is looked through for the identifiers of an erased person.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;
use std::sync::OnceLock;

use privacy::Purpose;

use crate::engine::{Engine, StoreError, Value};
use crate::schema::{self, Kind};
use crate::tx::Tx;

struct Place {
    name: String,
    kind: Kind,
    sqlite: String,
    postgres: String,
}

fn places() -> &'static [Place] {
    static PLACES: OnceLock<Vec<Place>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let of_table = |(table, declared): (&&str, &schema::Declared)| {
            let searched = declared
                .columns
                .iter()
                .filter(|(_, kind)| matches!(kind, Kind::Text | Kind::Bytes))
                .map(|(column, kind)| Place {
                    name: format!("{table}.{column}"),
                    kind: *kind,
                    sqlite: format!("SELECT COUNT(*) FROM {table} WHERE instr({column}, $1) > 0"),
                    postgres: format!("SELECT COUNT(*) FROM {table} WHERE position($1 in {column}) > 0"),
                });
            searched.collect::<Vec<_>>()
        };
        schema::declared().iter().flat_map(of_table).collect()
    })
}

/// What to look for.
#[derive(Clone, Debug)]
pub enum Needle {
    /// A text.
    Text(String),
    /// Bytes, such as a digest.
    Bytes(Vec<u8>),
}

/// Looks for the needles everywhere in the data store; the places where one is, as `table.column`.
/// Texts are looked for in bytes too.
///
/// # Errors
/// [`StoreError`].
pub async fn search<P: Purpose>(tx: &mut Tx<'_, P>, needles: &[Needle]) -> Result<Vec<String>, StoreError> {
    policy::clause!("1.6");
    let engine = tx.store().engine();
    let mut found = Vec::new();
    for place in places() {
        let statement: &'static str = match engine {
            Engine::Sqlite => &place.sqlite,
            Engine::Postgres => &place.postgres,
        };
        for needle in needles {
            let value = match (needle, place.kind) {
                (Needle::Text(text), Kind::Text) => Value::Text(text.clone()),
                (Needle::Text(text), _) => Value::Bytes(text.as_bytes().to_vec()),
                (Needle::Bytes(_), Kind::Text) => continue,
                (Needle::Bytes(bytes), _) => Value::Bytes(bytes.clone()),
            };
            let hits = tx
                .row(statement, &[value])
                .await?
                .map_or(Ok(0), |row| row.int(0))?;
            if hits > 0 {
                found.push(place.name.clone());
                break;
            }
        }
    }
    Ok(found)
}

/// Looks for the needles in files, piece by piece; a file that is not there holds nothing.
pub(crate) fn in_files(files: &[PathBuf], needles: &[Vec<u8>]) -> std::io::Result<(usize, Vec<String>)> {
    const PIECE: usize = 1 << 20;
    let longest = needles.iter().map(Vec::len).max().unwrap_or_default();
    let (mut there, mut found) = (0, Vec::new());
    for path in files {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        there += 1;
        let mut piece: Vec<u8> = Vec::with_capacity(PIECE + longest);
        loop {
            // The end of the last piece stays: a needle may lie across.
            let keep = piece.len().saturating_sub(longest.saturating_sub(1));
            piece.drain(..keep);
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            let hit = needles.iter().any(|needle| {
                !needle.is_empty() && piece.windows(needle.len()).any(|part| part == needle.as_slice())
            });
            if hit {
                let name = path.file_name().unwrap_or_default();
                found.push(name.to_string_lossy().into_owned());
                break;
            }
            if read == 0 {
                break;
            }
        }
    }
    Ok((there, found))
}

/// How many columns are looked through.
#[must_use]
pub fn breadth() -> usize {
    places().len()
}
