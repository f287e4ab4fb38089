//! Counts over traces: how many, how many failed, how long they took, what they used, by what is chosen.

use std::collections::HashMap;

use super::cost::{Cost, cost_of_trace, cost_of_usage};
use crate::model::{Name, Prices, SpanFact, Tokens, TraceFacts, TraceRow};

/// What the rows of a count stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatsBy {
    /// Spans by name.
    Span,
    /// Calls of predictors by signature.
    Predictor,
    /// Calls of language models by model.
    Model,
    /// Traces by the type of an exception that was noted in them.
    Error,
    /// Traces by run.
    Run,
    /// Traces by session.
    Session,
}

impl StatsBy {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Span, Self::Predictor, Self::Model, Self::Error, Self::Run, Self::Session];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Span => "span",
            Self::Predictor => "predictor",
            Self::Model => "model",
            Self::Error => "error",
            Self::Run => "run",
            Self::Session => "session",
        }
    }

    /// What a column of them is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Span => "Span",
            Self::Predictor => "Predictor",
            Self::Model => "Model",
            Self::Error => "Exception",
            Self::Run => "Run",
            Self::Session => "Session",
        }
    }

    /// The one of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.word() == word)
    }

    /// Whether what is counted are traces, not spans of them.
    pub fn counts_traces(self) -> bool {
        matches!(self, Self::Error | Self::Run | Self::Session)
    }
}

/// How long half, 95 and 99 of a hundred took at most, in nanoseconds: the smallest of the times than which at least
/// so many are not longer (nearest rank). Each is a time that was really taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    /// The median.
    pub p50_ns: u64,
    /// Of 95 in a hundred.
    pub p95_ns: u64,
    /// Of 99 in a hundred.
    pub p99_ns: u64,
}

impl Percentiles {
    /// Of some times, in any order; `None` of none.
    pub fn of(times: &mut [u64]) -> Option<Self> {
        times.sort_unstable();
        let at = |hundredths: usize| times.get((times.len() * hundredths).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { p50_ns: at(50)?, p95_ns: at(95)?, p99_ns: at(99)? })
    }
}

/// One row, or all of it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StatsRow {
    /// What it stands for; `None`: whatever tells nothing of the kind.
    pub key: Option<Name>,
    /// How many there are.
    pub count: u64,
    /// How many of them ended with an error.
    pub errors: u64,
    /// How long they took; `None` if none of them has ended.
    pub latency: Option<Percentiles>,
    /// How long they took together, nanoseconds.
    pub total_ns: u64,
    /// The same without what they waited for below them; of traces as `total_ns`.
    pub own_ns: u64,
    /// What they used, as far as it is known; `None` if nothing is.
    pub tokens: Option<Tokens>,
    /// What they cost, as far as it is known; `None` if nothing is. By predictor it is that of usage that is its alone, by
    /// model its share of all usage; by the name of spans it is not told.
    pub cost: Option<Cost>,
}

/// What happened in a stretch of time.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StatsBin {
    /// When it begins, milliseconds since the epoch.
    pub from_ms: i64,
    /// The traces that began in it.
    pub all: StatsRow,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Stats {
    /// All traces.
    pub all: StatsRow,
    /// How many of them tell what they used.
    pub with_tokens: u64,
    /// Of how many it is known what they cost.
    pub with_cost: u64,
    /// By what was chosen, the most frequent first.
    pub rows: Vec<StatsRow>,
    /// Over time, stretches of the same length from the first trace to the last; empty if none tells when it began.
    pub bins: Vec<StatsBin>,
    /// How long a stretch is, milliseconds.
    pub bin_ms: i64,
}

#[derive(Default)]
struct Tally {
    count: u64,
    errors: u64,
    times: Vec<u64>,
    own_ns: u64,
    tokens: Option<Tokens>,
    cost: Option<Cost>,
}

impl Tally {
    fn spend(&mut self, cost: Option<Cost>) {
        self.cost = match (self.cost, cost) {
            (Some(sum), Some(more)) => Some(sum.plus(more)),
            (sum, more) => sum.or(more),
        };
    }

    fn use_tokens(&mut self, tokens: Option<Tokens>) {
        self.tokens = match (self.tokens, tokens) {
            (Some(sum), Some(more)) => Some(known_sum(sum, more)),
            (sum, more) => sum.or(more),
        };
    }

    fn add_span(&mut self, span: &SpanFact) {
        self.count += 1;
        self.errors += u64::from(span.has_failed);
        self.times.extend(span.duration_ns);
        self.own_ns = self.own_ns.saturating_add(span.own_ns.unwrap_or(0));
    }

    fn add_trace(&mut self, row: &TraceRow, (tokens, cost): Used) {
        self.count += 1;
        self.errors += u64::from(row.status == "ERROR");
        let time = time_ns(row);
        self.times.extend(time);
        self.own_ns = self.own_ns.saturating_add(time.unwrap_or(0));
        self.use_tokens(tokens);
        self.spend(cost);
    }

    fn row(mut self, key: Option<Name>) -> StatsRow {
        StatsRow {
            key,
            count: self.count,
            errors: self.errors,
            total_ns: self.times.iter().fold(0, |sum: u64, time| sum.saturating_add(*time)),
            own_ns: self.own_ns,
            latency: Percentiles::of(&mut self.times),
            tokens: self.tokens,
            cost: self.cost,
        }
    }
}

/// Adds each number as far as it is known: over thousands of traces one that tells less must not hide all others.
fn known_sum(a: Tokens, b: Tokens) -> Tokens {
    let add = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, other) => one.or(other),
    };
    Tokens { input: add(a.input, b.input), output: add(a.output, b.output), total: add(a.total, b.total) }
}

/// What a trace used, and what that cost.
type Used = (Option<Tokens>, Option<Cost>);

fn time_ns(row: &TraceRow) -> Option<u64> {
    row.duration_ms.and_then(|ms| u64::try_from(ms).ok()).map(|ms| ms.saturating_mul(1_000_000))
}

/// Counts traces one after another.
pub struct Counter {
    by: StatsBy,
    all: Tally,
    with_tokens: u64,
    with_cost: u64,
    keyed: HashMap<Option<Name>, Tally>,
    /// When traces began, how long they took, whether they failed, the total of what they used.
    moments: Vec<(i64, Option<u64>, bool, Option<u64>)>,
}

/// So many stretches of time at the most.
const BINS: i64 = 60;

impl Counter {
    /// Nothing is counted yet.
    pub fn new(by: StatsBy) -> Self {
        Self { by, all: Tally::default(), with_tokens: 0, with_cost: 0, keyed: HashMap::new(), moments: Vec::new() }
    }

    fn at(&mut self, key: Option<&Name>) -> &mut Tally {
        self.keyed.entry(key.cloned()).or_default()
    }

    /// Counts a trace.
    pub fn add(&mut self, row: &TraceRow, facts: &TraceFacts, prices: &Prices) {
        // What its spans tell; of a trace whose spans are not in the store what was stored of it.
        let tokens = facts.tokens().or_else(|| row.tokens.filter(|_| facts.spans.is_empty()));
        self.with_tokens += u64::from(tokens.is_some());
        let cost = cost_of_trace(row, facts, prices);
        let used: Used = (tokens, cost.known());
        self.with_cost += u64::from(used.1.is_some());
        self.all.add_trace(row, used);
        if row.start_time_ms > 0 {
            let total = tokens.and_then(|tokens| tokens.total);
            self.moments.push((row.start_time_ms, time_ns(row), row.status == "ERROR", total));
        }
        match self.by {
            StatsBy::Span => {
                for span in &facts.spans {
                    let tally = self.at(Some(&span.name));
                    tally.add_span(span);
                    tally.use_tokens(span.tokens);
                }
            }
            StatsBy::Predictor => {
                facts.predictors().for_each(|span| self.at(span.signature.as_ref()).add_span(span));
                for usage in facts.usage.iter().filter(|usage| usage.signature.is_some()) {
                    let tally = self.at(usage.signature.as_ref());
                    tally.use_tokens(Some(usage.tokens));
                    tally.spend(cost_of_usage(usage, prices));
                }
            }
            StatsBy::Model => {
                facts.calls().for_each(|span| self.at(span.model.as_ref()).add_span(span));
                for usage in facts.usage.iter().filter(|usage| usage.model.is_some()) {
                    self.at(usage.model.as_ref()).use_tokens(Some(usage.tokens));
                }
                for share in cost.shares.iter().filter(|share| share.model.is_some()) {
                    self.at(share.model.as_ref()).spend(share.cost.ok());
                }
            }
            StatsBy::Error => {
                let kinds: Vec<Name> = facts.exceptions().into_iter().map(Name::from).collect();
                for kind in &kinds {
                    self.at(Some(kind)).add_trace(row, used);
                }
                if kinds.is_empty() && row.status == "ERROR" {
                    self.at(None).add_trace(row, used);
                }
            }
            StatsBy::Run => {
                let run = row.run_id.as_ref().map(|run| Name::from(run.as_str()));
                self.at(run.as_ref()).add_trace(row, used);
            }
            StatsBy::Session => {
                let session = row.session.as_ref().map(|session| Name::from(session.id()));
                self.at(session.as_ref()).add_trace(row, used);
            }
        }
    }

    /// What was counted.
    pub fn finish(self) -> Stats {
        let mut rows: Vec<StatsRow> = self.keyed.into_iter().map(|(key, tally)| tally.row(key)).collect();
        rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.key.cmp(&b.key)));
        let (bins, bin_ms) = bins(&self.moments);
        Stats { all: self.all.row(None), with_tokens: self.with_tokens, with_cost: self.with_cost, rows, bins, bin_ms }
    }
}

fn bins(moments: &[(i64, Option<u64>, bool, Option<u64>)]) -> (Vec<StatsBin>, i64) {
    let times = || moments.iter().map(|moment| moment.0);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return (Vec::new(), 0) };
    let length = last.saturating_sub(first).saturating_add(1).max(1).div_euclid(BINS).saturating_add(1);
    let count = usize::try_from(last.saturating_sub(first).div_euclid(length)).unwrap_or(0) + 1;
    let mut tallies: Vec<Tally> = Vec::new();
    tallies.resize_with(count.min(BINS as usize + 1), Tally::default);
    for (start, time, has_failed, total) in moments {
        let at = usize::try_from(start.saturating_sub(first).div_euclid(length)).unwrap_or(usize::MAX);
        let Some(tally) = tallies.get_mut(at) else { continue };
        tally.count += 1;
        tally.errors += u64::from(*has_failed);
        tally.times.extend(*time);
        tally.use_tokens(total.and_then(|total| Tokens::new(None, None, Some(total))));
    }
    let begin = |at: usize| first.saturating_add(length.saturating_mul(at as i64));
    let bins = tallies.into_iter().enumerate().map(|(at, tally)| StatsBin { from_ms: begin(at), all: tally.row(None) });
    (bins.collect(), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_taken() {
        let of = |times: &[u64]| Percentiles::of(&mut times.to_vec()).map(|it| [it.p50_ns, it.p95_ns, it.p99_ns]);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some([7, 7, 7]));
        assert_eq!(of(&[4, 1, 3, 2]), Some([2, 4, 4]), "half of four are the first two");
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(of(&hundred), Some([50, 95, 99]));
        let more: Vec<u64> = (1..=101).collect();
        assert_eq!(of(&more), Some([51, 96, 100]));
    }

    #[test]
    fn stretches_of_time_hold_every_trace_once() {
        for (first, step, count) in [(5, 0, 3), (1, 1, 200), (1_000, 977, 60), (9, i64::MAX / 300, 299)] {
            let moments: Vec<_> = (0..count).map(|at| (first + at * step, Some(4), at == 0, Some(2))).collect();
            let (bins, length) = bins(&moments);
            assert!(!bins.is_empty() && bins.len() <= 61 && length > 0, "{} of {length}", bins.len());
            assert_eq!(bins.iter().map(|bin| bin.all.count).sum::<u64>(), count as u64);
            assert_eq!(bins.iter().map(|bin| bin.all.errors).sum::<u64>(), 1);
            assert_eq!((bins[0].from_ms, bins[0].all.errors), (first, 1));
        }
        assert_eq!(bins(&[]), (Vec::new(), 0));
    }

    #[test]
    fn words_lead_back() {
        assert!(StatsBy::ALL.into_iter().all(|by| StatsBy::of_word(by.word()) == Some(by)));
        assert_eq!(StatsBy::of_word("x"), None);
    }
}
