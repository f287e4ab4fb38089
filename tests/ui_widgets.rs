//! The design system as people and screen readers meet it: found by role and label, worked by mouse and keys.

#[path = "ui_widgets/choosing.rs"]
mod choosing;
#[path = "ui_widgets/matrices.rs"]
mod matrices;
#[path = "common/painted.rs"]
mod painted;
#[path = "ui_widgets/reading.rs"]
mod reading;
#[path = "ui_widgets/room.rs"]
mod room;
#[path = "ui_widgets/speed.rs"]
mod speed;
#[path = "ui_widgets/tables.rs"]
mod tables;

use dspyglass::widgets::charts::{ChartState, LineChart, Series, SeriesStyle};
use dspyglass::widgets::notice::{Notice, NoticeEvent};
use dspyglass::widgets::scroll::RowScroll;
use dspyglass::widgets::table::{CellText, Column, Sort, Table, TableEvents, TableState};
use dspyglass::widgets::tabs::{self, Tab};
use dspyglass::widgets::text::{TextLines, TextState, VirtualText};
use dspyglass::widgets::tokens::{Tone, size};
use dspyglass::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use dspyglass::widgets::virtual_rows::{RowInfo, RowsKind, VirtualRows};
use dspyglass::widgets::{chips::Chip, empty, field::Field, key_value, section, theme};
use egui::accesskit::Role;
use egui::{Key, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// A harness with the theme applied before the first frame.
fn harness<'a, State>(
    theme_choice: Theme,
    state: State,
    mut app: impl FnMut(&mut egui::Ui, &mut State) + 'a,
) -> Harness<'a, State> {
    Harness::builder()
        .with_size(vec2(900.0, 600.0))
        .with_theme(theme_choice)
        .with_context_setup(theme::apply)
        .build_ui_state(move |ui, state| app(ui, state), state)
}

#[derive(Default)]
struct Rows {
    scroll: RowScroll,
    cursor: Option<usize>,
    clicked: Option<usize>,
}

const MANY: usize = 10_000_000;

fn many_rows(ui: &mut egui::Ui, state: &mut Rows) {
    let rows = VirtualRows::new("many", MANY, size::ROW)
        .kind(RowsKind::List)
        .label("Many rows")
        .cursor(state.cursor)
        .show(ui, &mut state.scroll, |ui, row| {
            let label = format!("row {}", row.index);
            let info = RowInfo { label: &label, ..RowInfo::default() };
            if row.interact(ui, info).clicked() {
                state.clicked = Some(row.index);
            }
        });
    state.cursor = rows.moved_to.or(state.clicked).or(state.cursor);
    if rows.moved_to.is_some() {
        state.clicked = None;
    }
}

#[test]
fn ten_million_rows_jump_to_the_exact_end() {
    let mut harness = harness(Theme::Dark, Rows::default(), many_rows);
    harness.run();
    harness.get_by_role_and_label(Role::ListItem, "row 3").click();
    harness.run();
    assert_eq!(harness.state().clicked, Some(3));

    harness.key_press(Key::End);
    harness.run();
    assert_eq!(harness.state().cursor, Some(MANY - 1));
    let label = format!("row {}", MANY - 1);
    let last = harness.get_by_role_and_label(Role::ListItem, &label);
    assert_eq!(last.accesskit_node().position_in_set(), Some(MANY - 1));
    let list = harness.get_by_role_and_label(Role::List, "Many rows").rect();
    assert!((last.rect().bottom() - list.bottom()).abs() < 0.6, "the last row ends where the list ends");

    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(harness.state().cursor, Some(MANY - 2));
    harness.key_press(Key::PageUp);
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(harness.state().scroll, RowScroll::default());
    // The number of nodes is that of the rows seen, not of the rows there are.
    assert!(harness.get_all_by_role(Role::ListItem).count() < 40);
}

#[test]
fn the_wheel_scrolls_by_parts_of_a_row() {
    let state = Rows { scroll: RowScroll::at(5_000_000), ..Rows::default() };
    let mut harness = harness(Theme::Dark, state, many_rows);
    harness.run();
    harness.hover_at(egui::pos2(300.0, 300.0));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -13.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run();
    let at = harness.state().scroll;
    assert_eq!(at.top, 5_000_000);
    assert!((at.fraction - 0.5).abs() < 0.01, "{at:?}");
}

#[derive(Default)]
struct Sheet {
    table: TableState,
    selected: Option<usize>,
    last: TableEvents,
    sort: Option<usize>,
    opened: Option<usize>,
}

fn sheet(ui: &mut egui::Ui, state: &mut Sheet) {
    let columns = [
        Column::text("Candidate", 140.0),
        Column::number("Score", 80.0),
        Column::text("Instruction", 300.0).growing().unsorted(),
        Column::text("Far away", 700.0),
    ];
    let sort = Some(Sort { column: 1, descending: true });
    state.last = Table::new("sheet", "Candidates", &columns, 1_000).sort(sort).selected(state.selected).show(
        ui,
        &mut state.table,
        |row, column| match column {
            0 => CellText::text(format!("C{row}")).dot(Tone::Category(row)).strong(),
            1 => CellText::value("71.7").tone(Tone::Good).note("±11"),
            2 => CellText::text("x".repeat(5_000)),
            _ => CellText::unknown(),
        },
    );
    state.selected = state.last.selected.or(state.selected);
    state.sort = state.last.sort.or(state.sort);
    state.opened = state.last.opened.or(state.opened);
}

#[test]
fn a_table_is_worked_by_mouse_and_keys() {
    let mut harness = harness(Theme::Light, Sheet::default(), sheet);
    harness.run();
    let cell = harness.get_by_role_and_label(Role::Cell, "C2");
    assert_eq!(cell.accesskit_node().data().column_index(), Some(0));
    cell.click();
    harness.run();
    assert_eq!(harness.state().selected, Some(2));

    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().selected, Some(3));
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().opened, Some(3));
    harness.key_press(Key::End);
    harness.run();
    assert_eq!(harness.state().selected, Some(999));
    assert!(harness.query_by_role_and_label(Role::Cell, "C999").is_some());

    harness.get_by_role_and_label(Role::ColumnHeader, "Score").click();
    harness.run();
    assert_eq!(harness.state().sort, Some(1));
}

#[test]
fn a_column_is_widened_by_dragging_its_border() {
    let mut harness = harness(Theme::Dark, Sheet::default(), sheet);
    harness.run();
    let header = harness.get_by_role_and_label(Role::ColumnHeader, "Candidate").rect();
    let border = egui::pos2(header.right() + 4.0, header.center().y);
    harness.drag_at(border);
    harness.step();
    harness.hover_at(border + vec2(60.0, 0.0));
    harness.step();
    harness.drop_at(border + vec2(60.0, 0.0));
    harness.run();
    let width = harness.state().table.widths[0];
    assert!((width - 200.0).abs() < 5.0, "{width}");
}

#[derive(Default)]
struct Tree {
    scroll: RowScroll,
    is_open: bool,
    selected: Option<usize>,
}

fn tree(ui: &mut egui::Ui, state: &mut Tree) {
    let total = if state.is_open { 3 } else { 1 };
    let mut toggled = false;
    VirtualRows::new("tree", total, size::ROW).kind(RowsKind::Tree).label("Spans").cursor(state.selected).show(
        ui,
        &mut state.scroll,
        |ui, row| {
            let is_root = row.index == 0;
            let trailing = [Trailing::value("482 ms", 60.0)];
            let event = TreeRow {
                depth: usize::from(!is_root),
                fold: match (is_root, state.is_open) {
                    (false, _) => Fold::Leaf,
                    (true, true) => Fold::Open,
                    (true, false) => Fold::Closed,
                },
                mark: Mark::Square(Tone::Violet),
                name: ["Router.forward", "Predict.forward", "LM"][row.index],
                trailing: &trailing,
                bar: Some((0.7, Tone::Accent)),
                star: is_root,
                selected: state.selected == Some(row.index),
                ..TreeRow::default()
            }
            .show(ui, row);
            match event {
                TreeEvent::FoldToggled => toggled = true,
                TreeEvent::Clicked => state.selected = Some(row.index),
                _ => {}
            }
        },
    );
    state.is_open ^= toggled;
}

#[test]
fn a_tree_row_folds_by_its_triangle_only() {
    let mut harness = harness(Theme::Dark, Tree::default(), tree);
    harness.run();
    let root = harness.get_by_role_and_label(Role::TreeItem, "Router.forward");
    assert_eq!(root.accesskit_node().data().is_expanded(), Some(false));
    assert_eq!(root.accesskit_node().data().level(), Some(1));
    root.click();
    harness.run();
    assert_eq!(harness.state().selected, Some(0));
    assert!(!harness.state().is_open);

    harness.get_by_label("Unfold Router.forward").click();
    harness.run();
    assert!(harness.state().is_open);
    let child = harness.get_by_role_and_label(Role::TreeItem, "LM");
    assert_eq!(child.accesskit_node().data().level(), Some(2));
    harness.get_by_label("Fold Router.forward").click();
    harness.run();
    assert!(harness.query_by_label("LM").is_none());
}

#[test]
fn a_line_of_a_megabyte_is_shown_and_copied() {
    let text = format!("{}\u{0}end", "word ".repeat(200_000));
    let lines = TextLines::new(text.clone());
    let lines_at = {
        let lines = lines.clone();
        move |byte| lines.line_at(byte)
    };
    let mut harness = harness(Theme::Dark, (TextState::default(), None), |ui, (state, copied)| {
        let events = VirtualText::new("text", "Prompt", &lines).numbers().show(ui, state);
        if let Some(range) = events.copy {
            *copied = Some(range.len());
        }
    });
    harness.run();
    let first = harness.get_all_by_role(Role::ListItem).next().map(|node| node.rect().center());
    let at = first.unwrap_or_default();
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run();
    assert!(harness.state().0.selected.is_some_and(|it| it.is_empty() && lines_at(it.head) == 0));
    harness.event(egui::Event::Copy);
    harness.run();
    assert_eq!(harness.state().1, Some(2_000));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Copy);
    harness.run();
    assert_eq!(harness.state().1, Some(text.len()));
}

#[test]
fn small_parts_have_names_in_both_themes() {
    for choice in [Theme::Dark, Theme::Light] {
        let state = (String::new(), 0, NoticeEvent::None);
        let mut harness = harness(choice, state, |ui, (typed, tab, event)| {
            section::title_ui(ui, "TicketRouter.forward");
            if let Some(index) =
                tabs::show(ui, "tabs", "Parts", &[Tab::new("Chat"), Tab::new("Inputs").count("3")], *tab)
            {
                *tab = index;
            }
            Field::new("Filter runs").hint("Filter runs").key("/").show(ui, typed);
            ui.horizontal(|ui| {
                ui.add(Chip::new("4,812 tokens").note("own"));
                ui.add(Chip::toggle("Adapters folded", true).key("a"));
            });
            let notice =
                Notice::failed("Could not read the trace", "mlflow.db, trace tr-98c0", "Open the raw text instead")
                    .show(ui);
            if notice != NoticeEvent::None {
                *event = notice;
            }
            Notice::warning("2 rows were damaged").show(ui);
            section::card_ui(ui, |ui| {
                key_value::show(ui, "facts", &[key_value::KeyValue::new("Model", "openai/gpt-4o-mini")]);
            });
            empty::skeleton_rows_ui(ui, 2, size::ROW);
            empty::empty_ui(ui, "No traces yet: they appear as the program runs", "Open a store");
        });
        harness.run();
        harness.get_by_role_and_label(Role::Button, "Copy details").click();
        harness.get_by_role_and_label(Role::Tab, "Inputs").click();
        harness.get_by_label("Filter runs").focus();
        harness.run();
        harness.get_by_label("Filter runs").type_text("gepa");
        harness.run();
        assert_eq!(harness.state(), &("gepa".to_owned(), 1, NoticeEvent::CopyDetails));
        assert!(harness.query_by_role_and_label(Role::Alert, "Could not read the trace").is_some());
        assert!(harness.query_by_role_and_label(Role::Status, "Loading").is_some());
    }
}

#[test]
fn tabs_are_chosen_by_arrows() {
    let mut harness = harness(Theme::Dark, 0, |ui, tab| {
        let all = ["Story", "Candidates", "Examples"].map(Tab::new);
        if let Some(index) = tabs::show(ui, "tabs", "Places", &all, *tab) {
            *tab = index;
        }
    });
    harness.run();
    harness.get_by_role_and_label(Role::Tab, "Story").click();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(*harness.state(), 2);
}

#[test]
fn a_chart_says_what_it_shows() {
    let noisy = (0..200_000).map(|i| (f64::from(i), f64::from(i % 977)));
    let series = [
        Series::new("loss", noisy),
        Series::new("best so far", [(0.0, 100.0), (9e4, 300.0), (2e5, f64::NAN)]).style(SeriesStyle::Step),
    ];
    let mut harness = harness(Theme::Light, ChartState::default(), |ui, state| {
        LineChart::new("chart", "Score", &series).y_range(0.0, 100.0).show(ui, state);
    });
    harness.run();
    let label = "Score: chart of 2 series; loss 200,000 points from 0 to 976; best so far 2 points from 100 to 300";
    assert!(harness.query_by_role_and_label(Role::Image, label).is_some());
    harness.hover_at(egui::pos2(400.0, 100.0));
    harness.run();
}

#[test]
fn the_bar_drags_ten_million_rows_to_the_exact_end() {
    let mut harness = harness(Theme::Dark, Rows::default(), many_rows);
    harness.run();
    let list = harness.get_by_role_and_label(Role::List, "Many rows").rect();
    let grip = list.right_top() + vec2(-5.0, 10.0);
    harness.drag_at(grip);
    harness.step();
    harness.hover_at(list.center());
    harness.step();
    let middle = harness.state().scroll.top;
    assert!((4_000_000..6_000_000).contains(&middle), "{middle}");
    harness.hover_at(list.right_bottom() + vec2(0.0, 50.0));
    harness.step();
    harness.drop_at(list.right_bottom() + vec2(0.0, 50.0));
    harness.run();
    let label = format!("row {}", MANY - 1);
    assert!(harness.query_by_label(&label).is_some());
}

#[test]
fn nothing_breaks_when_there_is_no_room() {
    for room in [vec2(1.0, 1.0), vec2(40.0, 30.0), vec2(5_000.0, 10.0)] {
        let lines = TextLines::new("one\ntwo");
        let series = [Series::new("s", [(0.0, 1.0)])];
        let mut harness = harness(Theme::Dark, (Sheet::default(), Tree::default()), |ui, (table, rows)| {
            ui.set_max_size(room);
            sheet(ui, table);
            tree(ui, rows);
            VirtualText::new("t", "Text", &lines).show(ui, &mut TextState::default());
            LineChart::new("c", "Chart", &series).show(ui, &mut ChartState::default());
            tabs::show(ui, "tabs", "Tabs", &[Tab::new("One"), Tab::new("Two")], 7);
            empty::skeleton_rows_ui(ui, 1_000_000, size::ROW);
        });
        harness.set_size(room);
        harness.run();
    }
}
