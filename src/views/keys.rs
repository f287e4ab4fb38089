//! The list of keys: every command with all of its keys, and those of lists.

use egui::accesskit::Role;
use egui::{Align, Align2, Context, ScrollArea, Sense, Ui, Window, vec2};
use egui_extras::{Column, Size, StripBuilder, TableBuilder};

use super::command::keys::key_text;
use super::command::{Command, CommandGroup};
use super::scene::Scene;
use crate::state::Action;
use crate::widgets::row_text;
use crate::widgets::section::section_ui;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};

/// The keys of lists, which are no commands.
const OF_LISTS: [(&str, &str); 6] = [
    ("Move in a tree or a table", "↑ ↓"),
    ("Fold and unfold", "← →"),
    ("Open what the keyboard stands on", "Enter"),
    ("Move far", "Home, End, Page Up, Page Down"),
    ("Select in a text", "Shift+← → ↑ ↓"),
    ("To the next part of the window", "Tab"),
];

const COLUMN: f32 = 350.0;
const LINE: f32 = 22.0;
const HEADING: f32 = 30.0;

/// A line of the list.
enum Row {
    Heading(&'static str),
    Keys { text: &'static str, keys: String },
    Gap,
}

impl Row {
    fn height(&self) -> f32 {
        match self {
            Self::Heading(_) => HEADING,
            Self::Keys { .. } => LINE,
            Self::Gap => size::GAP_S,
        }
    }
}

pub(super) fn keys_ui(ui: &Ui, scene: &mut Scene<'_>) {
    let mut is_open = true;
    let room = ui.ctx().content_rect().size();
    let groups = [CommandGroup::Go, CommandGroup::Spans, CommandGroup::View, CommandGroup::Store, CommandGroup::Window];
    let has_room = |columns: f32| room.x > columns * COLUMN + 120.0;
    let ends: &[usize] = if has_room(3.0) {
        &[1, 2, 5]
    } else if has_room(2.0) {
        &[2, 5]
    } else {
        &[5]
    };
    let mut begin = 0;
    let columns: Vec<Vec<Row>> = ends
        .iter()
        .map(|end| {
            let groups = groups.get(std::mem::replace(&mut begin, *end)..*end).unwrap_or_default();
            groups.iter().flat_map(|group| rows(ui.ctx(), *group)).collect()
        })
        .collect();
    Window::new("Keys")
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            let most = (room.y - 140.0).max(120.0);
            ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
                columns_ui(ui, &columns, COLUMN.min(room.x - 80.0));
            });
        });
    if !is_open {
        scene.act(Action::ShowKeys(false));
    }
}

/// The columns beside each other, each `width` wide and all as high as the highest.
fn columns_ui(ui: &mut Ui, columns: &[Vec<Row>], width: f32) {
    let height = |rows: &Vec<Row>| rows.iter().map(Row::height).sum::<f32>();
    let highest = columns.iter().map(height).fold(0.0, f32::max);
    let count = columns.len() as f32;
    ui.spacing_mut().item_spacing = vec2(size::GAP_XL, 0.0);
    ui.allocate_ui(vec2(count * (width + size::GAP_XL) - size::GAP_XL, highest), |ui| {
        StripBuilder::new(ui).sizes(Size::exact(width), columns.len()).horizontal(|mut strip| {
            for (index, rows) in columns.iter().enumerate() {
                strip.cell(|ui| column_ui(ui, index, rows));
            }
        });
    });
}

fn column_ui(ui: &mut Ui, index: usize, rows: &[Row]) {
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    TableBuilder::new(ui).id_salt(("keys", index)).vscroll(false).column(Column::remainder()).body(|body| {
        body.heterogeneous_rows(rows.iter().map(Row::height), |mut line| {
            let Some(row) = rows.get(line.index()) else { return };
            line.col(|ui| match row {
                Row::Heading(title) => {
                    // Nearer to what it names than to what is above it.
                    ui.add_space(HEADING - LINE);
                    section_ui(ui, title);
                }
                Row::Keys { text, keys } => line_ui(ui, text, keys),
                Row::Gap => {}
            });
        });
    });
}

fn rows(ctx: &Context, group: CommandGroup) -> Vec<Row> {
    let mut rows = vec![Row::Heading(group.title())];
    let commands = Command::ALL.into_iter().filter(|command| command.group() == group);
    rows.extend(commands.map(|command| Row::Keys { text: command.text(), keys: keys_of(ctx, command) }));
    if group == CommandGroup::Go {
        rows.extend([Row::Gap, Row::Heading("Lists")]);
        rows.extend(OF_LISTS.map(|(text, keys)| Row::Keys { text, keys: keys.to_owned() }));
    }
    rows.push(Row::Gap);
    rows
}

fn keys_of(ctx: &Context, command: Command) -> String {
    let keys: Vec<String> = command.shortcuts().iter().map(|shortcut| key_text(ctx, shortcut)).collect();
    keys.join(" or ")
}

fn line_ui(ui: &mut Ui, text: &str, keys: &str) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::ListItem, true, format!("{text}: {keys}")));
    let keys = row_text::paint(ui.painter(), rect, keys, Type::ValueSmall, tokens.text2, Align::Max);
    let room = rect.with_max_x(keys.left() - size::GAP_M);
    row_text::paint(ui.painter(), room, text, Type::Body, tokens.text1, Align::Min);
}
