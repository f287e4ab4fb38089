//! A store with prompts, made of the tables that MLflow 3.18 writes, counted by hand.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// What a secret in a tag looks like.
pub const SECRET: &str = "sk-fake-token-0123456789abcdef";

/// The tables, as far as they are read, with workspaces.
const TABLES: &str = "
    create table experiments (experiment_id integer primary key, name text, lifecycle_stage text, creation_time bigint,
        artifact_location text, workspace text default 'default');
    create table runs (run_uuid text primary key, name text, experiment_id integer, status text, start_time bigint,
        end_time bigint, lifecycle_stage text, artifact_uri text);
    create table tags (key text, value text, run_uuid text, primary key (key, run_uuid));
    create table params (key text, value text, run_uuid text, primary key (key, run_uuid));
    create table latest_metrics (key text, value real, timestamp bigint, step bigint, is_nan boolean, run_uuid text);
    create table metrics (key text, value real, timestamp bigint, step bigint, is_nan boolean, run_uuid text);
    create table trace_info (request_id text primary key, experiment_id integer, timestamp_ms bigint,
        execution_time_ms bigint, status text, trace_name text, request_preview text, response_preview text);
    create table trace_tags (key text, value text, request_id text, primary key (key, request_id));
    create table trace_request_metadata (key text, value text, request_id text, primary key (key, request_id));
    create table spans (trace_id text, span_id text, parent_span_id text, name text, type text, status text,
        start_time_unix_nano bigint, end_time_unix_nano bigint, content text);
    create table entity_associations (association_id text, source_type text, source_id text, destination_type text,
        destination_id text);
    create table registered_models (name text, creation_time bigint, last_updated_time bigint, description text,
        workspace text default 'default', primary key (workspace, name));
    create table registered_model_tags (key text, value text, name text, workspace text default 'default');
    create table registered_model_aliases (alias text, version integer, name text, workspace text default 'default');
    create table model_versions (name text, version integer, creation_time bigint, last_updated_time bigint,
        description text, user_id text, current_stage text, source text, run_id text, status text,
        workspace text default 'default', primary key (workspace, name, version));
    create table model_version_tags (key text, value text, name text, version integer,
        workspace text default 'default');
";

/// `greet`: version 1, 2 (`production`), 3 deleted, 4 without a text, 10 (`champion`). `chatty`: a chat, then one that
/// is broken. `greet` of the workspace `team` is another prompt. `model` is a model.
const ROWS: &str = r#"
    insert into experiments (experiment_id, name, lifecycle_stage, workspace) values
        (1, 'desk', 'active', 'default'), (2, 'other desk', 'active', 'team');
    insert into registered_models (name, creation_time, last_updated_time, description, workspace) values
        ('greet', 1000, 9000, 'How we greet', 'default'), ('chatty', 2000, 2500, null, 'default'),
        ('greet', 3000, 3000, null, 'team'), ('model', 1, 1, null, 'default'), ('empty', 4000, 4000, null, 'default');
    insert into registered_model_tags (key, value, name, workspace) values
        ('mlflow.prompt.is_prompt', 'true', 'greet', 'default'), ('owner', 'ann', 'greet', 'default'),
        ('api_token', 'sk-fake-token-0123456789abcdef', 'greet', 'default'),
        ('_mlflow_experiment_ids', ',1,7,', 'greet', 'default'),
        ('mlflow.prompt.is_prompt', 'true', 'chatty', 'default'),
        ('mlflow.prompt.is_prompt', 'true', 'greet', 'team'),
        ('mlflow.prompt.is_prompt', 'true', 'empty', 'default'),
        ('owner', 'bo', 'model', 'default');
    insert into registered_model_aliases (alias, version, name, workspace) values
        ('production', 2, 'greet', 'default'), ('champion', 10, 'greet', 'default'), ('lost', 3, 'greet', 'default'),
        ('production', 1, 'greet', 'team');
    insert into model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage,
        workspace) values
        ('greet', 1, 1000, 1000, 'first', null, 'None', 'default'),
        ('greet', 2, 2000, 2000, 'warmer', 'ann', 'None', 'default'),
        ('greet', 3, 3000, 3500, null, null, 'Deleted_Internal', 'default'),
        ('greet', 4, 4000, 4000, null, null, 'None', 'default'),
        ('greet', 10, 9000, 9000, null, null, 'None', 'default'),
        ('chatty', 1, 2000, 2000, null, null, 'None', 'default'),
        ('chatty', 2, 2500, 2500, null, null, 'None', 'default'),
        ('greet', 1, 3000, 3000, null, null, 'None', 'team'),
        ('model', 1, 1, 1, null, null, 'None', 'default');
    insert into model_version_tags (key, value, name, version, workspace)
        select 'mlflow.prompt.is_prompt', 'true', name, version, workspace from model_versions where name <> 'model';
    insert into model_version_tags (key, value, name, version, workspace) values
        ('mlflow.prompt.text', 'Say hello to {{ name }}.', 'greet', 1, 'default'),
        ('mlflow.prompt.text', 'Say a warm hello to {{ name }} in {{ language }}.', 'greet', 2, 'default'),
        ('mlflow.prompt.text', 'withdrawn words', 'greet', 3, 'default'),
        ('mlflow.prompt.text', 'Say a warm hello to {{ name }} in {{ language }}, with the key sk-fake-token-0123456789abcdef.',
            'greet', 10, 'default'),
        ('author', 'ann', 'greet', 2, 'default'),
        ('_mlflow_prompt_type', 'chat', 'chatty', 1, 'default'),
        ('mlflow.prompt.text', '[{"role": "system", "content": "You are {{persona}}."}, {"role": "user", "content": [{"type": "text", "text": "{{question}}"}], "name": "ann"}]',
            'chatty', 1, 'default'),
        ('_mlflow_prompt_response_format', '{"type": "object"}', 'chatty', 1, 'default'),
        ('_mlflow_prompt_model_config', '{"model_name": "gpt-4o", "temperature": 0.2, "api_key": "sk-fake-token-0123456789abcdef"}',
            'chatty', 1, 'default'),
        ('_mlflow_prompt_type', 'chat', 'chatty', 2, 'default'),
        ('mlflow.prompt.text', '[{"role": "system", "content"', 'chatty', 2, 'default'),
        ('mlflow.prompt.associatedRunIds', 'old-run,gone-run', 'greet', 1, 'default'),
        ('mlflow.prompt.text', 'Hello, team', 'greet', 1, 'team');
    insert into runs (run_uuid, name, experiment_id, status, start_time, lifecycle_stage) values
        ('run-a', 'night', 1, 'FINISHED', 5000, 'active'), ('run-b', 'day', 1, 'FAILED', 6000, 'active'),
        ('run-broken', 'broken', 1, 'FINISHED', 6500, 'active'), ('run-deleted', 'gone', 1, 'FINISHED', 7000, 'deleted'),
        ('run-team', 'of the team', 2, 'FINISHED', 5500, 'active'), ('old-run', 'old', 1, 'FINISHED', 100, 'active');
    insert into tags (key, value, run_uuid) values
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": "2"}, {"name": "chatty", "version": "1"}]', 'run-a'),
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": 10}, {"name": "greet", "version": "2"}]', 'run-b'),
        ('mlflow.linkedPrompts', '[{"name": "greet", "ver', 'run-broken'),
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": "2"}]', 'run-deleted'),
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": "1"}]', 'run-team');
    insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status, trace_name) values
        ('tr-1', 1, 5001, 10, 'OK', 'Greeter'), ('tr-2', 1, 5002, 10, 'ERROR', 'Greeter'),
        ('tr-3', 1, 5003, 10, 'OK', 'Greeter'), ('tr-none', 1, 5004, 10, 'OK', 'Other'),
        ('tr-team', 2, 5005, 10, 'OK', 'Greeter');
    insert into trace_tags (key, value, request_id) values
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": "2"}]', 'tr-1'),
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": "2"}, {"name": "lost", "version": "7"}]', 'tr-2'),
        ('mlflow.linkedPrompts', '{"name": "greet"}', 'tr-none'),
        ('mlflow.linkedPrompts', '[{"name": "greet", "version": "1"}]', 'tr-team');
    insert into entity_associations (source_type, source_id, destination_type, destination_id) values
        ('trace', 'tr-1', 'prompt_version', 'greet/2'), ('trace', 'tr-3', 'prompt_version', 'greet/10'),
        ('trace', 'tr-3', 'run', 'run-a'), ('trace', 'tr-3', 'prompt_version', 'greeting/2');
"#;

/// Makes the store in a folder.
pub fn make(folder: &Path) -> PathBuf {
    let path = folder.join("mlflow.db");
    let connection = Connection::open(&path).expect("a new database");
    connection.execute_batch(TABLES).expect("tables");
    connection.execute_batch(ROWS).expect("rows");
    path
}
