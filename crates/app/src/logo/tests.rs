//! What becomes of pictures that people send as a logo: by content, whatever they are called.

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use super::*;

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = DynamicImage::from(RgbaImage::from_pixel(width, height, Rgba([200, 30, 30, 255])));
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = if format == ImageFormat::Jpeg { DynamicImage::from(image.to_rgb8()) } else { image };
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn code(sent: &[u8]) -> &'static str {
    made_anew(sent).err().map_or("taken", |error| error.code)
}

#[test]
fn every_format_is_made_anew() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let made = made_anew(&picture(300, 100, format)).unwrap();
        assert_eq!((made.width, made.height), (300, 100), "{format:?}");
        assert_eq!(image::guess_format(&made.bytes).unwrap(), ImageFormat::WebP);
    }
    let large = made_anew(&picture(2048, 512, ImageFormat::Png)).unwrap();
    assert_eq!((large.width, large.height), (1024, 256));
    let drawing = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><rect width="4" height="2" fill="#00f"/></svg>"##;
    let drawing = made_anew(drawing).unwrap();
    assert_eq!((drawing.width, drawing.height), (1024, 512));
}

#[test]
fn nothing_of_what_was_sent_is_kept_beside_the_pixels() {
    let mut both = picture(8, 8, ImageFormat::Png);
    both.extend_from_slice(b"<html><script>alert(1)</script></html>");
    let made = made_anew(&both).unwrap();
    assert!(!made.bytes.windows(7).any(|seven| seven == b"<script"));
    let mut commented = picture(8, 8, ImageFormat::Jpeg);
    let comment = b"\xff\xfe\x00\x1c<script>alert(1)</script>\n";
    commented.splice(2..2, comment.iter().copied());
    let made = made_anew(&commented).unwrap();
    assert!(!made.bytes.windows(7).any(|seven| seven == b"<script"));
}

#[test]
fn content_decides_what_it_is() {
    for other in [
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".as_slice(),
        b"%PDF-1.7",
        b"BM\x00\x00",
        b"\x1f\x8b\x08\x00 a compressed drawing",
        b"<html><body>logo.png</body></html>",
        b"PK\x03\x04",
        b"",
    ] {
        assert_eq!(code(other), "wrong_type", "{other:?}");
    }
    assert_eq!(code(b"\x89PNG\r\n\x1a\n and nothing more"), "unreadable");
    let mut cut = picture(64, 64, ImageFormat::Png);
    cut.truncate(60);
    assert_eq!(code(&cut), "unreadable");
}

/// A PNG whose head tells of more pixels than it has.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = picture(1, 1, ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..29]);
    let sum = crc.sum().to_be_bytes();
    bytes[29..33].copy_from_slice(&sum);
    bytes
}

#[test]
fn bombs_of_pixels_are_seen_by_their_head() {
    assert_eq!(code(&claiming(50_000, 50_000)), "too_large");
    assert_eq!(code(&claiming(4097, 1)), "too_large");
    assert_eq!(code(&picture(4097, 1, ImageFormat::Png)), "too_large");
    assert_eq!(code(&picture(4096, 1, ImageFormat::Png)), "taken");
}

#[tokio::test]
async fn a_letter_gets_a_small_png() {
    let made = made_anew(&picture(1000, 200, ImageFormat::Png)).unwrap();
    let png = picture::for_letter(made.bytes.into()).await.unwrap();
    let small = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
    assert_eq!((small.width(), small.height()), (320, 64));
    assert_eq!(picture::for_letter(b"nothing".as_slice().into()).await, None);
}
