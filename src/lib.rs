//! dspyglass.
pub mod model;
pub mod store;
pub mod widgets;
