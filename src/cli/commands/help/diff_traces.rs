//! What `diff-traces --help` says.

pub(in crate::cli) const DIFF_TRACES: &str = "\
Spans are aligned in their order by name, type and signature, so that one that
was inserted or left out moves no other. Before each stands what became of it:
~ something in it differs, - only the first trace has it, + only the other has
it, and > where the two first differ. What a span was given counts when it
begins, what it gave back when it ends.

Without colour, [-this-] was removed and {+this+} was added. Spans in which
nothing differs are left out unless something below them does; --full shows
them, and what differs in each span.

Examples:
  dspyglass diff-traces mlflow.db tr-3f2a91 tr-9be011
  dspyglass diff-traces mlflow.db tr-3f2a91 tr-9be011 tr-77c0de --full
  dspyglass diff-traces mlflow.db tr-3f tr-9b --json | jq .comparisons[].first

JSON:
  {\"traces\": [{id, name, status, duration_ms, tokens, spans}],
   \"comparisons\": [{a, b, same, counts: {same, changed, only_a, only_b},
                    \"first\": {row, parts: []}, \"rows\": [{depth, change,
                    differs: [], a: {span_id, name, type, status,
                    duration_ns, tokens, model}, b, duration_difference_ns,
                    parts}]}]}
  Each further trace is compared with the first; every span of both is in one
  row, rows stand in the order of a tree. change is same, changed, only_a or
  only_b; differs says what: name, settings, inputs, outputs, status. a and b
  are null where a trace has no such span. first is the row where they first
  differ, by its place in rows, null where nothing differs. A part is {place,
  kind, name, change: same|changed|added|removed, text: [{op:
  equal|insert|delete, text}], complete}: place is system, demo, turn, request,
  message, tools, answer, inputs, outputs, settings or end, with number and
  role where it has them. Of a row, parts are there with --full only, else
  null.";
