//! The lowest and the highest of any stretch of a series, without looking at each point.

use egui_plot::PlotPoint;

const BLOCK: usize = 16;

/// Level n holds, for each block of `BLOCK`ⁿ⁺¹ points, the indices of its lowest and highest.
#[derive(Debug)]
pub(super) struct Pyramid {
    levels: Vec<Vec<(u32, u32)>>,
}

impl Pyramid {
    pub(super) fn new(points: &[PlotPoint]) -> Self {
        let merge = |pairs: &mut dyn Iterator<Item = (u32, u32)>| {
            pairs.reduce(|(low, high), (a, b)| {
                let is_lower = points[a as usize].y < points[low as usize].y;
                let is_higher = points[b as usize].y > points[high as usize].y;
                (if is_lower { a } else { low }, if is_higher { b } else { high })
            })
        };
        let mut levels: Vec<Vec<(u32, u32)>> = Vec::new();
        let mut below: Vec<(u32, u32)> = (0..points.len() as u32).map(|index| (index, index)).collect();
        while below.len() > BLOCK {
            let level: Vec<(u32, u32)> =
                below.chunks(BLOCK).filter_map(|block| merge(&mut block.iter().copied())).collect();
            levels.push(level.clone());
            below = level;
        }
        Self { levels }
    }

    /// The indices of the lowest and the highest point in a range, from whole blocks where it can.
    pub(super) fn extremes(&self, points: &[PlotPoint], begin: usize, end: usize) -> (usize, usize) {
        let (mut low, mut high) = (begin, begin);
        let mut take = |a: usize, b: usize| {
            if points[a].y < points[low].y {
                low = a;
            }
            if points[b].y > points[high].y {
                high = b;
            }
        };
        let mut at = begin;
        while at < end {
            // The largest block that begins here and ends within.
            let mut size = 1;
            let mut best = None;
            for level in &self.levels {
                size *= BLOCK;
                if !at.is_multiple_of(size) || at + size > end {
                    break;
                }
                best = level.get(at / size).map(|pair| (*pair, size));
            }
            match best {
                Some(((a, b), size)) => {
                    take(a as usize, b as usize);
                    at += size;
                }
                None => {
                    take(at, at);
                    at += 1;
                }
            }
        }
        (low, high)
    }
}
