//! The program `ssh`, which reaches the other side: how it is called, and what it means when it fails.

use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::store::{OpenOptions, OverSsh, Remedy, StoreError};

/// Names another program for `ssh`, with what comes before its arguments: `ssh -J gateway`.
pub const VARIABLE: &str = "DSPYGLASS_SSH";

/// Seconds in which the machine must answer.
const CONNECT_SECONDS: u32 = 15;

/// The last of what it says on its error output is kept.
const MOST_SAID: usize = 8 << 10;

/// What runs on the other side. The folders into which people install for themselves are not in the `PATH` of a shell
/// that nobody sits at.
const THERE: &str = r#"PATH="$PATH:$HOME/.local/bin:$HOME/.cargo/bin"; export PATH; exec dspyglass serve-stdio "$@""#;

/// Whom `ssh` asks for a password, or whether a key is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Somebody who sits at the terminal.
    AtTerminal,
    /// A window has nobody to ask at a terminal: where there is a screen, `ssh` asks by its own window (`SSH_ASKPASS`,
    /// OpenSSH 8.4).
    InWindow,
    /// Where there is neither, a question would wait for ever.
    Nobody,
    /// The store is open and the connection was lost: each look for changes would ask, whether anybody sits there or not.
    /// Keys and their agent need nobody.
    NobodyAgain,
}

impl Asks {
    /// Whom the first connection asks.
    pub fn at_first(options: &OpenOptions) -> Self {
        Self::where_there_is(options.may_ask, |name| std::env::var_os(name).is_some())
    }

    fn where_there_is(may_ask: bool, has: impl Fn(&str) -> bool) -> Self {
        if may_ask {
            Self::AtTerminal
        } else if has("DISPLAY") || has("WAYLAND_DISPLAY") {
            Self::InWindow
        } else {
            Self::Nobody
        }
    }

    /// Whether somebody is asked, which takes a while.
    pub fn somebody(self) -> bool {
        matches!(self, Self::AtTerminal | Self::InWindow)
    }

    /// What `SSH_ASKPASS_REQUIRE` is set to. It counts for machines on the way, too, which get no options from here.
    fn by_window(self) -> Option<&'static str> {
        match self {
            Self::AtTerminal => None,
            Self::InWindow => Some("force"),
            Self::Nobody | Self::NobodyAgain => Some("never"),
        }
    }
}

/// How `ssh` is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssh {
    program: OsString,
    before: Vec<OsString>,
}

/// A running `ssh`. It ends with its value.
#[derive(Debug)]
pub struct Running {
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Ssh {
    /// As the environment says.
    pub fn of_environment() -> Self {
        Self::named(std::env::var_os(VARIABLE).unwrap_or_default())
    }

    /// A program with what comes before its arguments; `ssh` if it is empty. The path of a program may have blanks.
    pub fn named(text: OsString) -> Self {
        let is_program = std::path::Path::new(&text).is_file();
        let words = text.to_str().filter(|_| !is_program).map(|text| text.split_whitespace().map(OsString::from));
        let mut words: Vec<OsString> = words.map_or_else(|| vec![text.clone()], Iterator::collect);
        if words.is_empty() {
            words.push("ssh".into());
        }
        let program = words.remove(0);
        Self { program, before: words }
    }

    /// Runs the reader on the other side.
    ///
    /// # Errors
    /// If there is no such program here.
    pub fn run(
        &self,
        target: &OverSsh,
        options: &OpenOptions,
        asks: Asks,
    ) -> Result<(Running, ChildStdout, ChildStdin), StoreError> {
        let mut command = Command::new(&self.program);
        command.args(&self.before).args(arguments(target, options, asks));
        if let Some(how) = asks.by_window() {
            command.env("SSH_ASKPASS_REQUIRE", how);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = self.program.to_string_lossy();
        let mut child = command.spawn().map_err(|error| {
            let told = match error.kind() {
                ErrorKind::NotFound => format!(
                    "there is no program {program} here, by which {} is reached: install OpenSSH's client, or name \
                     another program by {VARIABLE}",
                    target.host()
                ),
                _ => format!("{program} cannot be run: {error}"),
            };
            StoreError::OverSsh { told, remedy: Remedy::Retry }
        })?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let (Some(from), Some(to), Some(errors)) = (child.stdout.take(), child.stdin.take(), child.stderr.take())
        else {
            return Err(StoreError::OverSsh { told: format!("{program} has no pipes"), remedy: Remedy::Retry });
        };
        let keeps = Arc::clone(&said);
        // Without a thread nobody knows what it complains of, and all else goes on.
        let _ = thread::Builder::new().name("dspyglass-ssh-says".to_owned()).spawn(move || keep_last(errors, &keeps));
        Ok((Running { child, said }, from, to))
    }
}

impl Running {
    /// How it ended and what it said last, as soon as both are known; whoever waits does not wait long.
    pub fn ended(&mut self) -> (Option<i32>, String) {
        let until = Instant::now() + Duration::from_secs(2);
        let code = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status.code(),
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(10)),
                _ => break None,
            }
        };
        // What it said comes through another pipe.
        thread::sleep(Duration::from_millis(20));
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        (code, String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep_last(mut errors: ChildStderr, said: &Mutex<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(more) = errors.read(&mut piece) {
        if more == 0 {
            return;
        }
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(piece.get(..more).unwrap_or_default());
        let too_much = said.len().saturating_sub(MOST_SAID);
        said.drain(..too_much);
    }
}

/// What `ssh` is given: nothing of a host can become an option of it, and nothing of a path a word of the shell on the
/// other side.
fn arguments(target: &OverSsh, options: &OpenOptions, asks: Asks) -> Vec<OsString> {
    let mut all: Vec<OsString> = vec!["-T".into()];
    let mut option = |text: String| all.extend(["-o".into(), text.into()]);
    option(format!("ConnectTimeout={CONNECT_SECONDS}"));
    option("ServerAliveInterval=15".to_owned());
    option("ServerAliveCountMax=3".to_owned());
    if !asks.somebody() {
        option("BatchMode=yes".to_owned());
    }
    if let Some(port) = target.port() {
        all.extend(["-p".into(), port.to_string().into()]);
    }
    all.extend(["--".into(), target.host().into(), there(target, options).into()]);
    all
}

/// The line for the shell on the other side, whichever it is.
fn there(target: &OverSsh, options: &OpenOptions) -> String {
    let mut line = format!("exec sh -c {} dspyglass", quoted(THERE));
    if let Some(folder) = options.artifacts_dir.as_deref().map(|folder| folder.to_string_lossy()) {
        line.push_str(" --artifacts ");
        line.push_str(&quoted(&folder));
    }
    if options.allow_outside {
        line.push_str(" --allow-outside");
    }
    line.push_str(" -- ");
    line.push_str(&quoted(target.path()));
    line
}

/// A text as one word of a shell, whatever stands in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether this end says more than what came before it.
pub fn is_told_by(code: Option<i32>) -> bool {
    matches!(code, Some(1 | 2 | 126 | 127 | 255))
}

/// What an end without a greeting means, and what to do. `code`: how `ssh` ended; `said`: what it or the other side
/// said last.
pub fn no_greeting(target: &OverSsh, asks: Asks, code: Option<i32>, said: &str) -> StoreError {
    let host = target.host();
    let terminal = in_terminal(target);
    let last = last_line(said);
    let has = |part: &str| said.contains(part);
    let (told, remedy) = match code {
        Some(127) => (
            format!(
                "dspyglass is not installed on {host}, or not found there; to install this one there, if system and \
                 processor are the same: {}",
                install(target)
            ),
            Remedy::Retry,
        ),
        Some(126) => (
            format!(
                "dspyglass on {host} cannot be run there ({last}); build it there, in a clone of its repository: cargo \
                 install --locked --path . --no-default-features"
            ),
            Remedy::Retry,
        ),
        Some(255) if has("Host key verification failed") || has("HOST IDENTIFICATION HAS CHANGED") => (
            format!(
                "the key of {host} is not known here, or is another one than before; connect once in a terminal and \
                 compare it: {terminal}"
            ),
            Remedy::Retry,
        ),
        Some(255) if asks == Asks::NobodyAgain && has("Permission denied") => (
            format!(
                "{host} does not let you in without a question ({last}), and none is asked while a store is open: open it \
                 again"
            ),
            Remedy::Retry,
        ),
        Some(255) if has("Permission denied") || has("Too many authentication failures") => {
            (format!("{host} does not let you in ({last}); try in a terminal: {terminal}"), Remedy::Retry)
        }
        Some(255) if !last.is_empty() => {
            (format!("cannot reach {host}: {last}; try in a terminal: {terminal}"), Remedy::Retry)
        }
        Some(2) => (
            format!(
                "dspyglass on {host} is too old to be asked from here ({last}); to install this one there: {}",
                install(target)
            ),
            Remedy::Retry,
        ),
        _ if last.is_empty() => {
            (format!("{host} closed the connection without a word; try in a terminal: {terminal}"), Remedy::Retry)
        }
        _ => {
            let theirs = last.strip_prefix("dspyglass: ").unwrap_or(&last);
            (format!("on {host}: {theirs}"), Remedy::Retry)
        }
    };
    StoreError::OverSsh { told, remedy }
}

/// The command that connects in a terminal.
pub fn in_terminal(target: &OverSsh) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@._-:".contains(c);
    let host = if target.host().chars().all(is_plain) { target.host().to_owned() } else { quoted(target.host()) };
    target.port().map_or_else(|| format!("ssh {host}"), |port| format!("ssh -p {port} {host}"))
}

/// The command that brings this program to the other side, which must be of the same kind.
pub fn install(target: &OverSsh) -> String {
    let own = std::env::current_exe().map_or_else(|_| "dspyglass".to_owned(), |path| path.display().to_string());
    let there = "mkdir -p ~/.local/bin && cat > ~/.local/bin/dspyglass && chmod +x ~/.local/bin/dspyglass";
    format!("{} {} < {}", in_terminal(target), quoted(there), quoted(&own))
}

/// The last line that says something, without what controls a terminal.
pub fn last_line(said: &str) -> String {
    const MOST: usize = 300;
    let line = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let clean: String = line.chars().filter(|c| !c.is_control()).take(MOST).collect();
    crate::model::Unmasked::new(clean).readable(crate::model::Reveal::Masked).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreLocation;

    fn target(text: &str) -> OverSsh {
        StoreLocation::from(text).address().and_then(|address| address.over_ssh().cloned()).expect("over ssh")
    }

    #[test]
    fn a_host_stands_behind_the_options_and_a_path_in_quotes() {
        let options = OpenOptions {
            artifacts_dir: Some("/a b".into()),
            allow_outside: true,
            may_ask: true,
            ..OpenOptions::default()
        };
        let all = arguments(&target("ssh://ana@rack7:2222/srv/it's $x.db"), &options, Asks::AtTerminal);
        let all: Vec<_> = all.iter().map(|one| one.to_string_lossy().into_owned()).collect();
        let end = all.iter().position(|one| one == "--").expect("an end of the options");
        assert_eq!(all[end - 2..end], ["-p", "2222"]);
        assert_eq!((all[end + 1].as_str(), all.len()), ("ana@rack7", end + 3));
        assert!(
            all[end + 2].ends_with(r"dspyglass --artifacts '/a b' --allow-outside -- '/srv/it'\''s $x.db'"),
            "{all:?}"
        );
        assert!(!all.iter().any(|one| one.contains("BatchMode")), "{all:?}");
    }

    #[test]
    fn nobody_is_asked_where_nobody_would_see_it_nor_after_the_first_connection() {
        let none = |_: &str| false;
        assert_eq!(Asks::where_there_is(false, none), Asks::Nobody);
        assert_eq!(Asks::where_there_is(true, none), Asks::AtTerminal);
        assert_eq!(Asks::where_there_is(false, |name| name == "WAYLAND_DISPLAY"), Asks::InWindow);
        let options = OpenOptions { may_ask: true, ..OpenOptions::default() };
        for (asks, is_quiet, by_window) in [
            (Asks::AtTerminal, false, None),
            (Asks::InWindow, false, Some("force")),
            (Asks::Nobody, true, Some("never")),
            (Asks::NobodyAgain, true, Some("never")),
        ] {
            let all = arguments(&target("rack7:/srv/mlflow.db"), &options, asks);
            assert_eq!((all.iter().any(|one| one == "BatchMode=yes"), asks.by_window()), (is_quiet, by_window));
        }
    }

    #[test]
    fn the_program_may_be_another_one() {
        let of = |text: &str| Ssh::named(text.into());
        assert_eq!(of(""), Ssh { program: "ssh".into(), before: Vec::new() });
        assert_eq!(of("ssh -J gateway"), Ssh { program: "ssh".into(), before: vec!["-J".into(), "gateway".into()] });
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("my ssh");
        std::fs::write(&file, "").expect("written");
        assert_eq!(Ssh::named(file.clone().into()), Ssh { program: file.into(), before: Vec::new() });
    }

    #[test]
    fn commands_for_a_terminal_lead_to_the_same_machine() {
        let with_port = target("ssh://ana@rack7:2222/srv/mlflow.db");
        assert_eq!(in_terminal(&target("ana@rack7:/srv/mlflow.db")), "ssh ana@rack7");
        assert_eq!(in_terminal(&with_port), "ssh -p 2222 ana@rack7");
        assert_eq!(in_terminal(&target("rack7;reboot:/srv/mlflow.db")), "ssh 'rack7;reboot'");
        let failures = [
            (127, ""),
            (255, "Host key verification failed."),
            (255, "Permission denied (publickey)."),
            (255, "Connection refused"),
            (2, "unexpected argument"),
            (0, ""),
        ];
        for (code, said) in failures {
            let told = no_greeting(&with_port, Asks::Nobody, Some(code), said).to_string();
            assert!(told.contains("ssh -p 2222 ana@rack7") && !told.contains("ssh ana"), "{told}");
        }
    }

    #[test]
    fn what_was_said_last_is_one_line_without_secrets() {
        assert_eq!(last_line("a\n\u{1b}[1mwhy.\r\n\n"), "[1mwhy");
        assert!(!last_line("key sk-proj-0123456789abcdefghijklmnop").contains("0123456789"));
    }
}
