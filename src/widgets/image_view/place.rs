//! Where an image stands in its view: pure, in the image's own pixels.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// How large the image is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Zoom {
    /// All of it can be seen, and it is never larger than it is.
    #[default]
    Fit,
    /// So many points for each pixel.
    Scale(f32),
}

/// How large the image is shown, and which of its pixels is in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ImagePlace {
    /// How large.
    pub zoom: Zoom,
    /// The pixel in the middle of the view; the image's own middle if not given.
    pub center: Option<Pos2>,
}

/// The least and the most points for a pixel.
pub const SCALES: (f32, f32) = (0.01, 32.0);

impl ImagePlace {
    /// Points for each pixel.
    pub fn scale(&self, image: Vec2, view: Vec2) -> f32 {
        match self.zoom {
            Zoom::Scale(scale) if scale.is_finite() => scale.clamp(SCALES.0, SCALES.1),
            _ => (view.x / image.x.max(1.0)).min(view.y / image.y.max(1.0)).clamp(1e-4, 1.0),
        }
    }

    /// Where the image stands in a view.
    pub fn rect(&self, image: Vec2, view: Rect) -> Rect {
        let scale = self.scale(image, view.size());
        let size = image * scale;
        let center = self.center.filter(|center| center.is_finite()).unwrap_or((image / 2.0).to_pos2());
        let min = view.center() - center.to_vec2() * scale;
        // What fits stands in the middle; what does not leaves no gap at its sides.
        let along = |min: f32, size: f32, from: f32, to: f32| {
            if size <= to - from { (from + to - size) / 2.0 } else { min.clamp(to - size, from) }
        };
        let min =
            pos2(along(min.x, size.x, view.left(), view.right()), along(min.y, size.y, view.top(), view.bottom()));
        Rect::from_min_size(min, size)
    }

    /// Zooms so that the pixel under `at` stays there.
    pub fn zoomed(&self, factor: f32, at: Pos2, image: Vec2, view: Rect) -> Self {
        let rect = self.rect(image, view);
        let scale = self.scale(image, view.size());
        let after = (scale * factor).clamp(SCALES.0, SCALES.1);
        let pixel = (at - rect.min) / scale;
        let center = pixel + (view.center() - at) / after;
        Self { zoom: Zoom::Scale(after), center: Some(center.to_pos2()) }.settled(image, view)
    }

    /// Moves the image by so many points.
    pub fn panned(&self, by: Vec2, image: Vec2, view: Rect) -> Self {
        let scale = self.scale(image, view.size());
        let rect = self.rect(image, view).translate(by);
        let center = (view.center() - rect.min) / scale;
        Self { center: Some(center.to_pos2()), ..*self }.settled(image, view)
    }

    /// With the middle that is really shown, so that what was moved too far comes back at once.
    fn settled(self, image: Vec2, view: Rect) -> Self {
        let scale = self.scale(image, view.size());
        let center = (view.center() - self.rect(image, view).min) / scale;
        Self { center: Some(center.to_pos2()), ..self }
    }
}

/// The tiles of a level of `size` pixels that `shown` (a part of it from 0 to 1) touches.
pub(super) fn tiles(size: [usize; 2], tile: usize, shown: Rect) -> Vec<(usize, usize)> {
    let along = |size: usize, from: f32, to: f32| {
        let last = size.div_ceil(tile).max(1) - 1;
        let at = |share: f32| ((share.clamp(0.0, 1.0) * size as f32) as usize / tile).min(last);
        at(from)..=at(to)
    };
    let columns = along(size[0], shown.left(), shown.right());
    let rows = along(size[1], shown.top(), shown.bottom());
    rows.flat_map(|row| columns.clone().map(move |column| (column, row))).collect()
}

/// The part of an image that a view shows, from 0 to 1.
pub(super) fn shown_part(rect: Rect, view: Rect) -> Rect {
    let seen = rect.intersect(view);
    let share = |at: Pos2| ((at - rect.min) / vec2(rect.width().max(1e-6), rect.height().max(1e-6))).to_pos2();
    Rect::from_min_max(share(seen.min), share(seen.max))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Rect = Rect { min: pos2(100.0, 50.0), max: pos2(500.0, 350.0) };

    #[test]
    fn fitting_shows_all_and_never_enlarges() {
        let place = ImagePlace::default();
        assert_eq!(place.rect(vec2(800.0, 300.0), VIEW), Rect::from_min_max(pos2(100.0, 125.0), pos2(500.0, 275.0)));
        assert_eq!(place.rect(vec2(40.0, 20.0), VIEW).size(), vec2(40.0, 20.0));
        assert!(place.rect(vec2(0.0, 0.0), VIEW).is_finite());
    }

    #[test]
    fn zooming_keeps_the_pixel_under_the_pointer() {
        let image = vec2(4_000.0, 3_000.0);
        let mut place = ImagePlace { zoom: Zoom::Scale(1.0), center: Some(pos2(2_000.0, 1_500.0)) };
        let at = pos2(180.0, 300.0);
        let pixel = |place: &ImagePlace| (at - place.rect(image, VIEW).min) / place.scale(image, VIEW.size());
        let before = pixel(&place);
        for factor in [2.0, 1.5, 0.7, 0.9] {
            place = place.zoomed(factor, at, image, VIEW);
            assert!((pixel(&place) - before).length() < 0.5, "{factor}");
        }
    }

    #[test]
    fn panning_ends_at_the_edge_and_comes_back_at_once() {
        let image = vec2(1_000.0, 1_000.0);
        let place = ImagePlace { zoom: Zoom::Scale(1.0), center: None }.panned(vec2(9_999.0, 0.0), image, VIEW);
        assert_eq!(place.rect(image, VIEW).left(), VIEW.left());
        let back = place.panned(vec2(-10.0, 0.0), image, VIEW);
        assert_eq!(back.rect(image, VIEW).left(), VIEW.left() - 10.0);
        let hostile = ImagePlace { zoom: Zoom::Scale(f32::NAN), center: Some(pos2(f32::NAN, 0.0)) };
        assert!(hostile.rect(image, VIEW).is_finite());
    }

    #[test]
    fn only_tiles_that_are_seen_are_asked_for() {
        let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        assert_eq!(tiles([2_500, 900], 1_024, all), [(0, 0), (1, 0), (2, 0)]);
        let corner = Rect::from_min_max(pos2(0.99, 0.99), pos2(1.0, 1.0));
        assert_eq!(tiles([2_500, 2_500], 1_024, corner), [(2, 2)]);
        assert_eq!(tiles([1, 1], 1_024, all), [(0, 0)]);
    }
}
