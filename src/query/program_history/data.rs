//! On what a program was evaluated.

use std::collections::HashSet;

use crate::analysis::optimization::EvaluationKind;
use crate::model::dspy::artifacts::{TRAINSET, VALSET};
use crate::model::{ResultTable, Run, RunId};
use crate::query::ask::Session;
use crate::query::data_rows::DataRows;
use crate::store::Result;

/// What an evaluation was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvaluationData {
    /// The validation set of its optimization, or a sample of it.
    Valset(EvaluationKind),
    /// What its optimization took for validation, which logged no `valset.json`.
    Optimizer(EvaluationKind),
    /// Examples of which none is in the trainset or valset of an optimization that made or
    /// gave back this program.
    HeldOut,
    /// Examples some of which are in such a trainset or valset.
    Overlapping {
        /// So many of them.
        seen: usize,
        /// Of so many.
        of: usize,
    },
    /// It cannot be told, and why.
    Unknown(&'static str),
}

impl EvaluationData {
    /// In words for people.
    pub fn words(&self) -> String {
        let kind = |kind: &EvaluationKind, full: &str, sample: &str, unknown: &str| match kind {
            EvaluationKind::Full => full.to_owned(),
            EvaluationKind::Minibatch => sample.to_owned(),
            EvaluationKind::Unknown => unknown.to_owned(),
        };
        match self {
            Self::Valset(of) => kind(of, "valset", "sample of the valset", "valset or a sample of it"),
            Self::Optimizer(of) => kind(
                of,
                "what the optimizer validated on",
                "sample of what the optimizer validated on",
                "data of the optimizer",
            ),
            Self::HeldOut => "held out".to_owned(),
            Self::Overlapping { seen, of } => format!("{seen} of {of} were in its trainset or valset"),
            Self::Unknown(why) => format!("unknown data: {why}"),
        }
    }
}

/// The data that a program's optimizations saw.
pub(in crate::query) struct Seen {
    sets: Vec<DataRows>,
    /// A set is missing that may hold anything.
    is_missing: bool,
    /// The optimizations that logged a valset.
    pub(super) with_valset: Vec<RunId>,
}

impl Seen {
    /// Reads it.
    ///
    /// # Errors
    /// Those of the store.
    pub(in crate::query) fn read(session: &mut Session<'_>, homes: &[&Run]) -> Result<Self> {
        let mut seen = Self { sets: Vec::new(), is_missing: homes.is_empty(), with_valset: Vec::new() };
        for home in homes {
            session.cx.check()?;
            let trainset = DataRows::read(session, &home.id, TRAINSET)?;
            let valset = DataRows::read(session, &home.id, VALSET)?;
            seen.is_missing |= trainset.is_none();
            if valset.is_some() {
                seen.with_valset.push(home.id.clone());
            }
            seen.sets.extend(trainset.into_iter().chain(valset));
        }
        Ok(seen)
    }

    /// On what a plain evaluation was made.
    pub(in crate::query) fn of_plain(&self, table: Option<&ResultTable>) -> EvaluationData {
        let Some(table) = table.filter(|table| !table.rows.is_empty()) else {
            return EvaluationData::Unknown("it has no table of results");
        };
        if self.sets.is_empty() {
            return EvaluationData::Unknown("no optimization of this program logged its data");
        }
        let mut overlap = HashSet::new();
        for set in &self.sets {
            match set.overlap(table) {
                Some(known) => overlap.extend(known),
                None => {
                    return EvaluationData::Unknown("its examples have other fields than the data of the optimization");
                }
            }
        }
        match overlap.len() {
            0 if self.is_missing => EvaluationData::Unknown("an optimization of this program logged no trainset"),
            0 => EvaluationData::HeldOut,
            seen => EvaluationData::Overlapping { seen, of: table.rows.len() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_named_for_what_it_is() {
        assert_eq!(EvaluationData::HeldOut.words(), "held out");
        assert_eq!(EvaluationData::Valset(EvaluationKind::Minibatch).words(), "sample of the valset");
        let overlapping = EvaluationData::Overlapping { seen: 2, of: 9 };
        assert_eq!(overlapping.words(), "2 of 9 were in its trainset or valset");
    }
}
