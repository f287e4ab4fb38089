//! One trace of many spans: from the click to its tree, beside raw SQLite reading the same rows, and what a frame costs
//! while it is scrolled, zoomed and folded.

use std::path::{Path, PathBuf};
use std::time::Instant;

use dspyglass::app::Viewer;
use dspyglass::model::TraceId;
use dspyglass::query::trace_alignment::AlignedTracesOf;
use dspyglass::query::{self, ask::Session};
use dspyglass::state::{Action, FoldKey};
use dspyglass::store::{OpenOptions, ReadCx, open};
use egui::{Modifiers, MouseWheelUnit};
use egui_kittest::Harness;
use rusqlite::{Connection, params};

use crate::window::window;
use crate::window::{FRAMES, go, logged, p95, tessellate, until};
use crate::{Failure, connect, median};

const ROUNDS: usize = 5;
const SIZES: [usize; 2] = [20_000, 100_000];
const TRACE: &str = "tr-monster";

/// Measures and prints.
pub fn measure(source: &Path) -> Result<(), Failure> {
    for spans in SIZES {
        let database = monster(source, spans)?;
        println!("\na trace of {spans} spans, 40 deep; median of {ROUNDS}, milliseconds");
        let mut store = open(&database, &OpenOptions::default())?;
        let raw = connect(&database)?;
        let cx = ReadCx::new();
        let id = TraceId::from(TRACE);
        let mut own = Vec::new();
        let mut beside = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let tree = query::trace::trace_tree(&mut Session::alone(&mut *store, &cx), &id)?.ok_or("no such trace")?;
            own.push(start.elapsed().as_secs_f64() * 1000.0);
            assert_eq!(tree.spans.len(), spans);
            let start = Instant::now();
            assert_eq!(read_raw(&raw)?, spans);
            beside.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        println!("  {:<44} {:>8.1}", "its tree, with own times and critical path", median(own));
        println!("  {:<44} {:>8.1}", "raw SQLite: the same rows", median(beside));
        compared(&database, spans)?;
        let mut click = Vec::new();
        for _ in 0..ROUNDS {
            let mut harness = window(&database, None);
            until(&mut harness, "Experiments and runs")?;
            go(&mut harness, &format!("trace/{TRACE}"));
            click.push(until(&mut harness, "step 1")?.as_secs_f64() * 1000.0);
        }
        println!("  {:<44} {:>8.0}", "from the click to its rows on screen", median(click));
        println!("  CPU of the window's thread per frame, layout and tessellation, p95 of {FRAMES} frames");
        for (what, act) in [
            ("scrolled, all unfolded", scrolled as fn(&mut Harness<'_, Viewer>, usize)),
            ("zoomed with Ctrl and the wheel", zoomed),
            ("folded and unfolded, one branch", folded),
            ("folded and unfolded, all siblings alike", folded_alike),
        ] {
            let mut p95s = Vec::new();
            for _ in 0..ROUNDS {
                p95s.push(frames(&database, act)?);
            }
            println!("  {what:<44} {:>8.2}", median(p95s));
        }
    }
    Ok(())
}

/// Beside the trace another one that is the same but for one span: both read, aligned, the first difference found.
fn compared(database: &Path, spans: usize) -> Result<(), Failure> {
    let changed = database.with_extension("changed.db");
    std::fs::copy(database, &changed)?;
    let db = Connection::open(&changed)?;
    let columns = "experiment_id, span_id, parent_span_id, name, type, status, start_time_unix_nano, \
                   end_time_unix_nano, content";
    let other = format!("{TRACE}-changed");
    db.execute(
        "insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) \
         select ?1, experiment_id, timestamp_ms + 1, execution_time_ms, status from trace_info where request_id = ?2",
        params![other, TRACE],
    )?;
    let sql = format!("insert into spans (trace_id, {columns}) select ?1, {columns} from spans where trace_id = ?2");
    db.execute(&sql, params![other, TRACE])?;
    let at = spans as i64 * 3 / 4;
    let sql = "update spans set content = replace(content, 'What is', 'What was') where trace_id = ?1 and span_id = ?2";
    assert_eq!(db.execute(sql, params![other, format!("{at:016x}")])?, 1);
    drop(db);
    let cx = ReadCx::new();
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let mut store = open(&changed, &OpenOptions::default())?;
        let start = Instant::now();
        let question = AlignedTracesOf(TraceId::from(TRACE), TraceId::from(&*other));
        let answer = Session::alone(&mut *store, &cx).ask(&question)?;
        took.push(start.elapsed().as_secs_f64() * 1000.0);
        let Ok(aligned) = &*answer else { return Err("no such trace".into()) };
        let first = aligned.alignment.first.and_then(|row| aligned.alignment.rows.get(row)?.spans[0]);
        assert_eq!((aligned.alignment.rows.len(), first), (spans, Some(at as usize)));
    }
    println!("  {:<44} {:>8.0}", "compared with another, one span differs", median(took));
    Ok(())
}

fn read_raw(raw: &Connection) -> rusqlite::Result<usize> {
    let sql = "select span_id, parent_span_id, name, type, status, start_time_unix_nano, end_time_unix_nano, rowid \
               from spans where trace_id = ?1";
    let mut statement = raw.prepare_cached(sql)?;
    let mut rows = statement.query([TRACE])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let texts: (String, Option<String>, String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        let times: (i64, Option<i64>, i64) = (row.get(5)?, row.get(6)?, row.get(7)?);
        std::hint::black_box((texts, times));
        count += 1;
    }
    Ok(count)
}

fn frames(database: &Path, act: fn(&mut Harness<'_, Viewer>, usize)) -> Result<f64, Failure> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frames-of-trace.csv");
    let mut harness = window(database, Some(&log));
    until(&mut harness, "Experiments and runs")?;
    go(&mut harness, &format!("trace/{TRACE}"));
    until(&mut harness, "step 1")?;
    // The root is 0, its children are every 40th: the first that is left out is the sixth.
    harness.state_mut().act(Action::Fold(vec![FoldKey::Alike(first_left_out())], true));
    for _ in 0..20 {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let mut tessellation = Vec::new();
    for frame in 0..FRAMES {
        act(&mut harness, frame);
        harness.step();
        tessellation.push(tessellate(&harness.ctx, harness.output()));
    }
    drop(harness);
    let frames = logged(&log)?;
    let last = &frames[frames.len().saturating_sub(FRAMES)..];
    Ok(p95(last.iter().zip(&tessellation).map(|(layout, tessellation)| layout + tessellation).collect()))
}

/// Spans stand by start, so that the one named `step 240` has this place.
fn first_left_out() -> usize {
    240
}

fn wheel(harness: &mut Harness<'_, Viewer>, delta: egui::Vec2, modifiers: Modifiers) {
    harness.event(egui::Event::PointerMoved(egui::pos2(950.0, 600.0)));
    let source = egui::MouseWheelSource::Trackpad;
    let phase = egui::TouchPhase::Move;
    harness.event(egui::Event::MouseWheel { unit: MouseWheelUnit::Point, source, delta, phase, modifiers });
}

fn scrolled(harness: &mut Harness<'_, Viewer>, frame: usize) {
    wheel(harness, egui::vec2(0.0, if frame % 100 < 80 { -997.0 } else { 1_993.0 }), Modifiers::NONE);
}

fn zoomed(harness: &mut Harness<'_, Viewer>, frame: usize) {
    if frame == 0 {
        harness.event(egui::Event::ModifiersChanged(Modifiers::COMMAND));
    }
    wheel(harness, egui::vec2(0.0, if frame % 100 < 50 { 40.0 } else { -40.0 }), Modifiers::COMMAND);
}

fn folded(harness: &mut Harness<'_, Viewer>, frame: usize) {
    harness.state_mut().act(Action::Fold(vec![FoldKey::Span(40)], frame.is_multiple_of(2)));
}

fn folded_alike(harness: &mut Harness<'_, Viewer>, frame: usize) {
    harness.state_mut().act(Action::Fold(vec![FoldKey::Alike(first_left_out())], !frame.is_multiple_of(2)));
}

/// A copy of a recorded store with one more trace, made once.
fn monster(source: &Path, spans: usize) -> Result<PathBuf, Failure> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trace-of-{spans}.db"));
    if target.exists() {
        return Ok(target);
    }
    let part = target.with_extension("part");
    std::fs::copy(source, &part)?;
    let db = Connection::open(&part)?;
    db.execute_batch("pragma foreign_keys = off; pragma journal_mode = off; begin")?;
    let (experiment, last): (i64, i64) = db.query_row(
        "select experiment_id, max(timestamp_ms) from trace_info group by 1 order by count(*) desc limit 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let start_ms = last + 120_000;
    let sql = "insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) \
               values (?1, ?2, ?3, 5000, 'OK')";
    db.execute(sql, params![TRACE, experiment, start_ms])?;
    let sql = "insert into spans (trace_id, experiment_id, span_id, parent_span_id, name, type, status, \
               start_time_unix_nano, end_time_unix_nano, content) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let mut insert = db.prepare(sql)?;
    let start = start_ms * 1_000_000;
    let step = 5_000_000_000 / spans as i64;
    for at in 0..spans as i64 {
        let depth = at % 40;
        let parent = (at > 0).then(|| if depth == 0 { 0 } else { at - 1 });
        let kind = ["CHAIN", "LLM", "CHAT_MODEL", "TOOL", "RETRIEVER"][(at % 5) as usize];
        // Branch after branch, each span a little within the one above it.
        let from = start + at * step;
        let to = if at == 0 { start + 5_000_000_000 } else { from + (40 - depth) * step * 2 - step / 2 };
        let status = if at % 997 == 996 { "ERROR" } else { "OK" };
        let name = format!("step {at}");
        let attributes = serde_json::json!({
            "mlflow.spanInputs": serde_json::json!({"i": at, "question": format!("What is {at} + 1?")}).to_string(),
            "mlflow.spanOutputs": "\"ok\"",
        });
        let content = serde_json::json!({"name": name, "status": {"code": "STATUS_CODE_OK"}, "events": [], "attributes": attributes});
        let id = |at: i64| format!("{at:016x}");
        insert.execute(params![
            TRACE,
            experiment,
            id(at),
            parent.map(id),
            name,
            kind,
            status,
            from,
            to,
            content.to_string()
        ])?;
    }
    drop(insert);
    db.execute_batch("commit")?;
    drop(db);
    std::fs::rename(&part, &target)?;
    Ok(target)
}
