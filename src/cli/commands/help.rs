//! What `--help` says below the list of flags. Lines are short enough for 80 columns, since
//! clap breaks longer ones anywhere.

mod cost;
mod diff_traces;
mod export;
mod optimizations;
mod prompts;
mod search;
mod serve_stdio;
mod stats;
mod trace;
mod traces;

pub(in super::super) use cost::{COST, PRICES};
pub(in super::super) use diff_traces::DIFF_TRACES;
pub(in super::super) use export::{EXPORT, LABELS};
pub(in super::super) use optimizations::{DOCTOR, EVOLUTION, FAMILY_TREE, OPTIMIZATION, OVERVIEW, SCORES, SLICES};
pub(in super::super) use prompts::PROMPTS;
pub(in super::super) use search::SEARCH;
pub(in super::super) use serve_stdio::SERVE_STDIO;
pub(in super::super) use stats::STATS;
pub(in super::super) use trace::TRACE;
pub(in super::super) use traces::TRACES;

/// Whether there is a window that could be opened; without one its flags are not told of.
pub(in super::super) const HAS_WINDOW: bool = cfg!(feature = "window");

/// What the program is.
pub(in super::super) const ABOUT: &str = if HAS_WINDOW {
    "\
See what DSPy's optimizers left in an MLflow store

Opens the store that MLflow wrote while DSPy optimized a program. Without a command it opens a window; the commands answer the same questions in the terminal. A store is only read, never written to."
} else {
    "\
See what DSPy's optimizers left in an MLflow store

Answers questions about the store that MLflow wrote while DSPy optimized a program. It was built without its window. A store is only read, never written to."
};

/// What stands below the list of commands.
pub(in super::super) fn top() -> String {
    format!("Examples:\n{}{TOP}", if HAS_WINDOW { TO_OPEN } else { "" })
}

const TO_OPEN: &str = "  dspyglass mlflow.db                    open the window\n";

const TOP: &str = "  \
  dspyglass check mlflow.db              what is in there, and is it whole
  dspyglass runs mlflow.db --experiment my-program
  dspyglass traces mlflow.db --limit 20
  dspyglass trace mlflow.db tr-3f2 --json | jq '.spans[0].inputs'
  dspyglass search mlflow.db refund      which traces speak of it
  dspyglass diff mlflow.db eval_full_0 eval_full_3

With --json every command prints one document; `dspyglass <COMMAND> --help`
tells its keys. It may hold \"warnings\": [{\"where\", \"what\"}] about what is
damaged or missing; without --json they are printed on standard error.

Exit codes: 0 done, 1 nothing could be read or it does not exist, 2 wrong usage";

pub(in super::super) const EXPERIMENTS: &str = "\
Examples:
  dspyglass experiments mlflow.db
  dspyglass experiments . --deleted --json

JSON:
  {\"experiments\": [{id, name, lifecycle_stage, creation_time_ms, runs,
                    traces}]}
  runs counts those that are not deleted; traces is null where the store keeps
  no traces.";

pub(in super::super) const RUNS: &str = "\
Children stand below their parents. (inferred) marks a run that names no
parent and was adopted by the optimization during which it started.

Examples:
  dspyglass runs mlflow.db
  dspyglass runs mlflow.db --experiment 3
  dspyglass runs mlflow.db --filter \"metrics.eval > 70 and status = 'FINISHED'\"
  dspyglass runs mlflow.db --filter \"not (params.n = '6' or run_name ~ 'full')\"
  dspyglass runs mlflow.db --json | jq '.runs[] | [.name, .metrics.eval]'

Filters are MLflow's: metrics.<key>, params.<key>, tags.<key>, and attributes
such as status, run_name, run_id, start_time, end_time, with = != < <= > >=
LIKE ILIKE IN and IS NULL. Also OR, NOT, parentheses, and ~ for contains. Keys
with spaces stand in \" or `. A comparison on a key that a run does not have is
false.

JSON:
  {\"runs\": [{id, name, experiment_id, parent_id, parent_inferred, status,
             start_time_ms, end_time_ms, metrics: {key: number}, params: {},
             tags: {}, lifecycle_stage}]}
  by start time. A metric that is no finite number is \"NaN\", \"Infinity\" or
  \"-Infinity\"; a secret is {\"masked\": true} without --reveal.";

pub(in super::super) const METRICS: &str = "\
Examples:
  dspyglass metrics mlflow.db dazzling-gnat-945
  dspyglass metrics mlflow.db dazzling-gnat-945 --key eval --json

Long series are shown by their first and last rows; --json holds every point.

JSON:
  {\"metrics\": {key: [{step, timestamp_ms, value}]}}
  by step, then time. A value that is no finite number is \"NaN\", \"Infinity\" or
  \"-Infinity\".";

pub(in super::super) const PROGRAM: &str = "\
The program comes from model.json, else from best_model.json, else from params,
which MLflow cuts: complete is false then. --best takes best_model.json alone.
DSPy saves no names of fields: they, their types and directions come from
traces of the run, are inferred from others or are guessed, which is said.

Examples:
  dspyglass program mlflow.db eval_full_3
  dspyglass program mlflow.db dazzling-gnat-945 --best
  dspyglass program mlflow.db eval_full_3 --json | jq -r '.predictors[].path'

JSON:
  {run_id, source: \"model.json\"|\"best_model.json\"|\"params\", complete,
   stale, state_hash,
   \"predictors\": [{path, instructions,
                   fields: [{name, direction, type, prefix, description,
                             name_source, direction_source, type_source,
                             trace_id, fitted: {}}],
                   demos: [{}], module_src, lm, other: {}, state_hash}],
   metadata, other: {}, missing: [{signature, module, trace_id}]}
  The path of a program that is itself a predictor is \"\". Programs with equal
  state_hash do the same. name_source is stored, trace, similar (inferred from
  a trace of a predictor with the same fields), or a guess from description,
  prefix or demos. module_src is the Python of a Flex, missing is what traces
  show and the state lacks. stale says why a best program may not be the best.";

pub(in super::super) const HISTORY: &str = "\
A program is what it does: the same state hash anywhere in the store is the
same program. A name or id of a run comes before the beginning of a hash.

Examples:
  dspyglass history mlflow.db dazzling-gnat-945 --best
  dspyglass history mlflow.db 3f2a91c0 --json | jq '.evaluations[].score'

JSON:
  {state_hash,
   \"evaluations\": [{run_id, name, experiment_id, experiment,
                    optimization: {run_id, name}, program,
                    status, start_time_ms,
                    end_time_ms, score, n,
                    data: {set, part, seen, of, reason}, traces, tokens,
                    cost_usd, cost_certainty}],
   \"origins\": [{path, optimization, origin, inferred, match, trace_id,
                span_id, used_by: [run_id], complete}],
   \"demos\": [{path, demo, optimization, row}],
   \"families\": [{optimization: {run_id, name}, candidate, program,
                 parents: [{candidate, program, state_hash, score}],
                 children: [], inferred}],
   programs: [{program, optimization: {run_id, name}}],
   winner_of: [{run_id, name}], seed_of: [{run_id, name}],
   program: {source, complete, predictors: []}, runs, complete}
  evaluations stand by start time. data.set is valset, optimizer (what it took
  for validation), held_out or overlapping (seen of its examples are in the
  trainset or valset), else null and reason says why; part is full, minibatch
  or unknown. origin is written (by that span), given (to the optimization) or
  null; match is whole, within or loose. demo and row count from 0, row in the
  trainset. predictors are those of `program`. runs is how many were looked at;
  complete is false where something was left out.";

pub(in super::super) const DIFF: &str = "\
Without colour, [-this-] was removed and {+this+} was added.

Examples:
  dspyglass diff mlflow.db eval_full_0 eval_full_3
  dspyglass diff mlflow.db eval_0 eval_7 --json | jq .examples.broken
  dspyglass diff mlflow.db eval_0 bold-finch-218 --all
  dspyglass diff before/model.json after/model.json

JSON:
  {same,
   \"predictors\": [{path, change: \"same\"|\"changed\"|\"added\"|\"removed\",
                   instructions: [{op: \"equal\"|\"insert\"|\"delete\", text}],
                   demos: {added: [], removed: [], kept, moved, recounted,
                           changed: [{removed, added, fields: []}]},
                   fields: [{change, keys: [], a, b}], lm: [{key, a, b}],
                   other: [{key, a, b}], is_hidden, instructions_complete,
                   instructions_cut: {at, a, b, rest_a, rest_b},
                   module_src: [{op, text}]}],
   params: {key: {a, b}}, metrics: {key: {a, b}}, tags: {key: {a, b}},
   examples: {fixed: [{inputs: {}, expected: {}, scores: [a, b],
                       trace_ids: [a, b], without_trace: [a, b],
                       predictions: [a, b], prediction_sources: [a, b]}],
              broken: [], unchanged: {wrong, right}, joined, scored,
              threshold, thresholds: [a, b], right: [a, b],
              metric: {same, inferred, reason},
              sources: [a, b], without_scores: [a, b]},
   scores: {a, b, difference},
   verdict: {n, before, after, difference, interval: [low, high], fixed,
             broken, p, test, threshold, more_examples, unit, text},
   verdicts: {score: {…}},
   run_a: {run_id, source, state_hash, stale, without_program,
           evaluation: {run_id, name, inferred}},
   run_b: {…}, complete, texts_complete}
  same compares what the programs do; same, complete and texts_complete are
  null where a run has no program, and without_program says why. Only fields,
  settings, params, metrics and tags that differ are listed. Scores are read
  from result_table.json, else from GEPA's valset_scores.json, else from
  assessments on traces; sources says which, without_scores why there are
  none.
  With --all, examples also holds still_wrong and still_right, as fixed;
  unchanged counts them. An optimization stands for the evaluation of its
  winner, which evaluation then names; a difference of scores is told only
  where one metric scored both. verdict is of the examples that both scored:
  whether b is better by more than luck; verdicts are there where examples have
  several scores by name.
  joined counts the examples that both evaluated, null where not both have
  scores. metric says whether one metric scored both and how that is told; only
  then an example is fixed or broken, and threshold is the score from which on
  it is right. A trace is told only where it is the one that fits;
  without_trace says why it is not. A prediction_source of repr means that
  only the text of a prediction was stored. is_hidden marks what changed only
  in masked values. texts_complete is false where instructions are too long to
  be compared word by word in full (what is left counts as replaced), or where
  MLflow cut a param: rest_a and rest_b stand behind the cut of the other and
  may be in both.
  Of two .json files params, metrics, tags and examples are null.";

pub(in super::super) const CHECK: &str = "\
Examples:
  dspyglass check mlflow.db
  dspyglass check copied/mlflow.db --artifacts /data/mlruns
  dspyglass check http://127.0.0.1:5000  and which MLflow answers there

JSON:
  {store: {path, kind, size_bytes, written_by, schema_of, opened_as},
   server: {version, store_type, workspaces_enabled,
            endpoints: [{what, path, is_there, otherwise}]},
   notices: [], experiments, runs, traces, spans, tokens,
   sessions: {total, ids, traces}, assessments: {total, kinds: {}},
   attachments: {files, named, missing}, prompts, prompt_versions,
   datasets: {evaluation, records, of_runs}, logged_models,
   findings: [{of, what, count, where: []}]}

  server is there for servers alone. Endpoints are asked for what is not there,
  by GET and searches; is_there is null where the server does not let that be
  seen, otherwise says what becomes of it where it is missing.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    #[test]
    fn lines_fit_into_80_columns() {
        let helps: Vec<String> = Args::command()
            .get_subcommands()
            .filter_map(|command| command.get_after_long_help().map(ToString::to_string))
            .collect();
        assert!(helps.len() > 10, "every command has one");
        for text in helps.iter().map(String::as_str).chain([TOP]) {
            for line in text.lines() {
                assert!(crate::cli::words::width(line) <= 79, "{line}");
            }
        }
    }
}
