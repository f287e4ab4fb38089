//! A matrix: worked by mouse and keys, read by who does not see it, and no larger than what is seen of it.

use super::harness;
use dspyglass::widgets::matrix::{
    FIGURES, MARKS, Matrix, MatrixCell, MatrixColumn, MatrixCursor, MatrixSource, MatrixState, MatrixSum,
    StayingColumn, StayingKind, StayingText,
};
use dspyglass::widgets::scroll::RowScroll;
use dspyglass::widgets::tokens::Tone;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::borrow::Cow;
use std::cell::RefCell;

pub const STAYING: [StayingColumn<'static>; 3] = [
    StayingColumn { title: "", kind: StayingKind::Number, width: 48.0 },
    StayingColumn { title: "Example", kind: StayingKind::Text, width: 240.0 },
    StayingColumn { title: "Expected", kind: StayingKind::Value, width: 80.0 },
];

/// Cells of which each says which one it is.
pub struct Noise {
    pub lines: usize,
    pub columns: usize,
    pub is_graded: bool,
}

impl MatrixSource for Noise {
    fn lines(&self) -> usize {
        self.lines
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn column(&self, column: usize) -> MatrixColumn<'_> {
        MatrixColumn {
            title: format!("C{column}").into(),
            note: format!("full_{column}").into(),
            tone: Some(Tone::Category(column)),
            has_star: column == 4,
        }
    }

    fn column_hover(&self, column: usize) -> String {
        format!("about {column}")
    }

    fn heading(&self, _: usize) -> Option<Cow<'_, str>> {
        None
    }

    fn staying(&self, line: usize, staying: usize) -> StayingText<'_> {
        let text = if staying == 0 { format!("{}", line + 1) } else { format!("text {staying} of line {line}") };
        StayingText { text: text.into(), tone: Tone::Neutral }
    }

    fn cell(&self, line: usize, column: usize) -> MatrixCell<'_> {
        match (line + 3 * column) % 11 {
            0 => MatrixCell::Absent,
            1 => MatrixCell::Unknown,
            n if self.is_graded => MatrixCell::Graded {
                is_good: n > 5,
                strength: n as f32 / 10.0,
                figure: format!("0.{}{}", n, line % 10).into(),
            },
            n => MatrixCell::Plain { is_good: n > 5 },
        }
    }

    fn spoken(&self, line: usize, column: usize) -> String {
        format!("{line}/{column}")
    }

    fn hover(&self, line: usize, column: usize) -> String {
        format!("cell {line} of {column}")
    }

    fn sum(&self, _: usize) -> Option<MatrixSum<'_>> {
        Some(MatrixSum { figure: "63.3".into(), note: "60".into(), tone: Tone::Good })
    }
}

/// The same with a heading before every five rows, counting what it is asked for.
struct Sheet {
    of: Noise,
    has_headings: bool,
    asked: RefCell<usize>,
    state: MatrixState,
    cursor: Option<MatrixCursor>,
    opened: Option<MatrixCursor>,
    head: Option<usize>,
    menu: Option<usize>,
}

struct Counted<'a>(&'a Noise, bool, &'a RefCell<usize>);

impl MatrixSource for Counted<'_> {
    fn lines(&self) -> usize {
        self.0.lines
    }

    fn columns(&self) -> usize {
        self.0.columns
    }

    fn column(&self, column: usize) -> MatrixColumn<'_> {
        self.0.column(column)
    }

    fn column_hover(&self, column: usize) -> String {
        self.0.column_hover(column)
    }

    fn heading(&self, line: usize) -> Option<Cow<'_, str>> {
        (self.1 && line.is_multiple_of(5)).then(|| "a group".into())
    }

    fn staying(&self, line: usize, staying: usize) -> StayingText<'_> {
        self.0.staying(line, staying)
    }

    fn cell(&self, line: usize, column: usize) -> MatrixCell<'_> {
        *self.2.borrow_mut() += 1;
        self.0.cell(line, column)
    }

    fn spoken(&self, line: usize, column: usize) -> String {
        self.0.spoken(line, column)
    }

    fn hover(&self, line: usize, column: usize) -> String {
        self.0.hover(line, column)
    }

    fn sum(&self, column: usize) -> Option<MatrixSum<'_>> {
        self.0.sum(column)
    }
}

fn sheet(ui: &mut egui::Ui, sheet: &mut Sheet) {
    sheet.asked.replace(0);
    let source = Counted(&sheet.of, sheet.has_headings, &sheet.asked);
    let least = if sheet.of.is_graded { FIGURES } else { MARKS };
    let matrix = Matrix::new("matrix", "Examples", &STAYING).sums("Mean, n").cell_least(least).cursor(sheet.cursor);
    let events = matrix.show(ui, &mut sheet.state, &source);
    sheet.cursor = events.chosen.or(sheet.cursor);
    sheet.opened = events.opened.or(sheet.opened);
    sheet.head = events.head.or(sheet.head);
    sheet.menu = events.menu.or(sheet.menu);
}

fn shown(lines: usize, columns: usize, has_headings: bool) -> Harness<'static, Sheet> {
    let sheet_of = Sheet {
        of: Noise { lines, columns, is_graded: false },
        has_headings,
        asked: RefCell::default(),
        state: MatrixState::default(),
        cursor: None,
        opened: None,
        head: None,
        menu: None,
    };
    let mut harness = harness(Theme::Dark, sheet_of, sheet);
    harness.run();
    harness
}

fn at(line: usize, column: usize) -> Option<MatrixCursor> {
    Some(MatrixCursor { line, column: Some(column) })
}

#[test]
fn only_cells_that_are_seen_are_asked_for_and_told() {
    let mut harness = shown(10_000, 300, false);
    harness.state_mut().state.scroll = RowScroll::at(5_000);
    harness.state_mut().state.x = 4_000.0;
    harness.run();
    let asked = *harness.state().asked.borrow();
    assert!((100..600).contains(&asked), "{asked} of 3,000,000");
    assert!(harness.get_all_by_role(Role::Cell).count() < 700);
    let table = harness.get_by_role_and_label(Role::Table, "Examples");
    let node = table.accesskit_node();
    assert_eq!((node.data().row_count(), node.data().column_count()), (Some(10_000), Some(303)));
    let cell = harness
        .get_all_by_role(Role::Cell)
        .find(|cell| cell.accesskit_node().label().is_some_and(|label| label.starts_with("5001/")));
    let cell = cell.expect("a cell of the second row");
    assert_eq!(cell.accesskit_node().data().row_index(), Some(5_001));
    let label = cell.accesskit_node().label().unwrap_or_default();
    let column: usize = label.strip_prefix("5001/").and_then(|text| text.parse().ok()).expect("a column");
    assert_eq!(cell.accesskit_node().data().column_index(), Some(3 + column));
    // The frozen parts stand although it is scrolled both ways.
    assert!(harness.query_by_role_and_label(Role::ColumnHeader, "Expected").is_some());
    assert!(harness.query_by_role_and_label(Role::Cell, "text 1 of line 5001").is_some());
    assert!(
        harness
            .query_all_by_role(Role::Row)
            .any(|row| { row.accesskit_node().label().is_some_and(|label| label.starts_with("Mean, n: 63.3, 60")) })
    );
}

#[test]
fn keys_move_a_cursor_from_cell_to_cell() {
    let mut harness = shown(300, 200, false);
    harness.get_by_role_and_label(Role::Cell, "2/1").click();
    harness.run();
    assert_eq!(harness.state().cursor, at(2, 1));
    let press = |harness: &mut Harness<'_, Sheet>, keys: &[(Modifiers, Key)]| {
        for (modifiers, key) in keys {
            harness.key_press_modifiers(*modifiers, *key);
            harness.run();
        }
    };
    let plain = |key| (Modifiers::NONE, key);
    press(&mut harness, &[plain(Key::ArrowRight), plain(Key::ArrowDown)]);
    assert_eq!(harness.state().cursor, at(3, 2));
    press(&mut harness, &[(Modifiers::COMMAND, Key::ArrowRight)]);
    assert_eq!(harness.state().cursor, at(3, 199));
    let cell = harness.get_by_role_and_label(Role::Cell, "3/199").rect();
    let matrix = harness.get_by_role_and_label(Role::Table, "Examples").rect();
    assert!(cell.right() <= matrix.right() && cell.width() > 40.0, "it is scrolled there: {cell:?}");
    press(&mut harness, &[plain(Key::End)]);
    assert_eq!(harness.state().cursor, at(299, 199));
    press(&mut harness, &[plain(Key::PageUp), plain(Key::Home), plain(Key::Enter)]);
    assert_eq!((harness.state().cursor, harness.state().opened), (at(0, 199), at(0, 199)));
    press(&mut harness, &[(Modifiers::COMMAND, Key::ArrowLeft), plain(Key::ArrowLeft)]);
    assert_eq!(harness.state().cursor, Some(MatrixCursor { line: 0, column: None }), "the row as a whole");
    assert_eq!(harness.state().state.x, 0.0);
}

#[test]
fn headings_are_stepped_over() {
    let mut harness = shown(20, 3, true);
    harness.get_by_role_and_label(Role::Cell, "4/1").click();
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().cursor, at(6, 1));
    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(harness.state().cursor, at(4, 1));
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(harness.state().cursor, at(1, 1));
    assert_eq!(harness.query_all_by_label("a group").count(), 4);
}

#[test]
fn heads_lead_to_their_columns() {
    let mut harness = shown(20, 8, false);
    harness.get_by_role_and_label(Role::ColumnHeader, "C4 ★ full_4").click();
    harness.run();
    assert_eq!(harness.state().head, Some(4));
    harness.get_by_role_and_label(Role::ColumnHeader, "C2 full_2").click_secondary();
    harness.run();
    assert_eq!(harness.state().menu, Some(2));
    harness.get_by_role_and_label(Role::Cell, "3/5").click_secondary();
    harness.run();
    assert_eq!((harness.state().menu, harness.state().cursor), (Some(5), at(3, 5)));
}

#[test]
fn the_wheel_and_the_bar_scroll_to_the_side() {
    let mut harness = shown(300, 200, false);
    harness.hover_at(egui::pos2(600.0, 300.0));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(-40.0, 0.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run();
    let moved = harness.state().state.x;
    assert!(moved > 5.0, "{moved}");
    assert_eq!(harness.state().state.scroll, RowScroll::default());
    let bar = harness.get_by_role_and_label(Role::ScrollBar, "Scroll to the side").rect();
    harness.drag_at(bar.right_center() - vec2(2.0, 0.0));
    harness.step();
    harness.drop_at(bar.right_center() - vec2(2.0, 0.0));
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Cell, "0/199").is_some());
}

#[test]
fn nothing_breaks_without_rows_columns_or_room() {
    for (lines, columns) in [(0, 0), (0, 5), (5, 0), (1, 1)] {
        let mut harness = shown(lines, columns, false);
        for key in [Key::ArrowDown, Key::ArrowRight, Key::End, Key::Enter] {
            harness.key_press(key);
            harness.run();
        }
        for size in [vec2(1.0, 1.0), vec2(120.0, 40.0), vec2(300.0, 500.0)] {
            harness.set_size(size);
            harness.run();
        }
    }
}
