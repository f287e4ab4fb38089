//! The points of the chart as what they stand for: evaluations of candidates.

use std::borrow::Cow;

use super::parts::PartsShown;
use super::ranges::{Ranges, interval_words};
use super::rows::{Candidates, Line, name};
use crate::analysis::optimization::{Evaluation, EvaluationKind};
use crate::loader::Optimization;
use crate::widgets::charts::{Link, Marked, TipLine};
use crate::widgets::tokens::Tone;
use crate::words;

/// No more of an instruction is told beside a point.
const INSTRUCTION_MOST: usize = 64;

/// Where an evaluation stands in the chart.
fn at(one: &Evaluation) -> Option<[f64; 2]> {
    Some([one.order as f64, one.score.filter(|score| score.is_finite())?])
}

/// The place of the evaluation that stands at this x.
pub(super) fn place_at(found: &Optimization, x: f64) -> Option<usize> {
    found.evaluations.iter().position(|one| one.order as f64 == x)
}

/// The candidate that an evaluation evaluated.
fn candidate_of(candidates: &Candidates, place: usize) -> Option<usize> {
    candidates.rows.iter().position(|row| row.evaluations.contains(&place))
}

/// The candidate that stands on a line, or whose evaluation does.
pub(super) fn candidate_on(candidates: &Candidates, line: Line) -> Option<usize> {
    match line {
        Line::Candidate(candidate) => Some(candidate),
        Line::Evaluation(place) => candidate_of(candidates, place),
    }
}

/// The evaluations that were promoted: those on minibatches, each joined to the full evaluation of the same candidate
/// that followed it, else to its last one.
pub(super) fn links(found: &Optimization, candidates: &Candidates) -> Vec<Link> {
    let mut links = Vec::new();
    for row in &candidates.rows {
        let all = || row.evaluations.iter().filter_map(|place| found.evaluations.get(*place));
        let of = |kind: EvaluationKind| all().filter(move |one| one.kind == kind).filter_map(at);
        for from in of(EvaluationKind::Minibatch) {
            let next = of(EvaluationKind::Full).find(|full| full[0] > from[0]);
            if let Some(to) = next.or_else(|| of(EvaluationKind::Full).next_back()) {
                links.push(Link { from, to, tone: Tone::Category(row.number), is_strong: false });
            }
        }
    }
    links
}

/// The links, those of what is marked made strong.
pub(super) fn links_of<'l>(links: &'l [Link], marked: &[Marked]) -> Cow<'l, [Link]> {
    let is_marked = |at: [f64; 2]| marked.iter().any(|one| one.at == at);
    let is_strong = |link: &Link| is_marked(link.from) || is_marked(link.to);
    if !links.iter().any(is_strong) {
        return Cow::Borrowed(links);
    }
    links.iter().map(|link| Link { is_strong: is_strong(link), ..*link }).collect()
}

/// The line of the table that stands for an evaluation: its own, else that of its candidate.
pub(super) fn line_of(candidates: &Candidates, lines: &[Line], place: usize) -> Option<usize> {
    let own = lines.iter().position(|line| *line == Line::Evaluation(place));
    own.or_else(|| {
        let candidate = candidate_of(candidates, place)?;
        lines.iter().position(|line| *line == Line::Candidate(candidate))
    })
}

/// The points of what is pointed at: of a candidate all that were scored, of an evaluation itself.
pub(super) fn marked(found: &Optimization, candidates: &Candidates, line: Line) -> Vec<Marked> {
    let (candidate, places) = match line {
        Line::Candidate(candidate) => (Some(candidate), None),
        Line::Evaluation(place) => (candidate_of(candidates, place), Some(vec![place])),
    };
    let Some(row) = candidate.and_then(|at| candidates.rows.get(at)) else { return Vec::new() };
    let places = places.as_ref().unwrap_or(&row.evaluations);
    let points = places.iter().filter_map(|place| at(found.evaluations.get(*place)?));
    points.map(|at| Marked { at, tone: Tone::Category(row.number) }).collect()
}

/// What an evaluation was made on, in a word.
fn kind_word(kind: EvaluationKind) -> &'static str {
    match kind {
        EvaluationKind::Full => "full",
        EvaluationKind::Minibatch => "minibatch",
        EvaluationKind::Unknown => "kind unknown",
    }
}

/// What is told of the evaluation at this x: its candidate, its name, its score and on how many examples, the
/// instructions.
pub(super) fn tip(
    found: &Optimization,
    candidates: &Candidates,
    (ranges, parts): (&Ranges, &PartsShown),
    x: f64,
) -> Vec<TipLine> {
    let place = place_at(found, x);
    let Some((place, one)) = place.and_then(|place| Some((place, found.evaluations.get(place)?))) else {
        return Vec::new();
    };
    let row = candidate_of(candidates, place).and_then(|at| candidates.rows.get(at));
    let run = if one.name.is_empty() { one.run_id.as_str() } else { &one.name };
    let mut who = row.map_or_else(String::new, |row| {
        let marks = row.marks.iter().map(|mark| format!(" {}", mark.word));
        format!("{}{} · ", name(row.number), marks.collect::<Vec<_>>().join(","))
    });
    who.push_str(&words::one_line(run, 40));
    let tone = row.map_or(Tone::Neutral, |row| Tone::Category(row.number));
    let n = one.n.map_or_else(|| "n unknown".to_owned(), |n| format!("n = {}", words::count(n)));
    let score = one.score.map_or_else(|| "no score".to_owned(), words::precise);
    let mut lines = vec![(who, tone), (format!("{score}, {}, {n}", kind_word(one.kind)), Tone::Neutral)];
    if let Some(ends) = ranges.interval(place) {
        lines.push((interval_words(ends), Tone::Muted));
    }
    if let Some(best) = one.best_so_far.filter(|best| one.score != Some(*best)) {
        lines.push((format!("best so far {}", words::precise(best)), Tone::Accent));
    }
    if let Some((parts, _)) = row.and_then(|row| parts.of(row.number)) {
        lines.push((parts, Tone::Muted));
    }
    if let Some(text) = row.and_then(|row| row.instruction.as_deref()) {
        lines.push((words::ellipsize_graphemes(text, INSTRUCTION_MOST).into_owned(), Tone::Muted));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::found;
    use super::*;
    use crate::state::{FoldKey, Folds};

    #[test]
    fn minibatches_of_a_promoted_candidate_are_joined_to_its_full_evaluation() {
        let found = found();
        let candidates = Candidates::of(&found);
        let links = links(&found, &candidates);
        let ends: Vec<_> = links.iter().map(|link| (link.from, link.to)).collect();
        assert_eq!(ends, [([1.0, 80.0], [3.0, 70.0]), ([2.0, 60.0], [3.0, 70.0])]);
        let marked = marked(&found, &candidates, Line::Evaluation(2));
        assert_eq!(marked, [Marked { at: [2.0, 60.0], tone: Tone::Category(1) }]);
        let strong: Vec<bool> = links_of(&links, &marked).iter().map(|link| link.is_strong).collect();
        assert_eq!(strong, [false, true]);
        assert!(matches!(links_of(&links, &[]), Cow::Borrowed(_)));
    }

    #[test]
    fn a_point_knows_its_row_and_a_row_its_points() {
        let found = found();
        let candidates = Candidates::of(&found);
        let mut folds = Folds::default();
        let lines = candidates.lines(&folds);
        assert_eq!(line_of(&candidates, &lines, 4), Some(1), "folded: its candidate");
        folds.set(FoldKey::Candidate(candidates.rows[1].first.clone()), true);
        assert_eq!(line_of(&candidates, &candidates.lines(&folds), 4), Some(5), "its own");
        let points = |line| marked(&found, &candidates, line).iter().map(|one| one.at[0]).collect::<Vec<_>>();
        assert_eq!(points(Line::Candidate(1)), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(points(Line::Evaluation(9)), [0.0; 0]);
    }

    #[test]
    fn a_point_tells_candidate_evaluation_score_and_n() {
        let mut found = found();
        found.evaluations[2].score = Some(29.999_999_999_999_996);
        found.evaluations[2].best_so_far = Some(50.0);
        let candidates = Candidates::of(&found);
        let told = |x| {
            tip(&found, &candidates, (&Ranges::default(), &PartsShown::default()), x)
                .into_iter()
                .map(|(text, _)| text)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(2.0), ["C2 best, inferred, no parent · eval_2", "30, minibatch, n = 5", "best so far 50"]);
        assert_eq!(told(4.0)[1], "75, full, n unknown");
        assert!(told(2.5).is_empty() && told(99.0).is_empty());
    }
}
