//! Tracking servers and stores over ssh: what is sent to them, and what becomes of what they answer. A stand-in answers
//! as it is told; `servers/real.rs` and `servers/postgres.rs` ask MLflow's own.

#[path = "servers/between.rs"]
mod between;
#[path = "servers/check.rs"]
mod check;
#[path = "servers/compare.rs"]
mod compare;
#[path = "servers/databricks.rs"]
mod databricks;
#[path = "servers/faults.rs"]
mod faults;
#[path = "servers/filtered.rs"]
mod filtered;
#[path = "servers/kept.rs"]
mod kept;
#[expect(dead_code, reason = "some of it is for the window alone")]
#[path = "common/late.rs"]
mod late;
#[path = "servers/other_ways.rs"]
mod other_ways;
#[path = "common/over_ssh.rs"]
mod over_ssh;
#[path = "servers/over_ssh_lost.rs"]
mod over_ssh_lost;
#[path = "servers/over_ssh.rs"]
mod over_ssh_stores;
#[path = "servers/postgres.rs"]
mod postgres;
#[path = "servers/prompts.rs"]
mod prompts;
#[path = "servers/real.rs"]
mod real;
#[path = "servers/real_ssh.rs"]
mod real_ssh;
#[path = "servers/recorded.rs"]
mod recorded;
#[path = "servers/requests.rs"]
mod requests;
#[path = "servers/round_trips.rs"]
mod round_trips;
#[path = "servers/sign_in.rs"]
mod sign_in;
#[path = "servers/stand_in.rs"]
mod stand_in;
#[path = "servers/terminal.rs"]
mod terminal;
