//! A sentence that keeps to one line: of several wordings the fullest that there is room for.

use super::tokens::size::Type;
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::{Color32, Label, Response, RichText, Ui, WidgetInfo};

/// How wide a text is on one line.
#[must_use]
pub fn width_of(ui: &Ui, text: &str, cut: Type) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), cut.font(), Color32::WHITE).size().x
}

/// The fullest of these wordings that fits into `room` points, else the last; they stand from the fullest to the shortest.
#[must_use]
fn fitting<'a>(ui: &Ui, wordings: &'a [String], room: f32, cut: Type) -> &'a str {
    let fits = wordings.iter().find(|text| width_of(ui, text, cut) <= room);
    fits.or(wordings.last()).map_or("", String::as_str)
}

/// The fullest of these wordings that fits beside `reserved` points on the line, else the last, cut. Where it is not the
/// fullest, that is told on hover; screen readers are always told the fullest.
pub fn wording_ui(ui: &mut Ui, wordings: &[String], reserved: f32, cut: Type, tone: Tone) -> Response {
    let room = (ui.available_width() - reserved).max(0.0);
    let shown = fitting(ui, wordings, room, cut);
    let rich = RichText::new(shown).font(cut.font()).color(tone.color(Tokens::of(ui)));
    let response = ui
        .scope(|ui| {
            ui.set_max_width(room);
            ui.add(Label::new(rich).truncate())
        })
        .inner;
    let Some(full) = wordings.first().filter(|full| *full != shown) else { return response };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, full.as_str()));
    response.on_hover_text(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_wording_that_fits_is_shown() {
        let wordings = ["more than luck, by far".to_owned(), "more than luck".to_owned()];
        let mut shown = Vec::new();
        let ctx = egui::Context::default();
        crate::widgets::fonts::install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let room = [1_000.0, 120.0, 1.0];
            shown = room.map(|room| fitting(ui, &wordings, room, Type::Small).to_owned()).to_vec();
        });
        output.textures_delta.clear();
        assert_eq!(shown, ["more than luck, by far", "more than luck", "more than luck"]);
    }
}
