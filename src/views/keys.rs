//! The list of keys: every command with all of its keys, and those of lists.

use egui::accesskit::Role;
use egui::{Align, Align2, Context, ScrollArea, Sense, Ui, Window, vec2};

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

pub(super) fn keys_ui(ui: &Ui, scene: &mut Scene<'_>) {
    let mut is_open = true;
    let room = ui.ctx().content_rect().size();
    let has_two = room.x > 2.0 * COLUMN + 120.0;
    Window::new("Keys")
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            let most = (room.y - 140.0).max(120.0);
            ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = size::GAP_XL;
                    let groups = [CommandGroup::Go, CommandGroup::View, CommandGroup::Store, CommandGroup::Window];
                    let (first, second) = groups.split_at(if has_two { 1 } else { groups.len() });
                    for groups in [first, second].into_iter().filter(|groups| !groups.is_empty()) {
                        ui.vertical(|ui| {
                            ui.set_width(COLUMN.min(room.x - 80.0));
                            groups.iter().for_each(|group| group_ui(ui, *group));
                        });
                    }
                });
            });
        });
    if !is_open {
        scene.act(Action::ShowKeys(false));
    }
}

fn group_ui(ui: &mut Ui, group: CommandGroup) {
    section_ui(ui, group.title());
    for command in Command::ALL.into_iter().filter(|command| command.group() == group) {
        line_ui(ui, command.text(), &keys_of(ui.ctx(), command));
    }
    if group == CommandGroup::Go {
        ui.add_space(size::GAP_S);
        section_ui(ui, "Lists");
        OF_LISTS.into_iter().for_each(|(text, keys)| line_ui(ui, text, keys));
    }
    ui.add_space(size::GAP_S);
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
