//! What the run doctor says of an optimization, in one line, which leads to all of it.

use std::sync::Arc;

use egui::{Label, RichText, Ui};

use super::parts::link;
use super::scene::Scene;
use crate::analysis::doctor::Severity;
use crate::loader::{Lane, Optimization, Slot};
use crate::model::{RunId, RunStatus};
use crate::query::{Diagnosis, DoctorOf};
use crate::state::{Action, RunTab};
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// The diagnosis of an optimization that has ended. Of one that runs it is made only for who opens its tab: it looks
/// into all traces, which would have to be done again with everything that is written.
pub(super) fn diagnosis(scene: &mut Scene<'_>, run: &RunId, status: &RunStatus) -> Option<Arc<Option<Diagnosis>>> {
    if matches!(status, RunStatus::Running | RunStatus::Scheduled) {
        return None;
    }
    diagnosis_slot(scene, run).value().cloned()
}

/// What the doctor says so far. It may take seconds, for which nothing else on screen has to wait.
fn diagnosis_slot(scene: &mut Scene<'_>, run: &RunId) -> Slot<Option<Diagnosis>> {
    scene.loader.ask(&DoctorOf(run.clone()), Lane::Prefetch)
}

/// How many findings there are, in words: `2 warnings, 1 note`.
pub(super) fn counted(diagnosis: &Diagnosis) -> String {
    let notes = diagnosis.findings.len() - diagnosis.warnings();
    let parts = [(diagnosis.warnings(), "warning"), (notes, "note")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, one)| words::counted(*n, one)).collect();
    if parts.is_empty() { "Nothing found".to_owned() } else { parts.join(", ") }
}

/// The line under seed and winner: how many findings, and the first of them. It keeps its room while it is looked for.
pub(super) fn doctor_line_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization) {
    if matches!(found.run.status, RunStatus::Running | RunStatus::Scheduled) {
        return;
    }
    let slot = diagnosis_slot(scene, &found.run.id);
    // No taller than its letters: what stands below needs the room.
    ui.spacing_mut().interact_size.y = 0.0;
    ui.add_space(size::GAP_XS);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        text_ui(ui, "Doctor", Type::Small, Tone::Muted);
        let Some(diagnosis) = slot.value().and_then(|diagnosis| diagnosis.as_ref().as_ref()) else {
            let text = slot.error().map_or_else(|| "looks into the traces…".to_owned(), ToString::to_string);
            text_ui(ui, &text, Type::Small, Tone::Faint);
            return;
        };
        let first = diagnosis.findings.first();
        let is_warning = first.is_some_and(|first| first.severity == Severity::Warning);
        if is_warning {
            Glyph::Warning.show(ui, Tone::Warn);
        }
        let count = counted(diagnosis);
        if link(ui, &count, Type::Small, Tone::Accent).on_hover_text("See what was found, and where").clicked() {
            scene.act(Action::ShowRunTab(RunTab::Doctor));
        }
        if let Some(first) = first {
            let color = Tone::Muted.color(Tokens::of(ui));
            let text = RichText::new(&first.text).font(Type::Small.font()).color(color);
            ui.add(Label::new(text).truncate());
        }
    });
}
