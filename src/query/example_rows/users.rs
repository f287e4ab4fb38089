//! The examples of an evaluation in a table that a user logged beside it.

use super::{ExampleRows, ScoreSource};
use crate::analysis::users_table::{UsersTable, users_table};
use crate::model::dspy::{artifacts, keys};
use crate::model::mlflow::prompts;
use crate::model::{ArtifactEntry, ArtifactOwner, RunId};
use crate::query::artifacts::ArtifactsOf;
use crate::query::ask::Session;
use crate::query::program::{Read, read_json};
use crate::query::result_table::newest_inputs;
use crate::store::Result;
use crate::words::natural;

/// No more files of a run are looked into, none that is larger, and no more bytes of all of them.
const MOST: usize = 12;
const LARGEST: u64 = 16 << 20;
const ALL: u64 = 2 * LARGEST;

/// The examples in a user's table; `None` if the run has none with a column of scores.
pub fn users_rows(session: &mut Session<'_>, run: &RunId) -> Result<Option<ExampleRows>> {
    let tree = session.ask(&ArtifactsOf(ArtifactOwner::Run(run.clone())))?;
    let mut files: Vec<&ArtifactEntry> = tree.entries.iter().filter(|entry| may_be_table(entry)).collect();
    if files.is_empty() {
        return Ok(None);
    }
    files.sort_by(|a, b| worth(&a.path).cmp(&worth(&b.path)).then_with(|| natural::compare(&a.path, &b.path)));
    let given = newest_inputs(session, run)?;
    let mut left = ALL;
    for file in files.into_iter().take(MOST) {
        session.cx.check()?;
        let path = file.path.as_str();
        let Some(rest) = left.checked_sub(file.size.unwrap_or_default()) else { break };
        left = rest;
        // Users log all kinds of files: one that is no table is nothing to warn of.
        let Read::Good(decoded) = read_json(session, run, path)? else { continue };
        let Some(found) = users_table(decoded.value, &given, session.cx.reveal()) else { continue };
        return Ok(Some(rows(session, run, path, found)));
    }
    Ok(None)
}

fn rows(session: &mut Session<'_>, run: &RunId, path: &str, found: UsersTable) -> ExampleRows {
    let UsersTable { table, score, rule, from_words, inputs, odd } = found;
    if odd > 0 {
        session
            .cx
            .warn(format!("run {run}, {path}"), format!("{odd} of its rows are not as long as its list of columns"));
    }
    let source = ScoreSource::UsersTable { path: path.to_owned(), column: score, rule };
    let mut rows = ExampleRows::of_table(table, source);
    rows.given = Some(inputs).filter(|inputs| !inputs.is_empty());
    if !from_words.is_empty() {
        rows.notes.push(format!("{}: yes counts as 1, no as 0", from_words.join(", ")));
    }
    rows
}

fn may_be_table(entry: &ArtifactEntry) -> bool {
    /// What DSPy and GEPA write is read elsewhere.
    const OTHERS: [&str; 11] = [
        artifacts::MODEL,
        artifacts::BEST_MODEL,
        artifacts::RESULT_TABLE,
        artifacts::TRAINSET,
        artifacts::VALSET,
        artifacts::CANDIDATES,
        artifacts::PROPOSALS,
        artifacts::VALSET_SCORES,
        artifacts::VALSET_FRONT,
        artifacts::OBJECTIVE_SCORES,
        artifacts::OBJECTIVE_FRONT,
    ];
    !entry.is_folder
        && entry.path.to_lowercase().ends_with(".json")
        && entry.size.is_none_or(|size| size <= LARGEST)
        && !OTHERS.contains(&entry.path.as_str())
}

/// The less, the sooner it is looked into: the table of MLflow's page on DSPy first, then those that are called like
/// results; of prompts that were tried the latest.
fn worth(path: &str) -> (usize, std::cmp::Reverse<usize>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_lowercase();
    let rank = match () {
        () if path == artifacts::USERS_TABLE => 0,
        () if name == artifacts::USERS_TABLE => 1,
        () if lower.contains(keys::SCORE) || lower.contains("result") || lower.contains("score") => 2,
        () => 3,
    };
    (rank, std::cmp::Reverse(prompts::iteration_of(path).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_table_is_looked_into_first() {
        let mut paths = vec![
            "config.json",
            "prompt_candidates/iteration_2/eval_results.json",
            "my_results.json",
            "prompt_candidates/iteration_10/eval_results.json",
            "eval_results.json",
        ];
        paths.sort_by_key(|path| worth(path));
        let expected = [
            "eval_results.json",
            "prompt_candidates/iteration_10/eval_results.json",
            "prompt_candidates/iteration_2/eval_results.json",
            "my_results.json",
            "config.json",
        ];
        assert_eq!(paths, expected);
        let entry = |path: &str, size| ArtifactEntry { path: path.to_owned(), is_folder: false, size };
        assert!(may_be_table(&entry("a/B.JSON", None)) && !may_be_table(&entry("model.json", None)));
        assert!(!may_be_table(&entry("a.csv", None)) && !may_be_table(&entry("a.json", Some(LARGEST + 1))));
    }
}
