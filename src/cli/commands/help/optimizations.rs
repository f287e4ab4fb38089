//! Of the commands that tell of an optimization.

pub(in super::super::super) const OVERVIEW: &str = "\
Stand by start time. An evaluation is a run with a score that no optimization
made.

Examples:
  dspyglass overview mlflow.db
  dspyglass overview mlflow.db --experiment ticket-router --json \\
    | jq '.rows[] | {name, seed, best}'

JSON:
  {\"rows\": [{run_id, experiment_id, kind, name, optimizer, status,
            start_time_ms, duration_ms, scores: [], seed, best, n, traces,
            errors, tokens: {input, output, total}, winner, metric_calls,
            metric, cost_usd, cost_certainty}]}
  kind is optimization or evaluation. scores are those of its evaluations in
  order, null where there is none. seed and best are full scores of the program
  that it was given and of the winner, n is on how many examples the winner was
  scored. metric_calls counts the examples of all logged evaluations, as far as
  they tell; metric is what scores are called on traces. tokens are those of
  the traces that tell, as stored. cost_usd is of those whose cost is known,
  and null where it is known of none, or there was no time: then a warning says
  so, and `dspyglass cost mlflow.db RUN` takes the time. cost_certainty is
  exact, at_most, at_least or estimate.";

pub(in super::super::super) const OPTIMIZATION: &str = "\
MLflow stores neither the optimizer nor the winner: what is inferred says so.
(inferred) marks an evaluation that names no parent and was adopted by time.

Examples:
  dspyglass optimization mlflow.db dazzling-gnat-945
  dspyglass optimization mlflow.db dazzling-gnat-945 --json | jq .winner

JSON:
  {\"optimizer\": {name, inferred, purpose, reason},
   \"winner\": {run_ids: [], state_hash, inferred},
   \"evaluations\": [{run_id, name, order, kind, n, score, best_so_far,
                    interval: [low, high], cost_usd, cost_certainty,
                    cost_unknown_traces, completed, state_hash,
                    parent_inferred, ambiguous, program}],
   \"verdict\": {seed_run, winner_run, n, seed, winner, difference,
               interval: [low, high], fixed, broken, p, test, best_of,
               corrected: {p, interval: [low, high]}, threshold,
               more_examples, text,
               held_out: {seed_run, winner_run, n, difference,
                          interval: [low, high], p}},
   without_verdict,
   tokens, cost_usd, cost_certainty, cost_unknown_traces,
   trainset: {rows, distinct}, valset, seed: {run_ids: [], state_hash},
   best_program: {state_hash, stale}, run_id, status,
   \"programs\": [{program, state_hash, run_ids: [], score, seed, winner,
                 minibatches: {mean, count},
                 parts: [{path, instruction, demo_set, demos}]}],
   tie: {programs: [], score, kept, text},
   \"repeats\": [{program, state_hash, run_ids: [], n, low, high,
                answers: {told, cached}, text}],
   \"grid\": [{path, instructions: [{instruction, text, mean, n, …}],
             demo_sets: [{demo_set, demos, mean, n, …}],
             cells: [{instruction, demo_set, run_ids: [], mean, n, full,
                      minibatches, left_out}]}]}
  parts and grid are there for MIPROv2: instruction 0 is the seed's, demo_set 0
  is none, other numbers are in order of first evaluation and not DSPy's. mean
  is that of evaluations, each weighted by n; of minibatches, each counting
  once. repeats are programs that were evaluated in full several times; where
  the score is always the same, answers says how many answers likely came from
  a cache.
  evaluations stand by start time. kind is full, minibatch or unknown; n is how
  many examples were scored; best_so_far counts full evaluations only.
  completed is there where MLflow was given a share of runs instead of a score.
  program is C1, C2, … in the order of first evaluation, the name of a program
  in every command and in the window; tie names those with the winner's score.
  Scores are eval: 100 × the mean of the metric over the examples.
  purpose is program, prompts or evaluation, which optimizes nothing. The same
  state_hash is the same program, wherever it was evaluated.
  interval holds the true score of the program at 95 %: Wilson's if all scores
  are 0 or 1, else of resampled examples; null without a table. verdict
  compares seed and winner on the examples that both scored: McNemar's exact
  test (mcnemar-exact), else resampled differences (paired-bootstrap), p
  two-sided. best_of programs were fully evaluated on the same data; corrected
  holds for the best of them (Bonferroni). more_examples would settle a
  difference of this size with a chance of 80 %. held_out are plain evaluations
  of both programs on examples that are not in trainset or valset. Where there
  is no verdict, without_verdict says why.";

pub(in super::super::super) const SCORES: &str = "\
An example that stands in a table several times is as many examples, joined in
the order in which they stand.

Examples:
  dspyglass scores mlflow.db dazzling-gnat-945
  dspyglass scores mlflow.db my-evaluation --score wording
  dspyglass scores mlflow.db --experiment plain-evaluations
  dspyglass scores mlflow.db dazzling-gnat-945 --json \\
    | jq '.examples[] | select(.class == \"broken\") | .inputs'

JSON:
  {\"evaluations\": [run_id],
   \"examples\": [{inputs: {}, expected: {}, scores: [number|null],
                 trace_ids: [id|null], class, all_scores: [{name: number}]}],
   columns: [{run_id, prompt, name, kind, candidate, source, told,
              without_scores, rows, scored, mean, interval: [low, high],
              mean_interval, score, left_out, notes: [],
              objectives: {name: number}}],
   threshold, joined_by: [field], score_names: [name], score,
   prompts: [{iteration, candidate, prompts: {name: text}, score, scores: {},
              examples: [number|null]}]}
  scores and trace_ids stand in the order of evaluations; null is an example
  that was not evaluated or has no score, or whose trace cannot be told. class
  goes by full evaluations, from the seed to the winner: fixed, broken, always
  right, always wrong, unstable (one program gave different outcomes, or it
  changed otherwise), null where none scored it. threshold is the score from
  which on an example is right: 1 where all are 0 or 1, else half of the range.
  mean is in the unit of the examples, interval on the scale of the score; null
  where that is unknown. candidate counts programs from 0, by their first
  evaluation. Scores come from result_table.json, else GEPA's
  valset_scores.json, else a table that the user logged (eval_results.json and
  others of columns and data), else assessments on traces: source and told say
  which, and what was inferred. score_names are there where examples have
  several scores: parts of a score object, scorers, columns. --score chooses
  one, all_scores has all. In words, yes counts as 1 and no as 0.
  prompts are those that mlflow.genai.optimize_prompts tried: each is a column
  of the one run, which evaluations then names several times, and prompt names
  it there (iteration_0, else candidate_1 by GEPA's number).";

pub(in super::super::super) const SLICES: &str = "\
What got worse most stands first. Fields of few values part examples by these,
numbers and the lengths of inputs in quarters. No model is asked.

Examples:
  dspyglass slices mlflow.db dazzling-gnat-945
  dspyglass slices mlflow.db dazzling-gnat-945 --by topic
  dspyglass slices mlflow.db dazzling-gnat-945 --by 'length of question'
  dspyglass slices mlflow.db dazzling-gnat-945 --failures
  dspyglass slices mlflow.db my-evaluation --score wording --by topic

JSON:
  {\"slices\": [{value, kind, n, seed, winner, difference, interval: [low, high],
               seed_interval, winner_interval, p, p_corrected,
               examples: [place], better: [place], worse: [place]}],
   \"confusion\": {labels: [], seed: [[n]], winner: [[n]],
                 classes: [{label, support,
                            seed: {precision, recall, f1}, winner}]},
   fields: [name], other_fields: [{name, field, by}], headline, without_slices,
   score_names: [name], score,
   failures: {seed_wrong, winner_wrong, threshold, complete, seed_feedback,
              winner_feedback,
              groups: [{kind, what, seed: [place], winner: [place],
                        change, sample}]}}
  seed and winner are means on the scale of the score, over the n examples that
  both scored, with their 95 % intervals; p is that of the paired test,
  p_corrected for as many slices as there are (Bonferroni). kind is text,
  value, nothing (null, or no such field) or range. Places are those of the
  examples of scores, from 0. confusion counts predictions of this field: a row
  for each expected value, a column for each predicted one; null unless it is
  predicted and has few values. fields are those with few values that repeat;
  other_fields part by items of lists, by quarters or by the length of an
  input. Where seed and winner cannot be compared, without_slices says why.
  A plain evaluation stands alone, as winner without a seed. score_names are
  there where examples have several scores; --score chooses the one that all
  figures, failures and the confusion go by.
  failures, with --failures, are the wrong examples by exception, by parse (an
  answer that no adapter or only another one could read), by feedback (without
  quotations, numbers and own values) and confused (expected -> predicted).
  seed or winner is null where it tells no such reasons; change is new, solved
  or stays.";

pub(in super::super::super) const DOCTOR: &str = "\
Warnings stand first. No model is asked; every finding states its rule and
where it is to be seen.

Examples:
  dspyglass doctor mlflow.db dazzling-gnat-945
  dspyglass doctor mlflow.db dazzling-gnat-945 --json \\
    | jq -r '.findings[] | select(.severity == \"warning\") | .text'

JSON:
  {\"findings\": [{rule, severity: \"warning\"|\"note\", text, advice, fires,
                 evidence: [{run_id, trace_id, artifact, examples: [place],
                             what}]}],
   not_judged: [{rule, why}], rules, traces: {looked, of}}
  fires says when the rule finds something. Of much evidence the first is
  named. examples are places in the list of scores, from 0; none of them
  stands for all. rules is how many there are: those in not_judged could not
  look. traces.looked is smaller than traces.of where time ran out.";

pub(in super::super::super) const EVOLUTION: &str = "\
Each program stands once, where it was first evaluated, with the difference to
the instructions of another state: of GEPA its parent, of optimizers that make
theirs independently the seed, else the one before; --against chooses. Without
colour, [-this-] was removed and {+this+} was added.

Examples:
  dspyglass evolution mlflow.db dazzling-gnat-945
  dspyglass evolution mlflow.db dazzling-gnat-945 --against winner
  dspyglass evolution mlflow.db dazzling-gnat-945 --predictor classify --json

JSON:
  {run_id, predictor, predictors: [path], against,
   \"steps\": [{program, state_hash, instructions, compared_with,
              diff: [{op: \"equal\"|\"insert\"|\"delete\", text}],
              diff_complete, seed, winner,
              evaluations: [{run_id, name, order, kind, n, score}]}]}
  against is previous, seed, parent or winner. instructions is null where the
  program or the predictor is not known; previous is the last that are known.
  compared_with is the first run of the state that diff is to, null where there
  is none: then all of diff is equal. diff_complete is false where texts
  were too long to be compared word by word in full, or MLflow cut a param,
  and null without instructions. seed and winner are null where the
  optimization does not tell.";

pub(in super::super::super) const FAMILY_TREE: &str = "\
GEPA writes its tables with use_mlflow=True; without them the tree is inferred
from what the proposers were given and wrote.

Examples:
  dspyglass family-tree mlflow.db bright-owl-12
  dspyglass family-tree mlflow.db bright-owl-12 --json \\
    | jq '.candidates[].parents'

JSON:
  {run_id, source: \"tables\"|\"inferred\",
   \"candidates\": [{candidate, program, parents: [], parents_inferred,
                   score, eval, run_ids,
                   instructions: [{component, text}], scores: {id: score},
                   front: [id]}],
   \"proposals\": [{iteration, status, parents: [], candidate, before, after,
                  texts: [{component, text, trace_id, span_id}]}],
   traces, complete}
  candidate is GEPA's own number, 0 the seed; program is the name (C1, …) that
  the optimization gives it. score is the mean over the validation set in the
  scale of GEPA's tables, without them that of the full evaluation; eval is
  the same on the scale of eval, as everywhere else. scores and
  front are null where there are no tables; front holds the validation ids at
  which no other was better at the end. before and after are sums of scores
  over the sampled examples. The span that wrote a text is null where it was
  not found; complete is false where not all traces were looked into.";
