//! A chart as a picture: the pixels that the window shows of it, cut out and written as PNG on a worker.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use egui::{ColorImage, Rect, Ui};

use crate::loader::{DerivedKey, Lane, unique_id};
use crate::state::{Action, FileToSave, NoticeText};
use crate::views::scene::Scene;
use crate::widgets::image_view::encode_png;

/// Frames in which the chart is brought into view and its buttons are left out.
const FRAMES: u8 = 3;

/// How long the pixels are waited for before they are asked for again: a renderer that fails to give them says nothing.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often they are asked for.
const ATTEMPTS: u8 = 3;

/// Where the window's pixels arrive; the graphics card answers a frame later.
type Arrival = Arc<Mutex<Option<Arc<ColorImage>>>>;

/// A picture that is being taken.
#[derive(Debug, Default)]
pub(super) enum Picture {
    #[default]
    None,
    /// The chart of this metric is made ready.
    Posing { key: String, frames: u8, attempt: u8 },
    /// Its pixels were asked for, at this time of the window's clock.
    Taken { key: String, rect: Rect, scale: f32, arrival: Arrival, asked_at: f64, attempt: u8 },
    /// They never came.
    Lost { key: String },
    /// They are being written.
    Writing { key: String, source: u64, image: Arc<ColorImage>, rect: Rect, scale: f32 },
}

impl Picture {
    /// Begins to take a picture.
    pub fn begin(&mut self, key: &str) {
        *self = Self::Posing { key: key.to_owned(), frames: FRAMES, attempt: 1 };
    }

    /// Whether this chart is to look as it should in the picture.
    pub fn poses(&self, key: &str) -> bool {
        match self {
            Self::Posing { key: own, .. } | Self::Taken { key: own, .. } => own == key,
            _ => false,
        }
    }

    /// After the chart of `key` was drawn in `rect`.
    pub fn pose(&mut self, ui: &Ui, shown_key: &str, rect: Rect) {
        self.ask_again(ui);
        let Self::Posing { key, frames, attempt } = self else { return };
        if key != shown_key {
            return;
        }
        ui.scroll_to_rect(rect, None);
        ui.ctx().request_repaint();
        if *frames > 0 {
            *frames -= 1;
            return;
        }
        let rect = rect.intersect(ui.clip_rect());
        let arrival = Arrival::default();
        let (sender, ctx) = (Arc::clone(&arrival), ui.ctx().clone());
        ui.ctx().request_screenshot(move |image| {
            *sender.lock().unwrap_or_else(PoisonError::into_inner) = Some(image);
            ctx.request_repaint();
        });
        ui.ctx().request_repaint_after(PATIENCE);
        let (scale, asked_at, attempt) = (ui.pixels_per_point(), ui.input(|input| input.time), *attempt);
        *self = Self::Taken { key: key.clone(), rect, scale, arrival, asked_at, attempt };
    }

    /// Poses once more if the pixels do not come, and at last gives up.
    fn ask_again(&mut self, ui: &Ui) {
        let Self::Taken { key, arrival, asked_at, attempt, .. } = self else { return };
        let has_come = arrival.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if has_come || ui.input(|input| input.time) - *asked_at < PATIENCE.as_secs_f64() {
            return;
        }
        ui.ctx().request_repaint();
        *self = if *attempt < ATTEMPTS {
            Self::Posing { key: key.clone(), frames: FRAMES, attempt: *attempt + 1 }
        } else {
            Self::Lost { key: key.clone() }
        };
    }

    /// Goes on with what has come; saves the picture once it is written.
    pub fn go_on(&mut self, scene: &mut Scene<'_>) {
        if let Self::Lost { key } = self {
            let name = file_name(key, "png");
            let why = "the graphics driver did not give the window's pixels";
            scene.act(Action::Notify(NoticeText::failed(format!("{name} was not made"), why)));
            *self = Self::None;
            return;
        }
        if let Self::Taken { key, rect, scale, arrival, .. } = self {
            let arrived = arrival.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(image) = arrived else { return };
            *self = Self::Writing { key: key.clone(), source: unique_id(), image, rect: *rect, scale: *scale };
        }
        let Self::Writing { key, source, image, rect, scale } = self else { return };
        let (image, rect, scale) = (Arc::clone(image), *rect, *scale);
        let key_of = DerivedKey { what: "picture of a chart", source: *source, variant: 0 };
        let slot = scene.loader.derive(key_of, Lane::Selection, move || {
            let png = encode_png(&image, rect, scale);
            let bytes = png.as_ref().map_or(0, Vec::len);
            (png, bytes)
        });
        let name = file_name(key, "png");
        if let Some(error) = slot.error() {
            scene.act(Action::Notify(NoticeText::failed(format!("{name} was not made"), error.to_string())));
            *self = Self::None;
        } else if let Some(png) = slot.value() {
            match png.as_ref() {
                Ok(bytes) => scene.act(Action::Save(FileToSave::new(name, bytes.as_slice()))),
                Err(why) => scene.act(Action::Notify(NoticeText::failed(format!("{name} was not made"), why))),
            }
            *self = Self::None;
        }
    }
}

/// A name for a file about a metric: `val/accuracy` → `val_accuracy.csv`.
pub(super) fn file_name(key: &str, ending: &str) -> String {
    let plain: String =
        key.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).take(80).collect();
    let plain = plain.trim_matches('.');
    let plain = if plain.is_empty() { "metric" } else { plain };
    format!("{plain}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_of_metrics_become_names_of_files() {
        assert_eq!(file_name("val/acc@5", "csv"), "val_acc_5.csv");
        assert_eq!(file_name("..", "png"), "metric.png");
        assert_eq!(file_name("正確さ", "png"), "正確さ.png");
    }
}
