//! Two areas with a border between them that can be moved, by pointer and by keys.

mod plan;

pub use plan::{CENTRE_LEAST, LEFT_LEAST, PanelPlan, RIGHT_LEAST, clamp_size};

use super::theme;
use super::tokens::{Tokens, size};
use super::virtual_rows::set_bounds;
use egui::accesskit::{Action, Orientation, Role};
use egui::{AsIdSalt, CursorIcon, EventFilter, IdSalt, Key, Modifiers, Rect, Response, Sense, Ui, UiBuilder, vec2};

/// In which direction the areas follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitAxis {
    /// Side by side.
    Horizontal,
    /// One below the other.
    Vertical,
}

/// Which of the two areas has the size that the caller keeps; the other one takes the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sized {
    /// The left or upper one.
    First,
    /// The right or lower one.
    Second,
}

/// A split area. It fills the space that is left.
#[must_use = "call `show`"]
pub struct Split<'a> {
    id_salt: IdSalt,
    label: &'a str,
    axis: SplitAxis,
    sized: Sized,
    normal: f32,
    least: (f32, f32),
}

/// How near the border the pointer has to be.
const GRIP: f32 = 4.0;
const STEP: f32 = 8.0;
const LARGE_STEP: f32 = 64.0;

impl<'a> Split<'a> {
    /// Two areas; `label` says what the border changes: "Width of the details".
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, axis: SplitAxis) -> Self {
        let id_salt = IdSalt::new(id_salt);
        Self { id_salt, label, axis, sized: Sized::Second, normal: 400.0, least: (120.0, 120.0) }
    }

    /// Which area has the size.
    pub fn sized(mut self, sized: Sized) -> Self {
        self.sized = sized;
        self
    }

    /// The size that a double click brings back.
    pub fn normal(mut self, points: f32) -> Self {
        self.normal = points;
        self
    }

    /// The least sizes of the first and the second area. In too little room the area without a size gives way.
    pub fn least(mut self, first: f32, second: f32) -> Self {
        self.least = (first, second);
        self
    }

    /// Draws both areas. `points` is the size of the area chosen with [`Self::sized`]; the user changes it, the
    /// caller keeps it. It is left alone while the room is too small for it, so that it comes back with the room.
    /// Returns whether the user changed it.
    pub fn show(
        self,
        ui: &mut Ui,
        points: &mut f32,
        add_first: impl FnOnce(&mut Ui),
        add_second: impl FnOnce(&mut Ui),
    ) -> bool {
        self.show_with(ui, points, &mut (), |ui, ()| add_first(ui), |ui, ()| add_second(ui))
    }

    /// The same, with something that both areas change.
    pub fn show_with<C>(
        self,
        ui: &mut Ui,
        points: &mut f32,
        cx: &mut C,
        add_first: impl FnOnce(&mut Ui, &mut C),
        add_second: impl FnOnce(&mut Ui, &mut C),
    ) -> bool {
        let outer = ui.available_rect_before_wrap();
        let id = ui.make_persistent_id(self.id_salt);
        let length = self.along(outer.size());
        let (own_least, other_least) = match self.sized {
            Sized::First => self.least,
            Sized::Second => (self.least.1, self.least.0),
        };
        let fit = |wanted: f32| clamp_size(wanted, length, own_least, other_least);
        let mut own = fit(*points);

        let border = |own: f32| match self.sized {
            Sized::First => own,
            Sized::Second => length - own,
        };
        let response = ui.interact(self.grip(outer, border(own)), id, Sense::click_and_drag());
        let wanted = self.changed(ui, &response, outer, own, (own_least, length - other_least));
        if let Some(wanted) = wanted {
            own = fit(wanted);
            *points = own;
        }
        let (first, second) = self.areas(outer, border(own));
        let area = |ui: &mut Ui, name: &str, rect: Rect| {
            let mut area = ui.new_child(UiBuilder::new().id_salt((self.id_salt, name)).max_rect(rect));
            area.shrink_clip_rect(rect);
            area
        };
        add_first(&mut area(ui, "first", first), cx);
        add_second(&mut area(ui, "second", second), cx);
        // Again, on top of both: what was drawn in them would take the pointer on the border.
        let response = ui.interact(self.grip(outer, border(own)), id, Sense::click_and_drag());
        self.border_ui(ui, &response, outer, border(own));
        ui.ctx().accesskit_node_builder(id, |node| {
            set_bounds(node, response.rect.intersect(ui.clip_rect()));
            node.set_role(Role::Splitter);
            node.set_label(self.label);
            node.set_orientation(match self.axis {
                SplitAxis::Horizontal => Orientation::Vertical,
                SplitAxis::Vertical => Orientation::Horizontal,
            });
            node.set_numeric_value(f64::from(own));
            node.set_min_numeric_value(f64::from(own_least));
            node.set_max_numeric_value(f64::from((length - other_least).max(own_least)));
            node.set_numeric_value_step(f64::from(STEP));
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
        ui.advance_cursor_after_rect(outer);
        wanted.is_some()
    }

    /// The size that the user asks for, if any.
    fn changed(&self, ui: &Ui, response: &Response, outer: Rect, own: f32, ends: (f32, f32)) -> Option<f32> {
        if response.double_clicked() {
            return Some(self.normal);
        }
        if response.dragged()
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let at = self.along(pointer - outer.min);
            return Some(match self.sized {
                Sized::First => at,
                Sized::Second => self.along(outer.size()) - at,
            });
        }
        let id = response.id;
        let asked = |action| ui.input(|input| input.num_accesskit_action_requests(id, action)) as f32 * STEP;
        let by_action = asked(Action::Increment) - asked(Action::Decrement);
        if by_action != 0.0 {
            return Some(own + by_action);
        }
        if !response.has_focus() {
            return None;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let (less, more) = match self.axis {
            SplitAxis::Horizontal => (Key::ArrowLeft, Key::ArrowRight),
            SplitAxis::Vertical => (Key::ArrowUp, Key::ArrowDown),
        };
        // The border follows the arrow, so the second area shrinks where the first one grows.
        let sign = if self.sized == Sized::First { 1.0 } else { -1.0 };
        ui.input_mut(|input| {
            let mut by = 0.0;
            for (modifiers, step) in [(Modifiers::SHIFT, LARGE_STEP), (Modifiers::NONE, STEP)] {
                by += step * input.count_and_consume_key(modifiers, more) as f32;
                by -= step * input.count_and_consume_key(modifiers, less) as f32;
            }
            if by != 0.0 {
                Some(own + sign * by)
            } else if input.consume_key(Modifiers::NONE, Key::Home) {
                Some(ends.0)
            } else if input.consume_key(Modifiers::NONE, Key::End) {
                Some(ends.1)
            } else {
                input.consume_key(Modifiers::NONE, Key::Enter).then_some(self.normal)
            }
        })
    }

    fn border_ui(&self, ui: &Ui, response: &Response, outer: Rect, border: f32) {
        let tokens = Tokens::of(ui);
        let is_held = response.hovered() || response.dragged();
        if is_held {
            ui.ctx().set_cursor_icon(match self.axis {
                SplitAxis::Horizontal => CursorIcon::ResizeHorizontal,
                SplitAxis::Vertical => CursorIcon::ResizeVertical,
            });
        }
        let color = if response.has_focus() || response.dragged() {
            tokens.accent
        } else if is_held {
            tokens.text3
        } else {
            tokens.line
        };
        let rule = (if is_held || response.has_focus() { 2.0 } else { size::RULE }, color);
        match self.axis {
            SplitAxis::Horizontal => ui.painter().vline(outer.left() + border, outer.y_range(), rule),
            SplitAxis::Vertical => ui.painter().hline(outer.x_range(), outer.top() + border, rule),
        };
        if response.has_focus() {
            theme::focus_ring(ui.painter(), response.rect, tokens);
        }
    }

    fn along(&self, size: egui::Vec2) -> f32 {
        match self.axis {
            SplitAxis::Horizontal => size.x,
            SplitAxis::Vertical => size.y,
        }
    }

    fn grip(&self, outer: Rect, border: f32) -> Rect {
        match self.axis {
            SplitAxis::Horizontal => {
                Rect::from_x_y_ranges(outer.left() + border - GRIP..=outer.left() + border + GRIP, outer.y_range())
            }
            SplitAxis::Vertical => {
                Rect::from_x_y_ranges(outer.x_range(), outer.top() + border - GRIP..=outer.top() + border + GRIP)
            }
        }
    }

    fn areas(&self, outer: Rect, border: f32) -> (Rect, Rect) {
        let half = size::RULE / 2.0;
        match self.axis {
            SplitAxis::Horizontal => {
                let x = outer.left() + border;
                (outer.with_max_x((x - half).max(outer.left())), outer.with_min_x((x + half).min(outer.right())))
            }
            SplitAxis::Vertical => {
                let at = vec2(0.0, border);
                let y = (outer.min + at).y;
                (outer.with_max_y((y - half).max(outer.top())), outer.with_min_y((y + half).min(outer.bottom())))
            }
        }
    }
}
