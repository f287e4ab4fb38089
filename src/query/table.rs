//! What a table of runs needs: which columns there are, what stands in a cell, and in which
//! order the rows come, as a tree or flat. Pure functions of what was read.
//!
//! A row is known by its place in [`RunTable::rows`](crate::query::RunTable::rows); an order is
//! a list of such places.

mod column;
mod defaults;
mod lines;
mod order;
mod prepared;
mod score;
mod sort;

pub use column::{Cell, ColumnUse, NAME, RunAttribute, RunColumn, cell, columns_of};
pub use defaults::default_columns;
pub use lines::{RunLine, flat_order, tree_order};
pub use order::{LineOptions, RunLines};
pub use prepared::{PreparedRuns, RunsOf, STALLED_AFTER_MS, prepared_runs};
pub use score::Score;
pub use sort::{sort, sort_by_keys};

#[cfg(test)]
mod tests;
