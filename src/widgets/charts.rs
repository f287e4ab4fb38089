//! Charts: series that are thinned out without losing an extreme, drawn with egui_plot.

mod dense;
mod drawn;
mod line_chart;
mod marks;
mod pyramid;
mod series;
mod smooth;
mod state;
mod ticks;

pub use line_chart::{ChartEvents, LineChart};
pub use series::{Outlier, OutlierKind, Series, SeriesStyle};
pub use smooth::smoothed;
pub use state::{ChartMove, ChartState};
pub use ticks::AxisKind;
