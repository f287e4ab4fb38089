//! What has room is not cut, and figures never are.

use super::harness;
use crate::painted::{cut_texts, filled, frames, whole_texts};
use dspyglass::widgets::scroll::RowScroll;
use dspyglass::widgets::table::{CellText, Column, Table, TableState};
use dspyglass::widgets::tokens::{Tokens, size};
use dspyglass::widgets::virtual_rows::{RowInfo, VirtualRows};
use dspyglass::widgets::{key_value, theme};
use dspyglass::words::is_figure;
use egui::accesskit::Role;
use egui::{Key, Theme, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

/// Figures of every kind, as short and as long as they come.
const FIGURES: [&str; 12] = [
    "7",
    "2 min 16 s",
    "23 h 59 min",
    "-0.002312",
    "1.200e-7",
    "11-21 08:40:17",
    "2026-11-21 08:07:31",
    "1.116 → 1.238",
    "60 + 12 × 25",
    "33.33 – 66.67",
    "1,234,567,890",
    "-12,345,678.90",
];

const LONG: &str =
    "Say which topic the document belongs to, and answer with one of the topics that are listed, nothing else";

#[derive(Default)]
struct Hostile {
    table: TableState,
    width: f32,
    has_notes: bool,
}

fn hostile(ui: &mut egui::Ui, state: &mut Hostile) {
    ui.set_max_width(state.width);
    let columns = [
        Column::text("Name", 150.0),
        Column::number("Number", 30.0),
        Column::text("Started", 30.0).figures(),
        Column::text("Instructions", 120.0).growing(),
        Column::text("Value of anything", 40.0),
        Column::number("Minor", 30.0).minor(1),
    ];
    let has_notes = state.has_notes;
    Table::new("hostile", "Hostile", &columns, FIGURES.len()).height(460.0).show(
        ui,
        &mut state.table,
        |row, column| {
            let figure = FIGURES[row];
            match column {
                0 | 3 => CellText::text(LONG),
                1 if has_notes => CellText::value(figure).note("±11.25"),
                2 => CellText::text(figure),
                _ => CellText::value(figure),
            }
        },
    );
}

#[test]
fn no_table_cuts_a_figure() {
    for has_notes in [false, true] {
        let state = Hostile { width: 900.0, has_notes, ..Hostile::default() };
        let mut harness = harness(Theme::Dark, state, hostile);
        for widths in [vec![], vec![1.0; 6], vec![f32::NAN, 20.0, 3_000.0, 0.0], vec![-5.0, f32::INFINITY, 1.0]] {
            harness.state_mut().table.widths = widths.clone();
            for width in (40..=900).step_by(43) {
                harness.state_mut().width = width as f32;
                // Scrolled to both ends, so that every column was drawn.
                for x in [0.0, 77.0, 5_000.0] {
                    harness.state_mut().table.x = x;
                    harness.run();
                    let cut = cut_texts(&harness.output().shapes);
                    let figures: Vec<_> =
                        cut.iter().filter(|cut| cut.rect.is_positive() && is_figure(&cut.text)).collect();
                    assert!(figures.is_empty(), "{width} wide, set to {widths:?}: {figures:?}");
                }
            }
        }
        // The test sees what is cut.
        assert!(cut_texts(&harness.output().shapes).iter().any(|cut| cut.text.starts_with("Say which")));
    }
}

#[test]
fn nothing_is_cut_while_there_is_room() {
    let sheet = |ui: &mut egui::Ui, state: &mut TableState| {
        let columns = [
            Column::text("Mark", 40.0),
            Column::text("Type", 40.0),
            Column::text("Candidate", 40.0),
            Column::text("Instructions", 100.0).growing(),
        ];
        Table::new("roomy", "Roomy", &columns, 40).show(ui, state, |row, column| match column {
            0 => CellText::text("winner, adopted"),
            1 => CellText::value("Literal['billing', 'events']"),
            2 => CellText::text("C1").note(if row == 39 { "merged from 1 and 2, see above" } else { "2 evaluations" }),
            _ => CellText::text("Route the ticket"),
        });
    };
    let mut harness = harness(Theme::Light, TableState::default(), sheet);
    harness.run();
    assert!(cut_texts(&harness.output().shapes).is_empty(), "{:?}", cut_texts(&harness.output().shapes));
    harness.state_mut().scroll = RowScroll::at(39);
    harness.run();
    assert!(cut_texts(&harness.output().shapes).is_empty(), "what comes into view later has room, too");
}

#[test]
fn minor_columns_go_before_the_others_are_cut() {
    let sheet = |ui: &mut egui::Ui, (state, width): &mut (TableState, f32)| {
        ui.set_max_width(*width);
        let columns = [
            Column::text("Name", 100.0),
            Column::number("Spans", 60.0).minor(2),
            Column::number("Tokens", 60.0).minor(1),
            Column::text("Inputs", 160.0).growing(),
        ];
        Table::new("minor", "Minor", &columns, 3).show(ui, state, |_, column| match column {
            0 => CellText::text("Router.forward"),
            3 => CellText::text(LONG),
            _ => CellText::value("12,345"),
        });
    };
    let mut harness = harness(Theme::Dark, (TableState::default(), 900.0), sheet);
    for (width, wanted) in [
        (900.0, vec!["Name", "Spans", "Tokens", "Inputs"]),
        (350.0, vec!["Name", "Tokens", "Inputs"]),
        (290.0, vec!["Name", "Inputs"]),
    ] {
        harness.state_mut().1 = width;
        harness.run();
        let seen = |title: &&str| harness.query_by_role_and_label(Role::ColumnHeader, title).is_some();
        let shown: Vec<&str> = ["Name", "Spans", "Tokens", "Inputs"].into_iter().filter(seen).collect();
        assert_eq!(shown, wanted, "{width}");
        let told = harness.query_all_by_label_contains("Left out for want of room: Spans").count();
        assert_eq!(told, usize::from(shown.len() < 4), "what is not shown is said");
        // Who hears the window hears all of the row.
        assert!(harness.query_all_by_label_contains("Spans 12,345").next().is_some());
    }
    assert!(harness.query_by_role_and_label(Role::ScrollBar, "Scroll to the side").is_none());
}

#[test]
fn long_keys_keep_their_telling_end() {
    const KEY: &str = "TicketRouter.route.inner.predict.react.signature.instructions";
    let sheet = |ui: &mut egui::Ui, state: &mut TableState| {
        ui.set_max_width(300.0);
        let columns = [Column::text("Param", 60.0), Column::text("Value", 110.0).growing()];
        Table::new("keys", "Keys", &columns, 1).height(80.0).show(ui, state, |_, column| match column {
            0 => CellText::key(KEY),
            _ => CellText::value(LONG),
        });
        key_value::show(ui, "facts", &[key_value::KeyValue::new(KEY, LONG)]);
    };
    let mut harness = harness(Theme::Dark, TableState::default(), sheet);
    harness.run();
    let texts = whole_texts(&harness.output().shapes);
    let keys: Vec<&String> = texts.iter().filter(|text| text.contains('…') && !text.contains("Say")).collect();
    assert_eq!(keys.len(), 2, "{texts:?}");
    assert!(keys.iter().all(|key| key.ends_with("instructions")), "{keys:?}");
}

#[test]
fn one_line_marks_the_row_with_the_keyboard() {
    let list = |ui: &mut egui::Ui, (scroll, cursor): &mut (RowScroll, Option<usize>)| {
        let rows = VirtualRows::new("rows", 10, size::ROW).label("Rows").cursor(*cursor).show(ui, scroll, |ui, row| {
            let label = format!("row {}", row.index);
            row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
        });
        *cursor = rows.moved_to.or(*cursor);
    };
    let mut harness = harness(Theme::Dark, (RowScroll::default(), None), list);
    harness.run();
    let accent = |harness: &Harness<'_, (RowScroll, Option<usize>)>| {
        let color = Tokens::get(true, Default::default()).accent;
        let shapes = &harness.output().shapes;
        (frames(shapes, color), filled(shapes, color))
    };
    assert_eq!(accent(&harness), (vec![], vec![]), "nothing has the keyboard");
    harness.get_by_role_and_label(Role::ListItem, "row 4").click();
    harness.run();
    let top = harness.get_by_role_and_label(Role::ListItem, "row 0").rect();
    let (around, lines) = accent(&harness);
    assert!(around.is_empty(), "a frame draws the eye to nothing: {around:?}");
    let [line] = lines[..] else { panic!("one line: {lines:?}") };
    assert!(top.contains_rect(line) && line.width() == theme::FOCUS_LINE, "the keys begin there: {line:?}");
    for _ in 0..3 {
        harness.key_press(Key::ArrowDown);
        harness.run();
    }
    assert_eq!(harness.state().1, Some(2));
    let row = harness.get_by_role_and_label(Role::ListItem, "row 2").rect();
    let [line] = accent(&harness).1[..] else { panic!("one line") };
    assert!(row.contains(pos2(row.left() + 1.0, line.center().y)) && (line.left() - row.left()).abs() < 1.0);
}
