//! The causes of an exception, which Python tells in its stack only.

/// What stands between an exception and the one that it caused.
const DIRECT: &str = "The above exception was the direct cause of the following exception:";
/// What stands between an exception and the one that happened while it was handled.
const HANDLING: &str = "During handling of the above exception, another exception occurred:";

/// An exception before the one that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The first line that says what it was: `KeyError: 'repair'`.
    pub what: String,
    /// Whether it was named as the cause (`raise … from`), not just being handled.
    pub is_direct: bool,
}

impl Cause {
    /// In words: `caused by KeyError: 'repair'`.
    pub fn text(&self) -> String {
        format!("{} {}", if self.is_direct { "caused by" } else { "while handling" }, self.what)
    }
}

/// The causes that a Python stack tells (`exception.stacktrace`), the nearest first.
pub fn causes(stack: &str) -> Vec<Cause> {
    let mut found = Vec::new();
    let mut what: Option<&str> = None;
    for line in stack.lines().map(str::trim_end) {
        match line {
            DIRECT | HANDLING => {
                let told = what.take().map(|what| Cause { what: what.to_owned(), is_direct: line == DIRECT });
                found.extend(told);
            }
            // A stack that was thrown away, or begins anew in the message of an exception.
            _ if line.starts_with("Traceback (") => what = None,
            // The places, and what the message of an exception goes on with, are indented or later.
            _ if line.is_empty() || line.starts_with(char::is_whitespace) || what.is_some() => {}
            _ => what = Some(line),
        }
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_nearest_first() {
        let stack = format!(
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x[1]\n    ~^^^\nKeyError: 'repair'\n\n\
             {HANDLING}\n\nTraceback (most recent call last):\n  File \"a.py\", line 2, in f\n\
             LookupError: no shelf\nnor a box\n\n{DIRECT}\n\nTraceback (most recent call last):\n  File \"a.py\"\n\
             ValueError: no shelf for repair\n"
        );
        let told: Vec<String> = causes(&stack).iter().map(Cause::text).collect();
        assert_eq!(told, ["caused by LookupError: no shelf", "while handling KeyError: 'repair'"]);
    }

    #[test]
    fn a_stack_alone_has_none() {
        assert_eq!(causes("Traceback (most recent call last):\n  File \"a.py\"\nValueError: x\n"), []);
        assert_eq!(causes(""), []);
        assert_eq!(causes(DIRECT), []);
    }
}
