//! From an order of rows to the lines of a table: flat, or children under their parents.

use crate::model::Forest;

/// A line of a table of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLine {
    /// The place of its row.
    pub row: usize,
    /// 0 for roots.
    pub depth: u32,
    /// How many lines follow that are below this one.
    pub descendants: usize,
    /// Whether the row is of the order; others only show where their children belong, dimmed.
    pub is_match: bool,
    /// It names a parent that is absent, or that would close a ring.
    pub lacks_parent: bool,
}

const NONE: usize = usize::MAX;

/// The rows of an order, one line each, without their parents.
pub fn flat_order(order: &[usize]) -> Vec<RunLine> {
    let line = |row: &usize| RunLine { row: *row, depth: 0, descendants: 0, is_match: true, lacks_parent: false };
    order.iter().map(line).collect()
}

/// The rows of an order under their parents, siblings in the order. Parents that are not of the
/// order are there too and no match; they stand where the first of those below them would.
/// `forest` holds every row once; rows of the order that it lacks are left out.
pub fn tree_order(forest: &Forest, order: &[usize]) -> Vec<RunLine> {
    let nodes = &forest.nodes;
    let mut rank_of_row = vec![NONE; nodes.iter().map(|node| node.item + 1).max().unwrap_or(0)];
    for (rank, row) in order.iter().enumerate() {
        if let Some(place) = rank_of_row.get_mut(*row) {
            *place = rank;
        }
    }
    let parents = parents(forest);
    // Where each node stands among its siblings: by itself, else by the first below it.
    let own: Vec<usize> = nodes.iter().map(|node| rank_of_row[node.item]).collect();
    let mut rank = own.clone();
    for node in (0..nodes.len()).rev() {
        let parent = parents[node];
        if parent != NONE && own[parent] == NONE {
            rank[parent] = rank[parent].min(rank[node]);
        }
    }
    let is_shown = |node: usize| rank[node] != NONE;
    let mut sorted: Vec<usize> = (0..nodes.len()).filter(|node| is_shown(*node)).collect();
    sorted.sort_by_key(|node| rank[*node]);
    // Siblings as lists, filled from the last so that each list begins with the first.
    let mut first_child = vec![NONE; nodes.len()];
    let mut next_sibling = vec![NONE; nodes.len()];
    let mut first_root = NONE;
    for node in sorted.iter().rev() {
        let head = match parents[*node] {
            NONE => &mut first_root,
            parent => &mut first_child[parent],
        };
        next_sibling[*node] = *head;
        *head = *node;
    }
    let mut lines: Vec<RunLine> = Vec::with_capacity(sorted.len());
    let mut open: Vec<usize> = Vec::new(); // places in `lines` of those above, from the root
    let mut path: Vec<usize> = Vec::new(); // the same as nodes
    let mut next = first_root;
    loop {
        if next == NONE {
            let (Some(place), Some(node)) = (open.pop(), path.pop()) else { break };
            lines[place].descendants = lines.len() - place - 1;
            next = next_sibling[node];
            continue;
        }
        let depth = u32::try_from(path.len()).unwrap_or(u32::MAX);
        let (row, lacks_parent) = (nodes[next].item, nodes[next].lacks_parent);
        open.push(lines.len());
        lines.push(RunLine { row, depth, descendants: 0, is_match: own[next] != NONE, lacks_parent });
        path.push(next);
        next = first_child[next];
    }
    lines
}

/// The parent of each node, as a place among the nodes.
fn parents(forest: &Forest) -> Vec<usize> {
    let mut parents = Vec::with_capacity(forest.nodes.len());
    let mut path: Vec<usize> = Vec::new();
    for (place, node) in forest.nodes.iter().enumerate() {
        path.truncate(node.depth as usize);
        parents.push(path.last().copied().unwrap_or(NONE));
        path.push(place);
    }
    parents
}
