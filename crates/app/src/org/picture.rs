//! Pictures of papers: decoded under limits, turned the way they were taken, made smaller and written
//! anew. What a file carries beside its pixels (place, time, a second file) does not come through.

use std::io::Cursor;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Refused;
use domain::org::picture::{KEPT_SIDE, Paper, Wrong, admitted, sized};
use domain::refused::Party;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use privacy::{Personal, Purpose};
use sha2::{Digest as _, Sha256};
use storage::Tx;
use storage::account::code;
use time::Duration;
use tokio::sync::Semaphore;

use crate::account::{Viewer, index};
use crate::{App, Failure, Fault};

/// The kind under which pictures are counted, whatever they are of.
const UNPACKED: &str = "picture";
/// Pictures that one person has unpacked within a day, good or not: each takes everybody's time.
pub const A_DAY: i64 = 60;

/// How good the kept picture is, of 100: a licence stays legible.
const QUALITY: u8 = 80;
/// Memory for decoding one picture, in bytes.
const MEMORY: u64 = 160 * 1024 * 1024;
/// One picture is decoded at a time: each may take that much.
static TURN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// A picture as it is kept.
pub(crate) struct Kept {
    /// JPEG in base64, to be sealed.
    pub text: Personal<String>,
    /// SHA-256 of the JPEG.
    pub hash: [u8; 32],
}

/// Counts a picture, before it is unpacked. The caller holds the account.
///
/// # Errors
/// [`Party::VerifyOften`].
pub(crate) async fn count<P: Purpose>(app: &App, tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<(), Failure> {
    let ration = index(app, "picture.account", &viewer.account.to_string());
    let since = tx.ctx().now() - Duration::DAY;
    if code::attempts_since(tx, UNPACKED, ration, since).await? >= A_DAY {
        return Err(Refused::from(Party::VerifyOften).into());
    }
    code::count_attempt(tx, UNPACKED, ration).await?;
    Ok(())
}

/// What is wrong with a picture as far as its first bytes tell.
///
/// # Errors
/// The paper's refusal.
pub(crate) fn admissible(paper: Paper, bytes: &[u8]) -> Result<(), Refused> {
    admitted(bytes).map_err(|wrong| paper.refused(wrong))
}

/// Reads a picture of a paper, away from the async threads.
///
/// # Errors
/// [`Failure::Refused`] naming the paper's field.
pub(crate) async fn read(paper: Paper, bytes: Vec<u8>) -> Result<Kept, Failure> {
    policy::clause!("2.5.4.g");
    let refused = |wrong| Failure::from(paper.refused(wrong));
    admissible(paper, &bytes)?;
    let _turn = TURN
        .acquire()
        .await
        .map_err(|_| Failure::Fault(Fault::Document))?;
    let jpeg = tokio::task::spawn_blocking(move || jpeg(&bytes))
        .await
        .map_err(|_| Failure::Fault(Fault::Document))?
        .map_err(refused)?;
    Ok(Kept {
        hash: Sha256::digest(&jpeg).into(),
        text: Personal::received(STANDARD.encode(&jpeg)),
    })
}

/// The pixels alone, as a JPEG.
fn jpeg(bytes: &[u8]) -> Result<Vec<u8>, Wrong> {
    let (picture, turned) = decoded(bytes)?;
    let mut picture = if picture.width().max(picture.height()) > KEPT_SIDE {
        // Whole numbers, row by row: no second picture of floating points beside it.
        picture.thumbnail(KEPT_SIDE, KEPT_SIDE)
    } else {
        picture
    };
    picture.apply_orientation(turned);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    // What was transparent is white paper, not black.
    on_white(picture)
        .write_with_encoder(encoder)
        .map_err(|_| Wrong::Broken)?;
    Ok(jpeg)
}

fn decoded(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Wrong> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| Wrong::Broken)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err(Wrong::Format);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Wrong::Broken)?;
    let (width, height) = decoder.dimensions();
    // Before a pixel is unpacked: a small file can claim a large picture.
    sized(width, height)?;
    if decoder.total_bytes() > MEMORY {
        return Err(Wrong::Large);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| Wrong::Broken)?;
    Ok((picture, turned))
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let picture = picture.into_rgba8();
    let mut page = image::RgbImage::new(picture.width(), picture.height());
    for (on, of) in page.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = of.0.map(u32::from);
        let mixed = |part: u32| u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        on.0 = [mixed(red), mixed(green), mixed(blue)];
    }
    DynamicImage::ImageRgb8(page)
}

/// A picture that looks like a paper, for a demonstration: nothing on it can be read.
#[must_use]
pub fn sample_picture(shade: u8) -> Vec<u8> {
    let mut page = image::RgbImage::from_pixel(900, 640, image::Rgb([255, 255, 255]));
    for (x, y, pixel) in page.enumerate_pixels_mut() {
        let frame = x < 24 || y < 24 || x >= 876 || y >= 616;
        if frame || (y % 80 < 6 && (120..780).contains(&x)) {
            *pixel = image::Rgb([shade, 40, 40]);
        }
    }
    let mut bytes = Vec::new();
    // Writing into memory does not fail; if it did, the picture would be refused like any broken one.
    let _ = JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&page);
    bytes
}

#[cfg(test)]
#[path = "picture/tests.rs"]
mod tests;
