//! What is looked for, where, and how far that is.

use egui::accesskit::Role;
use egui::{Id, Key, Modifiers, Rect, Sense, Ui, vec2};

use super::{LISTED, SearchMemory, TYPING};
use crate::loader::{CountSoFar, SearchSoFar};
use crate::state::{Action, SearchPlace, SearchWithin};
use crate::views::command::Command;
use crate::views::failed::failed_ui;
use crate::views::names::{experiment_name, run_name, run_page};
use crate::views::parts::short_id;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// What the field is called.
const FIELD: &str = "Text to search for";
/// The switches beside the field need so much.
const SWITCHES: f32 = 258.0;
const FIELD_LEAST: f32 = 200.0;
/// How wide the bar is that says how far the search is, and how high.
const BAR: (f32, f32) = (96.0, 4.0);
/// What was written since is found by who asks once more.
pub(super) const AGAIN: &str = "Search again";
const AGAIN_TIP: &str = "What was written to the store since is found, too";
/// What is said of the spans behind the hits that are listed, where they are counted and where they are not.
const COUNTED_TIP: &str = "Behind the hits that are listed the text was looked for as it is stored: \
                           it may stand in keys and ids there, or where it is masked";
const NOT_COUNTED: &str = "in how many spans is not known";
const NOT_COUNTED_TIP: &str = "It is counted of plain texts, and of regular expressions while secrets are shown, \
                               but not where every trace would have to be fetched from a server";
/// Names of experiments and runs are cut to this.
const NAME_MOST: usize = 32;

/// From now on this is looked for.
pub(super) fn look_for(scene: &mut Scene<'_>, memory: &mut SearchMemory, search: SearchPlace) {
    memory.typed_since = None;
    memory.shown = Some(search.clone());
    scene.act(Action::LookFor(search));
}

pub(super) fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SearchMemory, search: &SearchPlace) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_S, size::GAP_XS);
        field_ui(ui, scene, memory, search);
        switches_ui(ui, scene, memory, search);
    });
    if let Some(error) = memory.error() {
        let text = error.to_string();
        text_ui(ui, &words::one_line(&text, 400), Type::Small, Tone::Bad);
    }
    ui.add_space(size::GAP_XS);
    scope_ui(ui, scene, memory, search);
    if let Some(error) = memory.failure().cloned() {
        failed_ui(ui, scene, "The search", &error);
    }
    // That nothing was found is said where it would stand.
    let is_vain = memory.so_far.is_complete && memory.found.len() == 0;
    if !search.pattern.text.is_empty() && memory.error().is_none() && !is_vain {
        ui.add_space(size::GAP_XS);
        progress_ui(ui, memory);
    }
}

fn field_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SearchMemory, search: &SearchPlace) {
    let width = if ui.available_width() > FIELD_LEAST + SWITCHES {
        ui.available_width() - SWITCHES
    } else {
        ui.available_width()
    };
    let id = Id::unique("text to search for");
    let before = memory.typed.clone();
    let field = Field::new(FIELD).id(id).hint("Text in spans").key("/").width(width).bad(memory.error().is_some());
    let response = field.show(ui, &mut memory.typed);
    if std::mem::take(&mut memory.wants_field) {
        response.request_focus();
    }
    let typed = SearchPlace { pattern: search.pattern.clone(), ..search.clone() }.for_text(memory.typed.as_str());
    if before != memory.typed {
        memory.typed_since = Some(scene.clock.now);
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let goes_down = response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowDown));
    if goes_down {
        response.surrender_focus();
    }
    if is_entered || goes_down {
        memory.wants_rows = true;
    }
    let Some(since) = memory.typed_since else { return };
    let left = TYPING.saturating_sub(scene.clock.now.saturating_duration_since(since));
    if memory.typed == search.pattern.text {
        memory.typed_since = None;
    } else if left.is_zero() || is_entered || goes_down || response.lost_focus() {
        look_for(scene, memory, typed);
    } else {
        ui.ctx().request_repaint_after(left);
    }
}

/// How what is typed is understood, each with its key.
fn switches_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SearchMemory, search: &SearchPlace) {
    let mut changed = search.clone().for_text(memory.typed.as_str());
    let pattern = &mut changed.pattern;
    let pressed = |ui: &Ui, key: Key| ui.input_mut(|input| input.consume_key(Modifiers::ALT, key));
    let mut is_changed = false;
    let mut switch = |text: &str, is_on: bool, key: Key, tip: &str| {
        let key_text = format!("Alt+{}", key.name());
        let chip = ui.add(Chip::toggle(text, is_on)).on_hover_text(format!("{tip} ({key_text})"));
        let is_pressed = chip.clicked() || pressed(ui, key);
        is_changed |= is_pressed;
        is_on != is_pressed
    };
    let tip = "Tell capitals from small letters";
    pattern.ignores_case = !switch("Match case", !pattern.ignores_case, Key::C, tip);
    let tip = "Only where no letter, digit or underscore stands beside it";
    pattern.is_whole_word = switch("Whole word", pattern.is_whole_word, Key::W, tip);
    let tip = "The text is a regular expression; ^ and $ stand at lines";
    pattern.is_regex = switch("Regex", pattern.is_regex, Key::R, tip);
    if is_changed {
        look_for(scene, memory, changed);
    }
}

/// Where it is looked for, and how it is listed.
fn scope_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SearchMemory, search: &SearchPlace) {
    let within = search.within();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_S, size::GAP_XS);
        text_ui(ui, "In", Type::Small, Tone::Muted);
        for choice in search.choices() {
            let (name, tip) = scope_words(scene, search, choice);
            if ui.add(Chip::toggle(&name, choice == within)).on_hover_text(tip).clicked() && choice != within {
                look_for(scene, memory, SearchPlace { within: Some(choice), ..search.clone() });
            }
        }
        ui.add_space(size::GAP_M);
        let tip = "What was found in a trace stands together";
        if ui.add(Chip::toggle("By trace", !search.is_flat)).on_hover_text(tip).clicked() {
            look_for(scene, memory, SearchPlace { is_flat: !search.is_flat, ..search.clone() });
        }
    });
}

fn scope_words(scene: &mut Scene<'_>, search: &SearchPlace, within: SearchWithin) -> (String, String) {
    let short = |name: &str| words::one_line(name, NAME_MOST).into_owned();
    match (within, &search.experiment, &search.run, &search.trace) {
        (SearchWithin::Experiment, Some(id), _, _) => {
            let name = experiment_name(scene, id);
            (short(&name), format!("All traces of the experiment {name}"))
        }
        (SearchWithin::Run, _, Some(id), _) => {
            let name = run_name(scene, id);
            let children =
                run_page(scene, id).as_deref().and_then(Option::as_ref).map_or(0, |page| page.children.len());
            let tip = match children {
                0 => format!("The traces of the run {name}"),
                count => format!("The traces of the run {name} and of its {}", words::counted(count, "child run")),
            };
            (short(&name), tip)
        }
        (SearchWithin::Trace, _, _, Some(id)) => (short_id(id.as_str()), format!("The trace {id}")),
        _ => ("All of the store".to_owned(), "All spans of the store".to_owned()),
    }
}

/// How much was found, how far the search is, and what can be done about it.
fn progress_ui(ui: &mut Ui, memory: &mut SearchMemory) {
    let SearchSoFar { share, is_complete, spans, .. } = memory.so_far;
    let hits = words::counted(memory.found.len() as u64, "hit");
    let traces = words::counted(memory.found.traces.len() as u64, "trace");
    let spans = words::counted(spans, "span");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_S, size::GAP_XS);
        if is_complete {
            text_ui(ui, &format!("{hits} in {traces}"), Type::Small, Tone::Neutral);
            text_ui(ui, &format!("{spans} looked at"), Type::Small, Tone::Muted);
            if ui.add(Chip::button(AGAIN)).on_hover_text(AGAIN_TIP).clicked() {
                memory.begun += 1;
            }
            return;
        }
        if memory.is_full() {
            text_ui(ui, &format!("{hits} listed"), Type::Small, Tone::Neutral);
            count_ui(ui, memory.count.as_ref());
            if ui.add(Chip::button(&format!("List {} more", words::count(LISTED as u64)))).clicked() {
                memory.most += LISTED;
                memory.is_stopped = false;
            }
        } else {
            text_ui(ui, &format!("{hits} so far"), Type::Small, Tone::Neutral);
            text_ui(ui, &format!("{spans}, {}", percent(share)), Type::Small, Tone::Muted);
            bar_ui(ui, share);
        }
        if memory.is_stopped {
            text_ui(ui, "stopped", Type::Small, Tone::Warn);
            if ui.add(Chip::button("Go on")).clicked() {
                memory.is_stopped = false;
            }
        } else if memory.goes_on() {
            let key = Command::Leave.key_text(ui.ctx());
            if ui.add(Chip::button("Stop").key(&key)).clicked() {
                memory.stop();
            }
        }
    });
}

/// In how many spans it stands, if that was counted or is being counted.
fn count_ui(ui: &mut Ui, so_far: Option<&CountSoFar>) {
    let Some(CountSoFar { count, share, is_complete, .. }) = so_far else {
        text_ui(ui, NOT_COUNTED, Type::Small, Tone::Muted).on_hover_text(NOT_COUNTED_TIP);
        return;
    };
    let counted = format!("in at most {} of {}", words::count(count.at_most), words::counted(count.spans, "span"));
    if *is_complete {
        text_ui(ui, &counted, Type::Small, Tone::Muted).on_hover_text(COUNTED_TIP);
    } else {
        text_ui(ui, &format!("{counted}, {}", percent(*share)), Type::Small, Tone::Muted).on_hover_text(COUNTED_TIP);
        bar_ui(ui, *share);
    }
}

fn percent(share: f32) -> String {
    format!("{} %", (share.clamp(0.0, 1.0) * 100.0).floor() as u64)
}

fn bar_ui(ui: &mut Ui, share: f32) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(BAR.0, size::LINE), Sense::hover());
    let bar = Rect::from_center_size(rect.center(), vec2(BAR.0, BAR.1));
    ui.painter().rect_filled(bar, BAR.1 / 2.0, tokens.bg_raised);
    let done = bar.with_max_x(bar.left() + bar.width() * share.clamp(0.0, 1.0));
    ui.painter().rect_filled(done, BAR.1 / 2.0, tokens.accent);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::ProgressIndicator);
        node.set_label("How far the search is");
        node.set_numeric_value(f64::from(share));
    });
}
