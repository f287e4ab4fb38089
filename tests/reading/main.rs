//! Reading stores: everything equals what plain SQL and MLflow's own API say, and a store is
//! as it was afterwards.

mod addresses;
mod any_kind;
mod artifact_roots;
mod bad_tables;
mod beginnings;
mod beside;
mod budgets;
mod chat;
mod conformance;
mod counting;
mod examples;
mod examples_hostile;
mod family_tree_hostile;
mod gepa_scores;
mod hostile;
mod labelled_examples;
mod lists;
mod log_files;
mod optimizations;
#[path = "../common/over_ssh.rs"]
mod over_ssh;
mod planted;
mod program_history_times;
mod programs;
mod programs_hostile;
#[path = "../common/prompts.rs"]
mod prompt_store;
mod prompts;
mod provenance;
mod repeated_calls;
mod repeats;
mod runs_table;
mod safety;
mod scales;
mod score_scopes;
mod search;
mod search_counts;
mod search_pairs;
mod span_texts;
mod statistics;
mod stats;
mod steps;
mod support;
mod told_beside;
mod trace_filter;
mod trace_hostile;
mod traces_counted;
mod traces_of_runs;
mod without_traces;
