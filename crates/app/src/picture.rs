//! Pictures that people send: decided by content, decoded within bounds off the async threads, and encoded anew, so that
//! nothing of what was sent is served. The one decoder of raster images; drawings are `logo/drawing.rs`.

use std::io::Cursor;

use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits,
    RgbaImage,
};
use nexus_model::InvalidInput;
use tokio::sync::Semaphore;

/// Most bytes of what is sent.
pub(crate) const LARGEST: usize = 2 << 20;
/// Longest side of what is sent, in pixels.
const LONGEST_SIDE: u32 = 4096;
/// Most memory that decoding may take: a picture of the largest size in 8 bytes for each pixel.
const MEMORY: u64 = LONGEST_SIDE as u64 * LONGEST_SIDE as u64 * 8;
/// The largest picture in a letter, in pixels.
const IN_LETTER: (u32, u32) = (320, 96);
/// Pictures are decoded one after another: each may take the memory above.
static DECODING: Semaphore = Semaphore::const_new(1);

/// A picture that cannot be taken.
pub(crate) fn refused(code: &'static str, detail: &str) -> InvalidInput {
    InvalidInput::new(code, detail)
}

/// What cannot be read at all.
pub(crate) fn unreadable() -> InvalidInput {
    refused("unreadable", "cannot be read")
}

/// Does `work` off the async threads, one such work at a time in this process.
pub(crate) async fn alone<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, InvalidInput> + Send + 'static,
) -> Result<T, InvalidInput> {
    let slot = DECODING.acquire().await;
    // The work ends by itself even when nobody waits any more: the slot stays with it.
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(slot);
        done
    });
    done.await.map_err(|_| unreadable())?
}

/// Whether this is a raster image of a format that is taken, by its first bytes.
pub(crate) fn raster(sent: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(sent).ok();
    format.filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP))
}

/// The first frame, turned as the camera says, within bounds.
pub(crate) fn decoded(sent: &[u8], format: ImageFormat) -> Result<DynamicImage, InvalidInput> {
    let wrong = |error: ImageError| match error {
        ImageError::Limits(_) => refused("too_large", "may have 4096 x 4096 pixels at most"),
        _ => unreadable(),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(sent), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    limits.check_dimensions(width, height).map_err(wrong)?;
    limits.reserve(decoder.total_bytes()).map_err(wrong)?;
    decoder.set_limits(limits).map_err(wrong)?;
    let turned = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    if let Some(turned) = turned {
        picture.apply_orientation(turned);
    }
    Ok(picture)
}

/// As it is kept: WebP without loss, and without anything beside the pixels.
pub(crate) fn encoded(picture: &RgbaImage) -> Result<Vec<u8>, InvalidInput> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes)
        .encode(picture, picture.width(), picture.height(), ExtendedColorType::Rgba8)
        .map_err(|_| unreadable())?;
    Ok(bytes)
}

/// A picture that Nexus keeps as it goes into a letter: a small PNG, since many readers of mail know no WebP. `None` where
/// what is kept cannot be read.
pub(crate) async fn for_letter(kept: bytes::Bytes) -> Option<Vec<u8>> {
    let made = alone(move || {
        let picture = decoded(&kept, raster(&kept).ok_or_else(unreadable)?)?;
        let (width, height) = IN_LETTER;
        let fits = picture.width() <= width && picture.height() <= height;
        let small = if fits { picture } else { picture.resize(width, height, FilterType::Triangle) }.to_rgba8();
        let mut bytes = Vec::new();
        PngEncoder::new(&mut bytes)
            .write_image(&small, small.width(), small.height(), ExtendedColorType::Rgba8)
            .map_err(|_| unreadable())?;
        Ok(bytes)
    });
    made.await.ok()
}
