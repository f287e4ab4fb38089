//! Labels of one's own: right, wrong, a note and the answer that would have been right, of a trace or an example.

use egui::{Frame, Popup, PopupCloseBehavior, Ui, vec2};

use super::command::{Command, LabelCommand};
use super::label_editor::{Answered, editor_id, editor_ui, is_unsaved};
use super::scene::Scene;
use crate::loader::Lane;
use crate::model::program::Object;
use crate::model::{Judgement, Label, LabelChange, LabelOf, TraceId};
use crate::query::TraceScoreOf;
use crate::state::{Action, Place};
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// From this width on the buttons of a trace say what they are, in points.
const WORDS_FROM: f32 = 900.0;

/// The buttons of a trace on its page.
pub fn trace_labels_ui(ui: &mut Ui, scene: &mut Scene<'_>, trace: &TraceId) {
    let what = LabelOf::Trace(trace.clone());
    let Some((labels, _)) = scene.loader.labels() else { return };
    let none = Label::default();
    let label = labels.of(&what).unwrap_or(&none);
    bar_ui(ui, scene, &Said { what: &what, label, answered: Answered::By(trace), has_keys: true });
    if label.judgement.is_some() {
        let scored = scene.loader.ask(&TraceScoreOf(trace.clone()), Lane::Visible);
        let scored = scored.value().and_then(|scored| scored.as_ref().as_ref());
        if let Some(one) = scored.filter(|one| one.disagrees_with(label.judgement) == Some(true)) {
            let tip = one.score.map(|score| format!("Its score is {}", words::value(score))).unwrap_or_default();
            ui.add(Chip::new("metric says otherwise").glyph(Glyph::Warning, Tone::Warn)).on_hover_text(tip);
        }
    }
}

/// The buttons of an example beside a matrix: what is said of it, whatever answered it. `expected` is what the data
/// says; `None`: it cannot be told from others.
pub fn example_labels_ui(ui: &mut Ui, scene: &mut Scene<'_>, what: Option<&LabelOf>, expected: &Object) {
    let Some((labels, _)) = scene.loader.labels() else { return };
    let Some(what) = what else {
        let why = "Its inputs hold a secret that is masked: it cannot be told from others, and is not labelled";
        text_ui(ui, why, Type::Small, Tone::Muted);
        return;
    };
    let none = Label::default();
    let label = labels.of(what).unwrap_or(&none);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
        text_ui(ui, "This example is", Type::Small, Tone::Muted);
        bar_ui(ui, scene, &Said { what, label, answered: Answered::With(expected), has_keys: false });
    });
}

/// Does what a key says of the trace on screen.
pub fn run(ui: &Ui, scene: &mut Scene<'_>, command: LabelCommand) {
    let Place::Trace { trace, .. } = scene.place() else { return };
    let what = LabelOf::Trace(trace.clone());
    let Some((labels, _)) = scene.loader.labels() else { return };
    let said = labels.of(&what).and_then(|label| label.judgement);
    match command {
        LabelCommand::Right => toggle(scene, what, said, Judgement::Right),
        LabelCommand::Wrong => toggle(scene, what, said, Judgement::Wrong),
        LabelCommand::Note => Popup::open_id(ui.ctx(), editor_id(scene, &what)),
    }
}

fn toggle(scene: &mut Scene<'_>, what: LabelOf, said: Option<Judgement>, wanted: Judgement) {
    let judgement = Some(wanted).filter(|wanted| said != Some(*wanted));
    scene.act(Action::Label(what, LabelChange::Judgement(judgement)));
}

/// What the buttons speak of.
struct Said<'a> {
    what: &'a LabelOf,
    label: &'a Label,
    /// What was answered, or expected.
    answered: Answered<'a>,
    /// The keys speak of it, too.
    has_keys: bool,
}

fn bar_ui(ui: &mut Ui, scene: &mut Scene<'_>, said: &Said<'_>) {
    let Said { what, label, answered, has_keys } = *said;
    let judgements = [
        (Judgement::Right, "Right", LabelCommand::Right, Glyph::Check, Tone::Good),
        (Judgement::Wrong, "Wrong", LabelCommand::Wrong, Glyph::Cross, Tone::Bad),
    ];
    for (judgement, text, command, glyph, tone) in judgements {
        let is_on = label.judgement == Some(judgement);
        let chip = Chip::toggle(text, is_on).glyph(glyph, if is_on { tone } else { Tone::Faint });
        let key = Command::Labels(command).key_text(ui.ctx()).to_lowercase();
        // The head of a trace has much to say in little room.
        let chip = if has_keys { chip.key(&key).bare(ui.max_rect().width() < WORDS_FROM) } else { chip };
        let tip = format!("{}. {}", command.text(), command.tooltip());
        if ui.add(chip).on_hover_text(tip).clicked() {
            toggle(scene, what.clone(), label.judgement, judgement);
        }
    }
    let id = editor_id(scene, what);
    let is_open = Popup::is_id_open(ui.ctx(), id);
    let note = words::one_line(&label.note, 40);
    let told = match (&label.corrected, note.is_empty()) {
        (Some(_), true) => "corrected".to_owned(),
        (Some(_), false) => format!("corrected · {note}"),
        (None, _) => note.into_owned(),
    };
    let told = if !is_open && is_unsaved(ui, id, label) { "not saved".to_owned() } else { told };
    let key = Command::Labels(LabelCommand::Note).key_text(ui.ctx()).to_lowercase();
    let chip = Chip::button("Note…").note(&told);
    let button = ui.add(if has_keys { chip.key(&key) } else { chip });
    let popup = Popup::menu(&button).id(id).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.accessible_name("Note and corrected answer").show(|ui| {
        Frame::new().inner_margin(size::GAP_S).show(ui, |ui| editor_ui(ui, scene, (what, label), answered));
    });
    button.on_hover_text(LabelCommand::Note.tooltip());
}
