use super::*;
use crate::analysis::adapters::tests::spans;

type Spec<'a> = (&'a str, usize, &'a str, &'a str);

/// A trace: its spans by depth, and what each was given and gave back.
fn trace(list: &[(Spec<'_>, u64, u64)]) -> (Forest, Vec<SpanHead>, Vec<SpanPrint>) {
    let (forest, heads) = spans(&list.iter().map(|(spec, ..)| *spec).collect::<Vec<_>>());
    let print = |(_, inputs, outputs): &(Spec<'_>, u64, u64)| SpanPrint {
        inputs: Some(*inputs),
        outputs: Some(*outputs),
        ..SpanPrint::default()
    };
    (forest, heads, list.iter().map(print).collect())
}

fn aligned(a: &[(Spec<'_>, u64, u64)], b: &[(Spec<'_>, u64, u64)]) -> Alignment {
    let sides = [trace(a), trace(b)];
    let [a, b] = sides.each_ref().map(|(forest, spans, prints)| AlignedSide { forest, spans, prints });
    align(a, b)
}

const ROOT: Spec<'_> = ("Rag.forward", 0, "CHAIN", "OK");
const PREDICT: Spec<'_> = ("Predict.forward", 1, "LLM", "OK");
const FORMAT: Spec<'_> = ("ChatAdapter.format", 2, "PARSER", "OK");
const CALL: Spec<'_> = ("LM.__call__", 2, "CHAT_MODEL", "OK");
const PARSE: Spec<'_> = ("ChatAdapter.parse", 2, "PARSER", "OK");

fn rag(prompt: u64, answer: u64) -> Vec<(Spec<'static>, u64, u64)> {
    vec![(ROOT, 1, answer), (PREDICT, 1, answer), (FORMAT, 1, prompt), (CALL, prompt, answer), (PARSE, answer, answer)]
}

#[test]
fn nothing_differs_between_a_trace_and_itself() {
    let same = aligned(&rag(2, 3), &rag(2, 3));
    assert_eq!(same.first, None);
    assert_eq!(same.rows.iter().map(|row| row.depth).collect::<Vec<_>>(), [0, 1, 2, 2, 2]);
    assert_eq!(same.rows.iter().map(|row| row.descendants).collect::<Vec<_>>(), [4, 3, 0, 0, 0]);
    assert!(same.rows.iter().all(|row| row.change == RowChange::Same && row.spans[0] == row.spans[1]));
    assert_eq!(aligned(&[], &[]), Alignment::default());
}

#[test]
fn what_was_given_counts_at_the_begin_and_what_came_back_at_the_end() {
    // Another prompt, and therefore another answer: the call is where it began, not the root whose answer differs.
    let other = aligned(&rag(2, 3), &rag(7, 8));
    assert_eq!(other.first, Some(3), "what the adapter wrote stands in the call");
    let words = |at: usize| match other.rows[at].change {
        RowChange::Changed(differs) => differs.words().collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!((words(0), words(2), words(3)), (vec!["outputs"], vec!["outputs"], vec!["inputs", "outputs"]));
    // The same prompt and another answer.
    assert_eq!(aligned(&rag(2, 3), &rag(2, 8)).first, Some(3));
    // Only the root gave back something else: nothing before it differs.
    let mut last = rag(2, 3);
    last[0].2 = 9;
    assert_eq!(aligned(&rag(2, 3), &last).first, Some(0));
}

#[test]
fn another_name_counts_but_for_that_of_the_program() {
    let mut renamed = rag(2, 3);
    renamed[0].0 = ("Answer.forward", 0, "CHAIN", "OK");
    assert_eq!(aligned(&rag(2, 3), &renamed).first, None);
    renamed[1].0 = ("ChainOfThought.forward", 1, "LLM", "OK");
    assert_eq!(aligned(&rag(2, 3), &renamed).first, Some(1));
}

#[test]
fn a_failed_adapter_and_one_that_stands_alone_count() {
    let mut failed = rag(2, 3);
    failed[4].0 = ("ChatAdapter.parse", 2, "PARSER", "ERROR");
    failed[0].2 = 9;
    assert_eq!(aligned(&rag(2, 3), &failed).first, Some(4));
    let mut alone = rag(2, 3);
    alone[2].2 = 9;
    assert_eq!(aligned(&rag(2, 3), &alone).first, Some(2), "nothing else differs");
}

#[test]
fn a_span_of_one_trace_takes_all_below_it_along() {
    let mut longer = rag(2, 3);
    longer.splice(1..1, [(("Docs.forward", 1, "RETRIEVER", "OK"), 5, 6), (("Embedder", 2, "EMBEDDING", "OK"), 5, 5)]);
    for (a, b, only) in [(rag(2, 3), longer.clone(), RowChange::OnlyOther), (longer, rag(2, 3), RowChange::OnlyFirst)] {
        let found = aligned(&a, &b);
        assert_eq!(found.first, Some(1));
        assert_eq!(found.rows[1].change, only);
        assert_eq!((found.rows[1].descendants, found.rows[2].change), (1, only));
        assert_eq!(found.rows.iter().filter(|row| row.change == RowChange::Same).count(), 5);
    }
}

#[test]
fn a_deep_chain_needs_no_deep_stack() {
    let names: Vec<String> = (0..50_000).map(|at| format!("step {at}")).collect();
    let chain: Vec<(Spec<'_>, u64, u64)> =
        names.iter().enumerate().map(|(at, name)| ((name.as_str(), at, "CHAIN", "OK"), 1, 1)).collect();
    let mut other = chain.clone();
    other[40_000].1 = 2;
    let found = aligned(&chain, &other);
    assert_eq!((found.rows.len(), found.first), (50_000, Some(40_000)));
    assert_eq!(found.rows[0].descendants, 49_999);
}
