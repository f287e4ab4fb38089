//! Tracking servers and stores over ssh: what is sent to them, and what becomes of what they answer. A stand-in answers as it is told;
//! `servers/real.rs` asks MLflow's own.

#[path = "servers/faults.rs"]
mod faults;
#[path = "common/over_ssh.rs"]
mod over_ssh;
#[path = "servers/over_ssh.rs"]
mod over_ssh_stores;
#[path = "servers/real.rs"]
mod real;
#[path = "servers/real_ssh.rs"]
mod real_ssh;
#[path = "servers/requests.rs"]
mod requests;
#[path = "servers/stand_in.rs"]
mod stand_in;
