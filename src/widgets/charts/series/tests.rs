//! No thinning may hide what is extreme.

use super::*;

/// A small generator, so that the test needs nothing and is the same each time.
fn noise(n: usize) -> Vec<(f64, f64)> {
    let mut seed = 12_345_u64;
    (0..n)
        .map(|index| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (index as f64, (seed >> 40) as f64)
        })
        .collect()
}

fn range(points: &[PlotPoint]) -> (f64, f64) {
    points.iter().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.y), b.max(p.y)))
}

#[test]
fn no_extreme_is_lost_in_any_pixel() {
    let points = noise(50_000);
    let series = Series::new("noise", points.clone());
    for (from, to, pixels) in [(0.0, 49_999.0, 800), (1_234.5, 40_000.2, 333), (0.0, 20_000.0, 7)] {
        let visible = series.visible(from, to, pixels);
        assert!(visible.len() <= pixels * 4 + 4);
        assert!(visible.is_sorted_by(|a, b| a.x <= b.x));
        let step = (to - from) / pixels as f64;
        for pixel in 0..pixels {
            let (a, b) = (from + step * pixel as f64, from + step * (pixel + 1) as f64);
            let all: Vec<PlotPoint> = series.points().iter().filter(|p| p.x >= a && p.x < b).copied().collect();
            let drawn: Vec<PlotPoint> = visible.iter().filter(|p| p.x >= a && p.x < b).copied().collect();
            assert_eq!(range(&all), range(&drawn), "pixel {pixel} of {pixels}");
        }
    }
}

#[test]
fn stretches_begin_where_they_should_however_points_are_spread() {
    let mut x = 0.0;
    let uneven: Vec<PlotPoint> = noise(3_000)
        .into_iter()
        .map(|(_, y)| {
            // Many at one place, some close together, a few far away.
            x += [0.0, 0.0, 0.01, 1.0, 300.0][y as usize % 5];
            PlotPoint::new(x, y)
        })
        .collect();
    for (at, (_, random)) in noise(4_000).into_iter().enumerate() {
        let start = at % 2_500;
        let edge = uneven[(start + random as usize % 400).min(2_999)].x + [0.0, 0.005, -0.005][at % 3];
        let stride = random as usize % 700;
        let found = first_from(&uneven, start..2_900, edge, stride);
        assert_eq!(found, start + uneven[start..2_900].partition_point(|point| point.x < edge), "{at}");
    }
}

#[test]
fn one_spike_in_a_million_is_seen() {
    let mut points: Vec<(f64, f64)> = (0..1_000_000).map(|i| (f64::from(i), 0.0)).collect();
    points[777_777].1 = 1.0;
    points[3].1 = -1.0;
    let series = Series::new("spike", points);
    assert_eq!(range(&series.visible(0.0, 1e6, 100)), (-1.0, 1.0));
    assert_eq!(series.y_range(), Some((-1.0, 1.0)));
}

#[test]
fn few_points_are_all_drawn() {
    let series = Series::new("few", noise(50));
    assert_eq!(series.visible(0.0, 49.0, 100), series.points());
    assert_eq!(series.visible(10.5, 12.5, 100).len(), 4);
    assert!(Series::new("none", []).visible(0.0, 1.0, 10).is_empty());
}

#[test]
fn numbers_without_a_place_are_kept_apart() {
    let all = [(2.0, f64::NAN), (0.0, 1.0), (1.0, f64::INFINITY), (f64::NAN, 1.0), (3.0, f64::NEG_INFINITY)];
    let series = Series::new("odd", all);
    assert_eq!(series.points().len(), 1);
    let kinds: Vec<OutlierKind> = series.outliers().iter().map(|o| o.kind).collect();
    assert_eq!(kinds, [OutlierKind::Infinity, OutlierKind::NotANumber, OutlierKind::NegativeInfinity]);
    assert_eq!(series.x_range(), Some((0.0, 3.0)));
    let log = Series::new("log", [(0.0, 100.0), (1.0, 0.0)]).log10();
    assert_eq!(log.y_range(), Some((2.0, 2.0)));
    assert_eq!(log.outliers().len(), 1);
}

#[test]
fn the_nearest_point_is_found() {
    let series = Series::new("s", [(0.0, 1.0), (10.0, 2.0), (20.0, 3.0)]);
    for (x, y) in [(-5.0, 1.0), (4.0, 1.0), (6.0, 2.0), (99.0, 3.0)] {
        assert_eq!(series.nearest(x).map(|p| p.y), Some(y));
    }
}
