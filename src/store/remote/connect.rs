//! How a connection is made: once while somebody opens the store, and again by any question after it was lost.

use std::time::{Duration, Instant};

use super::greeting::{Greeting, PROGRAM, PROTOCOL, Told};
use super::link::{Ended, Link, Patience, Unanswered};
use super::ssh::{self, Asks, Running, Ssh};
use super::{over_ssh, theirs};
use crate::store::{OpenOptions, OverSsh, Remedy, Result, StoreError};

/// How long the other side may be silent.
const PATIENCE: Patience =
    Patience { greeting: Duration::from_secs(45), silence: Duration::from_secs(10), lost: Duration::from_secs(40) };

/// How long somebody who is asked for a password may take.
const ASKED: Duration = Duration::from_secs(300);

/// After a connection could not be made, so long nobody tries again: a window asks dozens of questions, and looks for
/// changes each second. Each failure doubles it, up to the longest.
const HOLD_OFF: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// A connection that was just made.
pub struct Reached {
    pub link: Link,
    pub running: Running,
    pub program: String,
    pub told: Told,
}

/// An attempt whose other side has not greeted yet.
#[derive(Debug)]
pub struct Attempt {
    link: Link,
    running: Running,
    asks: Asks,
}

/// What a connection goes through, or the attempts to make another one.
#[derive(Debug, Default)]
pub struct Made {
    running: Option<Running>,
    /// Nobody waits for it at present.
    under_way: Option<Attempt>,
    failed: Option<Failed>,
}

#[derive(Debug)]
struct Failed {
    since: Instant,
    hold_off: Duration,
    told: String,
    remedy: Remedy,
}

impl Attempt {
    /// Runs `ssh`.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn begin(ssh: &Ssh, target: &OverSsh, options: &OpenOptions, asks: Asks) -> Result<Self> {
        let (running, from, to) = ssh.run(target, options, asks)?;
        let greeting = if asks.somebody() { ASKED } else { PATIENCE.greeting };
        let link = Link::over(from, to, Patience { greeting, ..PATIENCE })
            .map_err(|error| over_ssh(format!("{} cannot be reached: {error}", target.host())))?;
        Ok(Self { link, running, asks })
    }

    /// Waits for the greeting.
    ///
    /// # Errors
    /// As [`Link::greeting`].
    pub fn greeting(&self, is_wanted: impl Fn() -> Result<()>) -> std::result::Result<Greeting, Unanswered> {
        self.link.greeting(is_wanted)
    }

    /// What became of it.
    ///
    /// # Errors
    /// Why there is no connection, or no store.
    pub fn reached(mut self, target: &OverSsh, greeting: std::result::Result<Greeting, Unanswered>) -> Result<Reached> {
        let host = target.host();
        match greeting {
            Ok(Greeting::Opened { program, told }) => {
                Ok(Reached { link: self.link, running: self.running, program, told: *told })
            }
            Ok(Greeting::NotOpened(answered)) => Err(theirs(host, answered)),
            Ok(Greeting::Other { program, protocol }) => Err(over_ssh(format!(
                "dspyglass {program} on {host} and dspyglass {PROGRAM} here do not understand each other (protocols \
                 {protocol} and {PROTOCOL}); to install this one there: {}",
                ssh::install(target)
            ))),
            Err(Unanswered::Stopped(error)) => Err(error),
            Err(Unanswered::Ended(Ended::Silent(limit))) => Err(over_ssh(format!(
                "{host} said nothing for {} s; if it asks for a password or about a key, connect once in a terminal: \
                 {}",
                limit.as_secs(),
                ssh::in_terminal(target)
            ))),
            Err(Unanswered::Ended(ended)) => {
                let (code, said) = self.running.ended();
                match ended {
                    Ended::Garbage(said) if !ssh::is_told_by(code) => Err(over_ssh(format!(
                        "{host} answers otherwise than dspyglass does: “{}”; a shell that runs commands must let them \
                         speak alone",
                        ssh::last_line(&said)
                    ))),
                    _ => Err(ssh::no_greeting(target, self.asks, code, &said)),
                }
            }
        }
    }
}

impl Made {
    /// A connection that is there.
    pub fn by(running: Running) -> Self {
        Self { running: Some(running), ..Self::default() }
    }

    /// Makes another connection. Whoever does not want to wait any longer leaves the attempt to the next question.
    ///
    /// # Errors
    /// Why there is none; soon after that was found out, the same without another attempt.
    pub fn again(
        &mut self,
        target: &OverSsh,
        begin: impl FnOnce() -> Result<Attempt>,
        is_wanted: impl Fn() -> Result<()>,
    ) -> Result<(Link, String, Told)> {
        if let Some(failed) = &self.failed
            && failed.since.elapsed() < failed.hold_off
        {
            return Err(failed.error());
        }
        self.running = None;
        let attempt = match self.under_way.take() {
            Some(attempt) => Ok(attempt),
            None => begin(),
        };
        let reached = match attempt {
            Ok(attempt) => match attempt.greeting(is_wanted) {
                Err(Unanswered::Stopped(error)) => {
                    self.under_way = Some(attempt);
                    return Err(error);
                }
                greeting => attempt.reached(target, greeting),
            },
            Err(error) => Err(error),
        };
        match reached {
            Ok(Reached { link, running, program, told }) => {
                *self = Self::by(running);
                Ok((link, program, told))
            }
            Err(error) => {
                self.failed = Some(Failed::another(self.failed.take(), &error));
                Err(error)
            }
        }
    }
}

impl Failed {
    /// One more failure after those before.
    fn another(before: Option<Self>, error: &StoreError) -> Self {
        let told = match error {
            StoreError::OverSsh { told, .. } => told.clone(),
            other => other.to_string(),
        };
        let hold_off = before.map_or(HOLD_OFF, |before| (before.hold_off * 2).min(LONGEST));
        Self { since: Instant::now(), hold_off, told, remedy: error.remedy() }
    }

    /// The same again, and when it is tried next.
    fn error(&self) -> StoreError {
        let left = self.hold_off.saturating_sub(self.since.elapsed()).as_secs_f64().ceil();
        StoreError::OverSsh { told: format!("{}; tried again in {left} s", self.told), remedy: self.remedy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_is_followed_by_a_longer_rest() {
        let mut failed = None;
        let rests: Vec<u64> = (0..7)
            .map(|_| {
                let next = Failed::another(failed.take(), &StoreError::TooSlow);
                let rest = next.hold_off.as_secs();
                failed = Some(next);
                rest
            })
            .collect();
        assert_eq!(rests, [2, 4, 8, 16, 32, 60, 60]);
        let told = failed.expect("the last").error().to_string();
        assert!(told.contains(&StoreError::TooSlow.to_string()) && told.ends_with("tried again in 60 s"), "{told}");
    }
}
