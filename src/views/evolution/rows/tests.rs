use super::*;
use crate::analysis::evolution::{Relatives, Wanted as Follow, evolution};
use crate::analysis::optimization::{EvaluationFacts, candidates, evaluations};
use crate::model::program::Object;
use crate::model::{Lifecycle, Predictor, Program, ProgramSource, Run, RunStatus, StateHash};
use crate::widgets::text::CharWidths;

fn program(text: &str) -> Option<Program> {
    let predictor = Predictor { path: "solve".into(), instructions: Some(text.into()), ..Predictor::default() };
    Some(Program {
        source: ProgramSource::ModelJson,
        complete: true,
        stale: None,
        state_hash: None,
        predictors: vec![predictor],
        metadata: None,
        other: Object::new(),
        missing: Vec::new(),
    })
}

fn evaluation_of(id: &str) -> EvaluationFacts {
    let run = Run {
        id: id.into(),
        experiment_id: "1".into(),
        name: format!("eval_{id}"),
        parent_id: Some("p".into()),
        parent_inferred: false,
        status: RunStatus::Finished,
        lifecycle: Lifecycle::Active,
        start_time_ms: Some(1),
        end_time_ms: None,
        artifact_uri: None,
    };
    EvaluationFacts { run, score: Some(1.0), completed: None, n: Some(9), state_hash: Some(StateHash::from(id)) }
}

fn made(against: Against) -> Evolution {
    let facts = ["a", "b", "c", "d"].map(evaluation_of);
    let evaluations = evaluations(&facts, &[]);
    let candidates = candidates(&evaluations);
    let texts = ["Solve it.\nBe brief.", "Solve it.\nBe kind.", "Solve it.\nBe brief.", "Solve it.\nBe kind."];
    let programs = texts.map(program);
    let relatives = Relatives { seed: Some(0), winner: Some(1), parents: vec![vec![], vec![0], vec![], vec![0]] };
    let follow = Follow { predictor: None, against };
    let seed = Some(vec!["a".into()]);
    Evolution { seed, ..evolution(evaluations, &candidates, &programs, (follow, &relatives), None) }
}

/// What is said, and what of it is marked.
fn said(against: Against, phrase: &str) -> Vec<String> {
    let wanted = Wanted { shows_all: false, shows_space: false, phrase: phrase.to_owned(), whole: BTreeSet::new() };
    let paper = Paper { width: 400.0, widths: CharWidths::monospace() };
    let say = |row: Row| match row {
        Row::Step(step) => {
            let facts: Vec<&str> = step.facts.iter().map(|(text, _)| text.as_str()).collect();
            Some(format!("{} {}", step.title, facts.join(", ")))
        }
        Row::Text(TextRow::Caption(text)) => Some(text),
        Row::Text(TextRow::Line(line)) => {
            let marks: Vec<String> = line.marked.iter().map(|chars| format!("{}-{}", chars.start, chars.end)).collect();
            let mark = if marks.is_empty() { String::new() } else { format!(" <{}>", marks.join(" ")) };
            Some(format!("  {}{mark}", line.spoken()))
        }
        Row::Text(_) => None,
    };
    rows(&made(against), &wanted, &paper).rows.into_iter().filter_map(say).collect()
}

#[test]
fn each_state_says_with_what_it_is_compared() {
    let seed = said(Against::Seed, "");
    assert_eq!(seed[1..3], ["  Solve it.", "  Be brief."], "nothing is compared with the seed itself: it stands whole");
    assert_eq!(seed[4..6], ["  Solve it.", "  Be [-brief-]{+kind+}."]);
    assert_eq!(seed[7], "The instructions are the same as those of the seed");
    assert_eq!(seed[9..], ["The instructions are those of C2, with the same difference to the seed"]);
    let previous = said(Against::Previous, "");
    assert_eq!(previous[7..9], ["  Solve it.", "  Be [-kind-]{+brief+}."]);
    let parent = said(Against::Parent, "");
    assert!(parent[3].ends_with("from C1"), "{}", parent[3]);
    assert_eq!(parent[7], "Its parent is not known, so all of its instructions stand here");
    let winner = said(Against::Winner, "");
    assert_eq!(winner[2], "  Be [-kind-]{+brief+}.");
}

#[test]
fn a_phrase_is_marked_where_it_stands() {
    let rows = said(Against::Seed, "be brief");
    assert!(rows.iter().all(|row| !row.contains('<')), "letters count: {rows:?}");
    let rows = said(Against::Seed, "it. Be");
    assert_eq!(rows[1..3], ["  Solve it. <6-9>", "  Be brief. <0-2>"]);
    // The same instructions again are shown for the phrase in them.
    assert_eq!(
        rows[7..10],
        ["The instructions are the same as those of the seed", "  Solve it. <6-9>", "  Be brief. <0-2>"]
    );
}
