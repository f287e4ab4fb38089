use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::model::program::Object;

/// Four examples over a seed (twice), a minibatch, another program and the winner.
fn matrix() -> ScoreMatrix {
    let example = |question: &str, topic: Option<&str>, scores: [Option<f64>; 5]| {
        let mut fields: Object = [("question".to_owned(), json!(question))].into_iter().collect();
        if let Some(topic) = topic {
            fields.insert("topic".to_owned(), json!(topic));
        }
        MatrixExample { example: fields, scores: scores.to_vec(), rows: scores.map(|score| score.map(|_| 0)).to_vec() }
    };
    let (yes, no) = (Some(1.0), Some(0.0));
    let examples = vec![
        example("What is the Änderung?", Some("law"), [yes, None, yes, yes, no]),
        example("Ask 10", Some("tax"), [no, yes, no, no, yes]),
        example("Ask 2", Some("tax"), [yes, None, yes, no, yes]),
        example("Ask 1", None, [no, None, no, no, no]),
    ];
    ScoreMatrix { examples, ..ScoreMatrix::default() }
}

fn columns() -> Vec<MatrixColumn> {
    let column = |(candidate, is_full, scored)| MatrixColumn { candidate, is_full, scored };
    [(0, true, 4), (0, false, 1), (0, true, 4), (1, true, 4), (2, true, 4)].map(column).to_vec()
}

fn seen(settings: &MatrixSettings) -> MatrixView {
    let (matrix, columns) = (matrix(), columns());
    let rule = Some(RightRule { threshold: 1.0, is_binary: true });
    view(&MatrixSource { matrix: &matrix, columns: &columns, seed: Some(0), winner: Some(2), rule }, settings)
}

/// The examples by their places, with the headings as the values of their groups.
fn order(view: &MatrixView) -> String {
    let row = |row: &MatrixRow| match row {
        MatrixRow::Group(at) => format!("[{}]", view.groups[*at].value.as_deref().unwrap_or("-")),
        MatrixRow::Example(row) => row.example.to_string(),
    };
    view.rows.iter().map(row).collect::<Vec<_>>().join(" ")
}

fn sorted(sort: MatrixSort) -> String {
    order(&seen(&MatrixSettings { sort, ..MatrixSettings::default() }))
}

#[test]
fn all_of_it_stands_in_its_own_order() {
    use ExampleClass::{AlwaysWrong, Broken, Fixed, Unstable};
    let all = seen(&MatrixSettings::default());
    assert_eq!((order(&all).as_str(), all.shown), ("0 1 2 3", 4));
    assert_eq!((all.columns.as_slice(), all.ends), ([0, 1, 2, 3, 4].as_slice(), [Some(0), Some(4)]));
    assert_eq!(all.classes, [Broken, Fixed, Unstable, AlwaysWrong].map(Some));
    let means: Vec<Option<f64>> = all.by_column.iter().map(Tally::mean).collect();
    assert_eq!(means, [0.5, 1.0, 0.5, 0.25, 0.5].map(Some));
    let MatrixRow::Example(first) = all.rows[1] else { panic!("an example") };
    assert_eq!((first.tally.scored, first.tally.right, first.flips), (5, 2, 3), "0 1 0 0 1");
    assert_eq!((all.row_of(2), all.row_of(9), all.column_of(4)), (Some(2), None, Some(4)));
}

#[test]
fn sorts_put_what_they_are_named_after_first() {
    assert_eq!(sorted(MatrixSort::Flips), "1 2 0 3");
    assert_eq!(sorted(MatrixSort::Hardness), "3 1 0 2", "0 of 4, 2 of 5, 3 of 4 twice");
    assert_eq!(sorted(MatrixSort::Regressions), "0 2 3 1");
    assert_eq!(sorted(MatrixSort::Column(1)), "1 0 2 3", "what it did not evaluate is last");
    assert_eq!(sorted(MatrixSort::Column(9)), "0 1 2 3");
    let reversed = |sort| order(&seen(&MatrixSettings { sort, is_reversed: true, ..MatrixSettings::default() }));
    assert_eq!(reversed(MatrixSort::Order), "3 2 1 0");
    assert_eq!(reversed(MatrixSort::Column(1)), "1 0 2 3");
    assert_eq!(reversed(MatrixSort::Regressions), "1 2 3 0");
}

#[test]
fn filters_narrow_and_classes_are_counted_before_their_own() {
    let of = |settings: MatrixSettings| order(&seen(&settings));
    let only_broken =
        MatrixSettings { classes: BTreeSet::from([Some(ExampleClass::Broken)]), ..MatrixSettings::default() };
    let view = seen(&only_broken);
    assert_eq!((order(&view).as_str(), view.counts.all(), view.shown), ("0", 4, 1));
    assert_eq!((view.counts.of(Some(ExampleClass::Fixed)), view.counts.of(None)), (1, 0));
    assert_eq!(view.by_column[0].scored, 1, "the summary is of what is shown");
    let tax = FieldFilter { field: "topic".to_owned(), values: BTreeSet::from(["tax".to_owned()]) };
    assert_eq!(of(MatrixSettings { fields: vec![tax.clone()], ..MatrixSettings::default() }), "1 2");
    let asked = FieldFilter { field: "question".to_owned(), values: ["Ask 1", "Ask 2"].map(str::to_owned).into() };
    let both = MatrixSettings { fields: vec![tax, asked], ..only_broken };
    let view = seen(&both);
    assert_eq!((order(&view).as_str(), view.counts.all()), ("", 1), "the unstable one passes all but the class");
    for (text, wanted) in [("ASK 1", "1 3"), ("änder", "0"), ("  ", "0 1 2 3"), ("LAW", "0"), ("nothing", "")] {
        assert_eq!(of(MatrixSettings { text: text.to_owned(), ..MatrixSettings::default() }), wanted, "{text}");
    }
    let only = Some([1_u32, 3].as_slice().into());
    assert_eq!(of(MatrixSettings { only, ..MatrixSettings::default() }), "1 3");
}

#[test]
fn groups_stand_by_what_the_winner_lost() {
    let view = seen(&MatrixSettings { group_by: Some("topic".to_owned()), ..MatrixSettings::default() });
    assert_eq!(order(&view), "[law] 0 [-] 3 [tax] 1 2");
    let tax = &view.groups[2];
    assert_eq!((tax.examples, tax.paired, tax.seed, tax.winner), (2, 2, Some(0.5), Some(1.0)));
    assert_eq!((tax.difference(), tax.tally.scored, tax.tally.right), (Some(0.5), 9, 5));
}

#[test]
fn columns_threshold_and_what_is_compared_can_be_chosen() {
    let full = seen(&MatrixSettings { columns: MatrixColumns::Full, ..MatrixSettings::default() });
    assert_eq!((full.columns.as_slice(), full.by_column.len()), ([0, 2, 3, 4].as_slice(), 4));
    let between = seen(&MatrixSettings { between: Some([4, 3]), ..MatrixSettings::default() });
    assert_eq!(between.ends, [Some(4), Some(3)]);
    assert_eq!(between.classes[0], Some(ExampleClass::Fixed), "wrong in the fifth, right in the fourth");
    let lenient = seen(&MatrixSettings { threshold: Some(0.0), ..MatrixSettings::default() });
    assert_eq!(lenient.counts.of(Some(ExampleClass::AlwaysRight)), 4);
    assert_eq!(lenient.rule.map(|rule| rule.threshold), Some(0.0));
}

#[test]
fn fields_tell_their_values_and_whether_they_part_examples() {
    let told = fields(&matrix());
    let names: Vec<(&str, usize, bool)> =
        told.iter().map(|field| (field.name.as_str(), field.distinct, field.parts_examples)).collect();
    assert_eq!(names, [("question", 4, false), ("topic", 2, false)], "three examples in two groups hardly repeat");
    assert_eq!(told[1].values, [("tax".to_owned(), 2), ("law".to_owned(), 1)]);
    let mut twice = matrix();
    twice.examples.extend(matrix().examples);
    twice.examples[0].example["question"] = json!("x".repeat(1_000));
    let told = fields(&twice);
    assert!(told[1].parts_examples && !told[0].parts_examples, "a long text is no name");
    assert_eq!((told[0].distinct, told[0].values.len()), (5, 4));
}

#[test]
fn a_matrix_without_scores_has_rows_and_says_nothing_of_them() {
    let mut matrix = matrix();
    matrix.examples.iter_mut().for_each(|one| one.scores.fill(None));
    let source = MatrixSource { matrix: &matrix, columns: &columns(), seed: Some(0), winner: Some(2), rule: None };
    let view = view(&source, &MatrixSettings { sort: MatrixSort::Flips, ..MatrixSettings::default() });
    assert_eq!((order(&view).as_str(), view.counts.without), ("0 1 2 3", 4));
    assert!(view.by_column.iter().all(|tally| tally.mean().is_none()));
}
