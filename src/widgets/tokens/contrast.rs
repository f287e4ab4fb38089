//! Contrast as WCAG 2 defines it.

use egui::Color32;

/// The contrast of two opaque colours, from 1 (the same) to 21 (black on white).
pub fn ratio(a: Color32, b: Color32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// `top`, premultiplied, painted over the opaque `bottom`.
pub fn over(top: Color32, bottom: Color32) -> Color32 {
    bottom.blend(top)
}

fn luminance(color: Color32) -> f64 {
    let [r, g, b, _] = color.to_array();
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::{over, ratio};
    use crate::widgets::tokens::{Palette, Tokens, Tone};
    use egui::Color32;

    fn all() -> impl Iterator<Item = (String, &'static Tokens)> {
        [true, false].into_iter().flat_map(|is_dark| {
            [Palette::GreenRed, Palette::BlueOrange].map(|palette| {
                let name = format!("{} {palette:?}", if is_dark { "dark" } else { "light" });
                (name, Tokens::get(is_dark, palette))
            })
        })
    }

    fn backgrounds(t: &Tokens) -> [(&'static str, Color32, f64); 4] {
        [
            ("window", t.bg_window, 4.5),
            ("panel", t.bg_panel, 4.5),
            ("raised", t.bg_raised, 4.5),
            ("selected", t.bg_selected, 4.0),
        ]
    }

    #[test]
    fn black_on_white_is_21() {
        assert!((ratio(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((ratio(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn text_can_be_read_on_every_background() {
        for (theme, t) in all() {
            for (bg, color, least) in backgrounds(t) {
                for tone in Tone::FIXED {
                    let least = if tone == Tone::Faint { 3.0 } else { least };
                    let got = ratio(tone.color(t), color);
                    assert!(got >= least, "{theme}: {tone:?} on {bg}: {got:.2} < {least}");
                }
            }
        }
    }

    #[test]
    fn text_can_be_read_on_its_tint() {
        for (theme, t) in all() {
            for (bg, color, least) in backgrounds(t) {
                for tone in [Tone::Good, Tone::Bad, Tone::Warn] {
                    let tinted = over(tone.background(t), color);
                    for (what, text) in [("tone", tone.color_on_background(t)), ("text1", t.text1), ("text2", t.text2)]
                    {
                        let got = ratio(text, tinted);
                        assert!(got >= least, "{theme}: {what} on the tint of {tone:?} on {bg}: {got:.2} < {least}");
                    }
                }
            }
        }
    }

    #[test]
    fn figures_can_be_read_on_every_shade() {
        for (theme, t) in all() {
            for (bg, color, least) in backgrounds(t) {
                for (is_good, strength) in [true, false].into_iter().flat_map(|good| [0.0, 0.5, 1.0].map(|s| (good, s)))
                {
                    let shaded = over(t.shade(is_good, strength), color);
                    let got = ratio(t.text1, shaded);
                    assert!(got >= least, "{theme}: text1 on shade {strength} on {bg}: {got:.2} < {least}");
                    let mark = if is_good { t.good_on_bg } else { t.bad_on_bg };
                    let got = ratio(mark, shaded);
                    assert!(got >= 2.4, "{theme}: the mark on shade {is_good} {strength} on {bg}: {got:.2}");
                }
            }
        }
    }

    #[test]
    fn categories_stand_out_and_differ() {
        for (theme, t) in all() {
            for (index, color) in t.categories.iter().enumerate() {
                for (bg, back, _) in backgrounds(t) {
                    let got = ratio(*color, back);
                    assert!(got >= 4.0, "{theme}: category {index} on {bg}: {got:.2}");
                }
                assert!(!t.categories[..index].contains(color), "{theme}: {index} repeats");
            }
            assert_eq!(t.category(24), t.category(0));
            assert_ne!(t.category(12), t.category(0), "{theme}: the hue comes again in another lightness");
        }
    }

    /// About how far apart two colours are for the eye (CIE 1976; 2.3 is just seen).
    fn distance(a: Color32, b: Color32) -> f64 {
        let lab = |color: Color32| {
            let [r, g, b, _] = color.to_array();
            let [r, g, b] = [r, g, b].map(super::linear);
            let root = |share: f64| if share > 0.008_856 { share.cbrt() } else { 7.787 * share + 16.0 / 116.0 };
            let x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
            let y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
            let z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
            [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
        };
        let (a, b) = (lab(a), lab(b));
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn sixteen_categories_are_told_apart_by_their_colours_alone() {
        for (theme, t) in all() {
            for (index, color) in t.categories.iter().enumerate() {
                for (before, other) in t.categories[..index].iter().enumerate() {
                    let least = if index < 16 { 15.0 } else { 8.0 };
                    let got = distance(*color, *other);
                    assert!(got >= least, "{theme}: {before} and {index} are {got:.1} apart");
                }
            }
        }
    }

    #[test]
    fn surfaces_can_be_told_apart() {
        for (theme, t) in all() {
            let all = [t.bg_window, t.bg_panel, t.bg_raised, t.bg_selected];
            for (i, a) in all.iter().enumerate() {
                assert!(!all[..i].contains(a), "{theme}");
            }
            // A focus ring is seen against everything it may stand on: 3 : 1 for non-text.
            for (bg, back, _) in backgrounds(t) {
                assert!(ratio(t.accent, back) >= 3.0, "{theme}: focus ring on {bg}");
            }
        }
    }
}
