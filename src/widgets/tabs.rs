//! A line of tabs: words, maybe with a count, the chosen one underlined. Those that have no room are in a menu.

use super::glyphs::Glyph;
use super::menu::{MenuEntry, MenuItem, button_menu};
use super::row_text;
use super::theme;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::accesskit::Role;
use egui::{Align, AsIdSalt, Key, Modifiers, Rangef, Rect, Sense, Ui, UiBuilder, pos2, vec2};

/// One tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tab<'a> {
    /// The word.
    pub title: &'a str,
    /// How many things stand there; empty if that says nothing.
    pub count: &'a str,
    /// Whether a palette offers it while it is on screen.
    pub is_offered: bool,
}

impl<'a> Tab<'a> {
    /// A tab without a count.
    pub fn new(title: &'a str) -> Self {
        Self { title, ..Self::default() }
    }

    /// One that a palette offers while it is on screen: of tabs that nobody else can name.
    pub fn offered(mut self) -> Self {
        self.is_offered = true;
        self
    }

    /// With a count.
    pub fn count(mut self, count: &'a str) -> Self {
        self.count = count;
        self
    }
}

const HEIGHT: f32 = 34.0;
/// What stands at both sides of a tab's words, and no less than that.
const PADDING: (f32, f32) = (size::GAP_M, 7.0);
/// What opens the list of the tabs that have no room.
const MORE: &str = "More";

/// Which tabs stand where; the others are in a menu at the end.
#[derive(Debug, PartialEq)]
struct Plan {
    /// Tabs, by their place among all, and where each begins and ends.
    cells: Vec<(usize, Rangef)>,
    /// The tabs that have no room, in their order.
    hidden: Vec<usize>,
    padding: f32,
}

impl Plan {
    /// Tabs that do not fit move together; if that is not enough the last ones go into the menu, but never the
    /// chosen one. `words`: how wide each tab's words are; `more`: how wide the button of the menu is.
    fn new(words: &[f32], selected: usize, width: f32, more: f32) -> Self {
        let natural: f32 = words.iter().sum();
        let room = (width - natural) / (2.0 * words.len().max(1) as f32);
        let padding = room.clamp(PADDING.1, PADDING.0);
        let wide = |index: usize| words.get(index).map_or(0.0, |words| words + 2.0 * padding);
        let mut shown: Vec<usize> = (0..words.len()).collect();
        if room < PADDING.1 {
            let total = |shown: &[usize]| shown.iter().map(|index| wide(*index)).sum::<f32>();
            while shown.len() > 1 && total(&shown) > width - more {
                // From the end, past the chosen one.
                let last = shown.iter().rposition(|index| *index != selected);
                last.map(|at| shown.remove(at));
            }
        }
        let hidden = (0..words.len()).filter(|index| !shown.contains(index)).collect::<Vec<_>>();
        let most = if hidden.is_empty() { width } else { width - more };
        let mut left = 0.0;
        let cells = shown.into_iter().map(|index| {
            let cell = Rangef::new(left, (left + wide(index)).min(most.max(left)));
            left = cell.max;
            (index, cell)
        });
        Self { cells: cells.collect(), hidden, padding }
    }

    /// Where the tabs end.
    fn end(&self) -> f32 {
        self.cells.last().map_or(0.0, |(_, cell)| cell.max)
    }
}

/// Shows the tabs; returns the one that was chosen now, by click, in the menu or by ← and →.
pub fn show(ui: &mut Ui, id_salt: impl AsIdSalt, label: &str, tabs: &[Tab<'_>], selected: usize) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let area = ui.available_rect_before_wrap();
    let rect = Rect::from_min_size(area.min, vec2(area.width(), HEIGHT));
    let words: Vec<f32> = tabs.iter().map(|tab| width(ui, tab)).collect();
    let more = width(ui, &Tab::new(MORE)) + size::ICON + 2.0 * PADDING.1;
    let plan = Plan::new(&words, selected, rect.width(), more);
    let mut line = ui.new_child(
        UiBuilder::new()
            .id_salt(egui::IdSalt::new(id_salt))
            .max_rect(rect)
            .accessibility_role(Role::TabList)
            .accessibility_label(label),
    );
    line.shrink_clip_rect(rect);
    let scope = line.scope_id();
    let mut chosen = None;
    for (index, cell) in &plan.cells {
        let (index, left) = (*index, rect.left());
        let cell = Rect::from_x_y_ranges(left + cell.min..=left + cell.max, rect.y_range());
        let Some(tab) = tabs.get(index) else { continue };
        let id = scope.with(("tab", index));
        let response = line.interact(cell, id, Sense::click());
        let is_selected = index == selected;
        if tab.is_offered {
            super::offers::note(&line, id, tab.title, Some(is_selected));
        }
        line.ctx().accesskit_node_builder(id, |node| {
            super::virtual_rows::set_bounds(node, cell);
            node.set_role(Role::Tab);
            node.set_label(if tab.title.is_empty() { "(empty)" } else { tab.title });
            node.set_selected(is_selected);
            node.set_position_in_set(index);
            node.set_size_of_set(tabs.len());
        });
        if response.clicked() {
            chosen = Some(index);
        }
        if response.has_focus() {
            chosen = step(&line, index, tabs.len()).or(chosen);
            theme::focus_ring(line.painter(), cell.shrink(2.0), tokens);
        }
        paint(&line, cell, tab, is_selected, response.hovered(), plan.padding);
    }
    for index in &plan.hidden {
        // It has no place, but can be pressed all the same.
        if let Some(tab) = tabs.get(*index).filter(|tab| tab.is_offered) {
            let id = scope.with(("tab", *index));
            super::offers::note(&line, id, tab.title, Some(false));
            if line.interact(Rect::NOTHING, id, Sense::CLICK).clicked() {
                chosen = Some(*index);
            }
        }
    }
    if !plan.hidden.is_empty() {
        let left = rect.left() + plan.end();
        let button = Rect::from_x_y_ranges(left..=(left + more).min(rect.right()), rect.y_range());
        chosen = more_ui(&line, button, tabs, &plan.hidden).or(chosen);
    }
    if let Some(index) = chosen {
        line.memory_mut(|memory| memory.request_focus(scope.with(("tab", index))));
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (size::RULE, tokens.line));
    ui.advance_cursor_after_rect(rect);
    chosen
}

/// The button at the end, and the menu that it opens; returns the tab that was chosen in it.
fn more_ui(ui: &Ui, rect: Rect, tabs: &[Tab<'_>], hidden: &[usize]) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let response = ui.interact(rect, ui.scope_id().with("more"), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, "More tabs"));
    if response.has_focus() {
        theme::focus_ring(ui.painter(), rect.shrink(2.0), tokens);
    }
    let color = if response.hovered() { tokens.text1 } else { tokens.text2 };
    let inner = rect.shrink2(vec2(PADDING.1, 0.0));
    let word = row_text::paint(ui.painter(), inner, MORE, Type::Body, color, Align::Min);
    let mark = pos2(word.right() + size::GAP_XS + size::ICON / 2.0, rect.center().y);
    Glyph::FoldOpen.paint(ui.painter(), mark, size::ICON, color);
    let listed: Vec<&Tab<'_>> = hidden.iter().filter_map(|index| tabs.get(*index)).collect();
    let entries: Vec<MenuEntry<'_>> =
        listed.iter().map(|tab| MenuEntry::Item(MenuItem::new(tab.title).shortcut(tab.count))).collect();
    button_menu(&response, &entries).and_then(|entry| hidden.get(entry).copied())
}

fn step(ui: &Ui, index: usize, total: usize) -> Option<usize> {
    let id = ui.scope_id().with(("tab", index));
    ui.memory_mut(|memory| {
        memory.set_focus_lock_filter(id, egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() });
    });
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::ArrowRight) {
            (index + 1 < total).then_some(index + 1)
        } else if input.consume_key(Modifiers::NONE, Key::ArrowLeft) {
            index.checked_sub(1)
        } else {
            None
        }
    })
}

/// How wide its words are.
fn width(ui: &Ui, tab: &Tab<'_>) -> f32 {
    let title = row_text::layout(ui.painter(), tab.title, Type::BodyMedium.font(), 400.0);
    let count = if tab.count.is_empty() {
        0.0
    } else {
        let count = row_text::layout(ui.painter(), tab.count, Type::Body.font(), 200.0);
        count.size().x + size::GAP_XS + 2.0
    };
    // The widest cut, so that choosing a tab moves nothing.
    // A text is cut at whole points: the rounding must not cost a letter.
    title.size().x.ceil() + 1.0 + count.ceil()
}

fn paint(ui: &Ui, cell: Rect, tab: &Tab<'_>, is_selected: bool, is_hovered: bool, padding: f32) {
    let tokens = Tokens::of(ui);
    let inner = cell.shrink2(vec2(padding, 0.0));
    let (cut, color) = if is_selected {
        (Type::BodyMedium, tokens.text1)
    } else if is_hovered {
        (Type::Body, tokens.text1)
    } else {
        (Type::Body, tokens.text2)
    };
    let title = row_text::paint(ui.painter(), inner, tab.title, cut, color, Align::Min);
    let room = inner.with_min_x(title.right() + size::GAP_XS + 2.0);
    row_text::paint(ui.painter(), room, tab.count, Type::Body, tokens.text3, Align::Min);
    if is_selected {
        let line = Rect::from_min_max(pos2(cell.left(), cell.bottom() - 2.0), cell.right_bottom());
        ui.painter().rect_filled(line, 0.0, tokens.accent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORE_WIDTH: f32 = 60.0;

    fn shown(words: &[f32], selected: usize, width: f32) -> Vec<usize> {
        Plan::new(words, selected, width, MORE_WIDTH).cells.iter().map(|(index, _)| *index).collect()
    }

    #[test]
    fn tabs_move_together_before_one_goes() {
        let words = [80.0; 5];
        let plan = |width| Plan::new(&words, 0, width, MORE_WIDTH);
        assert_eq!((plan(900.0).padding, plan(900.0).end()), (PADDING.0, 520.0));
        assert_eq!((plan(500.0).padding, plan(500.0).end()), (10.0, 500.0));
        assert_eq!(plan(469.0).hidden, [4]);
        assert_eq!(plan(400.0).hidden, [3, 4]);
    }

    #[test]
    fn the_chosen_tab_is_always_there_and_nothing_is_squeezed() {
        let words = [70.0, 30.0, 55.0, 81.0, 44.0, 61.0, 90.0];
        for width in (0..900).map(|width| width as f32) {
            for selected in 0..words.len() {
                let plan = Plan::new(&words, selected, width, MORE_WIDTH);
                let shown: Vec<usize> = plan.cells.iter().map(|(index, _)| *index).collect();
                assert!(shown.contains(&selected) && shown.is_sorted(), "{width} {plan:?}");
                let mut all = [shown.clone(), plan.hidden.clone()].concat();
                all.sort_unstable();
                assert_eq!(all, [0, 1, 2, 3, 4, 5, 6]);
                let room = if plan.hidden.is_empty() { width } else { width - MORE_WIDTH };
                assert!(shown.len() == 1 || plan.end() <= room + 0.01, "{width} {plan:?}");
                for (index, cell) in plan.cells.iter().filter(|_| shown.len() > 1) {
                    assert!(cell.span() >= words[*index] + 2.0 * PADDING.1 - 0.01, "{width} {plan:?}");
                }
            }
        }
    }

    #[test]
    fn the_last_ones_go_first() {
        let words = [80.0; 5];
        assert_eq!(shown(&words, 1, 360.0), [0, 1, 2]);
        assert_eq!(shown(&words, 4, 360.0), [0, 1, 4]);
        assert_eq!(shown(&words, 9, 0.0).len(), 1);
        assert_eq!(shown(&[], 0, 100.0), [] as [usize; 0]);
    }
}
