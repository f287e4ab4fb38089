//! The bar at the bottom: what the store is, what is shown of it, what went wrong, what was slow.

mod server;

use egui::{Align, Layout, Ui};

use super::command::Command;
use super::parts::link;
use super::passing::{PassingMemory, passing_ui};
use super::scene::Scene;
use crate::loader::Lane;
use crate::query::CountsOfExperiments;
use crate::state::{Action, Place};
use crate::store::Total;
use crate::widgets::row_text;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

pub(super) fn status_bar_ui(ui: &mut Ui, scene: &mut Scene<'_>, passing: &mut PassingMemory, spans: Option<String>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_L;
        let Some(info) = scene.loader.info().cloned() else {
            text_ui(ui, "No store is open", Type::Caption, Tone::Muted);
            return;
        };
        let mut store = vec![info.kind.to_owned()];
        store.extend(info.schema_of.clone());
        store.extend(info.size_bytes.map(words::bytes));
        store.push(info.opened_as.clone().map_or("read-only".to_owned(), |how| format!("read-only, {how}")));
        let mut whereabouts = format!("{}: {}", info.kind, info.location);
        let store = store.join(" · ");
        let server = server::words(scene);
        whereabouts.extend(server.as_ref().map(|server| server.untold.as_str()));
        let shown = shown(scene, spans).unwrap_or_default();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_L;
            if link(ui, "? keys", Type::Caption, Tone::Muted).on_hover_text(Command::ShowKeys.tooltip()).clicked() {
                scene.act(Action::ShowKeys(!scene.state.shows_keys));
            }
            let warnings = scene.loader.warnings().len();
            if warnings > 0 {
                let text = format!("! {}", words::counted(warnings, "warning"));
                if link(ui, &text, Type::Caption, Tone::Warn).clicked() {
                    scene.act(Action::ShowWarnings(true));
                }
            }
            let beside = server.as_ref().map_or("", |server| server.text.as_str());
            slowest_ui(ui, scene, [&store, &shown, beside]);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if server.is_none() {
                    text_ui(ui, &store, Type::Caption, Tone::Muted).on_hover_text(whereabouts);
                } else if link(ui, &store, Type::Caption, Tone::Muted).on_hover_text(whereabouts).clicked() {
                    scene.act(Action::ShowServer(!scene.state.shows_server));
                }
                server::server_ui(ui, server.as_ref());
                if !shown.is_empty() {
                    text_ui(ui, &shown, Type::Caption, Tone::Muted);
                }
                passing_ui(ui, scene, passing);
            });
        });
    });
}

/// What was slow, where there is room for it beside the rest.
fn slowest_ui(ui: &mut Ui, scene: &Scene<'_>, rest: [&str; 3]) {
    let Some(slowest) = scene.loader.slowest().filter(|_| !scene.clock.is_fixed) else { return };
    let ns = i64::try_from(slowest.took.as_nanos()).unwrap_or(i64::MAX);
    let text = format!("slowest query {}", words::duration_ns(ns));
    let width = |text: &str| row_text::layout(ui.painter(), text, Type::Caption.font(), f32::INFINITY).size().x;
    let taken: f32 = rest.into_iter().chain([text.as_str()]).map(|text| width(text) + size::GAP_L).sum();
    if taken < ui.available_width() {
        text_ui(ui, &text, Type::Caption, Tone::Muted).on_hover_text(slowest.label);
    }
}

/// How much of how much is shown.
fn shown(scene: &mut Scene<'_>, spans: Option<String>) -> Option<String> {
    match scene.place().clone() {
        Place::Trace { .. } => spans,
        place if place.lists_traces() => {
            let index = scene.loader.trace_index(&place.scope(), Lane::Visible);
            let index = index.value()?;
            let shown = index.handles.len() as u64;
            Some(match index.total {
                Total::Exact(total) if total == shown => words::counted(total, "trace"),
                Total::Exact(total) => format!("{} of {} shown", words::count(shown), words::counted(total, "trace")),
                Total::AtLeast(known) => words::at_least(&words::counted(known, "trace")),
            })
        }
        place => {
            let counts = scene.loader.ask(&CountsOfExperiments, Lane::Visible);
            let counts = counts.value()?;
            let of_place = counts.iter().filter(|(id, _)| place.experiment().is_none_or(|own| own == id));
            let (mut runs, mut traces) = (0, Some(0));
            for (_, count) in of_place {
                runs += count.runs;
                traces = traces.zip(count.traces).map(|(sum, more)| sum + more);
            }
            let traces = traces.map(|traces| format!(" · {}", words::counted(traces, "trace"))).unwrap_or_default();
            Some(format!("{}{traces}", words::counted(runs, "run")))
        }
    }
}
