//! Fields with their values as text: short ones in a line, long ones as high as they are, up to some lines.

use egui::{Align, Sense, Ui, vec2};

use crate::loader::{Text, readable};
use crate::model::Json;
use crate::model::program::Object;
use crate::views::body::Body;
use crate::views::body::text::{Block, Face, TextMemory, text_block_ui};
use crate::views::scene::Scene;
use crate::widgets::row_text;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// What is longer scrolls, and earlier where there is little room: the answers have to be seen, too.
const LINES_MOST: usize = 14;
const LINES_LEAST: usize = 5;
/// The share of the panel's height that one value may take.
const SHARE: f32 = 0.3;
/// A value of no more bytes stands beside its name.
const SHORT: usize = 32;
/// The names take no more of the width than this.
const NAMES_MOST: f32 = 0.4;

/// What is remembered of some fields.
#[derive(Default)]
pub(super) struct FieldsMemory {
    /// The fields that the texts were made of.
    source: Object,
    fields: Vec<(String, Text, TextMemory)>,
}

impl FieldsMemory {
    /// Shows the values; the names stand above them where there are several.
    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, name: &str, fields: &Object) {
        if self.source != *fields {
            let field = |(name, value): (&String, &Json)| (name.clone(), text(value), TextMemory::default());
            *self = Self { source: fields.clone(), fields: fields.iter().map(field).collect() };
        }
        let has_names = self.fields.len() > 1;
        let fitting = (ui.clip_rect().height() * SHARE / size::LINE) as usize;
        let most_lines = fitting.clamp(LINES_LEAST, LINES_MOST);
        let column = has_names.then(|| name_column(ui, self.fields.iter().map(|(key, ..)| key.as_str())));
        for (at, (key, text, memory)) in self.fields.iter_mut().enumerate() {
            ui.push_id((name, at), |ui| {
                if let Some(column) = column.filter(|_| is_short(text)) {
                    ui.spacing_mut().interact_size.y = size::LINE;
                    ui.horizontal(|ui| {
                        name_ui(ui, key, column);
                        text_ui(ui, text.text(), Type::Body, Tone::Neutral);
                    });
                    return;
                }
                if has_names {
                    text_ui(ui, key, Type::Small, Tone::Muted);
                }
                let body = Body { id: "value", label: key, text };
                text_block_ui(ui, scene, memory, body, Block { face: Face::Prose, most_lines, offer: None });
                if has_names {
                    ui.add_space(size::GAP_XS);
                }
            });
        }
    }
}

/// A text as it is, all else for reading.
fn text(value: &Json) -> Text {
    match value {
        Json::String(text) => Text::new(text.as_str()),
        other => {
            let made = readable(other);
            Text::with_keys(made.text, made.keys)
        }
    }
}

/// Whether it stands in the line of its name.
fn is_short(text: &Text) -> bool {
    text.text().len() <= SHORT && !text.text().contains('\n')
}

/// The room for the names of short values, the same for all.
fn name_column<'a>(ui: &Ui, names: impl Iterator<Item = &'a str>) -> f32 {
    let wide = |name| row_text::layout(ui.painter(), name, Type::Small.font(), f32::INFINITY).size().x;
    names.map(wide).fold(0.0, f32::max).min(ui.available_width() * NAMES_MOST).ceil()
}

fn name_ui(ui: &mut Ui, name: &str, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::LINE), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, name));
    row_text::paint(ui.painter(), rect, name, Type::Small, Tokens::of(ui).text2, Align::Min);
}
