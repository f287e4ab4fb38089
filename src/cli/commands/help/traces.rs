//! The help of `traces`.

pub(in crate::cli) const TRACES: &str = "\
Examples:
  dspyglass traces mlflow.db --limit 20
  dspyglass traces mlflow.db --run eval_full_3
  dspyglass traces mlflow.db --filter 'status = ERROR and latency_ms > 500'
  dspyglass traces mlflow.db --filter 'input ~ \"refund\" and time > -2d'
  dspyglass traces mlflow.db --sort latency_ms:desc --limit 10
  dspyglass traces mlflow.db --json | jq '.traces[] | select(.status != \"OK\")'

Filters are MLflow's, over: status, name, id, run, optimization, experiment,
session, time, latency_ms, stored_cost, stored_tokens, input and output (the
beginnings that MLflow stores), tags.<key>, metadata.<key>,
assessments.<name>; and, derived from the spans of every trace that passes the
rest: model, adapter, predictor, span_type, span_name, error (type of an
exception), tokens, input_tokens, output_tokens, cost (US dollars, by prices),
parse_fallback, cached; failed_tool (its name), out_of_steps and history_cut of
agents; and score, which is that of the example that the trace is of its run's
evaluation, else the one that was assessed. With = != < <= > >= LIKE ILIKE IN
and IS NULL, OR, NOT, parentheses, and ~ for contains. A text of one word needs
no quotes; run and experiment are names or ids, an optimization is a run with
those under it; times are 2026-11-28, '2026-11-28 10:30' or -2h; MLflow's own
trace.status, execution_time_ms, timestamp_ms, request_metadata.<key> and
feedback.<name> are understood. A comparison on what a trace does not have is
false. --sort takes the same keys; traces without it come last.

JSON:
  {\"total\": n, \"traces\": [{id, run_id, experiment_id, name, status,
                            start_time_ms, duration_ms,
                            tokens: {input, output, total}, cost_usd,
                            cost_certainty, cached, span_count, session}]}
  newest first, or as sorted; total counts those beyond --limit too. It is
  null if the store does not know, or if with a limit it would take reading
  all of a huge store: then total_at_least is what is known. cost_usd is
  tokens times prices (`dspyglass cost --help`); of more than 2,000 traces,
  whose spans would all have to be read, it is what MLflow stored. tokens is
  the total that MLflow stored, null if it stored none; cached is true if every
  answer seems to come from the cache, \"partly\" if some do, null if that
  cannot be told: calls of less than 5 ms came from it, and where usage is
  missing that DSPy records, those of less than a third of the model's usual
  time. session is a text, or a list of texts where the store has several ids.";
