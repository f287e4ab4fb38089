//! Parents and children as one flat, pre-order list: the shape behind the tree of runs and
//! the tree of spans.
//!
//! Stores are damaged in every way: parents that are absent, that are their own child, ids
//! that repeat. Every node appears exactly once; a node whose parent is absent stands at
//! depth 0; a ring is opened at its first node.

use std::collections::HashMap;
use std::hash::Hash;

/// One node of a [`Forest`], in pre-order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForestNode {
    /// Position in the list that the forest was built from.
    pub item: usize,
    /// 0 for roots.
    pub depth: u32,
    /// How many nodes follow that are below this one.
    pub descendants: usize,
    /// It names a parent that is not in the list, or that would close a ring.
    pub lacks_parent: bool,
}

/// All nodes in pre-order; siblings keep the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Forest {
    /// The nodes.
    pub nodes: Vec<ForestNode>,
}

impl Forest {
    /// Builds from `(id, parent)` pairs, already in the order that siblings should have.
    /// Where an id repeats, children go to its first bearer.
    pub fn build<K: Hash + Eq>(items: &[(K, Option<K>)]) -> Self {
        const NONE: usize = usize::MAX;
        let mut place = HashMap::with_capacity(items.len());
        for (index, (id, _)) in items.iter().enumerate() {
            place.entry(id).or_insert(index);
        }
        let parent: Vec<usize> = items
            .iter()
            .enumerate()
            .map(|(index, (_, parent))| {
                let found = parent.as_ref().and_then(|id| place.get(id).copied());
                found.filter(|found| *found != index).unwrap_or(NONE)
            })
            .collect();
        let mut first_child = vec![NONE; items.len()];
        let mut next_sibling = vec![NONE; items.len()];
        for index in (0..items.len()).rev() {
            if parent[index] != NONE {
                next_sibling[index] = first_child[parent[index]];
                first_child[parent[index]] = index;
            }
        }

        let mut forest = Self { nodes: Vec::with_capacity(items.len()) };
        let mut is_placed = vec![false; items.len()];
        // First the true roots, then whatever a ring keeps from being reached.
        for pass in 0..2 {
            for root in 0..items.len() {
                if !is_placed[root] && (pass == 1 || parent[root] == NONE) {
                    forest.place(root, items[root].1.is_some(), &first_child, &next_sibling, &mut is_placed);
                }
            }
        }
        forest
    }

    /// Walks down from `root` without recursion: a chain of 100,000 spans is no deeper than one.
    fn place(
        &mut self,
        root: usize,
        lacks_parent: bool,
        first_child: &[usize],
        next_sibling: &[usize],
        is_placed: &mut [bool],
    ) {
        let mut open: Vec<(usize, usize)> = Vec::new(); // (position in nodes, next child to visit)
        let mut enter = |nodes: &mut Vec<ForestNode>, item: usize, depth: usize, lacks_parent: bool| {
            is_placed[item] = true;
            nodes.push(ForestNode { item, depth: depth as u32, descendants: 0, lacks_parent });
            nodes.len() - 1
        };
        let position = enter(&mut self.nodes, root, 0, lacks_parent);
        open.push((position, first_child[root]));
        while let Some((position, child)) = open.last_mut() {
            let item = *child;
            if item == usize::MAX {
                let position = *position;
                self.nodes[position].descendants = self.nodes.len() - position - 1;
                open.pop();
                continue;
            }
            *child = next_sibling[item];
            // The only node below itself is the one at which a ring was opened.
            if item != root {
                let depth = open.len();
                let position = enter(&mut self.nodes, item, depth, false);
                open.push((position, first_child[item]));
            }
        }
    }

    /// The nodes right below the one at `position`, by their positions.
    pub fn children(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes.get(position).map_or(0, |node| position + 1 + node.descendants).min(self.nodes.len());
        let mut at = position + 1;
        std::iter::from_fn(move || {
            let node = self.nodes.get(at).filter(|_| at < end)?;
            let child = at;
            at += node.descendants + 1;
            Some(child)
        })
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(items: &[(u32, Option<u32>)]) -> Vec<(u32, u32, usize, bool)> {
        let forest = Forest::build(items);
        forest.nodes.iter().map(|n| (items[n.item].0, n.depth, n.descendants, n.lacks_parent)).collect()
    }

    #[test]
    fn children_follow_their_parent_in_the_order_given() {
        let got = shape(&[(3, Some(1)), (1, None), (2, Some(1)), (4, Some(3)), (5, None)]);
        assert_eq!(got, [(1, 0, 3, false), (3, 1, 1, false), (4, 2, 0, false), (2, 1, 0, false), (5, 0, 0, false)]);
    }

    #[test]
    fn children_are_those_right_below() {
        let forest = Forest::build(&[(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1)), (5, None)]);
        let below = |position| forest.children(position).map(|at| forest.nodes[at].item).collect::<Vec<_>>();
        assert_eq!((below(0), below(1), below(4), below(9)), (vec![1, 3], vec![2], vec![], vec![]));
    }

    #[test]
    fn a_missing_parent_makes_a_marked_root() {
        assert_eq!(shape(&[(1, Some(9)), (2, Some(1))]), [(1, 0, 1, true), (2, 1, 0, false)]);
    }

    #[test]
    fn rings_are_opened_and_every_node_stands_once() {
        assert_eq!(shape(&[(1, Some(1))]), [(1, 0, 0, true)]);
        assert_eq!(
            shape(&[(1, Some(3)), (2, Some(1)), (3, Some(2)), (4, Some(3))]),
            [(1, 0, 3, true), (2, 1, 2, false), (3, 2, 1, false), (4, 3, 0, false)]
        );
    }

    #[test]
    fn repeated_ids_all_appear() {
        assert_eq!(
            shape(&[(1, None), (1, None), (2, Some(1))]),
            [(1, 0, 1, false), (2, 1, 0, false), (1, 0, 0, false)]
        );
    }

    #[test]
    fn a_chain_as_deep_as_it_likes() {
        let items: Vec<(u32, Option<u32>)> = (0..200_000u32).map(|i| (i, i.checked_sub(1))).collect();
        let forest = Forest::build(&items);
        assert_eq!(forest.nodes[0].descendants, 199_999);
        assert_eq!(forest.nodes[199_999].depth, 199_999);
    }
}
