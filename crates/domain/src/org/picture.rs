//! Pictures of papers: which are taken, and what is said of those that are not.

use crate::refused::{Party, Refused, Trade};

/// The most bytes of a picture as sent.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most pixels.
pub const MOST_PIXELS: u64 = 25_000_000;
/// The least pixels of the longer side: less cannot be read.
pub const LEAST_SIDE: u32 = 600;
/// The least pixels of the shorter side: no paper is a stripe.
pub const LEAST_SHORT: u32 = 300;
/// Pixels of the longer side as kept: enough to read a licence.
pub const KEPT_SIDE: u32 = 1_800;

/// Which paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// The business licence.
    Licence,
    /// The letter of authorisation.
    Letter,
    /// A licence of a category.
    Permit,
}

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is none.
    Missing,
    /// It is of another kind, whatever its name says.
    Format,
    /// It has too many bytes or pixels.
    Large,
    /// It cannot be read.
    Small,
    /// It does not open.
    Broken,
}

impl Paper {
    /// What is said of it.
    #[must_use]
    pub fn refused(self, wrong: Wrong) -> Refused {
        let party = match (self, wrong) {
            (Self::Permit, wrong) => return permit(wrong).into(),
            (Self::Licence, Wrong::Missing) => Party::LicenceMissing,
            (Self::Licence, Wrong::Format) => Party::LicenceFormat,
            (Self::Licence, Wrong::Large) => Party::LicenceLarge,
            (Self::Licence, Wrong::Small) => Party::LicenceSmall,
            (Self::Licence, Wrong::Broken) => Party::LicenceBroken,
            (Self::Letter, Wrong::Missing) => Party::LetterMissing,
            (Self::Letter, Wrong::Format) => Party::LetterFormat,
            (Self::Letter, Wrong::Large) => Party::LetterLarge,
            (Self::Letter, Wrong::Small) => Party::LetterSmall,
            (Self::Letter, Wrong::Broken) => Party::LetterBroken,
        };
        party.into()
    }
}

const fn permit(wrong: Wrong) -> Trade {
    match wrong {
        Wrong::Missing => Trade::PermitMissing,
        Wrong::Format => Trade::PermitFormat,
        Wrong::Large => Trade::PermitLarge,
        Wrong::Small => Trade::PermitSmall,
        Wrong::Broken => Trade::PermitBroken,
    }
}

/// Whether the first bytes are those of a kind of picture that is taken: JPEG or PNG.
///
/// # Errors
/// [`Wrong::Missing`] for nothing, [`Wrong::Large`], [`Wrong::Format`].
pub fn admitted(bytes: &[u8]) -> Result<(), Wrong> {
    if bytes.is_empty() {
        return Err(Wrong::Missing);
    }
    if bytes.len() > MOST_BYTES {
        return Err(Wrong::Large);
    }
    let kinds: [&[u8]; 2] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"];
    if kinds.iter().any(|kind| bytes.starts_with(kind)) {
        Ok(())
    } else {
        Err(Wrong::Format)
    }
}

/// Whether a picture of this size is taken.
///
/// # Errors
/// [`Wrong::Large`], [`Wrong::Small`].
pub fn sized(width: u32, height: u32) -> Result<(), Wrong> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Wrong::Large);
    }
    if width.max(height) < LEAST_SIDE || width.min(height) < LEAST_SHORT {
        return Err(Wrong::Small);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_kinds_of_pictures_are_taken_and_each_at_both_sides_of_its_limits() {
        assert_eq!(admitted(b""), Err(Wrong::Missing));
        for other in [
            &b"%PDF-1.7"[..],
            b"GIF89a",
            b"RIFF....WEBP",
            b"\0\0\0\x18ftypheic",
            b"<svg xmlns=",
            b"\xff\xd8",
            b"MZ",
            b" \x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(admitted(other), Err(Wrong::Format));
        }
        let mut jpeg = b"\xff\xd8\xff".to_vec();
        jpeg.resize(MOST_BYTES, 0);
        assert_eq!(admitted(&jpeg), Ok(()));
        jpeg.push(0);
        assert_eq!(admitted(&jpeg), Err(Wrong::Large));
        assert_eq!(sized(600, 300), Ok(()));
        assert_eq!(sized(299, 600), Err(Wrong::Small));
        assert_eq!(sized(599, 599), Err(Wrong::Small));
        assert_eq!(sized(5_000, 5_000), Ok(()));
        assert_eq!(sized(5_000, 5_001), Err(Wrong::Large));
        assert_eq!(sized(u32::MAX, u32::MAX), Err(Wrong::Large));
    }

    #[test]
    fn every_fault_names_its_own_field() {
        for (paper, field) in [
            (Paper::Licence, "licence"),
            (Paper::Letter, "letter"),
            (Paper::Permit, "picture"),
        ] {
            for wrong in [
                Wrong::Missing,
                Wrong::Format,
                Wrong::Large,
                Wrong::Small,
                Wrong::Broken,
            ] {
                assert_eq!(paper.refused(wrong).field(), field);
            }
        }
    }
}
