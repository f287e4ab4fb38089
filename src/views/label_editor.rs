//! What is written of a trace or an example: a note, and the answer as it should have been. What was begun stays until
//! it is saved or cancelled, whatever else is clicked meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use egui::{Align, Id, Layout, ScrollArea, TextEdit, Ui};

use super::scene::Scene;
use crate::loader::Lane;
use crate::model::program::Object;
use crate::model::{Json, Label, LabelChange, LabelOf, Reveal, TraceId, json};
use crate::query::AnsweredFieldsOf;
use crate::state::Action;
use crate::widgets::chips::Chip;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// The editor's width.
const WIDTH: f32 = 380.0;
/// What is written takes no more of the window's height; the rest scrolls.
const SHARE: f32 = 0.5;
/// It shows no more fields.
const FIELDS: usize = 8;
/// What is saved is kept within this time, or was not.
const KEPT_WITHIN: Duration = Duration::from_secs(2);
/// Nobody corrects a longer text in a small field, in bytes.
const LONGEST: usize = 64 << 10;

/// What was answered: it can be corrected.
#[derive(Clone, Copy)]
pub(super) enum Answered<'a> {
    /// By a trace; it is read when the editor opens.
    By(&'a TraceId),
    /// These fields.
    With(&'a Object),
}

/// What is being written.
struct Draft {
    note: Written,
    /// Those of the answer; `None` while it is read.
    fields: Option<Vec<Field>>,
    /// So many fields are not offered.
    left_out: usize,
    /// What was to be kept of it, and since when; it stays until that is so.
    saved: Option<(Label, Instant)>,
}

/// A text, as it was and as it is written.
struct Written {
    before: String,
    text: String,
}

/// A field of the answer.
struct Field {
    name: String,
    answered: Json,
    value: Written,
}

type Kept = Arc<Mutex<Draft>>;

impl Draft {
    fn begun(label: &Label) -> Self {
        Self { note: Written::of(label.note.clone()), fields: None, left_out: 0, saved: None }
    }

    /// The fields as they are: as corrected, else as answered.
    fn answered(&mut self, label: &Label, answer: Option<&Object>) {
        let corrected = |name: &String| label.corrected.as_ref().and_then(|fields| fields.get(name));
        let field = |(name, answered): (&String, &Json)| {
            let now = as_text(corrected(name).unwrap_or(answered));
            (now.len() <= LONGEST).then(|| Field {
                name: name.clone(),
                answered: answered.clone(),
                value: Written::of(now),
            })
        };
        let fields: Vec<Field> = answer.into_iter().flatten().filter_map(field).take(FIELDS).collect();
        self.left_out = answer.map_or(0, Object::len).saturating_sub(fields.len());
        self.fields = Some(fields);
    }

    /// Whether it says something that the label does not, and is not just being kept.
    fn is_unsaved(&self, label: &Label) -> bool {
        match &self.saved {
            Some((saved, _)) if (&saved.note, &saved.corrected) == (&label.note, &label.corrected) => false,
            Some((_, since)) if since.elapsed() < KEPT_WITHIN => true,
            _ => self.is_changed(),
        }
    }

    fn is_changed(&self) -> bool {
        self.note.is_changed() || self.fields.iter().flatten().any(|field| field.value.is_changed())
    }
}

impl Written {
    fn of(text: String) -> Self {
        Self { before: text.clone(), text }
    }

    fn is_changed(&self) -> bool {
        self.text != self.before
    }
}

/// The editor of a store's label: other stores have traces of the same id, and the same examples.
pub(super) fn editor_id(scene: &Scene<'_>, what: &LabelOf) -> Id {
    Id::unique(("label-editor", scene.loader.info().map(|info| info.location.to_string()), what))
}

fn kept(ui: &Ui, id: Id) -> Option<Kept> {
    ui.data(|data| data.get_temp(id))
}

fn lock(kept: &Kept) -> MutexGuard<'_, Draft> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The editor is closed: says whether something in it is not saved.
pub(super) fn is_unsaved(ui: &Ui, id: Id, label: &Label) -> bool {
    let Some(kept) = kept(ui, id) else { return false };
    let draft = lock(&kept);
    let is_unsaved = draft.is_unsaved(label);
    if !is_unsaved {
        // It begins anew with what is said by then.
        ui.data_mut(|data| data.remove::<Kept>(id));
    }
    is_unsaved && draft.saved.as_ref().is_none_or(|(_, since)| since.elapsed() >= KEPT_WITHIN)
}

pub(super) fn editor_ui(ui: &mut Ui, scene: &mut Scene<'_>, (what, label): (&LabelOf, &Label), answered: Answered<'_>) {
    let id = editor_id(scene, what);
    let known = kept(ui, id);
    let is_new = known.is_none();
    let own = known.unwrap_or_else(|| Arc::new(Mutex::new(Draft::begun(label))));
    if is_new {
        ui.data_mut(|data| data.insert_temp(id, Arc::clone(&own)));
    }
    let mut draft = lock(&own);
    let window = ui.ctx().content_rect();
    ui.set_width(WIDTH.min(window.width() - 4.0 * size::GAP_XL));
    ui.spacing_mut().item_spacing.y = size::GAP_XS;
    let most = window.height() * SHARE;
    // As high as it needs: a popup that grows, as when the answer has come, does not offer more by itself.
    ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
        let note = text_edit(ui, "Note", &mut draft.note.text, 2);
        if is_new {
            note.request_focus();
        }
        answer_ui(ui, scene, &mut draft, label, answered);
    });
    ui.add_space(size::GAP_S);
    let (mut is_done, mut is_cancelled) = (false, false);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        if ui.add(Chip::button("Save").tone(Tone::Accent)).clicked() {
            let wanted = save(scene, what, &draft, label);
            draft.saved = Some((wanted, Instant::now()));
            is_done = true;
        }
        is_cancelled = ui.add(Chip::button("Cancel")).clicked();
        text_ui(ui, "kept in your data folder", Type::Small, Tone::Faint);
    });
    drop(draft);
    if is_cancelled {
        ui.data_mut(|data| data.remove::<Kept>(id));
    }
    if is_done || is_cancelled {
        ui.close();
    }
}

fn answer_ui(ui: &mut Ui, scene: &mut Scene<'_>, draft: &mut Draft, label: &Label, answered: Answered<'_>) {
    if draft.fields.is_none() {
        match answered {
            Answered::With(fields) => draft.answered(label, Some(fields)),
            Answered::By(trace) => {
                let slot = scene.loader.ask(&AnsweredFieldsOf(trace.clone()), Lane::Selection);
                match (slot.value(), slot.error()) {
                    (Some(answer), _) => draft.answered(label, answer.as_ref().as_ref()),
                    (None, Some(why)) => {
                        let text = format!("The answer could not be read: {why}");
                        text_ui(ui, &words::one_line(&text, 200), Type::Small, Tone::Bad);
                    }
                    (None, None) => {
                        text_ui(ui, "Reading the answer…", Type::Small, Tone::Faint);
                    }
                }
            }
        }
    }
    let Some(fields) = draft.fields.as_mut().filter(|fields| !fields.is_empty() || draft.left_out > 0) else { return };
    ui.add_space(size::GAP_S);
    text_ui(ui, "How the answer should have been", Type::Small, Tone::Muted);
    for field in fields {
        text_edit(ui, &field.name, &mut field.value.text, 1);
    }
    if draft.left_out > 0 {
        let more = words::counted(draft.left_out, "more field");
        text_ui(ui, &format!("{more} cannot be corrected here"), Type::Small, Tone::Faint);
    }
}

fn text_edit(ui: &mut Ui, name: &str, text: &mut String, rows: usize) -> egui::Response {
    let label = text_ui(ui, name, Type::Small, Tone::Muted);
    let edit = TextEdit::multiline(text).desired_rows(rows).desired_width(f32::INFINITY).font(Type::Small.font());
    ui.add(edit).labelled_by(label.id)
}

fn as_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Says what was changed, and gives back the label as it is to be. A field that is as it was answered is not corrected;
/// what is no text stays JSON if it is some.
fn save(scene: &mut Scene<'_>, what: &LabelOf, draft: &Draft, label: &Label) -> Label {
    let is_noted = draft.note.is_changed();
    let note = if is_noted { draft.note.text.trim() } else { &label.note };
    if note != label.note {
        scene.act(Action::Label(what.clone(), LabelChange::Note(note.to_owned())));
    }
    let mut fields = label.corrected.clone().unwrap_or_default();
    for Field { name, answered, value } in draft.fields.iter().flatten().filter(|field| field.value.is_changed()) {
        let value = match answered {
            Json::String(_) => Json::from(value.text.as_str()),
            _ => json::decode(value.text.as_bytes()).value.mask(name, Reveal::Revealed),
        };
        if *answered == value {
            fields.shift_remove(name);
        } else {
            fields.insert(name.clone(), value);
        }
    }
    let corrected = Some(fields).filter(|fields| !fields.is_empty());
    if corrected != label.corrected {
        scene.act(Action::Label(what.clone(), LabelChange::Corrected(corrected.clone())));
    }
    Label { note: note.to_owned(), corrected, ..label.clone() }
}
