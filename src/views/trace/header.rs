//! The head of a trace: its name, its figures as chips, its place in the list.

use egui::{Align, Layout, Ui, vec2};

use super::about::{self, about_ui};
use super::chips::kinds_ui;
use super::compare_with::compare_with_ui;
use super::cost::cost_ui;
use super::texts::total_text;
use super::{TraceMemory, flags, step};
use crate::analysis::FallbackReason;
use crate::analysis::adapters::is_adapter;
use crate::loader::{Lane, TracePlace, TraceSort, TraceTree};
use crate::model::{Assessment, Cached, PromptUser};
use crate::query::TraceFiguresOf;
use crate::state::{Action, ExperimentTab, Place, SpanChoice, TraceListing};
use crate::store::Total;
use crate::views::command::{Command, SpanCommand};
use crate::views::export::export_trace_ui;
use crate::views::labels::trace_labels_ui;
use crate::views::parts::{link, short_id, trace_status, trace_status_word};
use crate::views::scene::Scene;
use crate::views::time::{moment_short, moment_utc};
use crate::views::used_prompts::used_prompts_ui;
use crate::widgets::chips::{self, Chip};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// Narrower, the steps through the list are icons and keys.
const WORDS_FROM: f32 = 600.0;
/// Assessments shown as chips; the rest is counted.
const MAX_SCORES: usize = 4;

pub(super) fn header_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree) {
    let row = &tree.head.row;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        title_ui(ui, if row.name.is_empty() { row.id.as_str() } else { &row.name });
        let status = trace_status(&row.status);
        ui.add(Chip::new(&trace_status_word(&row.status)).glyph(status.glyph(), status.tone()));
        fallback_ui(ui, tree);
        flags::flags_ui(ui, scene, &mut memory.flags, tree);
        roots_ui(ui, tree);
        if let Some(ms) = row.duration_ms {
            ui.add(Chip::new(&words::duration_ms(ms)));
        }
        tokens_ui(ui, scene, tree);
        cached_ui(ui, row.cached);
        attachments_ui(ui, scene, tree);
        whose_ui(ui, scene, tree);
        cost_ui(ui, scene, tree);
        used_prompts_ui(ui, scene, PromptUser::Trace(row.id.clone()));
        for assessment in tree.head.assessments.iter().take(MAX_SCORES) {
            score_ui(ui, assessment);
        }
        if tree.head.assessments.len() > MAX_SCORES {
            let more = format!("{} more", words::count((tree.head.assessments.len() - MAX_SCORES) as u64));
            text_ui(ui, &more, Type::Small, Tone::Muted);
        }
        let started = moment_short(row.start_time_ms, scene.clock).replace(' ', "\u{a0}");
        let id = row.id.to_string();
        let short = short_id(&id);
        let wide =
            |text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), 400.0).size().x.ceil() + 1.0;
        let width = wide(&started, Type::Small) + size::GAP_S + wide(&short, Type::ValueSmall);
        // Together on one line, as high as the chips.
        ui.allocate_ui_with_layout(vec2(width, chips::HEIGHT), Layout::left_to_right(Align::Center), |ui| {
            text_ui(ui, &started, Type::Small, Tone::Muted).on_hover_text(moment_utc(row.start_time_ms));
            let short = link(ui, &short, Type::ValueSmall, Tone::Muted);
            if short.on_hover_text(format!("{id}\nClick to copy")).clicked() {
                scene.act(Action::Copy(id));
            }
        });
        placed_ui(ui, scene, memory);
    });
    ui.add_space(size::GAP_XS);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
        tools_ui(ui, scene, memory, tree);
    });
    if !tree.spans.is_empty() {
        ui.add_space(size::GAP_XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
            memory.find.bar_ui(ui, scene, tree);
            kinds_ui(ui, scene, tree);
        });
    }
    ui.add_space(size::GAP_S);
    if memory.shows_about {
        about_ui(ui, scene, &memory.about);
    }
}

/// An adapter got no usable answer, and another one was tried.
fn fallback_ui(ui: &mut Ui, tree: &TraceTree) {
    let Some(first) = tree.fallbacks.first() else { return };
    let is_of_parse = tree.fallbacks.iter().all(|one| one.reason == FallbackReason::ParseFailed);
    let text = if is_of_parse { "parse fallback" } else { "adapter fallback" };
    let more = tree.fallbacks.len() - 1;
    let more = if more > 0 { format!("\n… and {} more", words::count(more as u64)) } else { String::new() };
    let tip = format!("{}{more}", words::one_line(&first.text(), 400));
    ui.add(Chip::new(text).glyph(Glyph::Warning, Tone::Warn)).on_hover_text(tip);
}

fn cached_ui(ui: &mut Ui, cached: Option<Cached>) {
    let Some((cached, fact)) = cached.and_then(|cached| Some((cached, cached.fact()?))) else { return };
    let tip = match cached {
        Cached::Likely => {
            "No usage was recorded, and every call took less than 5 ms or far less than its model usually takes"
        }
        Cached::Partly => {
            "Some calls took less than 5 ms, or far less than their model usually takes; others took longer"
        }
        Cached::No => return,
    };
    ui.add(Chip::new(fact)).on_hover_text(tip);
}

/// Attachments whose files are not there.
fn attachments_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let Some(attachments) = figures.value().map(|figures| &figures.attachments) else { return };
    let missing = attachments.missing().count();
    if missing == 0 {
        return;
    }
    let text = format!("{} missing", words::counted(missing, "attachment"));
    let places: Vec<String> = attachments.missing().take(5).map(|one| attachments.place(one)).collect();
    let why = attachments.absent.as_deref().map_or(String::new(), |why| format!("\n{why}"));
    let tip = format!("Not there:\n{}{why}", places.join("\n"));
    ui.add(Chip::new(&text).glyph(Glyph::Warning, Tone::Warn)).on_hover_text(tip);
}

/// The session, which leads to the list by session, and the user.
fn whose_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    if let Some(session) = &tree.head.row.session {
        let text = format!("Session {}", words::one_line(&session.text(), 40));
        let chip = Chip::button(&text).glyph(Glyph::Arrow, Tone::Muted);
        if ui.add(chip).on_hover_text("Show the traces of the experiment by session").clicked() {
            scene.act(Action::GroupBySession(true));
            let experiment = tree.head.row.experiment_id.clone();
            scene.go(Place::Experiment { experiment, tab: ExperimentTab::TRACES });
        }
    }
    if let Some(user) = tree.head.user() {
        let text = words::one_line(user.as_str(), 40);
        ui.add(Chip::new(&text).note("user"));
    }
}

fn tokens_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let (text, note) = total_text(tree.head.row.tokens, figures.value().map(|figures| &**figures));
    let chip = Chip::new(&text);
    let chip = match &note {
        Some(note) => chip.note(note),
        None => chip,
    };
    let tip = match (&note, text.ends_with("unknown")) {
        (_, true) => "No usage was recorded: unknown, not 0",
        (Some(note), _) if note != "stored" => "Recomputed from the spans; the stored total differs",
        (Some(_), _) => "As stored; not recomputed from the spans",
        _ => "Recomputed from the spans, each usage counted once",
    };
    ui.add(chip).on_hover_text(tip);
}

fn score_ui(ui: &mut Ui, assessment: &Assessment) {
    let value = about::value_text(&assessment.value);
    let text = format!("{} {}", assessment.name, words::one_line(&value, 24));
    let is_right = matches!(value.as_str(), "1" | "1.0" | "true" | "yes");
    let is_wrong = matches!(value.as_str(), "0" | "0.0" | "false" | "no") || assessment.error.is_some();
    let chip = Chip::new(&text);
    let chip = match (is_right, is_wrong) {
        (true, _) => chip.glyph(Glyph::Check, Tone::Good),
        (_, true) => chip.glyph(Glyph::Cross, Tone::Bad),
        _ => chip,
    };
    let response = ui.add(if assessment.is_valid { chip } else { chip.note("overridden") });
    let mut tip = vec![assessment.source()];
    tip.extend(assessment.error_text());
    tip.extend(assessment.rationale.clone());
    tip.retain(|line| !line.is_empty());
    if !tip.is_empty() {
        response.on_hover_text(words::ellipsize_graphemes(&tip.join("\n"), 1_000).as_ref());
    }
}

fn tools_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree) {
    let adapters = tree.spans.iter().filter(|span| is_adapter(span)).count();
    if adapters > 0 {
        let shows = scene.state.settings.show_adapters;
        let text = if shows { "Adapters shown" } else { "Adapters folded" };
        let chip = Chip::toggle(text, shows).key("a");
        if ui.add(chip).on_hover_text(Command::ToggleAdapters.tooltip()).clicked() {
            scene.act(Action::ShowAdapters(!shows));
        }
    }
    if !tree.spans.is_empty() {
        critical_ui(ui, scene, tree);
    }
    let choice = scene.state.page().spans.clone();
    if choice.window_ns.is_some() {
        let chip = Chip::button("All of the time").key("0");
        if ui.add(chip).on_hover_text(Command::Spans(SpanCommand::FitAll).tooltip()).clicked() {
            scene.act(Action::ArrangeSpans(SpanChoice { window_ns: None, ..choice }));
        }
    }
    if !memory.about.is_empty() {
        let chip = Chip::toggle("About", memory.shows_about);
        let tip = "Session, user, assessments with their rationale, tags, metadata";
        if ui.add(chip).on_hover_text(tip).clicked() {
            memory.shows_about = !memory.shows_about;
        }
    }
    compare_with_ui(ui, scene, tree);
    trace_labels_ui(ui, scene, &tree.head.row.id);
    export_trace_ui(ui, scene, &tree.head.row.id);
}

/// Where the trace stands, together on one line: as wide as it was in the last frame.
fn placed_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory) {
    let is_narrow = ui.max_rect().width() < WORDS_FROM;
    if let Some(place) = memory.place.clone() {
        let room = vec2(memory.place_width, chips::HEIGHT);
        let width = ui
            .allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                place_ui(ui, scene, memory, &place, is_narrow);
                ui.min_rect().width().ceil()
            })
            .inner;
        if memory.place_width != width {
            memory.place_width = width;
            ui.ctx().request_repaint();
        }
    }
}

/// Where the trace stands in its list, and the ways to those beside it.
fn place_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, place: &TracePlace, is_narrow: bool) {
    let position = words::count(place.position + 1);
    let total = match place.total {
        Total::Exact(total) => words::count(total),
        Total::AtLeast(known) => words::at_least(&words::count(known)),
    };
    let text = format!("{position} of {total}");
    let told = text_ui(ui, &text, Type::Small, Tone::Muted);
    if let Some(tip) = scene.state.history().listing().and_then(listing_text) {
        told.on_hover_text(tip);
    }
    for (command, name, forward, glyph, key) in
        [(Command::Previous, "Previous", false, Glyph::Back, "k"), (Command::Next, "Next", true, Glyph::Forward, "j")]
    {
        let chip = Chip::button(name).glyph(glyph, Tone::Muted).key(key).bare(is_narrow);
        if ui.add(chip).on_hover_text(command.tooltip()).clicked() {
            step(scene, memory, forward);
        }
    }
}

/// Of which list a place is told, where that is not all of one as it comes.
fn listing_text(listing: &TraceListing) -> Option<String> {
    let order = listing.sort.to_string();
    let order = (listing.sort != TraceSort::default()).then(|| format!("sorted by {order}"));
    let filter = Some(words::one_line(&listing.text, 200)).filter(|text| !text.is_empty());
    match (filter, order) {
        (Some(filter), Some(order)) => Some(format!("Of the traces that pass {filter}, {order}")),
        (Some(filter), None) => Some(format!("Of the traces that pass {filter}")),
        (None, order) => order.map(|order| format!("Of all traces, {order}")),
    }
}

/// What determined how long the trace took, and how many spans that are.
fn critical_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let choice = scene.state.page().spans.clone();
    let note = if choice.shows_critical { words::counted(tree.shape.critical_spans, "span") } else { String::new() };
    let chip = Chip::toggle("Critical path", choice.shows_critical).note(&note).key("x");
    if ui.add(chip).on_hover_text(Command::Spans(SpanCommand::Critical).tooltip()).clicked() {
        let shows_critical = !choice.shows_critical;
        scene.act(Action::ArrangeSpans(SpanChoice { shows_critical, ..choice }));
    }
}

/// Several spans at the top.
fn roots_ui(ui: &mut Ui, tree: &TraceTree) {
    if tree.shape.roots > 1 {
        let chip = format!("{} roots", words::count(tree.shape.roots as u64));
        ui.add(Chip::new(&chip)).on_hover_text("So many spans stand at the top; a trace of DSPy has one");
    }
}
