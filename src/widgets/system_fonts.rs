//! The system's fonts, asked for characters that the shipped fonts lack.
//!
//! The listing (fontique 0.11, fontconfig on Linux) panics on a machine that has no font at all,
//! as a fresh Debian is; then nothing but the shipped fonts is drawn, and the window goes on.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egui::Context;
use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui_system_font_provider::SystemFontProvider;

/// The name that the provider gives to the thread on which it lists fonts.
const LISTING_THREAD: &str = "egui_system_font_provider";

thread_local! {
    static IS_ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Puts the system's fonts behind the shipped ones; they are listed on a thread of their own.
pub fn add(ctx: &Context) {
    ctx.add_font_provider(Arc::new(SystemFonts {
        provider: SystemFontProvider::new(),
        is_broken: AtomicBool::new(false),
    }));
}

/// Whether a panic on this thread is the listing's, which is caught and changes nothing: a panic
/// hook need not speak of it.
pub fn is_listing() -> bool {
    IS_ASKING.get() || std::thread::current().name() == Some(LISTING_THREAD)
}

struct SystemFonts {
    provider: SystemFontProvider,
    is_broken: AtomicBool,
}

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        // An icon is in no font: the first frame must not wait for a list of them.
        if self.is_broken.load(Ordering::Relaxed) || super::glyphs::is_icon(request.cluster) {
            return None;
        }
        IS_ASKING.set(true);
        let found = catch_unwind(AssertUnwindSafe(|| self.provider.font_for(request)));
        IS_ASKING.set(false);
        found.unwrap_or_else(|_| {
            self.is_broken.store(true, Ordering::Relaxed);
            None
        })
    }
}
