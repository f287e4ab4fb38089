//! What `prompts --help` says.

pub(in super::super::super) const PROMPTS: &str = "\
Prompts of the registry (mlflow.genai.register_prompt), with their versions,
aliases, texts, and which runs and traces used them, as MLflow linked them.
A version that was deleted is named, its text is not shown.

Examples:
  dspyglass prompts mlflow.db
  dspyglass prompts mlflow.db qa                 what changed in each version
  dspyglass prompts mlflow.db qa/3               one version in full
  dspyglass prompts mlflow.db qa@production --against 1
  dspyglass prompts mlflow.db qa --json | jq '.prompts[0].versions[-1].text'

JSON:
  {\"prompts\": [{name, workspace, description, creation_time_ms,
                last_updated_time_ms, experiment_ids: [], tags: {},
                aliases: {alias: version}, versions: [{version}]}]}
  workspace is null for the usual one. With a NAME the prompt's versions are
  {version, deleted, creation_time_ms, last_updated_time_ms, commit_message,
   user, aliases: [], kind: \"text\"|\"chat\"|null, text, messages: [{role,
   content}]|null, variables: [], response_format, model_config, tags: {},
   compared_with, diff: [{op, text}], diff_complete, runs: [], traces: []}
  text is null where none is stored; of a chat its messages, each below its
  role. runs and traces are ids, the newest first, up to 10,000 of each.";
