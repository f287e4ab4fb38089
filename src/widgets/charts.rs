//! Charts: series that are thinned out without losing an extreme, drawn with egui_plot.

mod drawn;
mod line_chart;
mod marks;
mod pyramid;
mod series;

pub use line_chart::{ChartEvents, ChartState, LineChart};
pub use series::{Outlier, OutlierKind, Series, SeriesStyle};
