//! From the command line to a window, or to one line that says why there is none.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::widgets::{glyphs, system_fonts};

use super::gallery::Gallery;
use super::viewer::{Viewer, ViewerOptions};

/// Set once there is a window: panics before it are missing libraries, and are told in our words.
static HAS_WINDOW: AtomicBool = AtomicBool::new(false);

/// Where answers are to be had without a window.
const TERMINAL: &str = "the same answers are in the terminal: `dspyglass --help`";

pub(super) fn run(options: ViewerOptions) -> Result<(), String> {
    if cfg!(target_os = "linux") && !has_display(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty())) {
        return Err(format!("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); {TERMINAL}"));
    }
    let viewport = egui::ViewportBuilder::default()
        .with_icon(glyphs::app_icon().unwrap_or_default())
        .with_app_id("dspyglass")
        .with_title("dspyglass")
        .with_inner_size([1600.0, 1000.0])
        .with_min_inner_size([800.0, 600.0]);
    // The system's fonts are added by the window itself, in a way that survives their absence.
    let native = eframe::NativeOptions { viewport, system_font_fallback: false, ..eframe::NativeOptions::default() };
    let earlier = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if HAS_WINDOW.load(Ordering::Relaxed) && !system_fonts::is_listing() {
            earlier(info);
        }
    }));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native(
            "dspyglass",
            native,
            Box::new(|cc| {
                HAS_WINDOW.store(true, Ordering::Relaxed);
                system_fonts::add(&cc.egui_ctx);
                if options.args.gallery {
                    return Ok(Box::new(Gallery::new(&cc.egui_ctx, &options.settings)));
                }
                Ok(Box::new(Viewer::new(cc, options)))
            }),
        )
    }));
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(tell(&error.to_string())),
        Err(payload) => {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(tell(&text.unwrap_or_else(|| "no reason given".to_owned())))
        }
    }
}

fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(is_set)
}

/// A window that never came lacks something; one that was there was taken away.
fn tell(error: &str) -> String {
    if HAS_WINDOW.load(Ordering::Relaxed) {
        format!("the window was lost: {}", one_line(error))
    } else {
        explain(error)
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(240).collect()
}

/// One line: what is missing, and which Debian package brings it.
fn explain(error: &str) -> String {
    let lower = error.to_lowercase();
    let has = |word: &str| lower.contains(word);
    let packages = if has("xkbcommon") {
        "libxkbcommon-x11-0"
    } else if has("xcursor") {
        "libxcursor1"
    } else if has("libxi") || has("xinput") {
        "libxi6"
    } else if has("egl") || has("glutin") || has("opengl") || has("glow") || has("glx") || has("no config") {
        "libegl1 libgl1-mesa-dri"
    } else if has("libx11") || has("xlib") || has("opendisplay") || has("x11") {
        "libx11-6 libx11-xcb1"
    } else if has("wayland") {
        "libwayland-client0"
    } else {
        ""
    };
    let line = one_line(error);
    if packages.is_empty() {
        format!("no window could be opened: {line}; {TERMINAL}")
    } else {
        format!(
            "no window could be opened: {line}; a display must be running and the Debian packages {packages} installed; {TERMINAL}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_libraries_are_named_by_their_package() {
        for (error, package) in [
            ("Failed to load libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
            ("glutin error: provided native display is not supported", "libegl1"),
            ("XOpenDisplayFailed: os error", "libx11-6"),
            ("Library libXcursor.so.1 could not be loaded", "libxcursor1"),
        ] {
            let line = explain(error);
            assert!(line.contains(package) && !line.contains('\n') && line.contains("--help"), "{line}");
        }
        assert!(explain("winit\nEventLoopError").starts_with("no window could be opened: winit EventLoopError; "));
    }

    #[test]
    fn a_display_is_any_of_them() {
        assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
        assert!(!has_display(|_| false));
    }
}
