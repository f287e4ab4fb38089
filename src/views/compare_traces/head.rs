//! The head of compared traces: which ones, how much of them differs, and the ways from difference to difference.

use egui::Ui;

use super::CompareTracesMemory;
use super::table::name;
use crate::analysis::trace_alignment::RowChange;
use crate::loader::{Lane, TraceTree};
use crate::model::TraceId;
use crate::query::TraceTreeOf;
use crate::query::trace_alignment::{AlignedTraces, RowCounts};
use crate::state::{Action, ComparedTraces, Place};
use crate::views::command::Command;
use crate::views::parts::short_id;
use crate::views::program_name::{of_run, tone};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::wording::width_of;
use crate::words;

/// `A`, `B`, … `Z`, then numbers.
pub(super) fn letters(count: usize) -> Vec<String> {
    let letter = |at: usize| match u8::try_from(at) {
        Ok(at) if at < 26 => char::from(b'A' + at).to_string(),
        _ => (at + 1).to_string(),
    };
    (0..count).map(letter).collect()
}

/// What the user did in the head.
pub(super) enum HeadEvent {
    /// Go to the first row that differs.
    First,
    /// Go to the next one, or the previous.
    Step(bool),
}

/// Draws which traces are compared. `letters`: how they are called here.
pub(super) fn traces_ui(ui: &mut Ui, scene: &mut Scene<'_>, compared: &ComparedTraces, letters: &[String]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        title_ui(ui, "Compare traces");
        let shown = compared.pair().map(|(_, shown)| shown.clone());
        let has_several = compared.traces.len() > 2;
        for (at, (trace, letter)) in compared.traces.iter().zip(letters).enumerate() {
            let (program, place) = told(scene, trace);
            let text =
                format!("{letter} {}", program.as_ref().map_or_else(|| short_id(trace.as_str()), |it| it.0.clone()));
            let is_shown = at > 0 && Some(trace) == shown.as_ref();
            let chip = if at > 0 && has_several { Chip::toggle(&text, is_shown) } else { Chip::button(&text) };
            let id = short_id(trace.as_str());
            let chip = chip.note(if program.is_some() { &id } else { "" });
            let chip = chip.glyph(Glyph::Dot, program.as_ref().map_or(Tone::Muted, |it| it.1));
            if at == 1 {
                Glyph::Arrow.show(ui, Tone::Muted);
            }
            let tip = if at > 0 && has_several { format!("Compare {trace} with A") } else { format!("Go to {trace}") };
            if ui.add(chip).on_hover_text(tip).clicked() {
                match at > 0 && has_several {
                    true => scene.act(Action::LookAtTraces(compared.clone().showing(trace))),
                    false => scene.go(place),
                }
            }
        }
        let key = Command::Baseline.key_text(ui.ctx());
        let tip = format!("The two that are compared change places  {key}");
        if ui.add(Chip::button("Swap")).on_hover_text(tip).clicked() {
            scene.go(Place::CompareTraces(compared.swapped()));
        }
        if ui.add(Chip::button("Add…")).on_hover_text("Choose one more trace to compare with A").clicked() {
            scene.act(Action::ChooseTraceToCompare(compared.traces.clone()));
        }
    });
}

/// The program that a trace is of, in its colour, if an optimization names it; and the way to the trace.
fn told(scene: &mut Scene<'_>, trace: &TraceId) -> (Option<(String, Tone)>, Place) {
    let slot = scene.loader.ask(&TraceTreeOf(trace.clone()), Lane::Visible);
    let row = slot.value().and_then(|tree| tree.as_ref().as_ref()).map(|tree: &TraceTree| tree.head.row.clone());
    let Some(row) = row else { return (None, Place::of_trace(None, None, trace.clone())) };
    let program = row.run_id.as_ref().and_then(|run| of_run(scene, run));
    let place = Place::of_trace(Some(row.experiment_id), row.run_id, trace.clone());
    (program.map(|program| (program.name.marked(), tone(program.name))), place)
}

/// Draws how much differs.
pub(super) fn counts_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareTracesMemory,
    aligned: &AlignedTraces,
    (letters, shown): (&[String], usize),
) -> Option<HeadEvent> {
    let mut event = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        let first = aligned.alignment.first.and_then(|at| aligned.alignment.rows.get(at));
        if let Some(row) = first {
            let what = match row.change {
                RowChange::Changed(differs) => differs.words().collect::<Vec<_>>().join(", "),
                RowChange::OnlyFirst => format!("only in {}", letters.first().map_or("", String::as_str)),
                RowChange::OnlyOther => format!("only in {}", letters.get(shown).map_or("", String::as_str)),
                RowChange::Same => String::new(),
            };
            let name = name(aligned, row);
            let text = format!("First difference: {}", words::one_line(&name, 40));
            let chip = Chip::button(&text).note(&what).glyph(Glyph::Arrow, Tone::Accent);
            if ui.add(chip).on_hover_text("Where the two first went different ways").clicked() {
                event = Some(HeadEvent::First);
            }
            for (is_forward, glyph, what, command) in [
                (false, Glyph::Up, "Previous difference", Command::Previous),
                (true, Glyph::Down, "Next difference", Command::Next),
            ] {
                let key = command.key_text(ui.ctx());
                let chip = Chip::button(what).key(&key).glyph(glyph, Tone::Muted).bare(true);
                if ui.add(chip).on_hover_text(format!("{what}  {key}")).clicked() {
                    event = Some(HeadEvent::Step(is_forward));
                }
            }
        }
        let tip = "Spans in which nothing differs are left out";
        if ui.add(Chip::toggle("Differences only", memory.only_differences)).on_hover_text(tip).clicked() {
            memory.only_differences = !memory.only_differences;
        }
        if memory.counts.1 > 0 || scene.state.settings.show_adapters {
            let shows = scene.state.settings.show_adapters;
            let text = if shows { "Adapters shown" } else { "Adapters folded" };
            let chip = Chip::toggle(text, shows).key("a");
            if ui.add(chip).on_hover_text(Command::ToggleAdapters.tooltip()).clicked() {
                scene.act(Action::ShowAdapters(!shows));
            }
        }
        let text = counted(aligned, memory.counts, (letters, shown));
        // Whole on the next line rather than broken.
        if ui.available_size_before_wrap().x < width_of(ui, &text, Type::Small) {
            ui.end_row();
        }
        text_ui(ui, &text, Type::Small, Tone::Muted);
    });
    event
}

fn counted(
    aligned: &AlignedTraces,
    (counts, folded): (RowCounts, usize),
    (letters, shown): (&[String], usize),
) -> String {
    let letter = |at: usize| letters.get(at).map_or("", String::as_str);
    let all = [
        (counts.changed, "differ".to_owned()),
        (counts.only_first, format!("only in {}", letter(0))),
        (counts.only_other, format!("only in {}", letter(shown))),
        (counts.same, "the same".to_owned()),
    ];
    let told: Vec<String> = all
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", words::count(count as u64)))
        .collect();
    let told =
        if folded > 0 { [told, vec![words::counted(folded as u64, "adapter") + " folded"]].concat() } else { told };
    match aligned.alignment.first {
        None if !told.is_empty() => format!("Nothing differs but times and tokens · {}", told.join(" · ")),
        _ => told.join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_called_by_letters() {
        let all = letters(28);
        assert_eq!([all[0].as_str(), all[25].as_str(), all[26].as_str()], ["A", "Z", "27"]);
    }
}
