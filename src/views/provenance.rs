//! Where an instruction came from, in one line that leads there.

use egui::{Label, RichText, Ui};

use super::parts::link;
use super::scene::Scene;
use crate::analysis::provenance::WriterKind;
use crate::loader::Lane;
use crate::model::predictor_title;
use crate::query::{Origin, Provenance, ProvenanceOf};
use crate::state::{DetailTab, Place, SpanRef};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// A line that may lead somewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// The words that lead there.
    pub text: String,
    /// What stands behind them.
    pub note: String,
    /// What is told when the pointer rests on them.
    pub tip: String,
    /// Where it leads.
    pub target: Option<Place>,
}

impl Line {
    /// Whether it says the same, wherever it leads.
    fn is_like(&self, other: &Self) -> bool {
        self.text == other.text && self.note == other.note
    }
}

/// Who wrote the instruction of a predictor: it is looked for when this is first drawn.
/// `of`: whose instructions, where that does not stand above.
pub(super) fn provenance_ui(ui: &mut Ui, scene: &mut Scene<'_>, asked: &ProvenanceOf, of: &str) {
    let told = looked_up(scene, asked);
    named_ui(ui, scene, &told, of);
}

/// Who wrote the instructions of several predictors, which are named: those of one origin stand together.
pub(super) fn provenance_of_all_ui(ui: &mut Ui, scene: &mut Scene<'_>, asked: &[ProvenanceOf]) {
    let told: Vec<(&str, Line)> = asked.iter().map(|one| (one.path.as_str(), looked_up(scene, one))).collect();
    let mut kinds: Vec<&Line> = Vec::new();
    for (_, line) in &told {
        if !kinds.iter().any(|known| known.is_like(line)) {
            kinds.push(line);
        }
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        for kind in kinds {
            let text = text_ui(ui, &words::one_line(&kind.text, 200), Type::Small, Tone::Muted);
            if !kind.note.is_empty() {
                text.on_hover_text(&kind.note);
            }
            for (path, line) in told.iter().filter(|(_, line)| line.is_like(kind)) {
                let title = predictor_title(path);
                let Some(target) = &line.target else {
                    text_ui(ui, title, Type::Small, Tone::Neutral);
                    continue;
                };
                let said = [&*line.text, &*line.note, &*line.tip];
                let said: Vec<&str> = said.into_iter().filter(|said| !said.is_empty()).collect();
                if link(ui, title, Type::Small, Tone::Accent).on_hover_text(said.join("\n")).clicked() {
                    scene.go(target.clone());
                }
            }
        }
    });
}

/// What is known of where an instruction came from.
fn looked_up(scene: &mut Scene<'_>, asked: &ProvenanceOf) -> Line {
    // Many traces may have to be read, and nobody may ask for the answer.
    let slot = scene.loader.ask(asked, Lane::Prefetch);
    let plain = |text: String| Line { text, ..Line::default() };
    match (slot.value(), slot.error()) {
        (Some(told), _) => match told.as_ref() {
            Some(told) => line(told),
            None => plain("Its origin is not known: its optimization has no such instruction".to_owned()),
        },
        (None, Some(error)) => plain(format!("Who wrote it could not be looked up: {error}")),
        (None, None) => plain("Looking for who wrote it…".to_owned()),
    }
}

/// A line, as a link where it leads somewhere.
pub(super) fn line_ui(ui: &mut Ui, scene: &mut Scene<'_>, line: &Line) {
    named_ui(ui, scene, line, "");
}

fn named_ui(ui: &mut Ui, scene: &mut Scene<'_>, line: &Line, name: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        if !name.is_empty() {
            text_ui(ui, &words::one_line(name, 80), Type::Small, Tone::Muted);
        }
        match &line.target {
            Some(target) => {
                let mut response = link(ui, &line.text, Type::Small, Tone::Accent);
                if !line.tip.is_empty() {
                    response = response.on_hover_text(&line.tip);
                }
                if response.clicked() {
                    scene.go(target.clone());
                }
            }
            None => {
                text_ui(ui, &words::one_line(&line.text, 200), Type::Small, Tone::Muted);
            }
        }
        if !line.note.is_empty() {
            let note = words::one_line(&line.note, 300);
            let rich = RichText::new(note.as_ref()).font(Type::Small.font()).color(Tokens::of(ui).text2);
            ui.add(Label::new(rich).truncate());
        }
    });
}

/// What is told of where an instruction came from.
pub(super) fn line(told: &Provenance) -> Line {
    let plain = |text: &str, note: String| Line { text: text.to_owned(), note, ..Line::default() };
    match &told.origin {
        Origin::Writer(found) => {
            let writer = &found.writer;
            let place = Place::Trace {
                experiment: None,
                run: Some(told.parent.clone()),
                trace: writer.trace.clone(),
                span: Some(SpanRef { id: writer.span_id.clone(), nth: writer.span_nth }),
                detail: DetailTab::Outputs,
            };
            let what = match writer.kind {
                WriterKind::Proposer | WriterKind::CallOfProposer | WriterKind::ReflectionPrompt => {
                    "Written by the proposer"
                }
                WriterKind::BareCall => "Written by a model",
                WriterKind::OtherPredictor => "Written by a predictor",
            };
            let note = if found.is_inferred { "inferred" } else { "" };
            // A proposer is given much: its fields would fill the line and tell nothing about the instruction.
            let tip =
                writer.signature.as_ref().map(|signature| format!("Its signature: {signature}")).unwrap_or_default();
            Line { text: format!("{what} in {}", writer.name), note: note.to_owned(), tip, target: Some(place) }
        }
        Origin::Program { is_inferred: false } => {
            plain("Of the program that was given to the optimization", "no proposer wrote it".to_owned())
        }
        Origin::Program { is_inferred: true } => {
            plain("Of the program that was given to the optimization", "inferred".to_owned())
        }
        Origin::Unknown => {
            let traces = words::count(told.looked.traces);
            let rest = if told.looked.complete { "" } else { "; there are more" };
            let note = match told.looked.traces {
                0 => "the optimization has no traces to look into".to_owned(),
                _ => format!("it is in no output of the {traces} traces looked into{rest}"),
            };
            plain("Who wrote it was not found", note)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::provenance::{TextMatch, Writer};
    use crate::query::provenance::{Found, Looked};

    #[test]
    fn the_signature_of_a_proposer_is_told_on_the_pointer_only() {
        let writer = Writer {
            trace: "tr-1".into(),
            span_id: "1f".into(),
            span_nth: 0,
            name: "Predict.forward".into(),
            kind: WriterKind::Proposer,
            signature: Some("dataset_description, program_code -> proposed_instruction".into()),
            start_ns: 0,
            end_ns: None,
            inputs: None,
            outputs: "Be kind.".into(),
        };
        let found = Found { writer, text_match: TextMatch::Whole, is_inferred: false };
        let mut told = Provenance {
            parent: "p".into(),
            path: "say".into(),
            instruction: "Be kind.".into(),
            origin: Origin::Writer(Box::new(found.clone())),
            used_by: Vec::new(),
            looked: Looked::default(),
        };
        let shown = line(&told);
        assert_eq!((shown.text.as_str(), shown.note.as_str()), ("Written by the proposer in Predict.forward", ""));
        assert_eq!(shown.tip, "Its signature: dataset_description, program_code -> proposed_instruction");
        told.origin = Origin::Writer(Box::new(Found { is_inferred: true, ..found }));
        assert_eq!(line(&told).note, "inferred");
    }
}
