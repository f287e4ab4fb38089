//! A series of points with a pyramid of extremes above it, made once, on a worker.

use super::pyramid::Pyramid;
use crate::widgets::tokens::{Tokens, Tone};
use egui::Stroke;
use egui_plot::PlotPoint;
use std::ops::Range;
use std::sync::Arc;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeriesStyle {
    /// A line, with a dot at each point while there are few.
    #[default]
    Line,
    /// A line that stays until it changes: best so far.
    Step,
    /// Filled dots: full evaluations.
    Dots,
    /// Hollow dots: minibatches.
    Rings,
}

/// What kind of number cannot be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlierKind {
    /// Not a number.
    NotANumber,
    /// Above everything.
    Infinity,
    /// Below everything.
    NegativeInfinity,
}

/// A point without a place: it is marked at the border.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// Where on the x axis.
    pub x: f64,
    /// Why.
    pub kind: OutlierKind,
}

/// A named series. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Series {
    pub(super) name: Arc<str>,
    pub(super) tone: Tone,
    pub(super) style: SeriesStyle,
    pub(super) is_faint: bool,
    data: Arc<Data>,
}

#[derive(Debug)]
struct Data {
    /// By x; only finite ones.
    points: Vec<PlotPoint>,
    outliers: Vec<Outlier>,
    pyramid: Pyramid,
    y_range: Option<(f64, f64)>,
}

impl Series {
    /// A series of `(x, y)`. Points are sorted by x if they are not; equal x keep their order. Points whose
    /// x is not finite are dropped.
    pub fn new(name: impl Into<Arc<str>>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut finite = Vec::new();
        let mut outliers = Vec::new();
        for (x, y) in points {
            if !x.is_finite() {
                continue;
            }
            let kind = if y.is_finite() {
                finite.push(PlotPoint::new(x, y));
                continue;
            } else if y.is_nan() {
                OutlierKind::NotANumber
            } else if y > 0.0 {
                OutlierKind::Infinity
            } else {
                OutlierKind::NegativeInfinity
            };
            outliers.push(Outlier { x, kind });
        }
        if !finite.is_sorted_by(|a, b| a.x <= b.x) {
            finite.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        outliers.sort_by(|a, b| a.x.total_cmp(&b.x));
        finite.truncate(u32::MAX as usize);
        let pyramid = Pyramid::new(&finite);
        let y_range = finite.iter().fold(None, |range: Option<(f64, f64)>, point| {
            let (low, high) = range.unwrap_or((point.y, point.y));
            Some((low.min(point.y), high.max(point.y)))
        });
        Self {
            name: name.into(),
            tone: Tone::Accent,
            style: SeriesStyle::Line,
            is_faint: false,
            data: Arc::new(Data { points: finite, outliers, pyramid, y_range }),
        }
    }

    /// The same with the decimal logarithm of y; what has none becomes an outlier.
    pub fn log10(&self) -> Self {
        let points = self.data.points.iter().map(|point| {
            let y = if point.y > 0.0 { point.y.log10() } else { f64::NEG_INFINITY };
            (point.x, y)
        });
        let outliers = self.data.outliers.iter().map(|outlier| {
            let y = match outlier.kind {
                OutlierKind::NotANumber => f64::NAN,
                OutlierKind::Infinity => f64::INFINITY,
                OutlierKind::NegativeInfinity => f64::NEG_INFINITY,
            };
            (outlier.x, y)
        });
        let all: Vec<(f64, f64)> = points.chain(outliers).collect();
        Self { tone: self.tone, style: self.style, is_faint: self.is_faint, ..Self::new(Arc::clone(&self.name), all) }
    }

    /// In a tone.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Its tone.
    pub fn tone_of(&self) -> Tone {
        self.tone
    }

    /// In a style.
    pub fn style(mut self, style: SeriesStyle) -> Self {
        self.style = style;
        self
    }

    /// Behind the others and faint: the raw line behind its smoothed one.
    pub fn faint(mut self) -> Self {
        self.is_faint = true;
        self
    }

    /// Whether it lies behind the others.
    pub fn is_faint(&self) -> bool {
        self.is_faint
    }

    /// Under another name.
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = name.into();
        self
    }

    /// About how many bytes it keeps.
    pub fn bytes(&self) -> usize {
        (self.data.points.len() + self.data.outliers.len()) * (size_of::<PlotPoint>() + Pyramid::BYTES_PER_POINT)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The finite points, by x.
    pub fn points(&self) -> &[PlotPoint] {
        &self.data.points
    }

    /// The points without a place, by x.
    pub fn outliers(&self) -> &[Outlier] {
        &self.data.outliers
    }

    /// The first and the last x, of outliers too.
    pub fn x_range(&self) -> Option<(f64, f64)> {
        let points = &self.data.points;
        let outliers = &self.data.outliers;
        let xs = [
            points.first().map(|p| p.x),
            points.last().map(|p| p.x),
            outliers.first().map(|o| o.x),
            outliers.last().map(|o| o.x),
        ];
        xs.into_iter().flatten().fold(None, |range, x| {
            let (low, high): (f64, f64) = range.unwrap_or((x, x));
            Some((low.min(x), high.max(x)))
        })
    }

    /// The lowest and the highest y.
    pub fn y_range(&self) -> Option<(f64, f64)> {
        self.data.y_range
    }

    /// The point whose x is nearest.
    pub fn nearest(&self, x: f64) -> Option<PlotPoint> {
        let points = &self.data.points;
        let after = points.partition_point(|point| point.x < x);
        let before = after.checked_sub(1).and_then(|index| points.get(index));
        [before, points.get(after)]
            .into_iter()
            .flatten()
            .min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()))
            .copied()
    }

    /// The x of the nearest point, or of the nearest one without a place.
    pub fn nearest_x(&self, x: f64) -> Option<f64> {
        let outliers = &self.data.outliers;
        let after = outliers.partition_point(|outlier| outlier.x < x);
        let around = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|at| outliers.get(at));
        let points = self.nearest(x).map(|point| point.x).into_iter();
        points.chain(around.map(|outlier| outlier.x)).min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))
    }

    /// Why the point at this very x has no place, if it has none.
    pub fn outlier_at(&self, x: f64) -> Option<OutlierKind> {
        let outliers = &self.data.outliers;
        let at = outliers.partition_point(|outlier| outlier.x < x);
        outliers.get(at).filter(|outlier| outlier.x == x).map(|outlier| outlier.kind)
    }

    /// The value at this very x; of a step, the one it has held since its last point.
    pub fn value_at(&self, x: f64) -> Option<PlotPoint> {
        let points = &self.data.points;
        let last = points.partition_point(|point| point.x <= x).checked_sub(1)?;
        let point = *points.get(last)?;
        let holds = self.style == SeriesStyle::Step && last + 1 < points.len();
        (point.x == x || holds).then(|| PlotPoint::new(x, point.y))
    }

    /// The stroke of its line; a series behind the others has a faint one.
    pub(super) fn stroke(&self, tokens: &Tokens) -> Stroke {
        let color = self.tone.color(tokens);
        if self.is_faint { Stroke::new(1.0, tokens.faint(color)) } else { Stroke::new(1.6, color) }
    }

    /// Whether a value that is no number lies between two x. A line must not bridge it: it would claim what was
    /// never measured.
    pub(super) fn is_broken(&self, from_x: f64, to_x: f64) -> bool {
        let after = self.data.outliers.partition_point(|outlier| outlier.x <= from_x);
        self.data.outliers.get(after).is_some_and(|outlier| outlier.x < to_x)
    }

    /// Whether two series are the very same data.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.data, &other.data)
    }

    /// The points to draw between two x on a width of `pixels`: all of them if they are few, else the first,
    /// the lowest, the highest and the last of each pixel. No extreme is ever left out.
    pub fn visible(&self, from_x: f64, to_x: f64, pixels: usize) -> Vec<PlotPoint> {
        let points = &self.data.points;
        // One more at each side, for the line that leads out of the view.
        let first = points.partition_point(|p| p.x < from_x).saturating_sub(1);
        let last = (points.partition_point(|p| p.x <= to_x) + 1).min(points.len());
        if first >= last {
            return Vec::new();
        }
        let pixels = pixels.max(1);
        if last - first <= pixels * 4 {
            return points[first..last].to_vec();
        }
        let mut out = Vec::with_capacity(pixels * 4 + 2);
        let step = (to_x - from_x) / pixels as f64;
        let mut begin = first;
        let mut stride = (last - first) / pixels;
        for pixel in 0..=pixels {
            let edge = from_x + step * (pixel + 1) as f64;
            let end = if pixel == pixels { last } else { first_from(points, begin..last, edge, stride) };
            self.push_block(&mut out, begin, end);
            stride = end - begin;
            begin = end;
        }
        out
    }

    fn push_block(&self, out: &mut Vec<PlotPoint>, begin: usize, end: usize) {
        if begin >= end {
            return;
        }
        let (low, high) = self.data.pyramid.extremes(&self.data.points, begin, end);
        let mut chosen = [begin, low.min(high), low.max(high), end - 1];
        chosen.sort_unstable();
        let mut previous = None;
        for index in chosen {
            if previous != Some(index) {
                out.push(self.data.points[index]);
            }
            previous = Some(index);
        }
    }
}

/// The first point of a range from this x on, or the range's end. It is looked for around `stride` points
/// further on, where it mostly is: a search through all the rest would read the memory of each line at
/// twenty places for each stretch.
fn first_from(points: &[PlotPoint], range: Range<usize>, x: f64, stride: usize) -> usize {
    let is_before = |at: usize| points.get(at).is_some_and(|point| point.x < x);
    let (mut low, mut high) = (range.start, range.end);
    let mut reach = 1;
    let guess = (range.start + stride).min(range.end);
    if guess < range.end && is_before(guess) {
        low = guess + 1;
        while low + reach < range.end && is_before(low + reach) {
            low += reach + 1;
            reach *= 2;
        }
        high = (low + reach).min(range.end);
    } else {
        high = guess.min(high);
        while high > low && high - low > reach && !is_before(high - reach) {
            high -= reach;
            reach *= 2;
        }
        low = high.saturating_sub(reach).max(low);
    }
    low + points.get(low..high).map_or(0, |rest| rest.partition_point(|point| point.x < x))
}

#[cfg(test)]
mod tests;
