//! The window over a store in memory, found by what a screen reader hears. One program, so that it
//! is linked once.

#[path = "ui_window/against.rs"]
mod against;
#[path = "ui_window/aggregates.rs"]
mod aggregates;
#[path = "ui_window/artifacts.rs"]
mod artifacts;
#[path = "ui_window/artifacts_folder.rs"]
mod artifacts_folder;
#[path = "ui_window/beside.rs"]
mod beside;
#[path = "ui_window/chart_and_table.rs"]
mod chart_and_table;
#[path = "ui_window/charts.rs"]
mod charts;
#[path = "ui_window/chat.rs"]
mod chat;
#[path = "ui_window/coming_back.rs"]
mod coming_back;
mod common;
#[path = "ui_window/compare.rs"]
mod compare;
#[path = "ui_window/compare_examples.rs"]
mod compare_examples;
#[path = "ui_window/compare_traces.rs"]
mod compare_traces;
#[path = "ui_window/cost_places.rs"]
mod cost_places;
#[path = "ui_window/costs.rs"]
mod costs;
#[path = "common/desk.rs"]
mod desk;
#[path = "ui_window/details.rs"]
mod details;
#[path = "ui_window/doctor.rs"]
mod doctor;
#[path = "ui_window/examples.rs"]
mod examples;
#[path = "ui_window/examples_room.rs"]
mod examples_room;
#[path = "ui_window/experiments.rs"]
mod experiments;
#[path = "ui_window/failures.rs"]
mod failures;
#[path = "ui_window/family_tree.rs"]
mod family_tree;
#[path = "ui_window/idle.rs"]
mod idle;
#[path = "ui_window/intervals.rs"]
mod intervals;
#[path = "ui_window/kept_selection.rs"]
mod kept_selection;
#[path = "ui_window/labels.rs"]
mod labels;
#[path = "ui_window/large.rs"]
mod large;
#[expect(dead_code, reason = "some of it is for stores without a window")]
#[path = "common/late.rs"]
mod late;
#[path = "ui_window/links.rs"]
mod links;
#[path = "ui_window/many.rs"]
mod many;
#[path = "ui_window/navigation.rs"]
mod navigation;
#[path = "ui_window/optimizations.rs"]
mod optimizations;
#[path = "common/optimizers.rs"]
mod optimizer_cases;
#[path = "ui_window/optimizers.rs"]
mod optimizers;
#[path = "ui_window/origins.rs"]
mod origins;
#[path = "common/painted.rs"]
mod painted;
#[path = "ui_window/palette.rs"]
mod palette;
#[path = "ui_window/panels.rs"]
mod panels;
#[path = "ui_window/parts.rs"]
mod parts;
#[path = "ui_window/phrases.rs"]
mod phrases;
#[path = "ui_window/plain_evaluations.rs"]
mod plain_evaluations;
#[path = "ui_window/program_names.rs"]
mod program_names;
#[path = "ui_window/programs.rs"]
mod programs;
#[path = "common/prompts.rs"]
mod prompt_store;
#[path = "ui_window/prompts.rs"]
mod prompts;
#[path = "ui_window/remembered.rs"]
mod remembered;
#[path = "ui_window/results.rs"]
mod results;
#[path = "ui_window/right_to_left.rs"]
mod right_to_left;
#[path = "ui_window/room.rs"]
mod room;
#[path = "ui_window/round_trips.rs"]
mod round_trips;
#[path = "ui_window/run_menu.rs"]
mod run_menu;
#[path = "ui_window/run_page.rs"]
mod run_page;
#[path = "ui_window/runs.rs"]
mod runs;
#[path = "ui_window/same_words.rs"]
mod same_words;
#[path = "ui_window/search.rs"]
mod search;
#[path = "ui_window/sessions.rs"]
mod sessions;
#[path = "ui_window/side_panel.rs"]
mod side_panel;
#[path = "ui_window/sign_in.rs"]
mod sign_in;
#[path = "ui_window/slices.rs"]
mod slices;
#[expect(dead_code, reason = "what hangs and breaks off is asked without a window")]
#[path = "servers/stand_in.rs"]
mod stand_in;
#[path = "ui_window/stepping.rs"]
mod stepping;
#[path = "ui_window/steps.rs"]
mod steps;
#[path = "ui_window/trace_filter.rs"]
mod trace_filter;
#[path = "ui_window/traces.rs"]
mod traces;
#[path = "ui_window/verdict.rs"]
mod verdict;
#[path = "ui_window/walk.rs"]
mod walk;
#[path = "ui_window/welcome.rs"]
mod welcome;
