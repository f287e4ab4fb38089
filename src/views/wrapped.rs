//! Rows of wrapped text, made on a worker: for the room that there is, in steps, so that dragging a panel does not wrap
//! anew with each point. What was made last is shown until there is something else.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::{Id, Ui};

use crate::loader::{DerivedKey, Lane, Loader};
use crate::widgets::text::{CharWidths, TextLines};
use crate::widgets::tokens::size::{self, Type};

/// Widths differ by so many points.
const STEP: f32 = 8.0;
/// In less room it is wrapped as if there were so much.
const LEAST: f32 = 8.0 * STEP;
/// Of all short texts together no more bytes are wrapped within one frame.
const FRAME: usize = 256 << 10;

/// What text is wrapped to.
#[derive(Clone, Debug)]
pub(super) struct Paper {
    /// In points.
    pub width: f32,
    /// The widths of the characters of its font.
    pub widths: CharWidths,
}

/// What can be made beside the frames.
pub(super) trait Made: Send + Sync + 'static {
    /// About how many bytes it holds.
    fn bytes(&self) -> usize;
}

impl Made for TextLines {
    fn bytes(&self) -> usize {
        self.bytes()
    }
}

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<How> {
    /// What it is.
    pub what: &'static str,
    /// What it is made of: a number that nothing else has.
    pub source: u64,
    /// In which way: everything, beside the room, by which it could be another.
    pub how: How,
    /// In which font its text is set.
    pub cut: Type,
    /// What of the width is not for the text, in points; the scroll bar is taken off anyway.
    pub inset: f32,
    /// It is made of so few bytes that it is made within a frame, in the next one that has time; `None`: on a worker.
    pub at_once: Option<usize>,
}

impl<How> Wish<How> {
    /// A wish for long text in the font of prose, as wide as there is room.
    pub const fn new(what: &'static str, source: u64, how: How) -> Self {
        Self { what, source, how, cut: Type::Body, inset: 0.0, at_once: None }
    }
}

/// What was made last, of what and for which room.
#[derive(Debug)]
pub(super) struct Wrapped<T> {
    made: Option<(DerivedKey, Arc<T>)>,
    /// Something else is to be shown that is not made yet.
    is_late: bool,
    widths: Option<((Type, u32), CharWidths)>,
}

impl<T> Default for Wrapped<T> {
    fn default() -> Self {
        Self { made: None, is_late: true, widths: None }
    }
}

impl<T: Made> Wrapped<T> {
    /// What was made last.
    pub fn shown(&self) -> Option<&Arc<T>> {
        self.made.as_ref().map(|(_, made)| made)
    }

    /// Whether what is wished for is not made yet; what was made last is shown meanwhile.
    pub fn is_late(&self) -> bool {
        self.is_late
    }

    /// What was made is not to be shown any more.
    pub fn forget(&mut self) {
        (self.made, self.is_late) = (None, true);
    }

    /// Makes it unless it is there, for the room that is left in `ui`; says whether something else is shown now.
    pub fn make<How: Hash + Send + 'static>(
        &mut self,
        ui: &Ui,
        loader: &mut Loader,
        wish: Wish<How>,
        make: impl FnOnce(&How, &Paper) -> T + Send + 'static,
    ) -> bool {
        // What is measured changes with the zoom and the screen.
        let font = (wish.cut, ui.pixels_per_point().to_bits());
        if self.widths.as_ref().is_none_or(|(known, _)| *known != font) {
            self.widths = Some((font, CharWidths::measure(ui.ctx(), &wish.cut.font())));
        }
        let Some((_, widths)) = &self.widths else { return false };
        let width = in_steps(ui.available_width() - size::SCROLL_BAR - wish.inset);
        let mut variant = DefaultHasher::new();
        (width.to_bits(), font, &wish.how).hash(&mut variant);
        let key = DerivedKey { what: wish.what, source: wish.source, variant: variant.finish() };
        self.is_late = self.made.as_ref().is_none_or(|(known, _)| *known != key);
        if !self.is_late {
            return false;
        }
        let (how, paper) = (wish.how, Paper { width, widths: widths.clone() });
        if let Some(bytes) = wish.at_once {
            if !has_time(ui, bytes) {
                ui.ctx().request_repaint();
                return false;
            }
            (self.made, self.is_late) = (Some((key, Arc::new(make(&how, &paper)))), false);
            return true;
        }
        let slot = loader.derive(key, Lane::Selection, move || {
            let made = make(&how, &paper);
            let bytes = made.bytes();
            (made, bytes)
        });
        let Some(made) = slot.value() else { return false };
        (self.made, self.is_late) = (Some((key, Arc::clone(made))), false);
        true
    }
}

/// Takes time of this frame for so many bytes, if there is some left. The first has it in any case.
fn has_time(ui: &Ui, bytes: usize) -> bool {
    let frame = ui.ctx().cumulative_frame_nr();
    ui.data_mut(|data| {
        let (last, taken): &mut (u64, usize) = data.get_temp_mut_or_default(Id::unique("wrapped in one frame"));
        if *last != frame {
            (*last, *taken) = (frame, 0);
        }
        let has_time = *taken == 0 || *taken + bytes <= FRAME;
        *taken += if has_time { bytes } else { 0 };
        has_time
    })
}

/// The width to which text is wrapped in so much room.
fn in_steps(room: f32) -> f32 {
    ((room / STEP).floor() * STEP).max(LEAST)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use egui::{Pos2, RawInput, Rect, UiBuilder, vec2};

    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::store::{Store, StoreLocation};

    const TEXT: &str = "one two three four five six seven eight nine ten";

    fn loader() -> Loader {
        let store = MemoryStore::new();
        let mut loader = Loader::new(Arc::new(move |_: &StoreLocation| store.fork()), Arc::new(|| {}));
        loader.open("/a");
        loader
    }

    /// Asks in one frame, in a room of so many points.
    fn ask(loader: &mut Loader, rows: &mut Wrapped<TextLines>, room: f32, wish: Wish<bool>) -> bool {
        loader.begin_frame(Instant::now());
        let mut is_new = false;
        let ctx = egui::Context::default();
        crate::widgets::fonts::install(&ctx);
        let frame = ctx.run_ui(RawInput::default(), |ui| {
            let place = Rect::from_min_size(Pos2::ZERO, vec2(room, 100.0));
            let ui = ui.new_child(UiBuilder::new().max_rect(place));
            let make = |_: &bool, paper: &Paper| TextLines::new(TEXT).wrapped(paper.width, &paper.widths);
            is_new = rows.make(&ui, loader, wish, make);
        });
        frame.drop_without_applying_deltas();
        is_new
    }

    fn until_new(loader: &mut Loader, rows: &mut Wrapped<TextLines>, room: f32, wish: Wish<bool>) {
        let end = Instant::now() + Duration::from_secs(10);
        while !ask(loader, rows, room, wish) {
            assert!(Instant::now() < end, "waited in vain");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    const WISH: Wish<bool> = Wish::new("rows", 1, false);

    #[test]
    fn what_was_made_is_shown_until_something_else_is_there() {
        let (mut loader, mut rows) = (loader(), Wrapped::default());
        assert!(rows.shown().is_none());
        until_new(&mut loader, &mut rows, 400.0, WISH);
        let wide = Arc::clone(rows.shown().expect("made"));
        assert_eq!(wide.len(), 1);
        // The same room, and one that is hardly wider: nothing is made.
        assert!(!ask(&mut loader, &mut rows, 400.0, WISH) && !ask(&mut loader, &mut rows, 401.0, WISH));
        // A narrower one: what was made stays while it is not there yet.
        if !ask(&mut loader, &mut rows, 120.0, WISH) {
            assert!(Arc::ptr_eq(&wide, rows.shown().expect("kept")));
            until_new(&mut loader, &mut rows, 120.0, WISH);
        }
        let narrow = Arc::clone(rows.shown().expect("made"));
        assert!(narrow.len() > 2, "{}", narrow.len());
        // Back again: it was kept by the loader.
        until_new(&mut loader, &mut rows, 400.0, WISH);
        assert!(Arc::ptr_eq(&wide, rows.shown().expect("kept")));
        rows.forget();
        assert!(rows.shown().is_none());
    }

    #[test]
    fn another_source_way_font_or_inset_is_another_wish() {
        let (mut loader, mut rows) = (loader(), Wrapped::default());
        let short = Wish { at_once: Some(TEXT.len()), ..WISH };
        assert!(ask(&mut loader, &mut rows, 400.0, short), "a short one is there at once");
        assert!(!ask(&mut loader, &mut rows, 400.0, short));
        for other in [
            Wish { source: 2, ..short },
            Wish { how: true, ..short },
            Wish { cut: Type::Value, ..short },
            Wish { inset: 100.0, ..short },
            Wish { what: "other rows", ..short },
        ] {
            assert!(ask(&mut loader, &mut rows, 400.0, other), "{other:?}");
            assert!(ask(&mut loader, &mut rows, 400.0, short), "{other:?} and back");
        }
    }

    #[test]
    fn a_frame_wraps_no_more_than_it_has_time_for() {
        let mut loader = loader();
        loader.begin_frame(Instant::now());
        let ctx = egui::Context::default();
        crate::widgets::fonts::install(&ctx);
        let text = "word ".repeat(2_000);
        let mut rows: Vec<Wrapped<TextLines>> = std::iter::repeat_with(Wrapped::default).take(100).collect();
        let mut frames = Vec::new();
        while rows.iter().any(Wrapped::is_late) && frames.len() < 20 {
            let mut made = 0;
            let frame = ctx.run_ui(RawInput::default(), |ui| {
                for (at, rows) in rows.iter_mut().enumerate() {
                    let wish = Wish { source: at as u64, at_once: Some(text.len()), ..WISH };
                    let own = text.clone();
                    let make = move |_: &bool, paper: &Paper| TextLines::new(own).wrapped(paper.width, &paper.widths);
                    made += usize::from(rows.make(ui, &mut loader, wish, make));
                }
            });
            let wants_more = frame.viewport_output.values().any(|viewport| viewport.repaint_delay.is_zero());
            assert!(wants_more || rows.iter().all(|rows| !rows.is_late()), "the rest comes without anybody's doing");
            frame.drop_without_applying_deltas();
            frames.push(made);
        }
        // 26 of 10,000 bytes are no more than 256 KiB.
        assert_eq!(frames, [26, 26, 26, 22]);
    }

    #[test]
    fn widths_go_in_steps_and_end_somewhere() {
        assert_eq!([400.0, 407.9, 408.0].map(in_steps), [400.0, 400.0, 408.0]);
        assert_eq!([-3.0, 0.0, 63.0, 64.0, 72.0].map(in_steps), [64.0, 64.0, 64.0, 64.0, 72.0]);
        assert_eq!(in_steps(f32::NAN), 64.0);
    }
}
