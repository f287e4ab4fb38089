//! What `trace --help` says.

pub(in crate::cli) const TRACE: &str = "\
Adapters that stand twice (DSPy wraps inherited methods again) are one row, ×2.
A fallback is marked where the second adapter begins. The JSON has all spans.

In the JSON `critical` marks the spans that determined how long the trace
took: from its end backwards always the span that ended last; of spans that
ran at the same time only the last to end.

Tokens: a number is a span's own usage, Σ marks the sum of what is below it,
? an LM call of which none was recorded.

Examples:
  dspyglass trace mlflow.db tr-3f2a91
  dspyglass trace mlflow.db tr-3f2a91 --json | jq '.spans[].inputs'
  dspyglass trace mlflow.db tr-3f2a91 --chat
  dspyglass trace mlflow.db tr-3f2a91 --chat --json | jq '.calls[].output'
  dspyglass trace mlflow.db tr-3f2a91 --chat --code litellm > again.py
  dspyglass trace mlflow.db tr-3f2a91 --steps

JSON:
  {id, status, tokens,
   \"spans\": [{id, parent_id, depth, name, type, status, start_ns, end_ns,
              inputs, outputs, attributes: {}, events: [],
              tokens: {own, total}, own_time_ns, cost_usd, cost_certainty,
              critical, status_message, other: {}}],
   tokens_stored, run_id, experiment_id, name, start_time_ms, duration_ms,
   cost_usd, cost_certainty, cost_stored, tags: {}, metadata: {},
   \"assessments\": [{name, kind, value, error, rationale, source_type,
                    source_id, span_id, created_ms, is_valid, id, overrides,
                    metadata}],
   session, user, client_request_id, cached,
   \"fallbacks\": [{span_id, from, to, reason, succeeded}],
   \"attachments\": [{id, content_type, size, path, span_ids, missing}],
   \"example\": {run_id, row, score, parts: {}, source,
               \"feedback\": [{by, text}], unsure},
   \"expected\": [{name, expected, answered, answered_field, same, source, by}],
   \"turn\": {session, turn, turns, previous, next},
   \"program\": {run_id, state_hash, name, optimization, source, inferred,
               reason}}
  depth-first, children by start time. tokens is recomputed from the spans;
  tokens_stored is there only where the total that MLflow stored differs.
  example is the row of its run's examples that the trace answered, counted
  from 0, unsure why it may be another trace that was scored. expected are the
  fields of the example that the program was not given (source is example, or
  the data file of an optimization), then the expectations noted on the trace
  (source is assessment), with by; same is whether the answer is that, word for
  word. turn counts from 1. program is what ran; of a trace in the run of an
  optimization it is inferred, with a reason.

With --chat the prompts as DSPy wrote them: fields by name, demos in one line
each; --full shows what is in them, rules and reminders, and all of long
values.
JSON:
  {id, \"calls\": [{span_id, model, adapter, adapter_from, adapter_class,
             fallback_of, fallback_reason, parse_error,
             \"messages\": [{role, text, place, turn, parts: []}],
             \"output\": [parts], completions, tools: [{name, text}]}]}
  adapter is chat, json, xml, baml, two-step or raw; adapter_from is \"text\"
  where no span says so and it was inferred. A part is {kind, name, text,
  value, type, call_id, media_type, size, attachment, completion, parts}: kind
  is text, field, demo (its own parts in parts), input_field, output_field,
  rules, objective, format, tool_call, tool_result, reasoning, image, audio,
  file or other; value is what it says without marks and escapes, where that
  differs. The texts of a message's parts joined are its text; calls of tools
  and thoughts stand beside it, images, sounds and files have no text. With
  --code it is {id, \"calls\": [{span_id, code}]}.

With --steps its agents, what tried several times (BestOfN, Refine,
MultiChainComparison, Ensemble, and calls at once), what retrievers found, and
the traces that it likely made: dspy.Parallel puts what it runs into traces of
their own, which time and inputs alone tell.
JSON:
  {id, \"agents\": [{span_id, name, kind, kind_inferred, status,
              \"steps\": [{number, thought, duration_ns, tokens, span_ids,
                        \"actions\": [{tool, arguments, code, observation,
                                   failed, span_id}]}],
              \"findings\": [{kind, step, text}]}],
   \"attempts\": [{span_id, name, kind, threshold, choice,
              \"attempts\": [{span_id, fields: {}, value, error, advice,
                           reward, duration_ns, tokens, gave_the_result}]}],
   \"retrievals\": [{span_id, name, inferred, query,
              \"passages\": [{text, source, number, score, score_name,
                           more: {}}],
              more: {}}],
   \"likely_calls\": [{span_id, trace_id, name, status, start_time_ms,
              duration_ms, inputs, reason, gave_the_result}]}
  kind of a finding: action_failed, out_of_steps, history_cut, no_decision.
  gave_the_result is true of each attempt whose outputs are those that were
  handed on; which one was taken is not stored. inputs of a likely call: same,
  some or other.";
