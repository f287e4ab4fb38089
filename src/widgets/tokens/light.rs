//! The light theme.

use super::{Tokens, category};
use egui::Color32;

const GOOD: Color32 = Color32::from_rgb(0x13, 0x7A, 0x4B);
const BAD: Color32 = Color32::from_rgb(0xC4, 0x30, 0x2B);
const WARN: Color32 = Color32::from_rgb(0x94, 0x62, 0x00);
const BLUE: Color32 = Color32::from_rgb(0x12, 0x58, 0xC4);
const ORANGE: Color32 = Color32::from_rgb(0xA8, 0x4A, 0x00);

pub(super) const TOKENS: Tokens = Tokens {
    is_dark: false,
    bg_window: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    bg_panel: Color32::from_rgb(0xF6, 0xF8, 0xFA),
    bg_raised: Color32::from_rgb(0xED, 0xF1, 0xF5),
    bg_selected: Color32::from_rgb(0xDB, 0xE8, 0xFE),
    line: Color32::from_rgb(0xDF, 0xE5, 0xEC),
    text1: Color32::from_rgb(0x1A, 0x22, 0x30),
    text2: Color32::from_rgb(0x4E, 0x5B, 0x6B),
    text3: Color32::from_rgb(0x6B, 0x77, 0x84),
    accent: Color32::from_rgb(0x25, 0x63, 0xEB),
    good: GOOD,
    bad: BAD,
    warn: WARN,
    violet: Color32::from_rgb(0x7C, 0x3A, 0xED),
    teal: Color32::from_rgb(0x0F, 0x76, 0x6E),
    pink: Color32::from_rgb(0xBE, 0x18, 0x5D),
    good_bg: category::tint(GOOD, 12),
    bad_bg: category::tint(BAD, 12),
    warn_bg: category::tint(WARN, 12),
    good_on_bg: Color32::from_rgb(0x0C, 0x69, 0x3F),
    bad_on_bg: Color32::from_rgb(0xAE, 0x24, 0x20),
    warn_on_bg: Color32::from_rgb(0x7F, 0x53, 0x00),
    scrim: Color32::from_black_alpha(0x40),
    shadow: Color32::from_black_alpha(0x26),
    categories: category::LIGHT,
};

pub(super) const BLUE_ORANGE: Tokens = Tokens {
    good: BLUE,
    bad: ORANGE,
    good_bg: category::tint(BLUE, 12),
    bad_bg: category::tint(ORANGE, 12),
    good_on_bg: BLUE,
    bad_on_bg: Color32::from_rgb(0x96, 0x41, 0x00),
    ..TOKENS
};
