//! The `dspyglass` program.
fn main() {}
