//! The candidates as lines of a tree: pure functions of what was read.

use std::collections::HashMap;

use super::changes::changes;
use crate::analysis::family_tree::{FamilyCandidate, FamilyProposal, ProposalStatus, candidate_at};
use crate::analysis::optimization::{Evaluation, EvaluationKind, ProgramName, ProgramRank};
use crate::loader::Optimization;
use crate::model::RunId;
use crate::query::FamilyTree;
use crate::query::family_tree::FamilyTreeSource;
use crate::words;

/// A merged candidate is named below no more of its parents, and compared with no more of them. GEPA merges two.
const PARENTS_MOST: usize = 4;

/// A line of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TreeLine {
    /// The candidate, by its place in the list.
    pub candidate: usize,
    /// How deep it stands.
    pub depth: usize,
    /// Its own line stands below its other parent; here it is only named.
    pub is_mention: bool,
}

/// The candidates below their first parents, in order. A merged one is named below its other parents,
/// too. What a damaged table makes its own ancestor stands at the top, so that none is lost.
pub(super) fn tree(candidates: &[FamilyCandidate]) -> Vec<TreeLine> {
    let places: HashMap<usize, usize> = candidates.iter().enumerate().map(|(at, one)| (one.index, at)).collect();
    let mut children: Vec<Vec<(usize, bool)>> = vec![Vec::new(); candidates.len()];
    let mut roots = Vec::new();
    for (at, one) in candidates.iter().enumerate() {
        let mut parents: Vec<usize> = one.parents.iter().filter_map(|index| places.get(index).copied()).collect();
        parents.retain(|parent| *parent != at);
        match parents.split_first() {
            None => roots.push(at),
            Some((first, others)) => {
                children[*first].push((at, false));
                for other in others.iter().filter(|other| *other != first).take(PARENTS_MOST) {
                    children[*other].push((at, true));
                }
            }
        }
    }
    let mut lines = Vec::with_capacity(candidates.len());
    let mut is_placed = vec![false; candidates.len()];
    for root in roots.into_iter().chain(0..candidates.len()) {
        if is_placed[root] {
            continue;
        }
        let mut open = vec![TreeLine { candidate: root, depth: 0, is_mention: false }];
        while let Some(line) = open.pop() {
            if !line.is_mention && std::mem::replace(&mut is_placed[line.candidate], true) {
                continue;
            }
            lines.push(line);
            if !line.is_mention {
                let below = children[line.candidate].iter().rev();
                let depth = line.depth + 1;
                open.extend(below.map(|(candidate, is_mention)| TreeLine {
                    candidate: *candidate,
                    depth,
                    is_mention: *is_mention,
                }));
            }
        }
    }
    lines
}

/// An evaluation of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Evaluated {
    pub run: RunId,
    pub name: String,
}

/// What a candidate is beside its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// Its state is that of `best_model.json`.
    Winner,
    /// The winner is inferred.
    InferredWinner,
    /// No winner is among the candidates; it has the highest score.
    HighestScore,
}

impl Rank {
    /// A word for the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Winner => ProgramRank::Winner.word(),
            Self::InferredWinner => ProgramRank::Best.word(),
            Self::HighestScore => "highest score",
        }
    }

    /// Why.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Winner => ProgramRank::Winner.reason(),
            Self::InferredWinner => ProgramRank::Best.reason(),
            Self::HighestScore => "Which candidate was given back is not known; none scored higher than this one",
        }
    }
}

/// What is said of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CandidateFacts {
    /// Its number in GEPA's tables.
    pub index: usize,
    /// What the optimization calls its program.
    pub program: Option<ProgramName>,
    pub rank: Option<Rank>,
    pub score: Option<f64>,
    /// At how many validation examples no other was better; `None` where that is not known.
    pub front: Option<usize>,
    /// Where it came from, in words.
    pub origin: String,
    pub is_inferred: bool,
    /// Its number is GEPA's own.
    pub is_numbered: bool,
    pub runs: Vec<Evaluated>,
    /// Where its instructions part from its parents'.
    pub change: Option<String>,
    /// The parents that were evaluated by name, each with the runs to compare: the parent's and its own.
    pub compare: Vec<(String, RunId, RunId)>,
}

/// What is said of all candidates.
pub(super) fn facts(family_tree: &FamilyTree, found: &Optimization) -> Vec<CandidateFacts> {
    let winner = found.winner.as_ref();
    let runs = Runs::new(found);
    let is_winner =
        |one: &FamilyCandidate| winner.is_some_and(|winner| one.run_ids.iter().any(|run| winner.run_ids.contains(run)));
    let has_winner = family_tree.candidates.iter().any(is_winner);
    let highest = family_tree.candidates.iter().filter_map(|one| one.score).reduce(f64::max);
    let knows_front = family_tree.candidates.iter().any(|one| !one.front.is_empty());
    let rank = |one: &FamilyCandidate| match (is_winner(one), winner) {
        (true, Some(winner)) if winner.inferred => Some(Rank::InferredWinner),
        (true, _) => Some(Rank::Winner),
        _ if !has_winner && highest.is_some() && one.score == highest => Some(Rank::HighestScore),
        _ => None,
    };
    let of = |(one, change): (&FamilyCandidate, Option<String>)| CandidateFacts {
        index: one.index,
        program: family_tree.program_of(one),
        rank: rank(one),
        score: family_tree.score_of(one),
        front: knows_front.then_some(one.front.len()),
        origin: origin(family_tree, one),
        is_inferred: one.parents_inferred,
        is_numbered: family_tree.source == FamilyTreeSource::Tables,
        runs: one.run_ids.iter().map(|run| runs.evaluated(run)).collect(),
        change,
        compare: comparisons(family_tree, &runs, one),
    };
    family_tree.candidates.iter().zip(changes(&family_tree.candidates)).map(of).collect()
}

/// `seed`, `from C1`, `merged from C2 and C4`
fn origin(family_tree: &FamilyTree, one: &FamilyCandidate) -> String {
    match one.parents.as_slice() {
        [] if one.index == 0 => "seed".to_owned(),
        [] => "unknown".to_owned(),
        [parent] => format!("from {}", family_tree.called(*parent)),
        parents => format!("merged from {}", joined(family_tree, parents)),
    }
}

/// `C2 and C4`; `C1 and C2 and C4 and C7 and 12 more` of a damaged table.
pub(super) fn joined(family_tree: &FamilyTree, parents: &[usize]) -> String {
    let mut parts: Vec<String> = parents.iter().take(PARENTS_MOST).map(|one| family_tree.called(*one)).collect();
    if parents.len() > PARENTS_MOST {
        parts.push(format!("{} more", words::count((parents.len() - PARENTS_MOST) as u64)));
    }
    parts.join(" and ")
}

/// The evaluations by their runs.
struct Runs<'f>(HashMap<&'f RunId, &'f Evaluation>);

impl<'f> Runs<'f> {
    fn new(found: &'f Optimization) -> Self {
        Self(found.evaluations.iter().map(|one| (&one.run_id, one)).collect())
    }

    fn evaluated(&self, run: &RunId) -> Evaluated {
        let name = self.0.get(run).map(|one| one.name.clone()).filter(|name| !name.is_empty());
        Evaluated { run: run.clone(), name: name.unwrap_or_else(|| run.to_string()) }
    }

    /// The evaluation to compare by: a full one, if there is one.
    fn best_of(&self, one: &FamilyCandidate) -> Option<RunId> {
        let is_full = |run: &&RunId| self.0.get(run).is_some_and(|one| one.kind == EvaluationKind::Full);
        one.run_ids.iter().find(is_full).or(one.run_ids.first()).cloned()
    }
}

fn comparisons(family_tree: &FamilyTree, runs: &Runs<'_>, one: &FamilyCandidate) -> Vec<(String, RunId, RunId)> {
    let Some(own) = runs.best_of(one) else { return Vec::new() };
    let parents =
        one.parents.iter().take(PARENTS_MOST).filter_map(|index| candidate_at(&family_tree.candidates, *index));
    let with = |parent: &FamilyCandidate| Some((family_tree.called(parent.index), runs.best_of(parent)?, own.clone()));
    parents.filter_map(with).filter(|(_, parent, own)| parent != own).collect()
}

/// `5 candidates · 11 proposals: 4 accepted, 7 rejected`
pub(super) fn summary(family_tree: &FamilyTree) -> String {
    let of = |wanted: &ProposalStatus| family_tree.proposals.iter().filter(|one| one.status == *wanted).count();
    let (accepted, rejected) = (of(&ProposalStatus::Accepted), of(&ProposalStatus::Rejected));
    let other = family_tree.proposals.len() - accepted - rejected;
    let mut fates = vec![format!("{accepted} accepted"), format!("{rejected} rejected")];
    if other > 0 {
        fates.push(format!("{other} of unknown fate"));
    }
    format!(
        "{} · {}: {}",
        words::counted(family_tree.candidates.len(), "candidate"),
        words::counted(family_tree.proposals.len(), "proposal"),
        fates.join(", ")
    )
}

/// Where it was read, as a sentence.
pub(super) fn source(source: FamilyTreeSource) -> &'static str {
    match source {
        FamilyTreeSource::Tables => {
            "As GEPA wrote it into its tables; scores are on the scale of eval: 100 × the mean over the validation examples"
        }
        FamilyTreeSource::Inferred => {
            "Inferred: GEPA wrote no tables here, so parents and fates are told by what its proposer was given and by \
             what was evaluated; a score is that of a full evaluation"
        }
    }
}

/// Why some spans may be missing; `None` if all traces were looked into.
pub(super) fn cut_short(family_tree: &FamilyTree) -> Option<String> {
    let looked = &family_tree.looked;
    (!looked.complete).then(|| {
        format!(
            "Only {} with {} could be looked into; a proposal below may lack the span that wrote it",
            words::counted(looked.traces as usize, "trace"),
            words::counted(looked.spans as usize, "span")
        )
    })
}

/// What a proposal is called: its iteration, or its place where that is not known.
pub(super) fn proposal_name(at: usize, proposal: &FamilyProposal) -> String {
    match proposal.iteration {
        Some(iteration) => format!("Iteration {iteration}"),
        None => format!("Proposal {}", at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(index: usize, parents: &[usize]) -> FamilyCandidate {
        FamilyCandidate { index, parents: parents.to_vec(), ..FamilyCandidate::default() }
    }

    fn family_tree(candidates: Vec<FamilyCandidate>) -> FamilyTree {
        FamilyTree {
            parent: "p".into(),
            source: FamilyTreeSource::Inferred,
            candidates,
            names: Default::default(),
            proposals: Vec::new(),
            looked: Default::default(),
        }
    }

    fn shape(candidates: &[FamilyCandidate]) -> Vec<(usize, usize, bool)> {
        let lines = tree(candidates).into_iter();
        lines.map(|line| (candidates[line.candidate].index, line.depth, line.is_mention)).collect()
    }

    #[test]
    fn children_stand_below_their_parents() {
        let all = [candidate(0, &[]), candidate(1, &[0]), candidate(2, &[0]), candidate(3, &[1])];
        assert_eq!(shape(&all), [(0, 0, false), (1, 1, false), (3, 2, false), (2, 1, false)]);
    }

    #[test]
    fn a_merged_one_is_named_below_both() {
        let all = [candidate(0, &[]), candidate(1, &[0]), candidate(2, &[0]), candidate(3, &[1, 2])];
        assert_eq!(shape(&all), [(0, 0, false), (1, 1, false), (3, 2, false), (2, 1, false), (3, 2, true)]);
        assert_eq!(origin(&family_tree(all.to_vec()), &all[3]), "merged from GEPA's 1 and GEPA's 2");
    }

    #[test]
    fn what_was_not_looked_into_is_said() {
        let looked = crate::query::provenance::Looked { traces: 1, spans: 12_345, complete: false };
        let mut family_tree = FamilyTree { looked, ..family_tree(vec![candidate(0, &[])]) };
        assert_eq!(summary(&family_tree), "1 candidate · 0 proposals: 0 accepted, 0 rejected");
        assert!(cut_short(&family_tree).is_some_and(|text| text.starts_with("Only 1 trace with 12,345 spans could")));
        family_tree.looked.complete = true;
        assert_eq!(cut_short(&family_tree), None);
        assert!(source(FamilyTreeSource::Inferred).starts_with("Inferred"));
    }

    #[test]
    fn damaged_tables_lose_no_candidate() {
        let all =
            [candidate(0, &[0]), candidate(4, &[9]), candidate(5, &[6]), candidate(6, &[5]), candidate(7, &[7, 7])];
        let mut seen: Vec<usize> = tree(&all).into_iter().map(|line| line.candidate).collect();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        let none = family_tree(Vec::new());
        assert_eq!(origin(&none, &all[1]), "from GEPA's 9");
        assert_eq!(origin(&none, &candidate(8, &[])), "unknown");
        // A long line of descent needs no stack.
        let long: Vec<FamilyCandidate> =
            (0..100_000).map(|index| candidate(index, &[index.saturating_sub(1)])).collect();
        assert_eq!(tree(&long).len(), long.len());
        // Parents without end.
        let parents: Vec<usize> = (0..3_000).collect();
        let crowd: Vec<FamilyCandidate> = (0..3_000).map(|index| candidate(index, &parents)).collect();
        assert!(tree(&crowd).len() <= crowd.len() * (PARENTS_MOST + 1));
        let told = origin(&none, &crowd[9]);
        assert_eq!(told, "merged from GEPA's 0 and GEPA's 1 and GEPA's 2 and GEPA's 3 and 2,996 more");
    }
}
