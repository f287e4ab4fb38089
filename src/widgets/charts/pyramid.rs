//! The lowest and the highest of any stretch of a series, without looking at each point.

use egui_plot::PlotPoint;

const BLOCK: usize = 16;

/// The lowest and the highest point of a block, the first of several: their values stand beside
/// their places, so that comparing blocks reads no point, and memory in order.
#[derive(Clone, Copy, Debug)]
struct Extremes {
    low: f64,
    high: f64,
    low_at: u32,
    high_at: u32,
}

impl Extremes {
    fn of(at: usize, y: f64) -> Self {
        Self { low: y, high: y, low_at: at as u32, high_at: at as u32 }
    }

    fn take(&mut self, later: Self) {
        if later.low < self.low {
            (self.low, self.low_at) = (later.low, later.low_at);
        }
        if later.high > self.high {
            (self.high, self.high_at) = (later.high, later.high_at);
        }
    }

    fn of_all(all: impl Iterator<Item = Self>) -> Option<Self> {
        all.reduce(|mut whole, one| {
            whole.take(one);
            whole
        })
    }
}

/// Level n holds the extremes of each block of `BLOCK`ⁿ⁺¹ points.
#[derive(Debug)]
pub(super) struct Pyramid {
    levels: Vec<Vec<Extremes>>,
}

impl Pyramid {
    /// What a pyramid keeps for each point, in bytes.
    pub(super) const BYTES_PER_POINT: usize = size_of::<Extremes>().div_ceil(BLOCK - 1);

    pub(super) fn new(points: &[PlotPoint]) -> Self {
        let mut levels: Vec<Vec<Extremes>> = Vec::new();
        if points.len() > BLOCK {
            let block = |(number, block): (usize, &[PlotPoint])| {
                let first = number * BLOCK;
                Extremes::of_all(block.iter().enumerate().map(|(at, point)| Extremes::of(first + at, point.y)))
            };
            let mut below: Vec<Extremes> = points.chunks(BLOCK).enumerate().filter_map(block).collect();
            while below.len() > BLOCK {
                let above = below.chunks(BLOCK).filter_map(|block| Extremes::of_all(block.iter().copied())).collect();
                levels.push(std::mem::replace(&mut below, above));
            }
            levels.push(below);
        }
        Self { levels }
    }

    /// The indices of the lowest and the highest point in a range, from whole blocks where it can.
    pub(super) fn extremes(&self, points: &[PlotPoint], begin: usize, end: usize) -> (usize, usize) {
        let Some(first) = points.get(begin) else { return (begin, begin) };
        let mut whole = Extremes::of(begin, first.y);
        let mut at = begin;
        while at < end {
            // The largest block that begins here and ends within.
            let mut size = 1;
            let mut best = None;
            for level in &self.levels {
                if !at.is_multiple_of(size * BLOCK) || at + size * BLOCK > end {
                    break;
                }
                size *= BLOCK;
                best = level.get(at / size).copied();
            }
            if let Some(block) = best.or_else(|| points.get(at).map(|point| Extremes::of(at, point.y))) {
                whole.take(block);
            }
            at += size;
        }
        (whole.low_at as usize, whole.high_at as usize)
    }
}
