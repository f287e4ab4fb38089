//! Finding a text in all spans of a trace: the field, how many places there are, next and previous.

use std::collections::HashMap;

use egui::{Id, Ui};

use crate::loader::{Lane, TraceTree};
use crate::model::{SearchField, SearchPattern, SpanHandle, TraceId};
use crate::query::Search;
use crate::state::{Action, DetailTab, SpanChoice};
use crate::store::SearchScope;
use crate::views::command::{Command, SpanCommand};
use crate::views::scene::Scene;
use crate::views::spans::span_ref;
use crate::widgets::chips::Chip;
use crate::widgets::field::{Field, find_step};
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// No more places are looked for.
const HITS_MOST: usize = 20_000;
/// What the field is called.
const LABEL: &str = "Find in this trace";
/// A field that is narrower has no room for it beside its key.
const FULL_HINT: f32 = 190.0;
const WIDTH: (f32, f32) = (120.0, 240.0);

/// A place where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hit {
    /// The span's place in [`TraceTree::spans`].
    ordinal: usize,
    /// Where in it; none: in its name.
    tab: Option<DetailTab>,
}

/// What finding remembers.
#[derive(Debug, Default)]
pub(super) struct FindInside {
    /// The field gets the keyboard.
    pub wants_focus: bool,
    text: String,
    /// What is shown of, and what comes of it: a search, or why there is none.
    pattern: Option<SearchPattern>,
    search: Option<Search>,
    error: Option<String>,
    hits: Vec<Hit>,
    /// How many places each span has.
    by_span: HashMap<usize, usize>,
    /// What `hits` were made of: how many there were, and of how many spans the tree was.
    made_of: Option<(usize, usize)>,
    is_complete: bool,
    current: Option<usize>,
    /// The first place was gone to.
    has_gone: bool,
}

impl FindInside {
    /// How many places a span has.
    pub fn hits_of(&self, ordinal: usize) -> usize {
        self.by_span.get(&ordinal).copied().unwrap_or(0)
    }

    /// Looks for what the page says is to be found; `focused` is the span that is looked at.
    pub fn follow(&mut self, scene: &mut Scene<'_>, trace: &TraceId, tree: &TraceTree, focused: Option<usize>) {
        let wanted = scene.state.page().spans.find.clone();
        if self.pattern != wanted {
            self.text = wanted.as_ref().map(|pattern| pattern.text.clone()).unwrap_or_default();
            *self = Self {
                wants_focus: self.wants_focus,
                text: std::mem::take(&mut self.text),
                pattern: wanted,
                ..Self::default()
            };
            let scope = SearchScope::Trace(trace.clone());
            match self.pattern.clone().map(|pattern| Search::new(pattern, scope)) {
                None => {}
                Some(Ok(search)) => self.search = Some(search),
                Some(Err(error)) => self.error = Some(error.to_string()),
            }
        }
        let Some(search) = &self.search else { return };
        let so_far = scene.loader.search(search, HITS_MOST, Lane::Visible);
        self.is_complete = so_far.is_complete || so_far.hits >= HITS_MOST;
        self.error = so_far.error.as_ref().map(|error| error.to_string());
        let made_of = (so_far.hits, tree.spans.len());
        if self.made_of.replace(made_of) != Some(made_of) {
            let at = self.current.and_then(|at| self.hits.get(at)).copied();
            let places: HashMap<SpanHandle, usize> =
                tree.spans.iter().enumerate().map(|(at, span)| (span.handle, at)).collect();
            let found = so_far.pages.iter().flat_map(|page| &page.hits);
            let hit = |ordinal: usize, field: &SearchField| Hit { ordinal, tab: tab_of(field) };
            self.hits = found.filter_map(|one| Some(hit(*places.get(&one.handle)?, &one.found.field))).collect();
            let place = |hit: &Hit| tree.shape.positions.get(hit.ordinal).copied().unwrap_or(0);
            self.hits.sort_by_key(|hit| (place(hit), hit.tab.map(|tab| tab as u8)));
            self.by_span.clear();
            self.hits.iter().for_each(|hit| *self.by_span.entry(hit.ordinal).or_default() += 1);
            self.current = at.and_then(|at| self.hits.iter().position(|hit| *hit == at));
        }
        if !self.has_gone && (self.is_complete || !self.hits.is_empty()) {
            self.has_gone = true;
            // Who came to a span in which it stands stays there.
            match self.hits.iter().position(|hit| Some(hit.ordinal) == focused) {
                Some(at) => self.current = Some(at),
                None if self.is_complete => self.go(scene, tree, 0),
                None => self.has_gone = false,
            }
        }
    }

    fn go(&mut self, scene: &mut Scene<'_>, tree: &TraceTree, at: usize) {
        let Some(hit) = self.hits.get(at) else { return };
        self.current = Some(at);
        scene.act(Action::FocusSpan(span_ref(tree, hit.ordinal)));
        if let Some(tab) = hit.tab {
            scene.act(Action::ShowDetail(tab));
        }
    }

    /// `3 of 17`
    fn told(&self) -> String {
        let many = if self.is_complete && self.hits.len() < HITS_MOST { "" } else { "+" };
        match (self.hits.len(), self.is_complete) {
            (0, false) => "…".to_owned(),
            (0, true) => "nowhere".to_owned(),
            (count, _) => {
                let at = self.current.map_or(0, |at| at + 1);
                format!("{} of {}{many}", words::count(at as u64), words::count(count as u64))
            }
        }
    }

    /// Draws the field, and behind it what was found.
    pub fn bar_ui(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
        let id = Id::unique("find in this trace");
        let key = Command::Spans(SpanCommand::Find).key_text(ui.ctx());
        let width = (ui.available_width() * 0.28).clamp(WIDTH.0, WIDTH.1);
        if std::mem::take(&mut self.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let before = self.text.clone();
        let is_bad = self.error.is_some();
        let hint = if width < FULL_HINT { "Find" } else { LABEL };
        let field = Field::new(LABEL).id(id).hint(hint).key(&key).width(width).bad(is_bad).show(ui, &mut self.text);
        let mut step = find_step(ui, &field);
        if let Some(error) = &self.error {
            field.on_hover_text(error);
        }
        let known = self.pattern.clone().unwrap_or(SearchPattern { ignores_case: true, ..SearchPattern::default() });
        let mut wanted = SearchPattern { text: self.text.clone(), ..known };
        if !self.text.is_empty() {
            self.chips_ui(ui, &mut wanted, &mut step);
        }
        if before != self.text || self.pattern.as_ref().is_some_and(|known| *known != wanted) {
            let find = Some(wanted).filter(|wanted| !wanted.text.is_empty());
            scene.act(Action::ArrangeSpans(SpanChoice { find, ..scene.state.page().spans.clone() }));
            return;
        }
        if let Some(back) = step.filter(|_| !self.hits.is_empty()) {
            let count = self.hits.len();
            let to = match (self.current, back) {
                (None, false) => 0,
                (None, true) => count - 1,
                (Some(at), true) => (at + count - 1) % count,
                (Some(at), false) => (at + 1) % count,
            };
            self.go(scene, tree, to);
        }
    }

    fn chips_ui(&self, ui: &mut Ui, wanted: &mut SearchPattern, step: &mut Option<bool>) {
        let tone = if self.is_complete && self.hits.is_empty() { Tone::Warn } else { Tone::Muted };
        match &self.error {
            Some(error) => text_ui(ui, &words::one_line(error, 60), Type::Small, Tone::Warn).on_hover_text(error),
            None => text_ui(ui, &self.told(), Type::Small, tone),
        };
        let previous = Chip::button("Previous place").glyph(Glyph::Back, Tone::Muted).bare(true);
        let next = Chip::button("Next place").glyph(Glyph::Forward, Tone::Muted).bare(true);
        ui.add_enabled_ui(!self.hits.is_empty(), |ui| {
            if ui.add(previous).on_hover_text("Previous place  Shift+Enter").clicked() {
                *step = Some(true);
            }
            if ui.add(next).on_hover_text("Next place  Enter").clicked() {
                *step = Some(false);
            }
        });
        let exact = Chip::toggle("Aa", !wanted.ignores_case);
        if ui.add(exact).on_hover_text("Tell capitals from small letters").clicked() {
            wanted.ignores_case = !wanted.ignores_case;
        }
        let word = Chip::toggle("Word", wanted.is_whole_word);
        if ui.add(word).on_hover_text("Only whole words").clicked() {
            wanted.is_whole_word = !wanted.is_whole_word;
        }
        let regex = Chip::toggle(".*", wanted.is_regex);
        if ui.add(regex).on_hover_text("A regular expression").clicked() {
            wanted.is_regex = !wanted.is_regex;
        }
    }
}

/// The part of the details in which a field is shown.
fn tab_of(field: &SearchField) -> Option<DetailTab> {
    match field {
        SearchField::Name => None,
        SearchField::Inputs => Some(DetailTab::Inputs),
        SearchField::Outputs => Some(DetailTab::Outputs),
        SearchField::Attribute(_) | SearchField::Other(_) => Some(DetailTab::Attributes),
        SearchField::Events | SearchField::StatusMessage => Some(DetailTab::Events),
    }
}
