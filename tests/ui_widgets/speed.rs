//! How long a frame takes. Run with `--release --ignored --nocapture`; alone on the machine.

use super::matrices::{Noise, STAYING};
use dspyglass::widgets::json_rows::{JsonOptions, JsonRows, JsonState, JsonView};
use dspyglass::widgets::matrix::{FIGURES, MARKS, Matrix, MatrixState};
use dspyglass::widgets::scroll::RowScroll;
use dspyglass::widgets::table::{CellText, Column, RowSelection, SelectionChange, Table, TableState};
use dspyglass::widgets::theme;
use egui::{Context, RawInput, Rect, Theme, pos2, vec2};
use std::time::{Duration, Instant};

/// In release a frame of a matrix takes less than this of its thread, in all but one of twenty.
const MATRIX_MOST: Duration = Duration::from_millis(4);

#[test]
#[ignore = "prints times"]
fn matrices_scroll_both_ways() {
    for (lines, columns) in [(300, 200), (10_000, 300)] {
        for is_graded in [false, true] {
            let noise = Noise { lines, columns, is_graded };
            let mut state = MatrixState::default();
            let what =
                format!("matrix {lines} × {columns}{}, scrolled both ways", if is_graded { ", graded" } else { "" });
            let cpu = cpu_frames(&what, 300, |ui, frame| {
                state.scroll = RowScroll { top: frame * 3 % lines, fraction: 0.3 };
                state.x = (frame * 17) as f32;
                let least = if is_graded { FIGURES } else { MARKS };
                Matrix::new("m", "Matrix", &STAYING).sums("Mean, n").cell_least(least).show(ui, &mut state, &noise);
            });
            if !cfg!(debug_assertions) {
                assert!(cpu < MATRIX_MOST, "{what}: {cpu:?}");
            }
        }
    }
}

/// The same by the time that the thread worked, of which 95 of 100 frames take no more.
fn cpu_frames(name: &str, count: usize, mut draw: impl FnMut(&mut egui::Ui, usize)) -> Duration {
    let ctx = Context::default();
    theme::apply(&ctx);
    ctx.set_theme(Theme::Dark);
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1_600.0, 1_000.0));
    let mut times = Vec::with_capacity(count);
    for frame in 0..count + 5 {
        let input = RawInput { screen_rect: Some(screen), time: Some(frame as f64 / 60.0), ..RawInput::default() };
        let begin = cpu_time::ThreadTime::now();
        let mut output = ctx.run_ui(input, |ui| draw(ui, frame));
        let shapes = std::mem::take(&mut output.shapes);
        let meshes = ctx.tessellate(shapes, output.pixels_per_point);
        if frame >= 5 {
            times.push(begin.elapsed());
        }
        drop(meshes);
        output.drop_without_applying_deltas();
    }
    times.sort();
    let p95 = times[times.len() * 95 / 100];
    println!("{name}: CPU median {:?}, 95 % {p95:?}", times[times.len() / 2]);
    p95
}

/// Frames as the window runs them: without a screen reader, tessellated.
fn frames(name: &str, count: usize, mut draw: impl FnMut(&mut egui::Ui, usize)) -> Duration {
    let ctx = Context::default();
    theme::apply(&ctx);
    ctx.set_theme(Theme::Dark);
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1_600.0, 1_000.0));
    let mut times = Vec::with_capacity(count);
    for frame in 0..count + 5 {
        let input = RawInput { screen_rect: Some(screen), time: Some(frame as f64 / 60.0), ..RawInput::default() };
        let begin = Instant::now();
        let mut output = ctx.run_ui(input, |ui| draw(ui, frame));
        let shapes = std::mem::take(&mut output.shapes);
        let meshes = ctx.tessellate(shapes, output.pixels_per_point);
        // The first frames load fonts and fill the caches of egui.
        if frame >= 5 {
            times.push(begin.elapsed());
        }
        drop(meshes);
        output.drop_without_applying_deltas();
    }
    times.sort();
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{name}: median {median:?}, 95 % {:?}, most {most:?}", times[times.len() * 95 / 100]);
    median
}

#[test]
#[ignore = "prints times"]
fn a_table_of_half_a_million_rows() {
    const ROWS: usize = 500_000;
    let titles: Vec<String> = (0..20).map(|index| format!("metric_{index}")).collect();
    let columns: Vec<Column<'_>> = titles.iter().map(|title| Column::number(title, 96.0)).collect();
    let mut selection = RowSelection::default();
    selection.apply(SelectionChange::All, ROWS);
    let mut state = TableState::default();
    let show = |ui: &mut egui::Ui, state: &mut TableState| {
        Table::new("t", "Table", &columns, ROWS)
            .selection(&selection)
            .show(ui, state, |row, column| CellText::value(format!("{row}.{column}")))
    };
    frames("table 500,000 × 20, still", 200, |ui, _| {
        show(ui, &mut state);
    });
    let scrolling = frames("table 500,000 × 20, three rows a frame", 300, |ui, frame| {
        state.scroll = RowScroll::at(frame * 3);
        show(ui, &mut state);
    });
    let jumping = frames("table 500,000 × 20, a new page each frame", 300, |ui, frame| {
        state.scroll = RowScroll::at(frame * 1_571);
        show(ui, &mut state);
    });
    // The end is exact: the last row ends where the table ends.
    state.scroll = RowScroll::at(usize::MAX);
    let mut visible = 0..0;
    frames("table 500,000 × 20, at the end", 10, |ui, _| visible = show(ui, &mut state).visible);
    assert_eq!(visible.end, ROWS);
    println!("scrolling {scrolling:?}, jumping {jumping:?}");
}

#[test]
#[ignore = "prints times"]
fn json_of_a_hundred_thousand_rows() {
    let values = (0..34_000).map(|n| serde_json::json!({"id": n, "text": "some words that are read"}));
    let value = serde_json::Value::from(values.collect::<Vec<_>>());
    let begin = Instant::now();
    let rows = JsonRows::new(&value, JsonOptions::default());
    println!("{} rows made in {:?}", rows.len(), begin.elapsed());
    let mut state = JsonState::default();
    state.fold.open_all();
    frames("json, three rows a frame", 300, |ui, frame| {
        state.scroll = RowScroll::at(frame * 3);
        JsonView::new("j", "Json", &rows).show(ui, &mut state);
    });
    frames("json, folded and unfolded each frame", 100, |ui, frame| {
        state.fold.set_open(&rows, 0, frame % 2 == 0);
        JsonView::new("j", "Json", &rows).show(ui, &mut state);
    });
}
