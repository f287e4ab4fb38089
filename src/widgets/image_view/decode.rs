//! From a file's bytes to pixels, with bounds that an image which claims to be huge cannot get around.

use egui::{Color32, ColorImage};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbaImage};
use std::fmt;
use std::io::Cursor;
use std::sync::Arc;

/// No more pixels than this are decoded: 64 million, 256 MB.
pub const MAX_PIXELS: u64 = 64 * 1024 * 1024;

/// Smaller than this on both sides, nothing is halved any more.
const HALVED_LEAST: usize = 512;

/// An image in its own size and halved, halved again, until it is small.
#[derive(Clone)]
pub struct DecodedImage {
    /// The largest first; each next one half of it.
    levels: Vec<Arc<ColorImage>>,
    stamp: u64,
}

impl fmt::Debug for DecodedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [width, height] = self.size();
        write!(f, "DecodedImage({width} × {height}, {} levels)", self.levels.len())
    }
}

/// Why an image is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// The bytes are no image that can be read: what the decoder said.
    Unreadable(String),
    /// It has, or claims to have, more pixels than are decoded.
    TooLarge {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// How many pixels are decoded at most.
        max_pixels: u64,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "this is no image that can be read: {why}"),
            Self::TooLarge { width, height, max_pixels } => {
                let most = max_pixels / 1_000_000;
                write!(f, "{width} × {height} pixels are more than the {most} million that are shown")
            }
        }
    }
}

impl std::error::Error for ImageError {}

impl DecodedImage {
    /// Halves pixels until they are few. For images that were not read from a file.
    pub fn new(pixels: ColorImage) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static STAMP: AtomicU64 = AtomicU64::new(1);
        let mut levels = vec![Arc::new(pixels)];
        while let Some(last) = levels.last().filter(|last| last.size.iter().any(|side| *side > HALVED_LEAST)) {
            levels.push(Arc::new(halved(last)));
        }
        Self { levels, stamp: STAMP.fetch_add(1, Ordering::Relaxed) }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [usize; 2] {
        self.levels.first().map_or([0, 0], |level| level.size)
    }

    /// The bytes that this keeps, for caches with a bound.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|level| level.pixels.len() * size_of::<Color32>()).sum()
    }

    /// The smallest level that still has a pixel for each of `scale` of the image's own pixels.
    pub(super) fn level_for(&self, scale: f32) -> (usize, &Arc<ColorImage>) {
        let wanted = (1.0 / scale.max(1e-6)).log2().floor().max(0.0) as usize;
        let index = wanted.min(self.levels.len() - 1);
        (index, &self.levels[index])
    }

    /// Tells one image from another.
    pub(super) fn stamp(&self) -> u64 {
        self.stamp
    }
}

/// Decodes an image: PNG, JPEG, GIF (its first picture) or WebP, as it is to be held. Meant for a worker.
pub fn decode_image(bytes: &[u8], max_pixels: u64) -> Result<DecodedImage, ImageError> {
    let unreadable = |error: &dyn fmt::Display| ImageError::Unreadable(error.to_string());
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| unreadable(&e))?;
    let mut limits = Limits::default();
    // Sixteen bits and four channels, twice: no decoder needs more for as many pixels.
    limits.max_alloc = Some(max_pixels.saturating_mul(16).max(1 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| unreadable(&e))?;
    let (width, height) = decoder.dimensions();
    // Before anything is allocated for pixels: what the image claims.
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(ImageError::TooLarge { width, height, max_pixels });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| unreadable(&e))?;
    image.apply_orientation(orientation);
    Ok(DecodedImage::new(pixels_of(image.into_rgba8())))
}

fn pixels_of(image: RgbaImage) -> ColorImage {
    let size = [image.width() as usize, image.height() as usize];
    ColorImage::from_rgba_unmultiplied(size, image.as_raw())
}

/// Half as wide and half as high; each pixel the mean of four.
fn halved(image: &ColorImage) -> ColorImage {
    let [width, height] = image.size;
    let size = [width.div_ceil(2).max(1), height.div_ceil(2).max(1)];
    let mut pixels = Vec::with_capacity(size[0] * size[1]);
    for y in 0..size[1] {
        let (top, bottom) = (2 * y * width, (2 * y + 1).min(height - 1) * width);
        for x in 0..size[0] {
            let (left, right) = (2 * x, (2 * x + 1).min(width - 1));
            let four = [top + left, top + right, bottom + left, bottom + right].map(|at| image.pixels[at].to_array());
            let mean = |channel: usize| (four.iter().map(|p| u16::from(p[channel])).sum::<u16>() / 4) as u8;
            pixels.push([mean(0), mean(1), mean(2), mean(3)]);
        }
    }
    let bytes: Vec<u8> = pixels.into_iter().flatten().collect();
    ColorImage::from_rgba_premultiplied(size, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::ImageFormat;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let image = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 200]));
        DynamicImage::from(image).write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    }

    #[test]
    fn the_usual_formats_are_read() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let image = decode_image(&encoded(40, 30, format), MAX_PIXELS).expect("decodes");
            assert_eq!(image.size(), [40, 30], "{format:?}");
        }
    }

    #[test]
    fn what_claims_too_much_is_refused_before_it_is_read() {
        let small = encoded(40, 30, ImageFormat::Png);
        let refused = decode_image(&small, 1_000).expect_err("too large");
        assert_eq!(refused, ImageError::TooLarge { width: 40, height: 30, max_pixels: 1_000 });
        // A bomb: a header that promises 60,000 × 60,000 over a few bytes. The checksum is made to fit.
        let mut bomb = small;
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let crc = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&crc);
        assert!(matches!(decode_image(&bomb, MAX_PIXELS), Err(ImageError::TooLarge { width: 60_000, .. })));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
        })
    }

    #[test]
    fn damage_is_an_error() {
        let whole = encoded(40, 30, ImageFormat::Png);
        for bytes in [&b""[..], b"no image", &whole[..20], &whole[..whole.len() / 2]] {
            assert!(matches!(decode_image(bytes, MAX_PIXELS), Err(ImageError::Unreadable(_))));
        }
    }

    #[test]
    fn sizes_are_halved_until_they_are_small() {
        let image = DecodedImage::new(ColorImage::filled([3_001, 7], Color32::WHITE));
        let sizes: Vec<[usize; 2]> = image.levels.iter().map(|level| level.size).collect();
        assert_eq!(sizes, [[3_001, 7], [1_501, 4], [751, 2], [376, 1]]);
        assert!(image.levels.iter().all(|level| level.pixels.iter().all(|pixel| *pixel == Color32::WHITE)));
        assert_eq!([2.0, 1.0, 0.6, 0.5, 0.1, 0.0].map(|scale| image.level_for(scale).0), [0, 0, 0, 1, 3, 3]);
    }
}
