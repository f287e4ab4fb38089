//! Tables of many rows and columns: several selected, scrolled to the side, columns moved.

use super::harness;
use dspyglass::widgets::table::{CellText, Column, RowSelection, Table, TableEvents, TableState};
use dspyglass::widgets::tokens::size;
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
    staying: usize,
    cell: Option<(usize, usize)>,
}

const ROWS: usize = 500_000;

fn sheet(ui: &mut egui::Ui, state: &mut Sheet) {
    let titles: Vec<String> = (0..20).map(|index| format!("column {index}")).collect();
    let columns: Vec<Column<'_>> = titles.iter().map(|title| Column::text(title, 100.0)).collect();
    let events: TableEvents = Table::new("sheet", "Sheet", &columns, ROWS)
        .selection(&state.selection)
        .reorderable()
        .staying(state.staying)
        .show(ui, &mut state.table, |row, column| CellText::text(format!("{row}/{column}")));
    if let Some(change) = events.select {
        state.selection.apply(change, ROWS);
    }
    state.copies += usize::from(events.copy);
    state.moved = events.moved_column.or(state.moved);
    state.menu = events.menu.or(state.menu);
    state.cell = events.cell.or(state.cell);
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
fn columns_that_nearly_fit_do_not_end_under_the_bar() {
    let nearly = |ui: &mut egui::Ui, state: &mut TableState| {
        let half = ui.available_width() / 2.0;
        let columns = [Column::text("left", half), Column::number("right", half)];
        let table = Table::new("nearly", "Nearly", &columns, ROWS);
        table.show(ui, state, |row, column| CellText::text(format!("{row}/{column}")));
    };
    let mut harness = harness(Theme::Dark, TableState::default(), nearly);
    harness.run();
    let table = harness.get_by_role_and_label(Role::Table, "Nearly").rect();
    // Cells are cut where the bar begins; the header tells where their column ends.
    let last = harness.get_by_role_and_label(Role::ColumnHeader, "right").rect();
    assert!(last.right() <= table.right() - size::SCROLL_BAR, "{last:?} {table:?}");
    assert!(harness.query_by_role_and_label(Role::ScrollBar, "Scroll to the side").is_none());
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

#[test]
fn the_first_column_stays_while_the_others_move() {
    let mut harness = harness(Theme::Dark, Sheet { staying: 1, ..Sheet::default() }, sheet);
    harness.run();
    let name = harness.get_by_role_and_label(Role::Cell, "0/0").rect();
    harness.state_mut().table.x = 350.0;
    harness.run();
    assert_eq!(harness.get_by_role_and_label(Role::Cell, "0/0").rect(), name);
    assert_eq!(harness.get_by_role_and_label(Role::ColumnHeader, "column 0").rect().left(), name.left() + 4.0);
    // The fourth column is half behind the first, and of the third nothing is left.
    let fourth = harness.get_by_role_and_label(Role::Cell, "0/4").rect();
    assert_eq!((fourth.left(), fourth.width()), (name.right(), 50.0));
    assert!(harness.query_by_role_and_label(Role::Cell, "0/3").is_none());
    // What is heard is in the order of the columns.
    let row = harness.get_by_role_and_label(Role::Cell, "0/0").accesskit_node().parent().expect("its row");
    let label = row.label().expect("a label");
    assert!(label.starts_with("column 0 0/0, column 1 0/1, column 2 0/2"), "{label}");
    let cells: Vec<String> = row.children().filter_map(|cell| cell.label()).collect();
    assert_eq!(cells[..3], ["0/0", "0/4", "0/5"]);
    // A click means what is seen there.
    harness.get_by_role_and_label(Role::Cell, "2/0").click();
    harness.run();
    assert_eq!(harness.state().cell, Some((2, 0)));
    harness.get_by_role_and_label(Role::Cell, "3/4").click();
    harness.run();
    assert_eq!(harness.state().cell, Some((3, 4)));
}
