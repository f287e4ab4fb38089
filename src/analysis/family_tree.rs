//! GEPA's family tree, as its own tables tell it (`use_mlflow=True`, DSPy 3.4).
//!
//! The tables begin with candidate 1: the seed is candidate 0 and stands nowhere in them. Lists
//! are JSON within text (`"[0]"`), and the table of the front is written anew below the old one
//! at every iteration. `is_best` says what was best at that moment and is left out here.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::provenance::Writer;
use crate::model::dspy::tables::RawTable;
use crate::model::{Json, Reveal, RunId, Unmasked};

/// Whether a proposal became a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposalStatus {
    /// It did.
    Accepted,
    /// It did not.
    Rejected,
    /// GEPA's own word where it is neither; empty if it is not known.
    Other(String),
}

impl ProposalStatus {
    /// GEPA's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Other(word) => word,
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "accepted" => Self::Accepted,
            "rejected" => Self::Rejected,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// A candidate of GEPA's.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FamilyCandidate {
    /// Its number; 0 is the seed.
    pub index: usize,
    /// The numbers of its parents: none for the seed, two for a merged one.
    pub parents: Vec<usize>,
    /// The parents are not stored, but told by what the proposer was given.
    pub parents_inferred: bool,
    /// The instruction of each component, which is the path of a predictor (`self` for a
    /// program that is one).
    pub instructions: Vec<(String, String)>,
    /// Its score on the validation set, in the scale of GEPA's tables (the mean over examples);
    /// without tables that of its full evaluation. `None` if unknown.
    pub score: Option<f64>,
    /// Its score for each validation id, ids in natural order; empty if unknown.
    pub scores: Vec<(String, f64)>,
    /// The validation ids at which no other was better at the end; empty if unknown.
    pub front: Vec<Arc<str>>,
    /// The evaluations of a program with these instructions, in order.
    pub run_ids: Vec<RunId>,
}

/// A new instruction that a model proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilyProposal {
    /// GEPA's iteration, if known.
    pub iteration: Option<u64>,
    /// What became of it.
    pub status: ProposalStatus,
    /// The candidates that it was made from.
    pub parents: Vec<usize>,
    /// The candidate that it became.
    pub candidate: Option<usize>,
    /// The sum of scores over the sampled examples before; `None` if unknown.
    pub before: Option<f64>,
    /// The same with the proposed instruction.
    pub after: Option<f64>,
    /// What was proposed: component (`None` if unknown) and text.
    pub texts: Vec<(Option<String>, String)>,
    /// The spans that wrote the texts, in their order, as far as they were found.
    pub writers: Vec<Option<Arc<Writer>>>,
}

impl FamilyProposal {
    /// The examples with feedback that its proposer read, where a signature's input holds them.
    pub fn feedback(&self) -> Option<&Json> {
        self.writers.iter().flatten().find_map(|writer| writer.inputs.as_ref()?.get("examples_with_feedback"))
    }
}

/// One of GEPA's tables.
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Json>>,
}

impl Table {
    /// A document as a table, masked; `None` if it is none. Rows that are no lists are left out.
    pub fn of(document: Unmasked<Json>, reveal: Reveal) -> Option<Self> {
        let raw = RawTable::read(document).ok()?;
        let list = |row: Unmasked<Json>| {
            let cells = row.into_items().ok()?.into_iter().enumerate();
            let name = |at: usize| raw.columns.get(at).map_or("", String::as_str);
            Some(cells.map(|(at, cell)| cell.mask(name(at), reveal)).collect())
        };
        let rows = raw.rows.into_iter().filter_map(list).collect();
        Some(Self { columns: raw.columns, rows })
    }

    fn cell<'a>(&self, row: &'a [Json], name: &str) -> Option<&'a Json> {
        row.get(self.columns.iter().position(|column| *column == name)?)
    }

    fn number(&self, row: &[Json], name: &str) -> Option<f64> {
        number(self.cell(row, name)?)
    }

    fn count(&self, row: &[Json], name: &str) -> Option<usize> {
        count(self.cell(row, name)?)
    }

    fn list(&self, row: &[Json], name: &str) -> Vec<usize> {
        self.cell(row, name).map(list).unwrap_or_default()
    }
}

fn number(cell: &Json) -> Option<f64> {
    let number = match cell {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// A number that counts; GEPA writes -1 for none.
fn count(cell: &Json) -> Option<usize> {
    let number = number(cell).filter(|number| *number >= 0.0 && number.fract() == 0.0 && *number < 1e9)?;
    Some(number as usize)
}

/// A list, or a text that is one; what repeats in it is left out.
fn list(cell: &Json) -> Vec<usize> {
    let mut all = list_as_written(cell);
    let mut seen = HashSet::new();
    all.retain(|one| seen.insert(*one));
    all
}

fn list_as_written(cell: &Json) -> Vec<usize> {
    match cell {
        Json::Array(items) => items.iter().filter_map(count).collect(),
        Json::String(text) => {
            let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
            inner.split(',').filter_map(|part| part.trim().parse().ok()).collect()
        }
        other => count(other).into_iter().collect(),
    }
}

/// What begins the name of a column with instructions.
const TEXT_COLUMN: &str = "text:";

/// `candidates.json`: all but the seed, in the order of their numbers.
pub fn candidates_of(table: &Table) -> Vec<FamilyCandidate> {
    let candidate = |row: &Vec<Json>| {
        let texts = table.columns.iter().zip(row.iter());
        let text = |(column, cell): (&String, &Json)| {
            Some((column.strip_prefix(TEXT_COLUMN)?.to_owned(), cell.as_str()?.to_owned()))
        };
        Some(FamilyCandidate {
            index: table.count(row, "candidate_idx")?,
            parents: table.list(row, "parent_ids"),
            instructions: texts.filter_map(text).collect(),
            score: table.number(row, "valset_score"),
            ..FamilyCandidate::default()
        })
    };
    let mut found: Vec<FamilyCandidate> = table.rows.iter().filter_map(candidate).collect();
    found.sort_by_key(|one| one.index);
    found.dedup_by_key(|one| one.index);
    found
}

/// The candidate with a number, among those in the order of their numbers.
pub fn candidate_at(candidates: &[FamilyCandidate], index: usize) -> Option<&FamilyCandidate> {
    candidates.get(place_of(candidates, index)?)
}

fn place_of(candidates: &[FamilyCandidate], index: usize) -> Option<usize> {
    candidates.binary_search_by_key(&index, |one| one.index).ok()
}

/// `proposals.json`: rows of one iteration with the same fate are one proposal of several components.
pub fn proposals_of(table: &Table) -> Vec<FamilyProposal> {
    let mut found: Vec<FamilyProposal> = Vec::new();
    let mut components: HashSet<&str> = HashSet::new();
    for row in &table.rows {
        let word = |name| table.cell(row, name).and_then(Json::as_str).unwrap_or_default();
        let one = FamilyProposal {
            iteration: table.count(row, "iteration").map(|count| count as u64),
            status: ProposalStatus::parse(word("status")),
            parents: table.list(row, "parent_ids"),
            candidate: table.count(row, "candidate_idx"),
            before: table.number(row, "subsample_score_before"),
            after: table.number(row, "subsample_score_after"),
            texts: vec![(Some(word("component").to_owned()), word("proposed_text").to_owned())],
            writers: vec![None],
        };
        match found.last_mut() {
            Some(last)
                if one.iteration.is_some()
                    && last.iteration == one.iteration
                    && last.candidate == one.candidate
                    && last.parents == one.parents
                    && !components.contains(word("component")) =>
            {
                last.texts.extend(one.texts);
                last.writers.push(None);
            }
            _ => {
                components.clear();
                found.push(one);
            }
        }
        components.insert(word("component"));
    }
    found
}

/// `valset_scores.json`: what each candidate scored at each validation id. The candidates are in the order of
/// their numbers.
pub fn add_scores(table: &Table, candidates: &mut [FamilyCandidate]) {
    for row in &table.rows {
        let Some(index) = table.count(row, "candidate_idx") else { continue };
        let Some(candidate) = place_of(candidates, index).map(|at| &mut candidates[at]) else { continue };
        let ids = table.columns.iter().zip(row.iter());
        let ids = ids.filter(|(column, _)| !matches!(column.as_str(), "candidate_idx" | "parent_ids"));
        candidate.scores = ids.filter_map(|(id, cell)| Some((id.clone(), number(cell)?))).collect();
        candidate.scores.sort_by(|a, b| crate::words::natural::compare(&a.0, &b.0));
    }
}

/// `objective_scores.json`: what a candidate scored by each objective on average; empty if the table does not tell.
pub fn objectives_of(table: &Table, candidate: usize) -> BTreeMap<String, f64> {
    let mut rows = table.rows.iter();
    let Some(row) = rows.find(|row| table.count(row, "candidate_idx") == Some(candidate)) else {
        return BTreeMap::new();
    };
    let named = table.columns.iter().zip(row.iter());
    let named = named.filter(|(column, _)| !matches!(column.as_str(), "candidate_idx" | "parent_ids"));
    named.filter_map(|(objective, cell)| Some((objective.clone(), number(cell)?))).collect()
}

/// `valset_pareto_front.json`: who was not beaten at the end, at each validation id. The candidates are in the
/// order of their numbers.
pub fn add_front(table: &Table, candidates: &mut [FamilyCandidate]) {
    // Ids are numbers first and text at the end; the last block begins where one repeats.
    let mut seen = HashSet::new();
    let mut last = Vec::new();
    for row in table.rows.iter().rev() {
        let Some(id) = table.cell(row, "val_id") else { continue };
        let id: Arc<str> = id.as_str().map_or_else(|| id.to_string().into(), Arc::from);
        if !seen.insert(Arc::clone(&id)) {
            break;
        }
        last.push((id, table.list(row, "program_ids")));
    }
    for (id, programs) in last.into_iter().rev() {
        for program in programs {
            if let Some(at) = place_of(candidates, program) {
                candidates[at].front.push(Arc::clone(&id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_block_of_the_front_counts() {
        let document = json!({"columns": ["val_id", "best_score", "program_ids"], "data": [
            [0, 1.0, "[0]"], [1, 0.5, "[0]"], ["0", 1.0, "[0, 2]"], ["1", 1.0, [2]], "odd", [],
        ]});
        let mut candidates: Vec<FamilyCandidate> =
            (0..3).map(|index| FamilyCandidate { index, ..FamilyCandidate::default() }).collect();
        add_front(&Table::of(Unmasked::new(document), Reveal::Masked).expect("a table"), &mut candidates);
        let fronts: Vec<String> = candidates.into_iter().map(|one| one.front.join(" ")).collect();
        assert_eq!(fronts, ["0", "", "0 1"]);
    }

    #[test]
    fn damaged_tables_give_what_they_hold() {
        for document in [json!(null), json!({"columns": 1, "data": []}), json!({"columns": []})] {
            assert!(Table::of(Unmasked::new(document), Reveal::Masked).is_none());
        }
        let document = json!({"columns": ["candidate_idx", "parent_ids", "text:a", "valset_score"], "data": [
            [2, "[0, 1]", "b", "x"], [1, "nothing", 7], [-1, "[0]"], ["1", "[0]", "again"], 3,
        ]});
        let found = candidates_of(&Table::of(Unmasked::new(document), Reveal::Masked).expect("a table"));
        assert_eq!(found.iter().map(|one| one.index).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((&*found[1].parents, found[1].score, found[0].instructions.len()), (&[0, 1][..], None, 0));
    }

    #[test]
    fn components_of_one_proposal_belong_together() {
        let document = json!({"columns": ["iteration", "component", "status", "candidate_idx", "parent_ids", "proposed_text"],
            "data": [[1, "a", "accepted", 1, "[0]", "x"], [1, "b", "accepted", 1, "[0]", "y"], [2, "a", "rejected", -1, "[1]", "z"]]});
        let found = proposals_of(&Table::of(Unmasked::new(document), Reveal::Masked).expect("a table"));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].texts.len(), found[0].writers.len(), found[1].candidate), (2, 2, None));
        assert_eq!(found[1].status, ProposalStatus::Rejected);
    }
}
