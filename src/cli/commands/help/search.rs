//! What `search --help` says.

pub(in crate::cli) const SEARCH: &str = "\
Looks through names, inputs, outputs, attributes and events of spans, where
these are in files (traces.json), too. TEXT is compared with what people read,
however it is escaped in the store: keys, texts and numbers, each for itself.
What is masked is not found without --reveal. A field counts once.

Hits are printed as they are found. Those of the whole store come block by
block, what was written last first; those of an experiment or a run trace by
trace, the newest first. --run takes the traces of child runs, too: those
of an optimization are recorded in its evaluations.

--count goes on behind the hits of --limit and counts the spans that may hold
TEXT, by how they are stored: at most so many do, since it may stand in keys
and ids there, or where it is masked. That takes as long as looking for what
stands nowhere. It is not known of a --regex without --reveal, and of servers.

Examples:
  dspyglass search mlflow.db refund
  dspyglass search mlflow.db 'the \"gold\" plan' --run eval_full_3
  dspyglass search mlflow.db --ignore-case --word error --limit 20
  dspyglass search mlflow.db question --limit 20 --count
  dspyglass search mlflow.db --regex 'HTTP (4|5)\\d\\d' --json | jq .hits

Regular expressions are those of Rust's crate regex; ^ and $ stand at lines.

JSON:
  {\"hits\": [{trace_id, span_id, span_name, span_type, field, excerpt,
             found}], scanned, spans_at_most, complete}
  field is name, inputs, outputs, attributes.<key>, events, status_message or
  other.<key>. excerpt holds found, the text that matched first in the field.
  scanned counts spans, those of --count, too; complete is false where --limit
  cut it. spans_at_most is in how many of scanned it is, or may be by --count;
  null where --limit cut it and the rest was not counted.";
