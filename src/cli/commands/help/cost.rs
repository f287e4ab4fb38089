//! What `cost --help` and `prices --help` say.

pub(in crate::cli) const COST: &str = "\
MLflow computes no cost for DSPy. This is what traces used, recomputed from
their spans, times the prices of the models that they called (`dspyglass
prices`). Usage counts where no span above it has any.

A cost is exact, or
  at most   some input may have been cached by the provider, or calls may have
            been short enough for a lower price: a trace tells neither
  at least  some calls do not tell what they used
  estimate  several models share what was used: input by how much text their
            calls were given, output by how much they gave back
What cannot be told is unknown, which is null and never 0: traces without
usage, those that DSPy's cache answered (likely), models without a price.

Of a run everything below it counts, too; of an optimization also what its
evaluations cost, what proposing did, and what cached answers (likely) saved.

Examples:
  dspyglass cost mlflow.db
  dspyglass cost mlflow.db dazzling-gnat-945 --json | jq '.by_model'
  dspyglass cost mlflow.db --experiment ticket-router
  dspyglass cost mlflow.db --prices my-prices.json

JSON:
  {total_usd, exact, priced_traces, unknown_traces,
   by_model: [{model, input, output, usd, certainty, traces}],
   by_run: [{run_id, usd, certainty, priced_traces, unknown_traces}],
   certainty, unknown: {likely_cached, no_usage, no_model, no_price},
   unpriced_models: [{model, traces}], stored_costs, differing_totals,
   optimization: {evaluating_usd, proposing_usd, after_best_usd, saved_usd,
                  projected_usd, evaluating_certainty,
                  evaluating_unknown_traces, proposing_certainty,
                  proposing_unknown_traces, after_best_certainty,
                  after_best_unknown_traces},
   prices: [{source, models, cut}]}
  run_id is null for traces of no run. certainty is exact, at_most, at_least or
  estimate, and that of the sum over the priced traces; null where there is no
  sum. saved_usd and projected_usd are estimates. cut says where a damaged
  file of prices ends. after_best_usd is what evaluations cost that came after
  the best score so far. stored_costs counts traces whose cost MLflow stored
  and whose models have no known price; differing_totals those whose stored
  total of tokens is not the recomputed one. optimization is null for anything
  else.";

pub(in crate::cli) const PRICES: &str = "\
The prices of LiteLLM (MIT licence), whose names of models are DSPy's, taken at
the version and day that are told, and over them your own file in the same
format: prices.json in the folder of settings (~/.config/dspyglass), or the one
that --prices names. A model is looked up by its whole name, then by what
follows the first / where the entry is of that provider; nothing is guessed.

A model that is free, or runs on your machine, has no price here. If it is to
count as 0, your file says so:
  {\"ollama/llama3.2\": {\"input_cost_per_token\": 0, \"output_cost_per_token\": 0,
                       \"litellm_provider\": \"ollama\"}}

Examples:
  dspyglass prices openai/gpt-4o-mini
  dspyglass prices --json | jq '.prices[] | select(.model | test(\"haiku\"))'

JSON:
  {\"prices\": [{model, input_per_token, output_per_token,
               cached_input_per_token, source, entry}],
   \"unknown\": [model],
   \"tables\": [{source, version, date, entries, models, without_price,
               unusable: [{model, why, partly_used}], cut}]}
  in US dollars for one token. entry is the name under which a model was found.
  cut says where a damaged file ends.";
