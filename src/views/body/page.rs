//! Texts under one another in one scroll: the title of the section that is looked at stays in sight, and all of them are
//! searched together.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use egui::{Align, Rect, ScrollArea, Ui, pos2, vec2};

use super::find::FindMemory;
use super::text::{Face, Look, TextMemory, marked_text_ui, search};
use super::{Body, Wanted};
use crate::loader::Text;
use crate::views::scene::Scene;
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};

/// A longer text scrolls within the page: nobody scrolls past a book to reach what follows.
const LINES_MOST: usize = 400;
/// Then it takes this share of the room.
const SHARE: f32 = 0.7;
/// No more texts of earlier pages are remembered,
const TEXTS_MOST: usize = 2_000;
/// nor more bytes of them.
const BYTES_MOST: usize = 64 << 20;
/// How high the title is that stays in sight.
const TITLE: f32 = 22.0;

/// The places that were found in one text.
type Hits = Arc<Vec<Range<usize>>>;

/// What a page of texts remembers.
#[derive(Default)]
pub(in crate::views) struct TextsMemory {
    find: FindMemory,
    /// How each text was left, by its id.
    texts: HashMap<u64, TextMemory>,
    /// What was found, by the ids of texts, and the place among them that was gone to.
    hits: HashMap<u64, Hits>,
    current: Option<(u64, usize)>,
    /// The text that holds the place that is gone to now.
    goes_to: Option<u64>,
    /// How wide and how high cards were when they were drawn last.
    heights: HashMap<u64, (f32, f32)>,
    /// A section that is to be scrolled to, if the page has such a one.
    wanted: Option<&'static str>,
    /// The page that is shown: by any number of its own.
    shown: Option<u64>,
    /// Something on the page is not laid out yet.
    is_waiting: bool,
}

impl TextsMemory {
    /// This is looked for from now on.
    pub fn look_for(&mut self, wanted: &Wanted) {
        self.find.look_for(wanted);
    }

    /// The page is scrolled to the section of this title as soon as it is laid out; `None`: to none any more.
    pub fn go_to_section(&mut self, title: Option<&'static str>) {
        self.wanted = title;
    }

    /// The same span is read in another way from now on: what was gone to in the one is not gone to in the other, and
    /// its cards are others.
    pub fn read_anew(&mut self) {
        self.heights.clear();
        self.texts.values_mut().for_each(TextMemory::stay);
    }

    /// The text that holds the place that is gone to in this frame: what folds it away opens.
    pub fn goes_to(&self) -> Option<u64> {
        self.goes_to
    }

    /// What is looked for.
    pub fn looked_for(&self) -> Wanted {
        self.find.wanted()
    }

    /// Draws the search over the texts of the page `source`, which is called `label`. Says whether something is looked
    /// for that stands nowhere in them.
    pub fn find_ui(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_>,
        label: &str,
        (source, texts): (u64, &[&Text]),
    ) -> bool {
        self.goes_to = None;
        if self.shown.replace(source) != Some(source) {
            self.read_anew();
            let bytes = self.texts.values().map(TextMemory::bytes).sum::<usize>();
            if self.texts.len() > TEXTS_MOST || bytes > BYTES_MOST {
                self.texts.clear();
            }
        }
        let mut found = None;
        self.hits.clear();
        if !self.find.needle().is_empty() {
            for text in texts {
                self.hits.extend(search(scene, &self.find, text).map(|hits| (text.id(), hits)));
            }
            let is_complete = texts.iter().all(|text| self.hits.contains_key(&text.id()));
            found = is_complete.then(|| self.hits.values().map(|hits| hits.len()).sum());
        }
        let to = self.find.bar_ui(ui, &format!("Find in {label}"), source, found);
        self.current = self.find.current().and_then(|at| self.place(texts, at));
        if let Some((id, at)) = to.and_then(|at| self.place(texts, at))
            && let Some(hit) = self.hits.get(&id).and_then(|hits| hits.get(at))
        {
            self.goes_to = Some(id);
            self.texts.entry(id).or_default().go_to(hit.start);
        }
        found == Some(0)
    }

    /// In which text the place of this number is, and its number there.
    fn place(&self, texts: &[&Text], mut at: usize) -> Option<(u64, usize)> {
        for text in texts {
            let count = self.hits.get(&text.id()).map_or(0, |hits| hits.len());
            if at < count {
                return Some((text.id(), at));
            }
            at -= count;
        }
        None
    }

    /// Whether something is looked for and was found.
    pub fn is_searching(&self) -> bool {
        self.hits.values().any(|hits| !hits.is_empty())
    }

    /// Draws one text of the page, as high as it is.
    pub fn text_ui(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, (label, text): (&str, &Text), face: Face) {
        let fitting = (ui.clip_rect().height() * SHARE / size::LINE).max(8.0) as usize;
        let memory = self.texts.entry(text.id()).or_default();
        let most = if memory.line_count().is_some_and(|lines| lines > LINES_MOST) { fitting } else { LINES_MOST };
        let hits = self.hits.get(&text.id());
        let current = self.current.filter(|(id, _)| *id == text.id()).map(|(_, at)| at);
        let look = Look {
            face,
            most_lines: Some(most),
            offer: None,
            hits: hits.map_or(&[][..], |hits| hits.as_slice()),
            current,
        };
        ui.push_id(text.id(), |ui| {
            marked_text_ui(ui, scene, memory, Body { id: "text", label, text }, look);
        });
        self.is_waiting |= memory.is_waiting();
    }

    /// Draws a card of the page, unless it is known how high it is and nobody sees it. `key`: what no other card has.
    pub fn card_ui(&mut self, ui: &mut Ui, key: u64, add: impl FnOnce(&mut Ui, &mut Self)) {
        let min = ui.available_rect_before_wrap().min;
        let width = ui.available_width();
        let known = self.heights.get(&key).filter(|(known, _)| *known == width);
        if let Some((_, height)) = known.filter(|_| self.goes_to.is_none()) {
            let place = Rect::from_min_size(min, vec2(width, *height));
            if !ui.is_rect_visible(place) {
                ui.advance_cursor_after_rect(place);
                return;
            }
        }
        let waited = std::mem::take(&mut self.is_waiting);
        let height = ui.push_id(("card", key), |ui| add(ui, self)).response.rect.height();
        if self.is_waiting {
            self.heights.remove(&key);
        } else {
            self.heights.insert(key, (width, height));
        }
        self.is_waiting |= waited;
    }

    /// Draws the page: `add` draws its sections.
    pub fn show(&mut self, ui: &mut Ui, id: u64, add: impl FnOnce(&mut Ui, &mut Self, &mut Titles)) {
        self.is_waiting = false;
        let mut titles = Titles { wanted: self.wanted, ..Titles::default() };
        // The bar has its place whether it is there or not: nothing is wrapped anew when it comes.
        let width = (ui.available_width() - size::SCROLL_BAR).max(0.0);
        let shown = ScrollArea::vertical().id_salt(("texts", id)).auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(width);
            add(ui, self, &mut titles);
            ui.add_space(size::GAP_L);
        });
        // What is laid out later may move it, and wakes the window. Not every reading has such a section.
        if !self.is_waiting {
            self.wanted = None;
        }
        titles.stick(ui, shown.inner_rect);
    }
}

/// The titles of sections, as they are drawn.
#[derive(Default)]
pub(in crate::views) struct Titles {
    /// Each with its top and bottom.
    drawn: Vec<(String, f32, f32)>,
    wanted: Option<&'static str>,
    went: bool,
}

impl Titles {
    /// A section begins with this title, which was drawn at `rect`.
    pub fn begin(&mut self, ui: &Ui, title: &str, rect: Rect) {
        if self.wanted == Some(title) && !self.went {
            ui.scroll_to_rect(rect, Some(Align::Min));
            self.went = true;
        }
        self.drawn.push((title.to_owned(), rect.top(), rect.bottom()));
    }

    /// A section begins at the next thing that is drawn, which shows this title itself.
    pub fn pass(&mut self, ui: &Ui, title: &str) {
        let place = ui.available_rect_before_wrap();
        self.begin(ui, title, place.with_max_y(place.top() + TITLE));
    }

    /// The title of the section at the top edge stands there while its own is above the edge.
    fn stick(&self, ui: &Ui, view: Rect) {
        let Some(at) = self.drawn.iter().rposition(|(_, _, bottom)| *bottom <= view.top() + 1.0) else { return };
        let (title, ..) = &self.drawn[at];
        let next = self.drawn.get(at + 1).map_or(f32::INFINITY, |(_, top, _)| *top);
        let bottom = (view.top() + TITLE).min(next);
        let strip = Rect::from_min_size(pos2(view.left(), bottom - TITLE), vec2(view.width(), TITLE));
        let tokens = Tokens::of(ui);
        let painter = ui.painter().with_clip_rect(view.intersect(ui.clip_rect()));
        painter.rect_filled(strip, 0.0, tokens.bg_panel);
        row_text::paint(&painter, strip, title, Type::Small, tokens.text2, Align::Min);
        painter.hline(strip.x_range(), strip.bottom(), (size::RULE, tokens.line));
    }
}
