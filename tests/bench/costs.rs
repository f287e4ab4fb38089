//! Whether what is told of costs slows down what somebody waits for: a store is opened, then the story of its largest
//! optimization, once without asking for costs and once with them behind, as the window asks. Nothing is kept from one
//! time to the next.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dspyglass::loader::{Lane, Loader, Opener};
use dspyglass::model::RunId;
use dspyglass::query::{
    DoctorOf, Experiments, OptimizationCostOf, OptimizationOf, OptimizationsOf, ScoresOf, VerdictOf,
};
use dspyglass::store::{OpenOptions, StoreLocation, open};

use crate::{Failure, connect, median, optimization};

/// So often each is measured, in turn.
const TIMES: usize = 5;
/// Nobody waits longer.
const MOST: Duration = Duration::from_secs(300);

/// Measures and prints.
pub fn measure(given: Option<PathBuf>, source: &Path) -> Result<(), Failure> {
    let database = match given {
        Some(database) => database,
        None => optimization::made(source, Path::new(env!("CARGO_TARGET_TMPDIR")))?,
    };
    let (parent, evaluations): (String, i64) = connect(&database)?.query_row(
        "select t.value, count(*) from tags t join runs r on r.run_uuid = t.run_uuid where t.key = 'mlflow.parentRunId' \
         and r.name like 'eval%' group by 1 order by 2 desc limit 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let parent = RunId::from(parent);
    println!("\n{}: an optimization of {evaluations} evaluations; median of {TIMES}, milliseconds", database.display());
    println!("{:<44} {:>10} {:>12} {:>7}", "", "with costs", "without", "ratio");
    let mut times = [[Vec::new(), Vec::new(), Vec::new()], [Vec::new(), Vec::new(), Vec::new()]];
    // The first one warms up.
    for round in 0..=TIMES {
        for (has_costs, times) in [true, false].into_iter().zip(&mut times) {
            let took = opened(&database, &parent, has_costs)?;
            if round > 0 {
                times.iter_mut().zip(took).for_each(|(times, took)| times.push(took));
            }
        }
    }
    let [with, without] = times.map(|all| all.map(median));
    for (at, what) in [
        "the store: its experiments",
        "the optimization: evaluations, examples, verdict",
        "all optimizations in a table",
    ]
    .into_iter()
    .enumerate()
    {
        println!("{what:<44} {:>10.1} {:>12.1} {:>6.2}×", with[at], without[at], with[at] / without[at]);
    }
    Ok(())
}

/// Opens the store anew; how long its experiments, the story and the table of optimizations took, one after another.
fn opened(database: &Path, parent: &RunId, has_costs: bool) -> Result<[f64; 3], Failure> {
    let opener: Opener = Arc::new(|location: &StoreLocation| match location.path() {
        Some(path) => open(path, &OpenOptions::default()),
        None => unreachable!("the benchmark opens files"),
    });
    let mut loader = Loader::new(opener, Arc::new(|| {}));
    loader.open(database.to_owned());
    let store = until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).value().is_some())?;
    let mut round = 0;
    let story = until(&mut loader, |loader| {
        let found = loader.ask(&OptimizationOf(parent.clone()), Lane::Selection).value().is_some();
        let scores = loader.ask(&ScoresOf::optimization(parent.clone()), Lane::Visible).value().is_some();
        let verdict = loader.ask(&VerdictOf(parent.clone()), Lane::Visible).value().is_some();
        // As the page does: once the evaluations are known.
        if has_costs && found {
            loader.ask(&DoctorOf(parent.clone()), Lane::Prefetch);
            let cost = loader.ask(&OptimizationCostOf { run: parent.clone(), round: Some(round) }, Lane::Prefetch);
            round +=
                u32::from(cost.value().is_some_and(|cost| cost.as_ref().as_ref().is_some_and(|one| !one.is_whole)));
        }
        found && scores && verdict
    })?;
    let table = until(&mut loader, |loader| {
        if has_costs {
            loader.ask(&OptimizationCostOf { run: parent.clone(), round: Some(round) }, Lane::Prefetch);
        }
        loader.ask(&OptimizationsOf(None), Lane::Selection).value().is_some()
    })?;
    Ok([store, story, table])
}

/// Turns the loader, as frames do, until something is there; how long that took, milliseconds.
fn until(loader: &mut Loader, mut is_there: impl FnMut(&mut Loader) -> bool) -> Result<f64, Failure> {
    let start = Instant::now();
    while start.elapsed() < MOST {
        loader.begin_frame(Instant::now());
        if is_there(loader) {
            return Ok(start.elapsed().as_secs_f64() * 1_000.0);
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Err("waited in vain".into())
}
