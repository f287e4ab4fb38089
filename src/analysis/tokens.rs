//! Token usage of a trace, from the usage that its spans carry.
//!
//! DSPy (≥ 3.0.4) notes usage on the root module's span only, other integrations on every call
//! and some on both. So a span's usage counts only if no span above it carries usage (the rule
//! of MLflow's own aggregation and of the store notes, section 3). Unknown is never 0.

use crate::model::{Forest, Tokens};

/// Where a span's total comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenSource {
    /// It is the span's own usage.
    Own,
    /// It is the sum of what is known below the span.
    Sum,
    /// Neither the span nor anything below it carries usage.
    Unknown,
}

/// What is known of one span's usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanTokens {
    /// The usage that the span itself carries.
    pub own: Option<Tokens>,
    /// `own` if there is one, else the sum of the children's totals that are known.
    pub total: Option<Tokens>,
    /// Where `total` comes from.
    pub source: TokenSource,
}

/// Rolls usage up the tree. `own` holds the usage of each item of the list that the forest was
/// built from; so does the answer. Items that the forest lacks stay unknown.
pub fn roll_up(forest: &Forest, own: &[Option<Tokens>]) -> Vec<SpanTokens> {
    let unknown = SpanTokens { own: None, total: None, source: TokenSource::Unknown };
    let mut rolled = vec![unknown; own.len()];
    // Backwards, a node's children are done before the node: the sums wait here by depth.
    let mut sums: Vec<Option<Tokens>> = Vec::new();
    for node in forest.nodes.iter().rev() {
        let depth = node.depth as usize;
        if sums.len() < depth + 2 {
            sums.resize(depth + 2, None);
        }
        let below = sums[depth + 1].take();
        let own = own.get(node.item).copied().flatten();
        let (total, source) = match (own, below) {
            (Some(own), _) => (Some(own), TokenSource::Own),
            (None, Some(sum)) => (Some(sum), TokenSource::Sum),
            (None, None) => (None, TokenSource::Unknown),
        };
        if let Some(slot) = rolled.get_mut(node.item) {
            *slot = SpanTokens { own, total, source };
        }
        sums[depth] = add(sums[depth], total);
    }
    rolled
}

/// The usage of a whole trace: from the roots down, a span counts only if no span above it
/// carries usage. `None` if no span carries any.
pub fn trace_total(forest: &Forest, own: &[Option<Tokens>]) -> Option<Tokens> {
    let mut sum = None;
    let mut at = 0;
    while let Some(node) = forest.nodes.get(at) {
        at += 1;
        if let Some(tokens) = own.get(node.item).copied().flatten() {
            sum = add(sum, Some(tokens));
            at += node.descendants;
        }
    }
    sum
}

/// Sums what is known on either side. A number that one of two usages lacks is unknown in
/// their sum; a sum of which nothing is known is none.
fn add(a: Option<Tokens>, b: Option<Tokens>) -> Option<Tokens> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.plus(b)),
        (one, other) => one.or(other),
    }
}

/// Which spans of the list tell what counts: their own usage, with none above them.
pub fn usages(forest: &Forest, own: &[Option<Tokens>]) -> Vec<bool> {
    let mut tell = vec![false; own.len()];
    let mut at = 0;
    while let Some(node) = forest.nodes.get(at) {
        let is_usage = own.get(node.item).copied().flatten().is_some();
        if let Some(slot) = tell.get_mut(node.item) {
            *slot = is_usage;
        }
        at += if is_usage { node.descendants + 1 } else { 1 };
    }
    tell
}

/// Below which spans something tells what it used. A call that tells nothing by itself was made by the one below it that
/// does (MLflow 2.21; with traces of LiteLLM beside those of DSPy).
pub struct UsageBelow {
    /// How many spans with usage stand before each place of the walk, and before its end.
    before: Vec<usize>,
}

impl UsageBelow {
    /// `own`: what each span of the list used by itself.
    pub fn of(forest: &Forest, own: &[Option<Tokens>]) -> Self {
        let mut before = Vec::with_capacity(forest.nodes.len() + 1);
        let mut count = 0;
        for node in &forest.nodes {
            before.push(count);
            count += usize::from(own.get(node.item).copied().flatten().is_some());
        }
        before.push(count);
        Self { before }
    }

    /// Whether some span below the one at a place, up to where that ends, has usage.
    pub fn has(&self, at: usize, end: usize) -> bool {
        let count = |at: usize| self.before.get(at).copied().unwrap_or_default();
        count(end) > count(at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(total: u64) -> Option<Tokens> {
        Tokens::new(Some(total - 1), Some(1), None)
    }

    fn totals(rolled: &[SpanTokens]) -> Vec<Option<u64>> {
        rolled.iter().map(|span| span.total.and_then(|tokens| tokens.total)).collect()
    }

    /// root 0 ─ (1 ─ (2, 3), 4)
    fn forest() -> Forest {
        Forest::build(&[(0, None), (1, Some(0)), (2, Some(1)), (3, Some(1)), (4, Some(0))])
    }

    #[test]
    fn sums_skip_what_is_unknown_and_stop_at_what_is_known() {
        let own = [None, None, tokens(10), None, tokens(5)];
        let rolled = roll_up(&forest(), &own);
        assert_eq!(totals(&rolled), [Some(15), Some(10), Some(10), None, Some(5)]);
        assert_eq!(rolled[0].source, TokenSource::Sum);
        assert_eq!(rolled[0].own, None);
        assert_eq!(rolled[3].source, TokenSource::Unknown);
        assert_eq!(trace_total(&forest(), &own).and_then(|t| t.total), Some(15));
    }

    #[test]
    fn an_ancestor_with_usage_hides_the_usage_below() {
        let own = [None, tokens(12), tokens(10), tokens(3), None];
        assert_eq!(totals(&roll_up(&forest(), &own)), [Some(12), Some(12), Some(10), Some(3), None]);
        assert_eq!(trace_total(&forest(), &own).and_then(|t| t.total), Some(12));
    }

    #[test]
    fn nothing_known_is_nothing_not_zero() {
        let own = [None; 5];
        assert!(roll_up(&forest(), &own).iter().all(|span| span.total.is_none()));
        assert_eq!(trace_total(&forest(), &own), None);
        assert_eq!(trace_total(&Forest::default(), &[]), None);
    }

    #[test]
    fn several_roots_add_up_and_the_order_of_the_list_does_not_matter() {
        let forest = Forest::build(&[(2, Some(1)), (9, Some(7)), (1, None)]);
        let own = [tokens(4), tokens(6), None];
        assert_eq!(totals(&roll_up(&forest, &own)), [Some(4), Some(6), Some(4)]);
        assert_eq!(trace_total(&forest, &own).and_then(|t| t.total), Some(10));
    }

    #[test]
    fn the_total_of_a_trace_is_the_sum_of_its_roots() {
        // Pseudo-random trees: both ways of counting must agree.
        let mut state = 7u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % bound
        };
        for _ in 0..200 {
            let items: Vec<(u64, Option<u64>)> =
                (0..20).map(|i| (i, (i > 0 && next(5) > 0).then(|| next(i.max(1))))).collect();
            let own: Vec<Option<Tokens>> =
                (0..20).map(|_| if next(3) == 0 { tokens(next(90) + 1) } else { None }).collect();
            let forest = Forest::build(&items);
            let rolled = roll_up(&forest, &own);
            let roots = forest.nodes.iter().filter(|node| node.depth == 0);
            let sum = roots.fold(None, |sum, node| add(sum, rolled[node.item].total));
            assert_eq!(trace_total(&forest, &own), sum);
        }
    }
}
