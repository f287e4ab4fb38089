//! Tables of many rows and columns: several selected, scrolled to the side, columns moved.

use super::harness;
use dspyglass::widgets::table::{CellText, Column, RowSelection, Table, TableEvents, TableState};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

#[derive(Default)]
struct Sheet {
    table: TableState,
    selection: RowSelection,
    copies: usize,
    moved: Option<(usize, usize)>,
    menu: Option<usize>,
}

const ROWS: usize = 500_000;

fn sheet(ui: &mut egui::Ui, state: &mut Sheet) {
    let titles: Vec<String> = (0..20).map(|index| format!("column {index}")).collect();
    let columns: Vec<Column<'_>> = titles.iter().map(|title| Column::text(title, 100.0)).collect();
    let events: TableEvents = Table::new("sheet", "Sheet", &columns, ROWS)
        .selection(&state.selection)
        .reorderable()
        .show(ui, &mut state.table, |row, column| CellText::text(format!("{row}/{column}")));
    if let Some(change) = events.select {
        state.selection.apply(change, ROWS);
    }
    state.copies += usize::from(events.copy);
    state.moved = events.moved_column.or(state.moved);
    state.menu = events.menu.or(state.menu);
}

#[test]
fn several_rows_are_selected_and_copied() {
    let mut harness = harness(Theme::Dark, Sheet::default(), sheet);
    harness.run();
    let click = |harness: &mut egui_kittest::Harness<'_, Sheet>, cell: &str, modifiers: Modifiers| {
        harness.get_by_role_and_label(Role::Cell, cell).click_modifiers(modifiers);
        harness.run();
    };
    click(&mut harness, "2/0", Modifiers::NONE);
    click(&mut harness, "5/0", Modifiers::COMMAND);
    click(&mut harness, "7/0", Modifiers::SHIFT);
    let selected: Vec<usize> = harness.state().selection.rows().collect();
    assert_eq!(selected, [5, 6, 7]);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().selection.len(), 4);
    let row = harness.get_by_role_and_label(Role::Cell, "8/0").accesskit_node().parent().expect("its row");
    assert_eq!(row.data().is_selected(), Some(true));
    harness.event(egui::Event::Copy);
    harness.run();
    assert_eq!(harness.state().copies, 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    assert_eq!(harness.state().selection.len(), ROWS);
    harness.get_by_role_and_label(Role::Cell, "3/1").click_secondary();
    harness.run();
    assert_eq!((harness.state().menu, harness.state().selection.len()), (Some(3), ROWS));
    harness.key_press(Key::End);
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Cell, "499999/0").is_some());
    assert_eq!(harness.state().selection.cursor(), Some(ROWS - 1));
}

#[test]
fn the_bar_below_leads_to_the_last_column() {
    let mut harness = harness(Theme::Light, Sheet::default(), sheet);
    harness.run();
    let bar = harness.get_by_role_and_label(Role::ScrollBar, "Scroll to the side").rect();
    let grip = bar.left_center() + vec2(20.0, 0.0);
    harness.drag_at(grip);
    harness.step();
    harness.hover_at(grip + vec2(5_000.0, 0.0));
    harness.step();
    harness.drop_at(grip + vec2(5_000.0, 0.0));
    harness.run();
    let last = harness.get_by_role_and_label(Role::Cell, "0/19").rect();
    assert!(last.right() <= bar.right(), "{last:?} {bar:?}");
    assert!(harness.state().table.x > 1_000.0);
}

#[test]
fn a_column_is_dragged_to_another_place() {
    let mut harness = harness(Theme::Dark, Sheet::default(), sheet);
    harness.run();
    let from = harness.get_by_role_and_label(Role::ColumnHeader, "column 0").rect().center();
    harness.drag_at(from);
    harness.step();
    harness.hover_at(from + vec2(240.0, 0.0));
    harness.step();
    harness.drop_at(from + vec2(240.0, 0.0));
    harness.run();
    assert_eq!(harness.state().moved, Some((0, 2)));
}
