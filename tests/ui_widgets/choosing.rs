//! What finds and chooses: the palette, completions, menus, columns, and the border between panels.

use super::harness;
use dspyglass::widgets::chips::Chip;
use dspyglass::widgets::completion::{Completion, CompletionEvents, CompletionField, CompletionState};
use dspyglass::widgets::field::Field;
use dspyglass::widgets::menu::{self, ColumnPicker, MenuEntry, MenuItem, PickerColumn, PickerState};
use dspyglass::widgets::palette::{Palette, PaletteEvents, PaletteItem, PaletteState};
use dspyglass::widgets::split::{Sized, Split, SplitAxis};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

const ITEMS: [(&str, usize); 5] =
    [("Compare runs", 0), ("Open store…", 0), ("eval_full_2", 1), ("Évaluation", 1), ("Copy path", 0)];

fn palette(ui: &mut egui::Ui, (state, last): &mut (PaletteState, PaletteEvents)) {
    let events = Palette::new("Commands", &["Commands", "Runs"], ITEMS.len(), 0)
        .show(ui.ctx(), state, |index| PaletteItem::new(ITEMS[index].0).group(ITEMS[index].1).shortcut("x"));
    if events != PaletteEvents::default() {
        *last = events;
    }
}

#[test]
fn a_command_is_found_by_typing_and_chosen_by_keys() {
    let mut harness = harness(Theme::Dark, (PaletteState::default(), PaletteEvents::default()), palette);
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Dialog, "Commands").is_some());
    assert!(harness.query_by_role_and_label(Role::ListItem, "Runs").is_some(), "groups have headings");
    // The field has the keyboard from the start.
    harness.get_by_role(Role::TextInput).type_text("eval");
    harness.run();
    assert!(harness.query_by_role_and_label(Role::ListItem, "Compare runs").is_none());
    harness.key_press(Key::ArrowDown);
    harness.run();
    // The whole word stands first, before the beginning of one.
    let second = harness.get_by_role_and_label(Role::ListItem, "Évaluation");
    assert_eq!(second.accesskit_node().data().is_selected(), Some(true));
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().1.chosen, Some(3));
}

#[test]
fn the_palette_is_clicked_or_left() {
    let mut harness = harness(Theme::Light, (PaletteState::default(), PaletteEvents::default()), palette);
    harness.run();
    harness.get_by_role_and_label(Role::ListItem, "Copy path").click();
    harness.run();
    assert_eq!(harness.state().1.chosen, Some(4));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().1.closed);
}

#[derive(Default)]
struct Filter {
    text: String,
    state: CompletionState,
    last: CompletionEvents,
}

fn filter(ui: &mut egui::Ui, filter: &mut Filter) {
    let error = filter.text.find("adn").map(|at| (at..at + 3, "expected “and”"));
    let events = CompletionField::new(Field::new("Filter")).error(error).show(
        ui,
        &mut filter.text,
        &mut filter.state,
        |text, at| {
            let start = text[..at].rfind(' ').map_or(0, |space| space + 1);
            let words = ["metrics.eval", "metrics.loss", "params.k"];
            let fitting = words.into_iter().filter(|word| word.starts_with(&text[start..at]));
            fitting
                .map(|word| Completion { replace: start..at, text: word.to_owned(), ..Completion::default() })
                .collect()
        },
    );
    if events != CompletionEvents::default() {
        filter.last = events;
    }
}

#[test]
fn a_completion_is_taken_by_tab_and_the_filter_by_enter() {
    let mut harness = harness(Theme::Dark, Filter::default(), filter);
    harness.run();
    harness.get_by_label("Filter").focus();
    harness.run();
    harness.get_by_label("Filter").type_text("a met");
    harness.run();
    assert!(harness.query_by_role_and_label(Role::ListItem, "metrics.loss").is_some());
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Tab);
    harness.run();
    assert_eq!(harness.state().text, "a metrics.loss");
    assert!(!harness.state().state.is_open());
    // The caret stands behind what was put there, and the field still has the keyboard.
    harness.get_by_label("Filter").type_text(" > 1");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().text, "a metrics.loss > 1");
    assert!(harness.state().last.submitted);
}

#[test]
fn a_wrong_filter_says_why() {
    let state = Filter { text: "a adn b".to_owned(), ..Filter::default() };
    let mut harness = harness(Theme::Light, state, filter);
    harness.run();
    assert!(harness.query_by_label("expected “and”").is_some());
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter");
    assert_eq!(field.accesskit_node().data().description(), Some("expected “and”"));
}

#[test]
fn a_menu_is_opened_and_closed_by_its_choice() {
    let mut harness = harness(Theme::Dark, None, |ui, chosen| {
        let button = ui.add(Chip::button("More…"));
        let entries = [
            MenuEntry::Heading("Run"),
            MenuEntry::Item(MenuItem::new("Open")),
            MenuEntry::Rule,
            MenuEntry::Item(MenuItem::new("Copy id").shortcut("c")),
            MenuEntry::Item(MenuItem::new("Not now").enabled(false)),
        ];
        *chosen = menu::context_menu(&button, &entries).or(*chosen);
    });
    harness.run();
    harness.get_by_label("More…").click_secondary();
    harness.run();
    assert!(harness.get_by_role_and_label(Role::MenuItem, "Not now").accesskit_node().is_disabled());
    harness.get_by_role_and_label(Role::MenuItem, "Copy id").click();
    harness.run();
    assert_eq!(*harness.state(), Some(3));
    harness.run();
    assert!(harness.query_by_role_and_label(Role::MenuItem, "Copy id").is_none());
}

#[test]
fn columns_are_ticked_and_moved() {
    let columns =
        ["status", "started", "eval", "cost"].map(|title| PickerColumn { title, note: "metric", is_fixed: false });
    let mut harness = harness(Theme::Dark, (PickerState::default(), vec![2, 0]), move |ui, (state, shown)| {
        ColumnPicker::new("columns", &columns).show(ui, state, shown);
    });
    harness.run();
    harness.get_by_role_and_label(Role::ListItem, "cost").click();
    harness.run();
    assert_eq!(harness.state().1, [2, 0, 3]);
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowUp);
    harness.run();
    assert_eq!(harness.state().1, [2, 3, 0]);
    harness.key_press(Key::Space);
    harness.run();
    assert_eq!(harness.state().1, [2, 0]);
    harness.get_by_label("Find a column").focus();
    harness.run();
    harness.get_by_label("Find a column").type_text("sta");
    harness.run();
    assert_eq!(harness.get_all_by_role(Role::ListItem).count(), 2);
}

#[test]
fn a_border_is_moved_by_pointer_and_keys() {
    let mut harness = harness(Theme::Dark, 300.0_f32, |ui, width| {
        Split::new("split", "Width of the tree", SplitAxis::Horizontal)
            .sized(Sized::First)
            .normal(250.0)
            .least(100.0, 200.0)
            .show(ui, width, |ui| drop(ui.label("left")), |ui| drop(ui.label("right")));
    });
    harness.run();
    let border = harness.get_by_role_and_label(Role::Splitter, "Width of the tree");
    assert_eq!(border.accesskit_node().data().numeric_value(), Some(300.0));
    let at = border.rect().center();
    border.focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    harness.run();
    assert_eq!(*harness.state(), 300.0 + 8.0 - 64.0);
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(*harness.state(), 100.0);
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(*harness.state(), 250.0);
    let at = egui::pos2(at.x - 50.0, at.y);
    harness.drag_at(at);
    harness.step();
    harness.hover_at(at + egui::vec2(2_000.0, 0.0));
    harness.step();
    harness.drop_at(at + egui::vec2(2_000.0, 0.0));
    harness.run();
    assert!(*harness.state() > 600.0 && *harness.state() < 900.0 - 200.0, "{}", harness.state());
}
