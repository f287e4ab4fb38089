//! The drawings of the icons, and how they come onto the screen.
//!
//! Each is an SVG of `assets/icons` on a grid of 14 points. It is drawn into egui's own atlas as the glyph of a
//! character for private use: once for every size in pixels, so that it is sharp at each zoom and density, and
//! it is tinted and batched as text is.

use super::Glyph;
use egui::{Color32, Context, FontFamily, FontId, Galley, GlyphRasterizer, Painter, Pos2};
use egui_extras::SvgGlyph;
use std::sync::Arc;

/// The first of the characters: far from those that fonts with icons of their own use.
const FIRST: u32 = 0x10_F000;

/// What the window is called by, to be shown by the system.
static APP_ICON: &[u8] = include_bytes!("../../../assets/icons/dspyglass.svg");
/// Its side, in pixels: the largest that systems show.
const APP_ICON_SIDE: f32 = 256.0;

/// The drawing of an icon.
pub(super) fn svg(glyph: Glyph) -> &'static [u8] {
    macro_rules! drawing {
        ($name:literal) => {
            include_bytes!(concat!("../../../assets/icons/", $name, ".svg"))
        };
    }
    match glyph {
        Glyph::Check => drawing!("check"),
        Glyph::Cross => drawing!("cross"),
        Glyph::Half => drawing!("half"),
        Glyph::Up => drawing!("up"),
        Glyph::Down => drawing!("down"),
        Glyph::Diamond => drawing!("diamond"),
        Glyph::Star => drawing!("star"),
        Glyph::FoldClosed => drawing!("fold-closed"),
        Glyph::FoldOpen => drawing!("fold-open"),
        Glyph::Unknown => drawing!("unknown"),
        Glyph::Sum => drawing!("sum"),
        Glyph::More => drawing!("more"),
        Glyph::Dot => drawing!("dot"),
        Glyph::Ring => drawing!("ring"),
        Glyph::Warning => drawing!("warning"),
        Glyph::Back => drawing!("back"),
        Glyph::Forward => drawing!("forward"),
        Glyph::Arrow => drawing!("arrow"),
        Glyph::Menu => drawing!("menu"),
        Glyph::Search => drawing!("search"),
        Glyph::Theme => drawing!("theme"),
        Glyph::Panel => drawing!("panel"),
    }
}

/// The character that stands for an icon within egui. It is never in a text that anybody reads.
fn character(glyph: Glyph) -> char {
    char::from_u32(FIRST + glyph as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whether no font has anything to say about the text, since it is one of the icons.
pub fn is_icon(cluster: &str) -> bool {
    cluster.chars().next().and_then(of_character).is_some()
}

fn of_character(character: char) -> Option<Glyph> {
    let index = u32::from(character).checked_sub(FIRST)?;
    Glyph::ALL.get(usize::try_from(index).ok()?).copied()
}

/// Makes the icons known to egui.
pub fn install(ctx: &Context) {
    // What cannot be read is not drawn; a test reads all of them.
    let drawings: Vec<Option<SvgGlyph>> =
        Glyph::ALL.iter().map(|glyph| SvgGlyph::from_bytes(svg(*glyph)).ok()).collect();
    // Asked only for what no font has, so that texts cost what they cost without icons.
    ctx.add_glyph_rasterizer(GlyphRasterizer::new("dspyglass icons", move |request| {
        let glyph = of_character(request.cluster.chars().next()?)?;
        drawings.get(glyph as usize)?.as_ref()?.rasterize(request.font_size_px)
    }));
}

/// An icon laid out, to be painted many times.
#[derive(Clone)]
pub(in crate::widgets) struct Stamp {
    galley: Arc<Galley>,
    scale: f32,
}

impl Stamp {
    pub(in crate::widgets) fn new(glyph: Glyph, painter: &Painter, side: f32) -> Self {
        let font = FontId::new(side, FontFamily::Proportional);
        let galley = painter.layout_no_wrap(character(glyph).to_string(), font, Color32::PLACEHOLDER);
        Self { galley, scale: painter.pixels_per_point() }
    }

    /// Paints it around `center`, one pixel of the drawing on each of the screen.
    pub(in crate::widgets) fn paint(&self, painter: &Painter, center: Pos2, color: Color32) {
        let corner = center - self.galley.mesh_bounds.center().to_vec2();
        let whole = |at: f32| (at * self.scale).round() / self.scale;
        painter.galley(Pos2::new(whole(corner.x), whole(corner.y)), Arc::clone(&self.galley), color);
    }
}

/// Paints an icon into the square of side `side` around `center`.
pub(super) fn paint(glyph: Glyph, painter: &Painter, center: Pos2, side: f32, color: Color32) {
    Stamp::new(glyph, painter, side).paint(painter, center, color);
}

/// The application's own icon.
pub fn app_icon() -> Option<egui::IconData> {
    let drawing = SvgGlyph::from_bytes(APP_ICON).ok()?.with_color(true);
    let image = drawing.rasterize(APP_ICON_SIDE)?.bitmap.image;
    let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or_default());
    let rgba = image.pixels.iter().flat_map(Color32::to_srgba_unmultiplied).collect();
    Some(egui::IconData { rgba, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::fonts;
    use egui::{Rect, pos2, vec2};
    use std::collections::HashSet;

    /// What one icon becomes: where it stands on the screen and in the atlas, both in pixels, and its colours.
    fn painted(ctx: &Context, scale: f32, glyph: Glyph, (center, side): (Pos2, f32)) -> (Rect, Rect, HashSet<Color32>) {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(400.0, 300.0));
        let mut input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
        input.viewports.entry(input.viewport_id).or_default().native_pixels_per_point = Some(scale);
        let output = ctx.run_ui(input, |ui| glyph.paint(ui.painter(), center, side, Color32::RED));
        let (shapes, per_point) = (output.shapes.clone(), output.pixels_per_point);
        output.drop_without_applying_deltas();
        assert_eq!(per_point, scale);
        let atlas = ctx.fonts(|fonts| fonts.font_image_size());
        let atlas = vec2(atlas[0] as f32, atlas[1] as f32);
        let (mut on_screen, mut in_atlas, mut colors) = (Rect::NOTHING, Rect::NOTHING, HashSet::new());
        for shape in ctx.tessellate(shapes, per_point) {
            if let egui::epaint::Primitive::Mesh(mesh) = shape.primitive {
                for vertex in mesh.vertices {
                    on_screen.extend_with((vertex.pos.to_vec2() * scale).to_pos2());
                    in_atlas.extend_with((vertex.uv.to_vec2() * atlas).to_pos2());
                    colors.insert(vertex.color);
                }
            }
        }
        (on_screen, in_atlas, colors)
    }

    #[test]
    fn every_icon_is_sharp_at_every_zoom_and_density() {
        for scale in [0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 3.0, 4.0] {
            let ctx = Context::default();
            fonts::install(&ctx);
            for glyph in Glyph::ALL {
                for side in [10.0, 11.0, 12.0, 14.0] {
                    let (screen, atlas, _) = painted(&ctx, scale, glyph, (pos2(50.3, 40.6), side));
                    let what = format!("{glyph:?} {side} at {scale}: {screen:?} from {atlas:?}");
                    let pixels = (side * scale).round();
                    assert!((screen.size() - vec2(pixels, pixels)).length() < 0.01, "{what}");
                    assert!((screen.size() - atlas.size()).length() < 0.01, "one to one, {what}");
                    assert!((screen.min - screen.min.round()).length() < 0.01, "on whole pixels, {what}");
                    assert!((screen.center() - (pos2(50.3, 40.6) * scale)).length() < 1.5, "in its place, {what}");
                }
            }
        }
    }

    #[test]
    fn icons_are_tinted_and_differ() {
        let ctx = Context::default();
        fonts::install(&ctx);
        let mut seen = HashSet::new();
        for glyph in Glyph::ALL {
            let (_, _, colors) = painted(&ctx, 1.0, glyph, (pos2(50.0, 50.0), 14.0));
            assert_eq!(colors, HashSet::from([Color32::RED]), "{glyph:?}");
            let drawing = SvgGlyph::from_bytes(svg(glyph)).expect("an SVG").rasterize(14.0).expect("pixels");
            assert!(!drawing.bitmap.is_color, "{glyph:?} has a colour of its own");
            let alphas: Vec<u8> = drawing.bitmap.image.pixels.iter().map(Color32::a).collect();
            let ink: u32 = alphas.iter().map(|alpha| u32::from(*alpha)).sum();
            assert!((10 * 255..120 * 255).contains(&ink), "{glyph:?}: {} pixels", ink / 255);
            assert!(seen.insert(alphas), "{glyph:?} looks like another");
            assert_eq!(of_character(character(glyph)), Some(glyph));
        }
    }

    #[test]
    fn the_application_has_an_icon() {
        let icon = app_icon().expect("an icon");
        assert_eq!((icon.width, icon.height, icon.rgba.len()), (256, 256, 256 * 256 * 4));
        let at = |x: usize, y: usize| icon.rgba.get((y * 256 + x) * 4..).and_then(|pixel| pixel.first_chunk::<4>());
        assert_eq!(at(0, 0), Some(&[0, 0, 0, 0]), "the corner is clear");
        assert_eq!(at(148, 88), Some(&[0x4c, 0xc3, 0x8a, 255]));
    }
}
