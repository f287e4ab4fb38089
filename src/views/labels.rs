//! Labels of one's own: right, wrong, a note and the answer that would have been right, of a trace or an example.

use egui::{Align, Frame, Id, Layout, Popup, PopupCloseBehavior, TextEdit, Ui, vec2};

use super::command::{Command, LabelCommand};
use super::scene::Scene;
use crate::loader::Lane;
use crate::model::program::Object;
use crate::model::{Json, Judgement, Label, LabelChange, LabelOf, TraceId};
use crate::query::{AnsweredFieldsOf, LabelledOf};
use crate::state::{Action, Place};
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// From this width on the buttons of a trace say what they are, in points.
const WORDS_FROM: f32 = 900.0;

/// The editor's width.
const WIDTH: f32 = 380.0;
/// It shows no more fields.
const FIELDS: usize = 8;

/// What is being written.
#[derive(Clone)]
struct Draft {
    of: LabelOf,
    note: String,
    /// Each field of the answer: its name, how it is now, what is written.
    fields: Vec<(String, Json, String)>,
}

/// The buttons of a trace on its page.
pub fn trace_labels_ui(ui: &mut Ui, scene: &mut Scene<'_>, trace: &TraceId) {
    let what = LabelOf::Trace(trace.clone());
    let Some((labels, version)) = scene.loader.labels() else { return };
    let label = labels.of(&what).cloned().unwrap_or_default();
    let answer = scene.loader.ask(&AnsweredFieldsOf(trace.clone()), Lane::Prefetch);
    let answer = answer.value().and_then(|answer| answer.as_ref().clone()).unwrap_or_default();
    let said = Said { what, label, answer: &answer, has_keys: true };
    bar_ui(ui, scene, &said);
    if said.label.judgement.is_some() {
        let scored = scene.loader.ask(&LabelledOf { version }, Lane::Visible);
        let own = scored.value().and_then(|all| all.iter().find(|one| one.what == said.what));
        if let Some(one) = own.filter(|one| one.disagrees == Some(true)) {
            let tip = one.score.map(|score| format!("Its score is {}", words::value(score))).unwrap_or_default();
            ui.add(Chip::new("metric says otherwise").glyph(Glyph::Warning, Tone::Warn)).on_hover_text(tip);
        }
    }
}

/// The buttons of an example beside a matrix: what is said of it, whatever answered it. `expected` is what the data
/// says.
pub fn example_labels_ui(ui: &mut Ui, scene: &mut Scene<'_>, inputs: &Object, expected: &Object) {
    let Some((labels, _)) = scene.loader.labels() else { return };
    let Some(what) = LabelOf::example(inputs) else {
        let why = "Its inputs hold a secret that is masked: it cannot be told from others, and is not labelled";
        text_ui(ui, why, Type::Small, Tone::Muted);
        return;
    };
    let label = labels.of(&what).cloned().unwrap_or_default();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
        text_ui(ui, "This example is", Type::Small, Tone::Muted);
        bar_ui(ui, scene, &Said { what, label, answer: expected, has_keys: false });
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
        LabelCommand::Note => Popup::open_id(ui.ctx(), editor_id(&what)),
    }
}

fn toggle(scene: &mut Scene<'_>, what: LabelOf, said: Option<Judgement>, wanted: Judgement) {
    let judgement = Some(wanted).filter(|wanted| said != Some(*wanted));
    scene.act(Action::Label(what, LabelChange::Judgement(judgement)));
}

fn editor_id(what: &LabelOf) -> Id {
    Id::unique(("label-editor", what))
}

/// What the buttons speak of.
struct Said<'a> {
    what: LabelOf,
    label: Label,
    /// What was answered, or expected: it can be corrected.
    answer: &'a Object,
    /// The keys speak of it, too.
    has_keys: bool,
}

fn bar_ui(ui: &mut Ui, scene: &mut Scene<'_>, said: &Said<'_>) {
    let Said { what, label, has_keys, .. } = said;
    let judgements = [
        (Judgement::Right, "Right", LabelCommand::Right, Glyph::Check, Tone::Good),
        (Judgement::Wrong, "Wrong", LabelCommand::Wrong, Glyph::Cross, Tone::Bad),
    ];
    for (judgement, text, command, glyph, tone) in judgements {
        let is_on = label.judgement == Some(judgement);
        let chip = Chip::toggle(text, is_on).glyph(glyph, if is_on { tone } else { Tone::Faint });
        let key = Command::Labels(command).key_text(ui.ctx()).to_lowercase();
        // The head of a trace has much to say in little room.
        let chip = if *has_keys { chip.key(&key).bare(ui.max_rect().width() < WORDS_FROM) } else { chip };
        let tip = format!("{}. {}", command.text(), command.tooltip());
        if ui.add(chip).on_hover_text(tip).clicked() {
            toggle(scene, what.clone(), label.judgement, judgement);
        }
    }
    let note = words::one_line(&label.note, 40);
    let told = match (&label.corrected, note.is_empty()) {
        (Some(_), true) => "corrected".to_owned(),
        (Some(_), false) => format!("corrected · {note}"),
        (None, _) => note.into_owned(),
    };
    let key = Command::Labels(LabelCommand::Note).key_text(ui.ctx()).to_lowercase();
    let chip = Chip::button("Note…").note(&told);
    let button = ui.add(if *has_keys { chip.key(&key) } else { chip });
    let id = editor_id(what);
    let popup = Popup::menu(&button).id(id).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let is_open = popup.is_open();
    popup.accessible_name("Note and corrected answer").show(|ui| {
        Frame::new().inner_margin(size::GAP_S).show(ui, |ui| editor_ui(ui, scene, said));
    });
    if !is_open {
        ui.data_mut(|data| data.remove::<Draft>(id));
    }
    button.on_hover_text(LabelCommand::Note.tooltip());
}

fn editor_ui(ui: &mut Ui, scene: &mut Scene<'_>, said: &Said<'_>) {
    let Said { what, label, answer, .. } = said;
    let id = editor_id(what);
    let known: Option<Draft> = ui.data(|data| data.get_temp(id));
    let is_new = known.is_none();
    let mut draft = known.filter(|draft| draft.of == *what).unwrap_or_else(|| begun(what, label, answer));
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 4.0 * size::GAP_XL));
    ui.spacing_mut().item_spacing.y = size::GAP_XS;
    let note = text_edit(ui, "Note", &mut draft.note, 2);
    if is_new {
        note.request_focus();
    }
    if !draft.fields.is_empty() {
        ui.add_space(size::GAP_S);
        text_ui(ui, "How the answer should have been", Type::Small, Tone::Muted);
        for (name, _, text) in &mut draft.fields {
            text_edit(ui, name, text, 1);
        }
    }
    ui.add_space(size::GAP_S);
    let mut is_done = false;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        if ui.add(Chip::button("Save").tone(Tone::Accent)).clicked() {
            save(scene, &draft, label, answer);
            is_done = true;
        }
        is_done |= ui.add(Chip::button("Cancel")).clicked();
        text_ui(ui, "kept in your data folder", Type::Small, Tone::Faint);
    });
    if is_done {
        ui.data_mut(|data| data.remove::<Draft>(id));
        ui.close();
    } else {
        ui.data_mut(|data| {
            data.insert_temp(id, draft);
        });
    }
}

fn text_edit(ui: &mut Ui, name: &str, text: &mut String, rows: usize) -> egui::Response {
    let label = text_ui(ui, name, Type::Small, Tone::Muted);
    let edit = TextEdit::multiline(text).desired_rows(rows).desired_width(f32::INFINITY).font(Type::Small.font());
    ui.add(edit).labelled_by(label.id)
}

/// The fields as they are: as corrected, else as answered.
fn begun(what: &LabelOf, label: &Label, answer: &Object) -> Draft {
    let corrected = |name: &String| label.corrected.as_ref().and_then(|fields| fields.get(name));
    let field = |(name, given): (&String, &Json)| {
        let now = corrected(name).unwrap_or(given);
        (name.clone(), now.clone(), as_text(now))
    };
    Draft { of: what.clone(), note: label.note.clone(), fields: answer.iter().take(FIELDS).map(field).collect() }
}

fn as_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Says what was changed. A field that is as it was answered is not corrected; what is no text stays JSON if it is
/// some.
fn save(scene: &mut Scene<'_>, draft: &Draft, label: &Label, answer: &Object) {
    let note = draft.note.trim();
    if note != label.note {
        scene.act(Action::Label(draft.of.clone(), LabelChange::Note(note.to_owned())));
    }
    let mut fields = label.corrected.clone().unwrap_or_default();
    for (name, now, text) in &draft.fields {
        if *text == as_text(now) {
            continue;
        }
        let value = match answer.get(name) {
            Some(Json::String(_)) | None => Json::from(text.as_str()),
            Some(_) => crate::model::json::decode(text.as_bytes()).value.mask(name, crate::model::Reveal::Revealed),
        };
        if answer.get(name) == Some(&value) {
            fields.shift_remove(name);
        } else {
            fields.insert(name.clone(), value);
        }
    }
    let corrected = Some(fields).filter(|fields| !fields.is_empty());
    if corrected != label.corrected {
        scene.act(Action::Label(draft.of.clone(), LabelChange::Corrected(corrected)));
    }
}
