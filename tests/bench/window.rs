//! How long the window takes: to its first frame, to what was clicked, and for each frame while
//! it scrolls, beside bare egui doing a comparable thing in the same run.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::state::Action;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use rusqlite::{Connection, OpenFlags};

use crate::{Failure, median};

const RUNS: usize = 5;
pub const FRAMES: usize = 200;

/// Measures and prints.
pub fn measure(database: &Path, source: &Path) -> Result<(), Failure> {
    println!("\nthe window, milliseconds");
    first_frames(database, source);
    let monsters = Monsters::find(database)?;
    from_click(database, &monsters)?;
    println!(
        "\nCPU of the window's thread per frame while scrolling, layout and tessellation, milliseconds: p95 of {RUNS} runs of {FRAMES} frames"
    );
    scrolling(database, &monsters)?;
    Ok(())
}

/// The real program, from its start to what it shows first.
fn first_frames(database: &Path, source: &Path) {
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        println!("  first frame: not measured, there is no display");
        return;
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let start = |until: &str, store: Option<&Path>| -> Option<f64> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
        command.args(store).env("DSPYGLASS_EXIT_AFTER", until).env("XDG_CONFIG_HOME", home.join("config"));
        let said = command.output().ok()?;
        let said = String::from_utf8_lossy(&said.stdout);
        said.lines().find_map(|line| line.strip_prefix(until)?.trim().parse().ok())
    };
    let cases = [
        ("empty window, first frame", "first frame", None),
        ("this store, experiments shown", "experiments", Some(database)),
        ("the store it grew from, experiments shown", "experiments", Some(source)),
    ];
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..=RUNS {
        for (times, (_, until, store)) in times.iter_mut().zip(&cases) {
            times.extend(start(until, *store));
        }
    }
    for (times, (what, ..)) in times.into_iter().zip(&cases) {
        match times.len() {
            0 => println!("  {what:<44} the window did not open"),
            // The first one warmed up.
            _ => println!("  {what:<44} {:>8.0}", median(times[1..].to_vec())),
        }
    }
}

/// The window on a store, as large as the pictures are.
pub fn window(database: &Path, frame_log: Option<&Path>) -> Harness<'static, Viewer> {
    let options = ViewerOptions {
        args: Args { store: Some(database.to_owned()), ..Args::default() },
        settings: SettingsPlace::nowhere(),
        frame_log: frame_log.map(Path::to_owned),
        ..ViewerOptions::default()
    };
    Harness::builder()
        .with_size([1600.0, 1000.0])
        .allow_missing_glyphs()
        .build_eframe(move |cc| Viewer::new(cc, options))
}

/// Steps until something with this label is there; how long that took.
pub fn until(harness: &mut Harness<'_, Viewer>, label: &str) -> Result<Duration, Failure> {
    let start = Instant::now();
    loop {
        harness.step();
        if harness.query_all_by_label_contains(label).next().is_some() {
            return Ok(start.elapsed());
        }
        if start.elapsed() > Duration::from_secs(30) {
            return Err(format!("waited in vain for {label}").into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub fn go(harness: &mut Harness<'_, Viewer>, place: &str) {
    harness.state_mut().act(Action::GoTo(place.to_owned()));
}

/// The places of the trace of most spans and of the largest input, with a word that each shows.
struct Monsters {
    many_spans: String,
    huge_input: String,
}

impl Monsters {
    fn find(database: &Path) -> Result<Self, Failure> {
        let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let place = |sql: &str| db.query_row(sql, [], |row| Ok(format!("trace/{}", row.get::<_, String>(0)?)));
        Ok(Self {
            many_spans: place("select trace_id from spans group by 1 order by count(*) desc limit 1")?,
            huge_input: place(
                "select trace_id from spans where trace_id in (select request_id from trace_info order by timestamp_ms desc limit 200) \
                 order by length(content) desc limit 1",
            )?,
        })
    }
}

/// From a click to what was asked for; a test harness adds its own cost to each frame.
fn from_click(database: &Path, monsters: &Monsters) -> Result<(), Failure> {
    let cases = [
        ("20,000 spans: the tree is there", &*monsters.many_spans, "step 0"),
        ("a 20 MB input: its first lines are there", &*monsters.huge_input, "lorem ipsum"),
    ];
    for (what, place, label) in cases {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let mut harness = window(database, None);
            until(&mut harness, "Experiments and runs")?;
            go(&mut harness, place);
            match until(&mut harness, label) {
                Ok(time) => times.push(time.as_secs_f64() * 1000.0),
                Err(_) => break,
            }
        }
        match times.len() {
            RUNS => println!("  {what:<44} {:>8.0}", median(times)),
            _ => println!("  {what:<44} not measured, the store has no such trace"),
        }
    }
    Ok(())
}

fn scrolling(database: &Path, monsters: &Monsters) -> Result<(), Failure> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frames.csv");
    let cases = [
        ("the tree of 20,000 spans", &*monsters.many_spans, "step 0", egui::pos2(600.0, 600.0)),
        ("the lines of a 20 MB input", &*monsters.huge_input, "lorem ipsum", egui::pos2(1350.0, 600.0)),
    ];
    for (what, place, label, pointer) in cases {
        let mut p95s = Vec::new();
        for _ in 0..RUNS {
            let mut harness = window(database, Some(&log));
            until(&mut harness, "Experiments and runs")?;
            go(&mut harness, place);
            if until(&mut harness, label).is_err() {
                break;
            }
            for _ in 0..10 {
                harness.step();
            }
            let mut tessellation = Vec::new();
            for frame in 0..FRAMES {
                scroll(&mut harness, pointer, frame);
                harness.step();
                tessellation.push(tessellate(&harness.ctx, harness.output()));
            }
            drop(harness);
            let frames = logged(&log)?;
            let last = &frames[frames.len().saturating_sub(FRAMES)..];
            p95s.push(p95(last
                .iter()
                .zip(&tessellation)
                .map(|(layout, tessellation)| layout + tessellation)
                .collect()));
        }
        match p95s.len() {
            RUNS => println!("  {what:<44} {:>8.2}", median(p95s)),
            _ => println!("  {what:<44} not measured, the store has no such trace"),
        }
    }
    let baseline = (0..RUNS).map(|_| baseline()).collect();
    println!("  {:<44} {:>8.2}", "bare egui: a table of 20,000 rows × 4", median(baseline));
    Ok(())
}

pub fn scroll<S>(harness: &mut Harness<'_, S>, pointer: egui::Pos2, frame: usize) {
    harness.event(egui::Event::PointerMoved(pointer));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        source: egui::MouseWheelSource::Trackpad,
        delta: egui::vec2(0.0, if frame % 100 < 80 { -97.0 } else { 193.0 }),
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
}

pub fn tessellate(ctx: &egui::Context, output: &egui::FullOutput) -> f64 {
    let shapes = output.shapes.clone();
    let start = ThreadTime::now();
    std::hint::black_box(ctx.tessellate(shapes, output.pixels_per_point));
    start.elapsed().as_secs_f64() * 1000.0
}

pub fn logged(log: &Path) -> Result<Vec<f64>, Failure> {
    let text = std::fs::read_to_string(log)?;
    let frames = text.lines().skip(1).filter_map(|line| line.split(',').nth(1)?.parse::<f64>().ok());
    Ok(frames.map(|microseconds| microseconds / 1000.0).collect())
}

pub fn p95(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 95 / 100).copied().unwrap_or(f64::NAN)
}

/// A table of egui_extras, as many rows, four short texts in each.
fn baseline() -> f64 {
    let times = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let seen = std::rc::Rc::clone(&times);
    let mut harness = Harness::builder().with_size([1600.0, 1000.0]).build_ui(move |ui| {
        let start = ThreadTime::now();
        egui_extras::TableBuilder::new(ui).columns(egui_extras::Column::exact(300.0), 4).body(|body| {
            body.rows(26.0, 20_000, |mut row| {
                let index = row.index();
                for column in 0..4 {
                    row.col(|ui| {
                        ui.add(egui::Label::new(format!("step {index} {column}")).selectable(false));
                    });
                }
            });
        });
        seen.borrow_mut().push(start.elapsed().as_secs_f64() * 1000.0);
    });
    for _ in 0..10 {
        harness.step();
    }
    times.borrow_mut().clear();
    let mut all = Vec::new();
    for frame in 0..FRAMES {
        scroll(&mut harness, egui::pos2(600.0, 600.0), frame);
        harness.step();
        let layout: f64 = times.borrow_mut().drain(..).sum();
        all.push(layout + tessellate(&harness.ctx, harness.output()));
    }
    p95(all)
}
