//! dspyglass.
pub mod widgets;
