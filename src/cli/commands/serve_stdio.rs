//! `dspyglass serve-stdio`

use std::io::{IsTerminal, Write};

use crate::cli::Opener;
use crate::cli::args::ServeStdioArgs;
use crate::cli::failure::Failure;
use crate::store::{OpenOptions, StoreLocation, remote, whole_path};

/// Opens the store and answers what another dspyglass asks, until it asks no more.
///
/// # Errors
/// A person at the other end, a store that cannot be opened (which is told the other side, too), and an output that
/// cannot be written.
pub fn answer(
    args: &ServeStdioArgs,
    options: OpenOptions,
    open: Opener<'_>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if std::io::stdin().is_terminal() {
        return Err(Failure::Absent(
            "serve-stdio is asked by another dspyglass, which starts it over ssh: dspyglass user@host:/path/mlflow.db"
                .to_owned(),
        ));
    }
    let options = OpenOptions { allow_outside: args.allow_outside, may_ask: false, ..options };
    // A path and nothing else: from here it goes no further.
    match open(&StoreLocation::Path(whole_path(&args.store)), &options) {
        Ok(store) => Ok(remote::serve(store, std::io::stdin(), out)?),
        Err(error) => {
            remote::refuse(&error, out)?;
            Err(error.into())
        }
    }
}
