//! Handing files and web pages to the system's programs: the one place that knows how each platform does it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use egui::{Context, OpenUrl, OutputCommand};

use crate::state::{NoticeText, Outside};

/// Whether something goes to the clipboard.
pub(super) fn is_copy(command: &OutputCommand) -> bool {
    matches!(command, OutputCommand::CopyText(_) | OutputCommand::CopyImage(_))
}

/// Shows something outside; says what went wrong, if it is known at once.
pub(super) fn open(ctx: &Context, what: &Outside) -> Option<NoticeText> {
    match what {
        Outside::Page(address) => {
            ctx.open_url(OpenUrl::new_tab(address));
            None
        }
        Outside::File(path) => {
            open_file(path).err().map(|why| NoticeText::failed(format!("{} could not be opened", path.display()), why))
        }
    }
}

/// Only whole paths of regular files: none can be mistaken for an option or an address.
fn open_file(path: &Path) -> Result<(), String> {
    if !path.is_absolute() || !path.is_file() {
        return Err("It is not there any more".to_owned());
    }
    let mut command = opener(path);
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
    // Waited for elsewhere, so that none stays behind as a zombie.
    let waited = thread::Builder::new().name("opened-outside".to_owned()).spawn(move || {
        let _ = child.wait();
    });
    waited.map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(target_os = "macos")]
fn opener(path: &Path) -> Command {
    let mut command = Command::new("open");
    command.arg(path);
    command
}

/// Explorer takes one path and no commands, unlike `start`, which a shell would read.
#[cfg(windows)]
fn opener(path: &Path) -> Command {
    let mut command = Command::new("explorer");
    command.arg(path);
    command
}

#[cfg(not(any(target_os = "macos", windows)))]
fn opener(path: &Path) -> Command {
    let mut command = Command::new("xdg-open");
    command.arg(path);
    command
}

#[cfg(test)]
mod tests {
    use super::open_file;
    use std::path::Path;

    #[test]
    fn what_is_not_there_is_said() {
        assert!(open_file(Path::new("relative.png")).is_err());
        assert!(open_file(&std::env::temp_dir().join("dspyglass-no-such-file.png")).is_err());
    }
}
