//! How long the page of a program takes, with the database that `DSPYGLASS_LARGE` names.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::{self, AllStates};
use dspyglass::store::ReadCx;

use crate::support::reader;

#[test]
#[ignore = "prints times of the database that DSPYGLASS_LARGE names"]
fn program_history_times() {
    let Some(database) = std::env::var_os("DSPYGLASS_LARGE").map(PathBuf::from) else { return };
    let mut store = reader(&database);
    let (cx, memo) = (ReadCx::new(), Arc::new(Memo::new()));
    let start = Instant::now();
    let index = Session::new(store.as_mut(), &cx, Arc::clone(&memo), 1).ask(&AllStates).expect("read");
    println!("index of {} runs: {:.0} ms", index.runs, start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    Session::new(store.as_mut(), &cx, Arc::clone(&memo), 2).ask(&AllStates).expect("read");
    println!("renewed: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let most = index.evaluated.iter().max_by_key(|(_, runs)| runs.len()).expect("a program");
    let start = Instant::now();
    let told = query::program_history::program_history_in(&mut Session::alone(store.as_mut(), &cx), &index, most.0)
        .expect("read")
        .expect("told");
    let took = start.elapsed().as_secs_f64() * 1e3;
    println!("history with {} evaluations, complete {}: {took:.0} ms", told.evaluations.len(), told.complete);
}
