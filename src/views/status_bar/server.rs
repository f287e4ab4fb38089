//! What the bar says of a server: what is being fetched, and from when it is what is shown.

use std::time::Duration;

use egui::Ui;

use crate::store::Standing;
use crate::views::scene::{Clock, Scene};
use crate::views::time::{moment, moment_short};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words::{self, Zone};

/// So often the time is brought up to date where nothing else happens.
const EVERY: Duration = Duration::from_secs(60);
/// So often it is looked whether what is said only for a moment still is so.
const SOON: Duration = Duration::from_millis(250);

/// What is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ServerWords {
    /// `Fetching runs… (2 requests)`, `as of 14:03:12`, `offline: shown from 13:50:01`.
    pub text: String,
    /// The same at length.
    hint: String,
    is_warning: bool,
    /// It ends without anything else on screen being another.
    is_passing: bool,
    /// What no server tells, to be said behind what the store is.
    pub untold: String,
}

/// What there is to say; nothing of what is read where it stands.
pub(super) fn words(scene: &Scene<'_>) -> Option<ServerWords> {
    let server = scene.loader.server()?;
    let untold = format!("\nNo server tells {}", server.untold().join("; "));
    if scene.loader.is_refused() {
        let text = "asks who you are".to_owned();
        return Some(ServerWords { text, is_warning: true, untold, ..ServerWords::default() });
    }
    let words = current(&server.standing(), scene.loader.fetching(scene.clock.now), scene.clock);
    Some(ServerWords { untold, ..words })
}

/// What is being fetched goes before from when it is what is shown, and that nobody answers before both.
fn current(standing: &Standing, fetching: Option<(&str, usize)>, clock: Clock) -> ServerWords {
    let time = |ms: i64| moment_short(ms, clock).trim_start_matches("today ").to_owned();
    if let Some(silence) = &standing.silence {
        let text = match silence.oldest_ms {
            Some(ms) => format!("offline: shown from {}", time(ms)),
            None => format!("offline since {}", time(silence.since_ms)),
        };
        let zone = if clock.is_utc { Zone::Utc } else { Zone::Local };
        let hint = standing.words(zone).map(|words| format!("The server {words}")).unwrap_or_default();
        return ServerWords { text, hint, is_warning: true, ..ServerWords::default() };
    }
    if let Some(ms) = standing.asked_again_ms {
        let said = moment(ms, clock);
        let hint = format!("The server said at {said} what is shown, and is being asked whether it still holds");
        let text = format!("as of {}; checking…", time(ms));
        return ServerWords { text, hint, is_passing: true, ..ServerWords::default() };
    }
    if let Some((what, requests)) = fetching {
        let requests = words::counted(requests as u64, "request");
        return ServerWords { text: format!("Fetching {what}… ({requests})"), ..ServerWords::default() };
    }
    let Some(ms) = standing.answered_ms else { return ServerWords::default() };
    let hint = format!("The server answered last at {}", moment(ms, clock));
    ServerWords { text: format!("as of {}", time(ms)), hint, ..ServerWords::default() }
}

pub(super) fn server_ui(ui: &mut Ui, server: Option<&ServerWords>) {
    let Some(server) = server.filter(|server| !server.text.is_empty()) else { return };
    let tone = if server.is_warning { Tone::Warn } else { Tone::Muted };
    let response = text_ui(ui, &server.text, Type::Caption, tone);
    if !server.hint.is_empty() {
        response.on_hover_text(&server.hint);
    }
    ui.ctx().request_repaint_after(if server.is_passing { SOON } else { EVERY });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Silence;
    use std::time::Instant;

    #[test]
    fn what_matters_most_is_said_of_a_server() {
        // 2025-11-21 08:00:00
        let now_ms = 1_763_712_000_000;
        let clock = Clock { now: Instant::now(), now_ms, is_utc: true, is_fixed: true };
        let text = |standing: &Standing, fetching| current(standing, fetching, clock).text;
        let mut standing = Standing::default();
        assert_eq!(text(&standing, None), "");
        assert_eq!(text(&standing, Some(("runs", 1))), "Fetching runs… (1 request)");
        standing.answered_ms = Some(now_ms - 61_000);
        assert_eq!(text(&standing, None), "as of 07:58:59");
        assert_eq!(text(&standing, Some(("spans", 3))), "Fetching spans… (3 requests)");
        standing.asked_again_ms = Some(now_ms - 3_600_000);
        assert_eq!(text(&standing, Some(("spans", 3))), "as of 07:00:00; checking…");
        let why = "connection refused".to_owned();
        standing.silence = Some(Silence { since_ms: now_ms - 1_000, why, oldest_ms: None });
        assert_eq!(text(&standing, Some(("runs", 1))), "offline since 07:59:59");
        if let Some(silence) = &mut standing.silence {
            silence.oldest_ms = Some(now_ms - 86_400_000);
        }
        let words = current(&standing, None, clock);
        assert_eq!(words.text, "offline: shown from 11-20 08:00:00");
        assert!(words.is_warning && words.hint.contains("connection refused"), "{}", words.hint);
    }
}
