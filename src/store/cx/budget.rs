//! How long the parts of an answer may take that can be left out: somebody waits for the rest. One table of all of
//! them, so that an answer depends on the machine in no place that is not named here.

use std::time::{Duration, Instant};

/// Makes [`Part`] of a table: a line is a part and how many milliseconds it usually may take.
macro_rules! parts {
    ($(#[$of_all:meta])* Part { $($(#[$about:meta])* $part:ident = $milliseconds:literal;)* }) => {
        $(#[$of_all])*
        pub enum Part {
            $($(#[$about])* $part,)*
        }

        impl Part {
            /// All of them, in the order of [`Budget`].
            pub const ALL: &[Self] = &[$(Self::$part,)*];

            /// How long it may take while somebody looks at a window.
            pub const fn usual(self) -> Duration {
                Duration::from_millis(match self {
                    $(Self::$part => $milliseconds,)*
                })
            }
        }
    };
}

parts! {
    /// A part of an answer that ends early where it takes too long; its answer then says that it is not complete.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    Part {
        /// Comparing texts word by word, all of one answer together; what is left counts as replaced. Texts of 100 kB
        /// that share their words need a fraction of it.
        Texts = 200;
        /// The same for all proposals of a family tree.
        ProposedTexts = 1_500;
        /// Looking into the traces of the examples of two runs.
        ExampleTraces = 1_500;
        /// Looking into the traces of the examples of all evaluations of an optimization that have no table.
        Scores = 4_000;
        /// Looking for what was predicted for examples that have no table of it, and why the wrong ones failed.
        Failures = 6_000;
        /// Looking into the traces of an optimization for what went wrong in them.
        Doctor = 8_000;
        /// Telling which of the traces that were read is which example's, at the least.
        TracesByExample = 250;
        /// Looking for the spans that may have written an instruction.
        Writers = 20_000;
        /// Telling which of these spans wrote which proposal.
        WritersByProposal = 5_000;
        /// Gathering facts of traces in the background: others want the worker, too.
        Facts = 250;
        /// Telling what each of many runs cost, all of them together.
        Costs = 600;
        /// Waiting for another process that writes to the cache of facts right now; who waits longer derives anew.
        FactsFile = 200;
        /// The first page of a search: somebody waits to see something.
        FirstHits = 50;
        /// Each of the pages behind it.
        Hits = 200;
        /// Reading the optimizations that a program stands in.
        Homes = 6_000;
    }
}

/// How long each part may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// By the order of [`Part::ALL`].
    limits: [Duration; Part::ALL.len()],
}

impl Default for Budget {
    /// That of a window.
    fn default() -> Self {
        Self { limits: std::array::from_fn(|at| Part::ALL[at].usual()) }
    }
}

impl Budget {
    /// That of a terminal: whoever asks there waits longer, and wants the same answer from every machine.
    pub fn of_terminal() -> Self {
        const TIMES: u32 = 10;
        Self { limits: std::array::from_fn(|at| Part::ALL[at].usual() * TIMES) }
    }

    /// The same limit for all parts.
    pub fn of(limit: Duration) -> Self {
        Self { limits: [limit; Part::ALL.len()] }
    }

    /// With another limit for one part.
    pub fn with(mut self, part: Part, limit: Duration) -> Self {
        self.limits[part as usize] = limit;
        self
    }

    /// How long a part may take.
    pub fn limit(&self, part: Part) -> Duration {
        self.limits[part as usize]
    }

    /// Begins a part.
    pub fn begin(&self, part: Part) -> Allowance {
        Allowance { since: Instant::now(), limit: self.limit(part) }
    }
}

/// The time of a part that has begun.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    since: Instant,
    limit: Duration,
}

impl Allowance {
    /// Whether it has run out: what is left has to be left out, and said to be missing.
    pub fn is_spent(&self) -> bool {
        self.since.elapsed() >= self.limit
    }

    /// When it runs out; `None` if that is beyond all clocks.
    pub fn ends(&self) -> Option<Instant> {
        self.since.checked_add(self.limit)
    }

    /// The first `quarters` of it: what is slow in the beginning must not take all.
    pub fn quarters(&self, quarters: u32) -> Self {
        Self { limit: self.limit / 4 * quarters, ..*self }
    }

    /// So many times as long.
    pub fn times(&self, times: u32) -> Self {
        Self { limit: self.limit.saturating_mul(times), ..*self }
    }

    /// Whichever of the two ends later.
    pub fn or_later(self, other: Self) -> Self {
        match (self.ends(), other.ends()) {
            (Some(own), Some(others)) if own < others => other,
            (Some(_), None) => other,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_place_in_the_table() {
        for (at, part) in Part::ALL.iter().copied().enumerate() {
            assert_eq!(part as usize, at);
            assert_eq!(Budget::default().limit(part), part.usual());
            assert!(Budget::of_terminal().limit(part) > part.usual());
            let other = Budget::default().with(part, Duration::ZERO);
            let changed = Part::ALL.iter().copied().filter(|one| other.limit(*one) != one.usual());
            assert_eq!(changed.collect::<Vec<_>>(), [part]);
        }
    }

    #[test]
    fn time_runs_out_and_quarters_before_the_whole() {
        assert!(Budget::of(Duration::ZERO).begin(Part::Texts).is_spent());
        let endless = Budget::of(Duration::MAX).begin(Part::Texts);
        assert!(!endless.is_spent() && endless.ends().is_none());
        let hour = Budget::of(Duration::from_secs(3_600)).begin(Part::Texts);
        assert!(!hour.quarters(1).is_spent() && hour.quarters(1).ends() < hour.ends());
        assert_eq!(hour.quarters(4).ends(), hour.ends());
        assert!(hour.times(2).ends() > hour.ends() && endless.times(2).ends().is_none());
        assert_eq!(hour.quarters(1).or_later(hour).ends(), hour.ends());
        assert_eq!(hour.or_later(endless).ends(), None);
    }
}
