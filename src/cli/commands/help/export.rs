//! The help of `export` and `labels`.

pub(in crate::cli) const EXPORT: &str = "\
Examples:
  dspyglass export mlflow.db --to mlflow --trace tr-3f2 --out trace.json
  dspyglass export mlflow.db --to otlp --run eval_full_3 --out spans.json
  dspyglass export mlflow.db --to jsonl --filter 'status = ERROR' | head
  dspyglass export mlflow.db --to trainset --run eval_full_3 > trainset.json

What is written:
  mlflow    as mlflow.entities.Trace.to_json writes a trace: one trace for one
            --trace, else a list; Trace.from_json reads each. Ids that
            OpenTelemetry does not allow are replaced by ones made of them.
            NaN and infinities are the texts \"NaN\", \"Infinity\", \"-Infinity\"
  otlp      {\"resourceSpans\": […]}, one for each trace: ids in hex, times as
            texts, typed attributes. Tags and assessments have no place there
  jsonl     {trace_id, run_id, experiment_id, name, status, start_time_ms,
            duration_ms, inputs, outputs, outputs_from_repr} on each line
  trainset  a list of examples, each distinct one once:
              [dspy.Example(**one).with_inputs(*one[\"dspy_input_keys\"])
               for one in json.load(open(\"trainset.json\"))]
            dspy_answer_from says where the answer comes from: corrected (your
            label), right (the program's, labelled right), expected (the data
            or an expectation), answered (the program's, not looked at); of
            the same inputs the first of these counts. Answers that you called
            wrong and did not correct are left out where none is expected

Traces are read one at a time; a file appears when all of it is written, and
a database is never written over. Secrets are masked without --reveal.
dspyglass opens files of mlflow and otlp again, as any store: dspyglass
traces spans.json

JSON:
  {written, left_out, file}, with --out; without it what was asked for is
  written as it is.";

pub(in crate::cli) const LABELS: &str = "\
What you said of traces and examples in the window: right, wrong, a note, a
corrected answer. Labels are kept in your data folder and never in the store;
a store that is moved or copied keeps them.

Examples:
  dspyglass labels mlflow.db
  dspyglass labels mlflow.db --disagree
  dspyglass export mlflow.db --to trainset --out trainset.json

JSON:
  {\"labels\": [{trace_id, example, label, note, corrected, time_ms, run_id,
               score, disagrees, missing}]}
  newest first. One of trace_id and example is null; example is a hash of the
  inputs. label is \"right\", \"wrong\" or null; disagrees is whether it says
  otherwise than the score of the trace, null where one of them says nothing;
  missing is whether the store lacks the trace.";
