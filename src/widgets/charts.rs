//! Charts: series that are thinned out without losing an extreme, drawn with egui_plot.

mod axis;
mod dense;
mod drawn;
mod histogram;
mod hover;
mod line_chart;
mod marks;
mod pointed;
mod pyramid;
mod ranges;
mod scatter;
mod series;
mod smooth;
mod state;
mod ticks;
mod trade_off;

pub use histogram::{Histogram, HistogramBin};
pub use line_chart::{ChartEvents, LineChart};
pub use pointed::{Bracket, Link, Marked, TipLine, Whisker};
pub use scatter::{Scatter, ScatterPoint};
pub use series::{Outlier, OutlierKind, Series, SeriesStyle};
pub use smooth::smoothed;
pub use state::{ChartMove, ChartState};
pub use ticks::AxisKind;
pub use trade_off::{TradeOff, TradeOffPoint, unbeaten};
