//! Long runs of siblings that are alike.

use super::adapters::is_adapter;
use crate::model::{Forest, SpanHead};

/// A node's place in a run of siblings that are alike; a run of one is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    /// How many of the run stand before it.
    pub before: u32,
    /// How many the run has.
    pub count: u32,
    /// Where all that is below the run's last one ends, as a position in the forest.
    pub end: u32,
    /// Steps of adapters stand between them.
    pub has_between: bool,
}

/// For each node of `forest` its run: siblings one after another of one kind, and of one name apart from a number at its
/// end (`step 7`, `Predict.forward_12`), that none but quiet adapters stand between.
pub fn alike(forest: &Forest, spans: &[SpanHead]) -> Vec<Alike> {
    let nodes = &forest.nodes;
    let mut runs = vec![Alike::default(); nodes.len()];
    // Of each level that is open: the run so far, as positions, and whether something stood between.
    let mut open: Vec<(Vec<usize>, bool)> = Vec::new();
    for (position, node) in nodes.iter().enumerate() {
        let depth = node.depth as usize;
        while open.len() > depth + 1 {
            if let Some(run) = open.pop() {
                close(run, nodes, &mut runs);
            }
        }
        open.resize_with(depth + 1, Default::default);
        let (Some(span), Some((run, has_between))) = (spans.get(node.item), open.last_mut()) else { continue };
        if is_adapter(span) && span.status != "ERROR" && node.descendants == 0 {
            *has_between |= !run.is_empty();
            continue;
        }
        let before = run.last().and_then(|last| spans.get(nodes[*last].item));
        if !before.is_some_and(|before| before.kind == span.kind && stem(&before.name) == stem(&span.name)) {
            let ended = (std::mem::take(run), std::mem::take(has_between));
            close(ended, nodes, &mut runs);
        }
        if let Some((run, _)) = open.last_mut() {
            run.push(position);
        }
    }
    open.into_iter().for_each(|run| close(run, nodes, &mut runs));
    runs
}

fn close((run, has_between): (Vec<usize>, bool), nodes: &[crate::model::ForestNode], runs: &mut [Alike]) {
    let Some(last) = run.last().filter(|_| run.len() > 1) else { return };
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (count, end) = (narrow(run.len()), narrow(last + 1 + nodes[*last].descendants));
    for (before, position) in run.iter().enumerate() {
        runs[*position] = Alike { before: narrow(before), count, end, has_between };
    }
}

/// A name without the number at its end.
fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches([' ', '_', '-', '#', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::adapters::tests::spans;

    fn runs(list: &[(&str, usize, &str, &str)]) -> Vec<(u32, u32, u32, bool)> {
        let (forest, list) = spans(list);
        alike(&forest, &list).iter().map(|one| (one.before, one.count, one.end, one.has_between)).collect()
    }

    #[test]
    fn siblings_of_one_name_are_a_run_whatever_is_below_them() {
        let got = runs(&[
            ("all", 0, "CHAIN", "OK"),
            ("step 1", 1, "TOOL", "OK"),
            ("step 2", 1, "TOOL", "ERROR"),
            ("step 2", 2, "TOOL", "OK"),
            ("step 3", 1, "TOOL", "OK"),
            ("step 4", 1, "CHAIN", "OK"),
            ("other", 1, "CHAIN", "OK"),
        ]);
        let none = (0, 0, 0, false);
        assert_eq!(got, [none, (0, 3, 5, false), (1, 3, 5, false), none, (2, 3, 5, false), none, none]);
    }

    #[test]
    fn quiet_adapters_between_are_told_and_failed_ones_end_a_run() {
        let got = runs(&[
            ("LM", 0, "LLM", "OK"),
            ("X.parse", 0, "PARSER", "OK"),
            ("LM_2", 0, "LLM", "OK"),
            ("X.parse", 0, "PARSER", "ERROR"),
            ("LM_3", 0, "LLM", "OK"),
        ]);
        let none = (0, 0, 0, false);
        assert_eq!(got, [(0, 2, 3, true), none, (1, 2, 3, true), none, none]);
    }
}
