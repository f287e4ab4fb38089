//! A part of what the window shows as a PNG file.

use egui::{ColorImage, Rect};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

/// Writes the pixels of `rect`, in points of which each is `scale` pixels wide. Meant for a worker.
pub fn encode_png(image: &ColorImage, rect: Rect, scale: f32) -> Result<Vec<u8>, String> {
    let [width, height] = image.size;
    let pixel = |points: f32, most: usize| ((points * scale).round().max(0.0) as usize).min(most);
    let (left, right) = (pixel(rect.left(), width), pixel(rect.right(), width));
    let (top, bottom) = (pixel(rect.top(), height), pixel(rect.bottom(), height));
    if left >= right || top >= bottom {
        return Err("the chart is not in view".to_owned());
    }
    let mut bytes = Vec::with_capacity((right - left) * (bottom - top) * 3);
    for y in top..bottom {
        for pixel in &image.pixels[y * width + left..y * width + right] {
            bytes.extend_from_slice(&[pixel.r(), pixel.g(), pixel.b()]);
        }
    }
    let size = [right - left, bottom - top].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let mut png = Vec::new();
    let written = PngEncoder::new(&mut png).write_image(&bytes, size[0], size[1], ExtendedColorType::Rgb8);
    written.map(|()| png).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::image_view::decode_image;
    use egui::{Color32, pos2};

    #[test]
    fn a_part_comes_back_as_it_was() {
        let pixels = (0..12).map(|n| if n % 4 == 1 { Color32::WHITE } else { Color32::BLACK }).collect();
        let image = ColorImage::new([4, 3], pixels);
        let png = encode_png(&image, Rect::from_min_max(pos2(0.5, 0.0), pos2(1.0, 9.0)), 2.0).expect("a PNG");
        let again = decode_image(&png, 100).expect("an image");
        assert_eq!(again.size(), [1, 3]);
        assert!(encode_png(&image, Rect::NOTHING, 1.0).is_err());
    }
}
