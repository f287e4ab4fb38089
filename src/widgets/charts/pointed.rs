//! What a chart and what stands beside it tell each other: points that are marked, points that belong together, and
//! what is told of the point under the pointer.

use crate::widgets::tokens::Tone;

/// A point with a ring around it, because what it stands for is pointed at elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marked {
    /// Its x and y.
    pub at: [f64; 2],
    /// The tone of the ring.
    pub tone: Tone,
}

/// Two points of one thing, joined by a dashed bow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The x and y where it begins.
    pub from: [f64; 2],
    /// The x and y where it ends.
    pub to: [f64; 2],
    /// The tone of what it belongs to.
    pub tone: Tone,
    /// That is pointed at: the bow has its tone; else it is faint.
    pub is_strong: bool,
}

/// From low to high at one x, as a thin bar behind the points: how sure one of them is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whisker {
    /// Where it stands.
    pub x: f64,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The tone of the point that it belongs to.
    pub tone: Tone,
    /// That is pointed at: it has its whole tone; else it is faint.
    pub is_strong: bool,
}

/// How far several points of one thing stray: a bracket beside the last of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// Where the last of the points stands.
    pub x: f64,
    /// The lowest of the points.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// The tone of what they are of.
    pub tone: Tone,
}

/// A line of what is told beside the pointer.
pub type TipLine = (String, Tone);
