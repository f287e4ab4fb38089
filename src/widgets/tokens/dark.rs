//! The dark theme.

use super::{Tokens, category};
use egui::Color32;

const GOOD: Color32 = Color32::from_rgb(0x4C, 0xC3, 0x8A);
const BAD: Color32 = Color32::from_rgb(0xF2, 0x72, 0x6F);
const WARN: Color32 = Color32::from_rgb(0xE5, 0xB4, 0x54);
const BLUE: Color32 = Color32::from_rgb(0x6C, 0xB6, 0xFF);
const ORANGE: Color32 = Color32::from_rgb(0xF0, 0xA0, 0x4B);

pub(super) const TOKENS: Tokens = Tokens {
    is_dark: true,
    bg_window: Color32::from_rgb(0x0F, 0x13, 0x18),
    bg_panel: Color32::from_rgb(0x15, 0x1A, 0x21),
    bg_raised: Color32::from_rgb(0x1B, 0x22, 0x2B),
    bg_selected: Color32::from_rgb(0x22, 0x30, 0x4A),
    line: Color32::from_rgb(0x26, 0x2E, 0x3A),
    text1: Color32::from_rgb(0xE7, 0xEB, 0xF1),
    text2: Color32::from_rgb(0xA7, 0xB1, 0xC0),
    text3: Color32::from_rgb(0x76, 0x82, 0x8F),
    accent: Color32::from_rgb(0x6E, 0xA8, 0xFE),
    good: GOOD,
    bad: BAD,
    warn: WARN,
    violet: Color32::from_rgb(0xB7, 0x94, 0xF6),
    teal: Color32::from_rgb(0x4F, 0xD1, 0xC5),
    pink: Color32::from_rgb(0xF6, 0x87, 0xB3),
    good_bg: category::tint(GOOD, 16),
    bad_bg: category::tint(BAD, 16),
    warn_bg: category::tint(WARN, 16),
    good_on_bg: Color32::from_rgb(0x5A, 0xD0, 0x98),
    bad_on_bg: Color32::from_rgb(0xFA, 0x8A, 0x87),
    warn_on_bg: WARN,
    scrim: Color32::from_black_alpha(0x90),
    shadow: Color32::from_black_alpha(0x70),
    categories: category::DARK,
};

pub(super) const BLUE_ORANGE: Tokens = Tokens {
    good: BLUE,
    bad: ORANGE,
    good_bg: category::tint(BLUE, 16),
    bad_bg: category::tint(ORANGE, 16),
    good_on_bg: BLUE,
    bad_on_bg: ORANGE,
    ..TOKENS
};
