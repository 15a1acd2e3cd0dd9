use image::{ExtendedColorType, ImageEncoder as _};

use super::*;

fn png(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    let (channels, kind) = if alpha {
        (4, ExtendedColorType::Rgba8)
    } else {
        (3, ExtendedColorType::Rgb8)
    };
    let size = usize::try_from(width * height).expect("small") * channels;
    encoder
        .write_image(&vec![0; size], width, height, kind)
        .expect("drawn");
    bytes
}

/// A JPEG with an EXIF block: turned by a quarter, and words that name a place.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    tiff.extend_from_slice(b"GPS 31.2304N 121.4737E");
    let mut block = b"Exif\0\0".to_vec();
    block.extend(tiff);
    let length = u16::try_from(block.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &block, &jpeg[2..]].concat()
}

/// The check sum of a PNG's chunk.
fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
        }
    }
    !sum
}

#[test]
fn clause_2_5_4_g_what_a_file_carries_beside_its_pixels_does_not_come_through() {
    let plain = sample_picture(10);
    let tagged = with_exif(&plain);
    assert!(tagged.windows(12).any(|part| part == b"GPS 31.2304N"));
    // A second file behind the picture: to some programs it is that one.
    let polyglot = [&tagged[..], b"PK\x03\x04<script>alert(1)</script>"].concat();
    let kept = jpeg(&polyglot).expect("a picture");
    for secret in [&b"GPS"[..], b"Exif", b"<script>", b"PK\x03\x04"] {
        assert!(!kept.windows(secret.len()).any(|part| part == secret));
    }
    // It stands the way it was taken.
    let seen = image::load_from_memory(&kept).expect("opens");
    assert_eq!((seen.width(), seen.height()), (640, 900));
}

#[test]
fn large_pictures_become_smaller_and_transparent_ones_white() {
    let seen = |bytes: &[u8]| image::load_from_memory(&jpeg(bytes).expect("a picture")).expect("opens");
    let large = seen(&png(3_600, 900, false));
    assert_eq!((large.width(), large.height()), (1_800, 450));
    let clear = seen(&png(700, 700, true)).into_rgb8();
    assert!(clear.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)));
}

#[test]
fn files_that_are_no_sound_picture_are_refused() {
    let whole = sample_picture(10);
    assert_eq!(jpeg(&whole[..300]).err(), Some(Wrong::Broken));
    for (bytes, wrong) in [
        (&b"\xff\xd8\xff\xe0 not a picture"[..], Wrong::Broken),
        (b"\x89PNG\r\n\x1a\n", Wrong::Broken),
        (b"GIF89a", Wrong::Format),
        (b"%PDF-1.7", Wrong::Format),
    ] {
        assert_eq!(jpeg(bytes).err(), Some(wrong));
    }
    assert_eq!(jpeg(&png(599, 300, false)).err(), Some(Wrong::Small));
    // Sixteen bytes that claim 4,000 million pixels: nothing is unpacked.
    let mut bomb = png(600, 600, false);
    bomb[16..24].copy_from_slice(&[0, 0, 0xf4, 0x24, 0, 0, 0xf4, 0x24]);
    let crc = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(jpeg(&bomb).err(), Some(Wrong::Large));
}
