//! How current it is what a server tells: when it answered last, and whether what is shown now is what it said before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::exchange::Response;
use super::said::error_of;
use crate::store::StoreError;
use crate::words::{Zone, moment};

/// While it is silent, a server is not tried again sooner by those who can do with what it said before.
const PAUSE: Duration = Duration::from_secs(5);

/// Who waits no longer than this has learned nothing about a server.
const LONG: Duration = Duration::from_secs(10);

/// What is known of a server's state, as part of [`crate::store::StoreInfo`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When it answered last, milliseconds since the epoch; `None`: not since it was opened.
    pub answered_ms: Option<i64>,
    /// That it does not answer; `None` while it does, and before it was asked.
    pub silence: Option<Silence>,
    /// When the oldest of what is shown was said while the server is being asked whether it still holds, milliseconds since
    /// the epoch; `None` if nothing of what is shown was said before the store was opened, or all of it holds.
    pub asked_again_ms: Option<i64>,
}

/// A server that does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Since when that is known, milliseconds since the epoch.
    pub since_ms: i64,
    /// What went wrong: `connection refused`.
    pub why: String,
    /// When the oldest answer was given that is shown instead since then; `None` if there is none.
    pub oldest_ms: Option<i64>,
}

impl Standing {
    /// The warning that accompanies what was said before and is shown for want of an answer; its place is the server.
    pub const OLD: &str = "does not answer; what it said before is shown";

    /// Whether it does not answer.
    pub fn is_silent(&self) -> bool {
        self.silence.is_some()
    }

    /// Whether something is shown that it said before.
    pub fn shows_old(&self) -> bool {
        self.silence.as_ref().is_some_and(|silence| silence.oldest_ms.is_some())
    }

    /// What whoever reads what is shown has to know, as a sentence without its subject (the server) and without a stop:
    /// `does not answer (connection refused); what is shown is as old as 2026-11-21 08:07:31`. `None` where it answers.
    pub fn words(&self, zone: Zone) -> Option<String> {
        let silence = self.silence.as_ref()?;
        let shown = match silence.oldest_ms {
            Some(ms) => format!(
                "; what is shown is as old as {}{}",
                moment(ms, zone),
                if zone == Zone::Utc { " UTC" } else { "" }
            ),
            None => String::new(),
        };
        Some(format!("does not answer ({}){shown}", silence.why))
    }
}

/// The standing of one server, kept by all who ask it.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    standing: Standing,
    /// The same as its last answer, on a clock that nobody sets.
    answered: Option<Instant>,
    /// Until when nobody tries again who need not.
    rests_until: Option<Instant>,
    /// How often it answered again after others had got what it said before.
    returns: u64,
    /// When was said what is shown while it is asked again.
    asked_again: Vec<i64>,
}

/// Something is shown that a server said in an earlier session, as long as this lives.
#[derive(Debug)]
pub struct AskedAgain {
    pulse: Arc<Pulse>,
    said_ms: i64,
}

impl AskedAgain {
    /// It was said at this time, milliseconds since the epoch.
    pub fn new(pulse: &Arc<Pulse>, said_ms: i64) -> Self {
        pulse.state(|state| state.asked_again.push(said_ms));
        Self { pulse: Arc::clone(pulse), said_ms }
    }
}

impl Drop for AskedAgain {
    fn drop(&mut self) {
        self.pulse.state(|state| {
            if let Some(at) = state.asked_again.iter().position(|said_ms| *said_ms == self.said_ms) {
                state.asked_again.swap_remove(at);
            }
        });
    }
}

impl Pulse {
    /// What is known now.
    pub fn standing(&self) -> Standing {
        self.state(|state| Standing {
            asked_again_ms: state.asked_again.iter().min().copied(),
            ..state.standing.clone()
        })
    }

    /// How often it came back after something old was shown: whoever remembers what was read before reads it again.
    pub fn returns(&self) -> u64 {
        self.state(|state| state.returns)
    }

    /// It was silent a moment ago: who has something older takes that.
    pub fn is_resting(&self) -> bool {
        self.state(|state| state.rests_until.is_some_and(|until| Instant::now() < until))
    }

    /// Takes note of what came in the end of a request that was made at `began`, and whose last attempt took so long. It is
    /// not silent where it answered others meanwhile: then something is wrong with what was asked.
    pub fn feel(&self, sent: Result<&Response, &StoreError>, began: Instant, took: Duration) {
        let fell_silent = |why: &str| {
            if !self.state(|state| state.answered.is_some_and(|answered| answered >= began)) {
                self.fell_silent(why, took);
            }
        };
        match sent {
            // Whoever stands in front of it says that nobody is there.
            Ok(response) if is_of_gateway(response) => fell_silent(&format!("its gateway says {}", response.status)),
            Ok(_) => self.answered(),
            Err(StoreError::Network { message, .. }) => fell_silent(message),
            Err(StoreError::TooSlow) if took >= LONG => fell_silent(&format!("no answer for {} s", took.as_secs())),
            Err(_) => {}
        }
    }

    /// It answered, whatever it said.
    fn answered(&self) {
        self.state(|state| {
            state.standing.answered_ms = Some(now_ms());
            state.answered = Some(Instant::now());
            state.rests_until = None;
            if state.standing.silence.take().is_some_and(|silence| silence.oldest_ms.is_some()) {
                state.returns += 1;
            }
        });
    }

    /// It did not answer, which took a while to know: as long again it is not worth trying.
    fn fell_silent(&self, why: &str, took: Duration) {
        self.state(|state| {
            let oldest_ms = state.standing.silence.as_ref().and_then(|silence| silence.oldest_ms);
            let since_ms = state.standing.silence.as_ref().map_or_else(now_ms, |silence| silence.since_ms);
            state.standing.silence = Some(Silence { since_ms, why: why.to_owned(), oldest_ms });
            state.rests_until = Instant::now().checked_add(PAUSE.max(took.saturating_mul(2)));
        });
    }

    /// What it said at that time was given instead.
    pub fn gave(&self, said_ms: i64) {
        self.state(|state| {
            if let Some(silence) = &mut state.standing.silence {
                silence.oldest_ms = Some(silence.oldest_ms.map_or(said_ms, |oldest| oldest.min(said_ms)));
            }
        });
    }

    fn state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether nobody behind a gateway said this. MLflow itself says 503, in its own words, where its database fails
/// (2.21 – 3.18, `mlflow/store/db/utils.py`).
fn is_of_gateway(response: &Response) -> bool {
    matches!(response.status, 502..=504) && !(response.is_json && error_of(&response.bytes).is_some())
}

/// Milliseconds since the epoch.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_server_is_told_with_the_age_of_what_is_shown() {
        let pulse = Pulse::default();
        assert_eq!((pulse.standing(), pulse.is_resting()), (Standing::default(), false));
        pulse.fell_silent("connection refused", Duration::ZERO);
        let told = |pulse: &Pulse| pulse.standing().words(Zone::Utc);
        assert_eq!(told(&pulse).as_deref(), Some("does not answer (connection refused)"));
        pulse.gave(1_795_212_815_440);
        pulse.gave(1_795_212_999_000);
        pulse.fell_silent("no such host", Duration::ZERO);
        let shown = "does not answer (no such host); what is shown is as old as 2026-11-20 22:13:35 UTC";
        assert_eq!((told(&pulse).as_deref(), pulse.is_resting()), (Some(shown), true));
    }

    #[test]
    fn who_says_no_is_there() {
        let network = |message: &str| StoreError::Network { place: "http://host".into(), message: message.to_owned() };
        let silent = network("connection refused");
        let said = |status, body: &str| Response {
            status,
            is_json: body.starts_with('{'),
            elsewhere: None,
            pause: None,
            length: None,
            bytes: body.as_bytes().to_vec(),
            is_cut: false,
        };
        let own = r#"{"error_code": "TEMPORARILY_UNAVAILABLE", "message": "the database is locked"}"#;
        for (sent, took, is_silent) in [
            (Ok(said(200, "{}")), 0, false),
            (Ok(said(401, "")), 0, false),
            (Ok(said(500, "")), 0, false),
            (Ok(said(503, "<html>")), 0, true),
            (Ok(said(503, r#"{"message": "no healthy upstream"}"#)), 0, true),
            (Ok(said(503, own)), 0, false),
            (Err(&silent), 0, true),
            (Err(&StoreError::TooSlow), 1, false),
            (Err(&StoreError::TooSlow), 60, true),
            (Err(&StoreError::Cancelled), 60, false),
        ] {
            let (pulse, took, began) = (Pulse::default(), Duration::from_secs(took), Instant::now());
            let told = sent.as_ref().map(|response| response.status).map_err(ToString::to_string);
            pulse.feel(sent.as_ref().map_err(|error| *error), began, took);
            assert_eq!(pulse.standing().is_silent(), is_silent, "{told:?}");
            // Somebody else got an answer while this went wrong.
            pulse.answered();
            pulse.feel(sent.as_ref().map_err(|error| *error), began, took);
            assert!(!pulse.standing().is_silent(), "{told:?}");
        }
    }

    #[test]
    fn what_is_asked_again_is_told_with_the_age_of_the_oldest() {
        let pulse = Arc::<Pulse>::default();
        let (older, newer) = (AskedAgain::new(&pulse, 5), AskedAgain::new(&pulse, 7));
        let told = || pulse.standing().asked_again_ms;
        assert_eq!(told(), Some(5));
        drop(older);
        assert_eq!(told(), Some(7));
        drop(newer);
        assert_eq!(told(), None);
    }

    #[test]
    fn a_server_that_is_back_is_read_again_only_after_something_old_was_shown() {
        let pulse = Pulse::default();
        pulse.fell_silent("connection refused", Duration::ZERO);
        pulse.answered();
        assert_eq!((pulse.returns(), pulse.standing().is_silent(), pulse.is_resting()), (0, false, false));
        assert!(pulse.standing().answered_ms.is_some());
        pulse.fell_silent("connection refused", Duration::ZERO);
        pulse.gave(5);
        pulse.answered();
        pulse.answered();
        assert_eq!(pulse.returns(), 1);
    }
}
