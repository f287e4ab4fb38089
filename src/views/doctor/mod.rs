//! The run doctor: what went wrong in an optimization, or may have, each with its rule and its evidence.

mod rows;

use egui::{Label, RichText, ScrollArea, Ui};

use super::doctor_line::counted;
use super::names::run_name;
use super::parts::{link, slot_ui};
use super::scene::Scene;
use crate::analysis::doctor::{Evidence, Finding, Severity};
use crate::loader::{Lane, RunPage};
use crate::query::{Diagnosis, DoctorOf};
use crate::widgets::empty::empty_ui;
use crate::widgets::glyphs::Glyph;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// Lines of prose are no longer.
const LINE_MOST: f32 = 860.0;
/// The column of what kind of thing evidence is.
const KINDS: f32 = 66.0;
/// In less room the name of a run says nothing.
const NAME_LEAST: f32 = 60.0;
/// The column of the names of rules.
const RULES: f32 = 210.0;

pub(super) fn doctor_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    let slot = scene.loader.ask(&DoctorOf(page.run.id.clone()), Lane::Selection);
    let Some(diagnosis) = slot_ui(ui, scene, &slot, "The run doctor", size::TABLE_ROW) else { return };
    let Some(diagnosis) = diagnosis.as_ref() else {
        empty_ui(ui, "This store has no such run", "");
        return;
    };
    ScrollArea::vertical().id_salt("doctor").auto_shrink(false).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            text_ui(ui, &counted(diagnosis), Type::BodyStrong, Tone::Neutral);
            text_ui(ui, &rows::looked(diagnosis), Type::Small, Tone::Muted);
        });
        ui.add_space(size::GAP_S);
        for finding in &diagnosis.findings {
            finding_ui(ui, scene, page, finding);
            ui.add_space(size::GAP_S);
        }
        not_judged_ui(ui, diagnosis);
    });
}

fn finding_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage, finding: &Finding) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = size::GAP_XS;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            match finding.severity {
                Severity::Warning => Glyph::Warning.show(ui, Tone::Warn).on_hover_text("Warning"),
                Severity::Note => Glyph::Dot.show(ui, Tone::Faint).on_hover_text("Note"),
            };
            ui.vertical(|ui| {
                ui.set_max_width(LINE_MOST.min(ui.available_width()));
                prose_ui(ui, &finding.text, Type::BodyStrong, Tone::Neutral);
                prose_ui(ui, &finding.advice, Type::Body, Tone::Muted);
                ui.add_space(size::GAP_XS);
                // Lines of a list, no taller than their letters.
                ui.spacing_mut().interact_size.y = 0.0;
                let mut above = "";
                for evidence in &finding.evidence {
                    // What stands above is not repeated.
                    let kind = rows::kind(evidence);
                    evidence_ui(ui, scene, page, if kind == above { "" } else { kind }, evidence);
                    above = kind;
                }
                ui.add_space(size::GAP_XS);
                prose_ui(ui, &format!("Rule: {}", finding.rule.sentence()), Type::Small, Tone::Muted);
            });
        });
    });
}

fn evidence_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage, kind: &str, evidence: &Evidence) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let left = ui.cursor().left();
        if !kind.is_empty() {
            text_ui(ui, kind, Type::Small, Tone::Muted);
        }
        ui.add_space((left + KINDS - ui.cursor().left()).max(size::GAP_S));
        if link(ui, &evidence.what, Type::Small, Tone::Accent).clicked() {
            scene.go(rows::place(evidence, &page.run.experiment_id));
        }
        let run = evidence.run();
        if *run != page.run.id && rows::tells_run(evidence) && ui.available_width() > NAME_LEAST {
            ui.add_space(size::GAP_S);
            let name = format!("in {}", run_name(scene, run));
            ui.add(
                Label::new(RichText::new(name).font(Type::Small.font()).color(Tone::Muted.color(Tokens::of(ui))))
                    .truncate(),
            );
        }
    });
}

/// The rules that could not look.
fn not_judged_ui(ui: &mut Ui, diagnosis: &Diagnosis) {
    if diagnosis.not_judged.is_empty() {
        return;
    }
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        card_heading_ui(ui, "Not judged");
        ui.add_space(size::GAP_XS);
        let rows = diagnosis.not_judged.iter().map(|(rule, why)| KeyValue::prose(rule.as_str(), why));
        key_value::show_wrapped(ui, "not judged", RULES, &rows.collect::<Vec<_>>());
    });
    ui.add_space(size::GAP_S);
}

fn prose_ui(ui: &mut Ui, text: &str, cut: Type, tone: Tone) {
    let color = tone.color(Tokens::of(ui));
    ui.add(Label::new(RichText::new(text).font(cut.font()).color(color)).wrap());
}
