//! The proposals as flat rows of one height. Made on a worker.

use std::collections::BTreeSet;
use std::time::Instant;

use super::proposed_lines::{Hidden, Lines};
use super::rows::{joined, proposal_name};
use crate::analysis::family_tree::{FamilyProposal, ProposalStatus, candidate_at};
use crate::query::FamilyTree;
use crate::views::wrapped::{Made, Paper};
use crate::widgets::diff_text::DiffLine;

/// Said of a text that is the one it was made from.
pub(super) const SAME: &str = "The same text as its parent's";

/// Which proposals are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    #[default]
    All,
    Accepted,
    Rejected,
}

impl Fate {
    fn holds(self, proposal: &FamilyProposal) -> bool {
        match self {
            Self::All => true,
            Self::Accepted => proposal.status == ProposalStatus::Accepted,
            Self::Rejected => proposal.status == ProposalStatus::Rejected,
        }
    }
}

/// What is wanted of the rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub fate: Fate,
    /// The texts are compared with the instructions that they were made from.
    pub shows_changes: bool,
    /// The proposals of which all lines are shown.
    pub open: BTreeSet<usize>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ProposalRow {
    /// The proposal: what became of it. `is_open` says whether all lines are shown, if some can be folded.
    Head { proposal: usize, is_open: Option<bool> },
    /// The component that the text below is for.
    Component { proposal: usize, text: usize },
    /// The text below was not compared word by word in full.
    Coarse { proposal: usize },
    /// A line of the text.
    Line { proposal: usize, line: DiffLine },
    /// The proposed text is that of the parent.
    Same { proposal: usize },
    /// Lines that are not shown.
    Hidden { proposal: usize, hidden: Hidden },
    /// A gap.
    Gap,
}

impl ProposalRow {
    /// The proposal that it belongs to.
    pub fn proposal(&self) -> Option<usize> {
        match self {
            Self::Head { proposal, .. }
            | Self::Component { proposal, .. }
            | Self::Coarse { proposal }
            | Self::Line { proposal, .. }
            | Self::Same { proposal }
            | Self::Hidden { proposal, .. } => Some(*proposal),
            Self::Gap => None,
        }
    }
}

/// The rows of all proposals.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ProposalRows {
    pub rows: Vec<ProposalRow>,
}

impl Made for ProposalRows {
    fn bytes(&self) -> usize {
        let of = |row: &ProposalRow| match row {
            ProposalRow::Line { line, .. } => line.pieces.iter().map(|piece| 80 + 2 * piece.text.len()).sum(),
            _ => 0,
        };
        self.rows.iter().map(|row| 64 + of(row)).sum()
    }
}

impl ProposalRows {
    /// Where a proposal begins.
    pub fn head_of(&self, wanted: usize) -> Option<usize> {
        self.rows.iter().position(|row| matches!(row, ProposalRow::Head { proposal, .. } if *proposal == wanted))
    }
}

/// Makes the rows; from the deadline on texts are compared coarsely.
pub(super) fn rows(
    family_tree: &FamilyTree,
    wanted: &Wanted,
    paper: &Paper,
    deadline: Option<Instant>,
) -> ProposalRows {
    let mut rows = Vec::new();
    for (at, proposal) in family_tree.proposals.iter().enumerate().filter(|(_, one)| wanted.fate.holds(one)) {
        let is_open = wanted.open.contains(&at);
        let head = rows.len();
        rows.push(ProposalRow::Head { proposal: at, is_open: None });
        let mut can_fold = false;
        for (text, (component, proposed)) in proposal.texts.iter().enumerate() {
            if proposal.texts.len() > 1 {
                rows.push(ProposalRow::Component { proposal: at, text });
            }
            let before = instruction_before(family_tree, proposal, component.as_deref());
            let told = Lines::of(before, proposed, paper, deadline);
            if told.is_cut && wanted.shows_changes {
                rows.push(ProposalRow::Coarse { proposal: at });
            }
            if told.is_same {
                rows.push(ProposalRow::Same { proposal: at });
            }
            let told = if wanted.shows_changes { told } else { told.without_marks(proposed, paper) };
            let (folded, hidden) = told.folded();
            can_fold |= !hidden.is_none();
            let shown = if hidden.is_none() || is_open { told.lines } else { folded };
            rows.extend(shown.into_iter().map(|line| ProposalRow::Line { proposal: at, line }));
            if !hidden.is_none() && !is_open {
                rows.push(ProposalRow::Hidden { proposal: at, hidden });
            }
        }
        if can_fold {
            rows[head] = ProposalRow::Head { proposal: at, is_open: Some(is_open) };
        }
        rows.push(ProposalRow::Gap);
    }
    rows.pop();
    ProposalRows { rows }
}

/// The instruction that a text was made from.
fn instruction_before<'a>(
    family_tree: &'a FamilyTree,
    proposal: &FamilyProposal,
    component: Option<&str>,
) -> Option<&'a str> {
    let parent = proposal.parents.first()?;
    let parent = candidate_at(&family_tree.candidates, *parent)?;
    let found = parent.instructions.iter().find(|(path, _)| component.is_none_or(|component| component == path));
    found.map(|(_, text)| text.as_str())
}

/// What a head says: name, where from, fate, scores, component.
pub(super) fn spoken(family_tree: &FamilyTree, at: usize, proposal: &FamilyProposal) -> String {
    let mut parts = vec![proposal_name(at, proposal), from(family_tree, proposal), fate(family_tree, proposal)];
    parts.push(match (proposal.before, proposal.after) {
        (None, None) => "score on the sample unknown".to_owned(),
        _ => format!("score on the sample {}", scores(proposal)),
    });
    if let [(Some(component), _)] = proposal.texts.as_slice() {
        parts.push(format!("for {component}"));
    }
    parts.join(", ")
}

/// `from C4`
pub(super) fn from(family_tree: &FamilyTree, proposal: &FamilyProposal) -> String {
    match proposal.parents.as_slice() {
        [] => "parent unknown".to_owned(),
        [parent] => format!("from {}", family_tree.called(*parent)),
        parents => format!("from {}", joined(family_tree, parents)),
    }
}

/// `accepted as C5`
pub(super) fn fate(family_tree: &FamilyTree, proposal: &FamilyProposal) -> String {
    match (&proposal.status, proposal.candidate) {
        (ProposalStatus::Accepted, Some(candidate)) => {
            format!("accepted as {}", family_tree.called(candidate))
        }
        (ProposalStatus::Other(word), _) if word.is_empty() => "fate unknown".to_owned(),
        (status, _) => status.as_str().to_owned(),
    }
}

/// `1 → 2`; what is not known is `–`.
pub(super) fn scores(proposal: &FamilyProposal) -> String {
    let one = |score: Option<f64>| score.map_or_else(|| "–".to_owned(), crate::words::value);
    format!("{} → {}", one(proposal.before), one(proposal.after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::family_tree::FamilyCandidate;
    use crate::query::family_tree::FamilyTreeSource;
    use crate::widgets::text::CharWidths;

    fn proposal(status: ProposalStatus, texts: &[&str]) -> FamilyProposal {
        FamilyProposal {
            iteration: Some(7),
            status,
            parents: vec![0],
            candidate: None,
            before: Some(1.0),
            after: None,
            texts: texts.iter().map(|text| (Some("solve".to_owned()), (*text).to_owned())).collect(),
            writers: vec![None; texts.len()],
        }
    }

    fn family_tree() -> FamilyTree {
        let seed = FamilyCandidate {
            instructions: vec![("solve".to_owned(), "one two".to_owned())],
            ..FamilyCandidate::default()
        };
        FamilyTree {
            parent: "p".into(),
            source: FamilyTreeSource::Tables,
            candidates: vec![seed],
            names: Default::default(),
            proposals: vec![
                proposal(ProposalStatus::Rejected, &["a\nb\nc\nd\ne"]),
                proposal(ProposalStatus::Accepted, &["one three", "x"]),
            ],
            looked: Default::default(),
        }
    }

    fn paper() -> Paper {
        Paper { width: 400.0, widths: CharWidths::monospace() }
    }

    fn made(change: impl FnOnce(&mut Wanted)) -> ProposalRows {
        let open = BTreeSet::new();
        let mut wanted = Wanted { fate: Fate::All, shows_changes: false, open };
        change(&mut wanted);
        rows(&family_tree(), &wanted, &paper(), None)
    }

    #[test]
    fn long_texts_are_folded() {
        let folded = made(|_| {});
        assert_eq!(folded.rows[0], ProposalRow::Head { proposal: 0, is_open: Some(false) });
        assert_eq!(folded.rows[4], ProposalRow::Hidden { proposal: 0, hidden: Hidden { more: 2, unchanged: 0 } });
        assert_eq!(folded.head_of(1), Some(6));
        assert_eq!(folded.rows[6], ProposalRow::Head { proposal: 1, is_open: None });
        let open = made(|wanted| wanted.open = BTreeSet::from([0]));
        assert_eq!(open.head_of(1), Some(7));
        assert_eq!(open.rows.iter().filter(|row| matches!(row, ProposalRow::Component { .. })).count(), 2);
    }

    /// The lines of the first proposal and what is said of those that are not shown.
    fn shown(before: &str, proposed: &str, shows_changes: bool) -> Vec<String> {
        let mut family_tree = family_tree();
        family_tree.candidates[0].instructions[0].1 = before.to_owned();
        family_tree.proposals = vec![proposal(ProposalStatus::Rejected, &[proposed])];
        let wanted = Wanted { fate: Fate::All, shows_changes, open: BTreeSet::new() };
        let say = |row: ProposalRow| match row {
            ProposalRow::Line { line, .. } => Some(line.spoken()),
            ProposalRow::Hidden { hidden, .. } => Some(hidden.words()),
            ProposalRow::Same { .. } => Some(SAME.to_owned()),
            _ => None,
        };
        rows(&family_tree, &wanted, &paper(), None).rows.into_iter().filter_map(say).collect()
    }

    #[test]
    fn what_changed_comes_first_and_no_empty_line() {
        let before = "One.\nTwo.\n\nThree.";
        let added = format!("{before}\n\n### Lesson\nFour.");
        assert_eq!(shown(before, &added, true), ["{+### Lesson↵+}", "{+Four.+}", "… 3 unchanged lines"]);
        assert_eq!(shown(before, &added, false), ["### Lesson", "Four.", "… 3 unchanged lines"]);
        let long: String = (1..8).map(|line| format!("\n{line}")).collect();
        let told = shown(before, &format!("{before}{long}"), false);
        assert_eq!(told, ["1", "2", "3", "… 4 more lines that changed, 3 unchanged"]);
        assert_eq!(shown("a\nb\nc\nd", "a\nb\nx\nd", true), ["[-c-]{+x+}", "… 3 unchanged lines"]);
        assert_eq!(shown("a\nb\nc\nd", "a\nb\nx\nd", false), ["x", "… 3 unchanged lines"]);
        assert_eq!(shown("a b", "a b", true), [SAME, "a b"]);
        // Of a text that only lost something nothing new can be shown.
        assert_eq!(shown("a\nb", "a", false), ["a"]);
    }

    #[test]
    fn some_fates_alone_and_what_changed() {
        let accepted = made(|wanted| wanted.fate = Fate::Accepted);
        assert_eq!(accepted.head_of(0), None);
        let changes = made(|wanted| (wanted.fate, wanted.shows_changes) = (Fate::Accepted, true));
        let ProposalRow::Line { line, .. } = &changes.rows[2] else { panic!("{:?}", changes.rows) };
        assert_eq!(line.spoken(), "one [-two-]{+three+}");
    }

    #[test]
    fn texts_are_compared_for_a_while_only() {
        let mut family_tree = family_tree();
        let words = |by: u32| (0..2_000).map(|n: u32| (n * by % 2_000).to_string()).collect::<Vec<_>>().join(" ");
        family_tree.candidates[0].instructions[0].1 = words(1);
        family_tree.proposals = vec![proposal(ProposalStatus::Rejected, &[&words(1_237)])];
        let wanted = Wanted { fate: Fate::All, shows_changes: true, open: BTreeSet::new() };
        let made = rows(&family_tree, &wanted, &paper(), Some(Instant::now()));
        assert_eq!(made.rows[1], ProposalRow::Coarse { proposal: 0 });
        assert_eq!(rows(&family_tree, &wanted, &paper(), None).head_of(0), Some(0));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let mut one = proposal(ProposalStatus::Other(String::new()), &["x"]);
        let tree = family_tree();
        assert_eq!(
            spoken(&tree, 4, &one),
            "Iteration 7, from GEPA's 0, fate unknown, score on the sample 1 → –, for solve"
        );
        (one.iteration, one.before, one.parents) = (None, None, Vec::new());
        let unknown = "Proposal 5, parent unknown, fate unknown, score on the sample unknown, for solve";
        assert_eq!(spoken(&tree, 4, &one), unknown);
    }
}
