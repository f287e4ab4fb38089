//! One visible row, and how it is described to those who do not see it.

use egui::accesskit::{self, Action, Role};
use egui::{Id, Rect, Response, Sense, Ui};

/// A row that is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct VisibleRow {
    /// Which row.
    pub index: usize,
    /// Where; the first and the last may stand over the edge and are clipped.
    pub rect: Rect,
    /// The id of the row's own click area; parts of the row use `id.with(…)`.
    pub id: Id,
    /// The list, which has the keyboard focus.
    pub list: Id,
    pub(super) total: usize,
    pub(super) role: Role,
}

/// How a row is described.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowInfo<'a> {
    /// What the row says.
    pub label: &'a str,
    /// The depth in a tree, from 0.
    pub depth: Option<usize>,
    /// Whether the row's children are shown; `None` if it has none.
    pub expanded: Option<bool>,
    /// Whether the row is selected.
    pub selected: bool,
    /// The place among its siblings and their number; the whole list's if not given.
    pub position: Option<(usize, usize)>,
}

impl VisibleRow {
    /// Makes the row clickable and describes it. A click also gives the list the keyboard.
    ///
    /// Call it before what lies on top of the row is made clickable.
    pub fn interact(&self, ui: &Ui, info: RowInfo<'_>) -> Response {
        // Not focusable: Tab steps over the list as one thing, arrows move within it.
        let response = ui.interact(self.rect, self.id, Sense::CLICK);
        if response.clicked() || response.secondary_clicked() {
            ui.memory_mut(|memory| memory.request_focus(self.list));
        }
        ui.ctx().accesskit_node_builder(self.id, |node| {
            set_bounds(node, self.rect.intersect(ui.clip_rect()));
            node.set_role(self.role);
            node.set_label(if info.label.is_empty() { "(empty)" } else { info.label });
            node.add_action(Action::Click);
            node.set_selected(info.selected);
            let (position, of) = info.position.unwrap_or((self.index, self.total));
            node.set_position_in_set(position);
            node.set_size_of_set(of);
            if self.role == Role::Row {
                node.set_row_index(self.index);
            }
            if let Some(depth) = info.depth {
                node.set_level(depth + 1);
            }
            if let Some(expanded) = info.expanded {
                node.set_expanded(expanded);
            }
        });
        response
    }
}

/// Tells the accessibility tree where a node is.
pub(in crate::widgets) fn set_bounds(node: &mut accesskit::Node, rect: Rect) {
    node.set_bounds(accesskit::Rect {
        x0: rect.min.x.into(),
        y0: rect.min.y.into(),
        x1: rect.max.x.into(),
        y1: rect.max.y.into(),
    });
}
