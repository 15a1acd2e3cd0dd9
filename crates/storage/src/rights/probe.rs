//! The search for what must not be there any more (1.6): every text and every run of bytes of
//! every table is looked through for the identifiers of an erased person.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

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

/// A file that was opened to be searched, and stays open.
struct Kept {
    path: PathBuf,
    file: File,
}

/// Every file that was searched. Closing one would take from this process every lock that SQLite has
/// on it: so POSIX wants it, whoever opened what. Another process could then write at the same time,
/// or remove a log that is in use.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// The file at a path, opened once.
fn opened<'k>(kept: &'k mut Vec<Kept>, path: &Path) -> std::io::Result<&'k mut File> {
    let known = kept.iter().position(|kept| kept.path == path);
    let place = if let Some(place) = known {
        place
    } else {
        kept.push(Kept {
            path: path.to_owned(),
            file: File::open(path)?,
        });
        kept.len() - 1
    };
    let file = &mut kept[place].file;
    file.rewind()?;
    Ok(file)
}

/// Whether a path still leads to the file that was opened. If not, that file was removed, and nobody's
/// locks hang on it.
#[cfg(unix)]
fn still_there(kept: &Kept) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |read: std::io::Result<std::fs::Metadata>| read.map(|read| (read.dev(), read.ino()));
    match (place(kept.file.metadata()), place(std::fs::metadata(&kept.path))) {
        (Ok(open), Ok(there)) => open == there,
        (_, Err(error)) => error.kind() != ErrorKind::NotFound,
        (Err(_), _) => true,
    }
}

/// Elsewhere locks belong to what opened the file, and nothing needs to stay open.
#[cfg(not(unix))]
fn still_there(_: &Kept) -> bool {
    false
}

/// Looks for the needles in files, piece by piece; a file that is not there holds nothing.
pub(crate) fn in_files(files: &[PathBuf], needles: &[Vec<u8>]) -> std::io::Result<(usize, Vec<String>)> {
    const PIECE: usize = 1 << 20;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(still_there);
    let longest = needles.iter().map(Vec::len).max().unwrap_or_default();
    let (mut there, mut found) = (0, Vec::new());
    for path in files {
        let file = match opened(&mut kept, path) {
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
            let read = file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
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
