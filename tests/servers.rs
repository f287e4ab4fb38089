//! Tracking servers: what is sent to them, and what becomes of what they answer. A stand-in answers as it is told;
//! `servers/real.rs` asks MLflow's own.

#[path = "servers/faults.rs"]
mod faults;
#[path = "servers/filtered.rs"]
mod filtered;
#[path = "servers/prompts.rs"]
mod prompts;
#[path = "servers/real.rs"]
mod real;
#[path = "servers/requests.rs"]
mod requests;
#[path = "servers/round_trips.rs"]
mod round_trips;
#[path = "servers/stand_in.rs"]
mod stand_in;
