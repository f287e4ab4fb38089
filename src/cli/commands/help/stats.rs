//! What `stats --help` says.

pub(in crate::cli) const STATS: &str = "\
Counts over all traces of the store, of an experiment or of a run, or over
those for which a filter holds.

By span, predictor and model a row counts spans: those of a name, the calls of
a predictor, the calls of a model; errors are spans that failed. By error, run
and session it counts traces; by error those in which an exception of this type
was noted, also where they ended well.

Percentiles are nearest rank: the shortest of the times than which at least 50,
95 or 99 of a hundred are not longer.

Tokens are recomputed: usage counts where no span above it has any. Those of a
span are its own or the sum of what is below it. Those of a predictor or model
are of traces in which all calls with a usage are its own; what several share
belongs to none. Costs are tokens times prices (`dspyglass cost --help`); of
spans they are told by model and predictor. Unknown is null, never 0.

What the spans of a trace tell is kept in the user's cache folder, so that the
next count reads only what is new.

Examples:
  dspyglass stats mlflow.db --by predictor
  dspyglass stats mlflow.db --by error --experiment my-optimization
  dspyglass stats mlflow.db --by span --json | jq '.rows[0]'

JSON:
  {\"by\", \"all\": row, \"with_tokens\", \"with_cost\", \"rows\": [row],
   \"over_time\": [row]}
  row: {key, count, errors, p50_ms, p95_ms, p99_ms, p50_ns, p95_ns, p99_ns,
  total_ns, own_ns, tokens: {input, output, total} or null, cost_usd,
  cost_certainty}
  key is null for what tells nothing of the kind. Of a predictor it is its path
  where a program of its runs tells it, else its signature, which stands under
  signature, too; of a run name is its name. own_ns leaves out the time in
  which spans below worked. over_time has from_ms in place of key.";
