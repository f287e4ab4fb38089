//! What `serve-stdio --help` says.

pub(in crate::cli) const SERVE_STDIO: &str = "\
Another dspyglass starts this over ssh where a store is on this machine, and
shows it there. Nobody needs to start it by hand.

Examples:
  dspyglass user@host:/path/mlflow.db              the window, from elsewhere
  dspyglass runs user@host:/path/mlflow.db         every command, too
  dspyglass ssh://user@host:2222/path/mlflow.db    with another port

JSON:
  None. It reads questions on standard input and writes answers to standard
  output, both in a form of their own, and ends when the input does.

A store is only read, never written to. Secrets stay masked unless whoever asks
says --reveal.

ssh finds hosts, users and keys as always (~/.ssh/config). In a terminal it
asks for a password there; a window has ssh ask by its own (SSH_ASKPASS), and
where there is no screen nobody is asked. DSPYGLASS_SSH names another program
for ssh, with what comes before its arguments: DSPYGLASS_SSH=\"ssh -J gateway\".
--artifacts DIR is a folder on the machine of the store.";
