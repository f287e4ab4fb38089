//! How many there are of which value: one or two series of bars beside each other.

use egui::accesskit::Role;
use egui::{Align, AsIdSalt, CornerRadius, IdSalt, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::widgets::row_text;
use crate::widgets::theme;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// A stretch of values.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HistogramBin {
    /// What stands below it: a value, or where it begins.
    pub label: String,
    /// What it is in words: `from 0.2 to 0.3`.
    pub words: String,
    /// How many of each series are in it.
    pub counts: [usize; 2],
}

/// A histogram of one or two series; a bar that holds something can be clicked.
#[must_use = "call `show`"]
pub struct Histogram<'a> {
    id_salt: IdSalt,
    bins: &'a [HistogramBin],
    /// What the series are called; of one alone the first is empty.
    names: [&'a str; 2],
    /// What one thing is called.
    thing: &'a str,
    height: f32,
}

/// The room for the counts above the bars, and for the labels below them.
const ABOVE: f32 = 16.0;
const BELOW: f32 = 18.0;
/// Labels of bins stand so far apart at least.
const LABEL_LEAST: f32 = 34.0;
/// A few bins are no wider.
const BIN_MOST: f32 = 180.0;
/// Counts stand above bars of this width and more.
const COUNT_FROM: f32 = 14.0;

impl<'a> Histogram<'a> {
    /// A histogram of these bins.
    pub fn new(id_salt: impl AsIdSalt, names: [&'a str; 2], bins: &'a [HistogramBin]) -> Self {
        Self { id_salt: IdSalt::new(id_salt), bins, names, thing: "value", height: 180.0 }
    }

    /// What one of the things is called that are counted.
    pub fn of(mut self, thing: &'a str) -> Self {
        self.thing = thing;
        self
    }

    /// How high it is.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Draws it over the width there is; returns the bar that was clicked, as bin and series.
    pub fn show(self, ui: &mut Ui) -> Option<(usize, usize)> {
        let (outer, _) = ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::hover());
        if !ui.is_rect_visible(outer) || self.bins.is_empty() {
            return None;
        }
        let tokens = Tokens::of(ui);
        let most = self.bins.iter().flat_map(|bin| bin.counts).max().unwrap_or(0).max(1) as f32;
        let body = Rect::from_min_max(outer.min + vec2(0.0, ABOVE), outer.max - vec2(0.0, BELOW));
        let step = (body.width() / self.bins.len() as f32).min(BIN_MOST);
        let is_alone = self.names[0].is_empty();
        let mut clicked = None;
        let mut last_label = f32::NEG_INFINITY;
        for (at, bin) in self.bins.iter().enumerate() {
            let left = body.left() + step * at as f32;
            let gap = (step * 0.12).clamp(1.0, 8.0);
            let bar = (step - 2.0 * gap) / if is_alone { 1.0 } else { 2.0 };
            for series in usize::from(is_alone)..2 {
                let count = bin.counts[series];
                let slot = if is_alone { 0.0 } else { series as f32 };
                let x = left + gap + slot * bar;
                let column = Rect::from_min_max(pos2(x, outer.top()), pos2(x + bar, body.bottom()));
                if count == 0 {
                    continue;
                }
                let height = body.height() * count as f32 / most;
                let rect = Rect::from_min_max(pos2(x, body.bottom() - height), column.max).shrink2(vec2(0.5, 0.0));
                let color = if series == 1 { tokens.accent } else { tokens.faint(tokens.text2) };
                let radius = CornerRadius { nw: 2, ne: 2, sw: 0, se: 0 };
                ui.painter().rect_filled(rect, radius, color);
                let name = self.names[series];
                let of = if name.is_empty() { String::new() } else { format!("{name}, ") };
                let said = format!("{of}{}: {}", bin.words, words::counted(count, self.thing));
                let response = ui.interact(column, ui.scope_id().with((self.id_salt, at, series)), Sense::click());
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
                if response.hovered() || response.has_focus() {
                    theme::focus_ring(ui.painter(), rect, tokens);
                }
                if bar >= COUNT_FROM {
                    let above = rect.with_max_y(rect.top()).with_min_y(rect.top() - ABOVE);
                    let text = words::count(count as u64);
                    row_text::paint(ui.painter(), above, &text, Type::ValueSmall, tokens.text2, Align::Center);
                }
                if response.clicked() {
                    clicked = Some((at, series));
                }
                response.on_hover_text(&said).on_hover_cursor(egui::CursorIcon::PointingHand);
            }
            let below =
                Rect::from_min_max(pos2(left, body.bottom() + 2.0), pos2(left + step.max(LABEL_LEAST), outer.bottom()));
            if below.left() >= last_label {
                let align = if step >= LABEL_LEAST { Align::Center } else { Align::Min };
                row_text::paint(ui.painter(), below, &bin.label, Type::Caption, tokens.text3, align);
                last_label = below.right();
            }
        }
        ui.painter().hline(body.x_range(), body.bottom(), (size::RULE, tokens.line));
        clicked
    }
}
