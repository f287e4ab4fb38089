//! The category palettes and the tint behind scores and differences.

use egui::Color32;

/// Chosen so that neighbours differ in hue and lightness; hand them out in order.
const DARK_HUES: [Color32; HUES] = [
    Color32::from_rgb(0xF4, 0xA2, 0x61),
    Color32::from_rgb(0x5B, 0xB0, 0xF0),
    Color32::from_rgb(0xB7, 0x94, 0xF6),
    Color32::from_rgb(0x5F, 0xCB, 0x8B),
    Color32::from_rgb(0xF2, 0x72, 0x6F),
    Color32::from_rgb(0xA3, 0xAD, 0xBB),
    Color32::from_rgb(0xE5, 0xC4, 0x54),
    Color32::from_rgb(0x4F, 0xD1, 0xC5),
    Color32::from_rgb(0xF6, 0x87, 0xB3),
    Color32::from_rgb(0xC6, 0xA2, 0x7A),
    Color32::from_rgb(0x9E, 0xD3, 0x6A),
    Color32::from_rgb(0x8C, 0x9E, 0xFF),
];

/// The same hues, dark enough for white.
const LIGHT_HUES: [Color32; HUES] = [
    Color32::from_rgb(0xB4, 0x53, 0x09),
    Color32::from_rgb(0x1D, 0x6F, 0xB8),
    Color32::from_rgb(0x7C, 0x3A, 0xED),
    Color32::from_rgb(0x1B, 0x7F, 0x4B),
    Color32::from_rgb(0xC4, 0x30, 0x2B),
    Color32::from_rgb(0x56, 0x63, 0x73),
    Color32::from_rgb(0x8A, 0x6A, 0x00),
    Color32::from_rgb(0x0F, 0x76, 0x6E),
    Color32::from_rgb(0xBE, 0x18, 0x5D),
    Color32::from_rgb(0x7A, 0x52, 0x30),
    Color32::from_rgb(0x4D, 0x7C, 0x0F),
    Color32::from_rgb(0x46, 0x52, 0xD9),
];

/// On dark.
pub(super) const DARK: [Color32; 2 * HUES] = twice(DARK_HUES, Color32::WHITE);
/// On light.
pub(super) const LIGHT: [Color32; 2 * HUES] = twice(LIGHT_HUES, Color32::BLACK);

/// So many hues there are; from then on they come again, lighter in the dark and darker in the light.
pub const HUES: usize = 12;

/// How much of the way to white or black the second round of hues goes.
const AGAIN_PERCENT: u16 = 50;

/// The hues, then the same ones nearer to `end`.
const fn twice(first: [Color32; HUES], end: Color32) -> [Color32; 2 * HUES] {
    let mut all = [end; 2 * HUES];
    let mut at = 0;
    while at < HUES {
        all[at] = first[at];
        all[HUES + at] = between(first[at], end, AGAIN_PERCENT);
        at += 1;
    }
    all
}

/// `percent` of the way from one opaque colour to another.
const fn between(from: Color32, to: Color32, percent: u16) -> Color32 {
    let ([r, g, b, _], [x, y, z, _]) = (from.to_array(), to.to_array());
    Color32::from_rgb(mean(r, x, percent), mean(g, y, percent), mean(b, z, percent))
}

const fn mean(from: u8, to: u8, percent: u16) -> u8 {
    ((from as u16 * (100 - percent) + to as u16 * percent + 50) / 100) as u8
}

/// `color` at `percent` opacity, premultiplied in gamma space as egui blends.
pub(super) const fn tint(color: Color32, percent: u16) -> Color32 {
    let [r, g, b, _] = color.to_array();
    Color32::from_rgba_premultiplied(scale(r, percent), scale(g, percent), scale(b, percent), scale(0xFF, percent))
}

const fn scale(channel: u8, percent: u16) -> u8 {
    ((channel as u16 * percent + 50) / 100) as u8
}
