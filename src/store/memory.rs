//! A store that lives in memory: what tests of views and queries read.
