mod compared_traces;
mod dice;

use super::*;
use crate::analysis::evolution::Against;
use crate::analysis::optimizations::Effort;
use crate::model::{EvaluationId, SearchPattern, TriedPrompt};
use crate::state::{ExampleSet, PHRASE_MOST, Phrase, SearchWithin};
use dice::Dice;

fn of_run(experiment: Option<&str>, run: &str, tab: Option<RunTab>) -> Place {
    Place::Run { experiment: experiment.map(ExperimentId::from), run: run.into(), tab }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Addresses that were copied from windows so far, and the places that they lead to.
fn known() -> Vec<(&'static str, Place)> {
    let of_experiment = |tab| Place::Experiment { experiment: "3".into(), tab };
    let of_trace = |span, detail| Place::Trace {
        experiment: Some("3".into()),
        run: Some("abc".into()),
        trace: "tr-1".into(),
        span,
        detail,
    };
    let span = |nth| Some(SpanRef { id: "1f".into(), nth });
    let compare = |shown: Option<&str>, tab| Place::Compare {
        runs: vec!["a".into(), "b".into(), "c".into()],
        shown: shown.map(RunId::from),
        tab,
    };
    let in_three = |tab| of_run(Some("3"), "abc", Some(tab));
    vec![
        ("", Place::Store),
        ("experiment/3", of_experiment(ExperimentTab::Runs)),
        ("experiment/3?tab=traces", of_experiment(ExperimentTab::TRACES)),
        (
            "experiment/3?tab=examples&item=7&only=1%2C7%20Broken",
            of_experiment(ExperimentTab::Examples {
                example: Some(7),
                evaluation: None,
                only: Some(ExampleSet::new("Broken", [7, 1])),
            }),
        ),
        (
            "experiment/3?tab=optimizations",
            of_experiment(ExperimentTab::Optimizations { over: None, everywhere: None }),
        ),
        (
            "experiment/3?tab=optimizations&over=metric-calls&everywhere=true",
            of_experiment(ExperimentTab::Optimizations { over: Some(Effort::MetricCalls), everywhere: Some(true) }),
        ),
        ("experiment/3/run/abc", of_run(Some("3"), "abc", None)),
        ("run/%C3%A9%3F%23%2F%25", of_run(None, "é?#/%", None)),
        ("experiment/3/run/abc?tab=optimization", in_three(RunTab::Optimization { candidate: None })),
        (
            "experiment/3/run/abc?tab=optimization&item=ef",
            in_three(RunTab::Optimization { candidate: Some("ef".into()) }),
        ),
        (
            "experiment/3/run/abc?tab=examples&item=7&evaluation=ef&only=1%2C7%20Broken",
            in_three(RunTab::Examples {
                example: Some(7),
                evaluation: Some("ef".into()),
                only: Some(ExampleSet::new("Broken", [7, 1])),
            }),
        ),
        ("experiment/3/run/abc?tab=slices&item=label", in_three(RunTab::Slices { field: text("label") })),
        ("experiment/3/run/abc?tab=doctor", in_three(RunTab::Doctor)),
        ("experiment/3/run/abc?tab=lineage", in_three(RunTab::FamilyTree { candidate: None })),
        ("experiment/3/run/abc?tab=lineage&item=7", in_three(RunTab::FamilyTree { candidate: Some(7) })),
        (
            "experiment/3/run/abc?tab=evolution",
            in_three(RunTab::Evolution { predictor: None, phrase: None, against: None }),
        ),
        (
            "run/p?tab=evolution&item=solve&phrase=a%20%26%20b",
            of_run(
                None,
                "p",
                Some(RunTab::Evolution { predictor: text("solve"), phrase: Some(Phrase::new("a & b")), against: None }),
            ),
        ),
        (
            "run/p?tab=evolution&phrase=a&against=parent",
            of_run(
                None,
                "p",
                Some(RunTab::Evolution {
                    predictor: None,
                    phrase: Some(Phrase::new("a")),
                    against: Some(Against::Parent),
                }),
            ),
        ),
        ("experiment/3/run/abc?tab=overview", in_three(RunTab::Overview { value: None })),
        (
            "experiment/3/run/abc?tab=overview&item=param%2Fa%2Fb",
            in_three(RunTab::Overview { value: text("param/a/b") }),
        ),
        ("experiment/3/run/abc?tab=program&item=solve", in_three(RunTab::Program { predictor: text("solve") })),
        (
            "experiment/3/run/abc?tab=metrics&item=eval%2Ffull%20score",
            in_three(RunTab::Metrics { key: text("eval/full score") }),
        ),
        ("experiment/3/run/abc?tab=traces", in_three(RunTab::TRACES)),
        ("experiment/3/run/abc?tab=artifacts&item=", in_three(RunTab::Artifacts { path: text("") })),
        ("trace/tr-1", Place::of_trace(None, None, "tr-1".into())),
        ("experiment/3/run/abc/trace/tr-1", of_trace(None, DetailTab::Inputs)),
        ("experiment/3/run/abc/trace/tr-1?tab=events", of_trace(None, DetailTab::Events)),
        ("experiment/3/run/abc/trace/tr-1/span/1f?tab=outputs&nth=2", of_trace(span(2), DetailTab::Outputs)),
        ("experiment/3/run/abc/trace/tr-1/span/1f?tab=attributes", of_trace(span(0), DetailTab::Attributes)),
        ("search", Place::Search(SearchPlace::default())),
        (
            "experiment/3/run/abc/trace/tr-1/search?text=%E4%BD%90%20%22a%22&case=match&words=whole&syntax=regex&scope=run&list=flat",
            Place::Search(SearchPlace {
                experiment: Some("3".into()),
                run: Some("abc".into()),
                trace: Some("tr-1".into()),
                within: Some(SearchWithin::Run),
                pattern: SearchPattern {
                    text: "佐 \"a\"".to_owned(),
                    ignores_case: false,
                    is_whole_word: true,
                    is_regex: true,
                },
                is_flat: true,
            }),
        ),
        ("program/0a1b", Place::ProgramHistory("0a1b".into())),
        ("prompts", Place::Prompts(PromptPlace::default())),
        ("prompt/a%2Fb", Place::Prompts(PromptPlace::of(PromptKey::named("a/b")))),
        ("prompt/qa?version=3", Place::Prompts(PromptPlace::version(PromptKey::named("qa"), 3))),
        ("compare/a/b/c", compare(None, None)),
        ("compare/a/b/c?tab=params", compare(None, Some(CompareTab::Params))),
        (
            "compare/a/b/c?tab=examples&show=broken.right",
            compare(None, Some(CompareTab::Examples { show: "broken.right".parse().ok() })),
        ),
        ("compare/a/b/c?tab=tags&item=c", compare(Some("c"), Some(CompareTab::Tags))),
        (
            "compare/a%2F%E4%BD%90/run/%3F%23/experiment?tab=examples&item=run",
            Place::Compare {
                runs: ["a/佐", "run", "?#", "experiment"].map(RunId::from).into(),
                shown: Some("run".into()),
                tab: Some(CompareTab::Examples { show: None }),
            },
        ),
    ]
}

#[test]
fn addresses_lead_to_where_they_always_led() {
    for (address, place) in known() {
        let whole = format!("dspyglass:{address}");
        for address in [address, &whole, &format!(" {whole}\n")] {
            assert_eq!(Place::parse(address), (place.clone(), Vec::new()), "{address}");
        }
        assert_eq!(place.to_string(), whole);
    }
}

#[test]
fn addresses_that_are_written_otherwise_now_are_understood() {
    // A chosen value used to stand without the tab that shows it.
    let (place, unknown) = Place::parse("experiment/3/run/abc?item=param%2Fx");
    assert_eq!(place, of_run(Some("3"), "abc", Some(RunTab::Overview { value: text("param/x") })));
    assert!(unknown.is_empty(), "{unknown:?}");
    // The tab that is shown anyway need not be named, and what is chosen may stand before it.
    let (place, unknown) = Place::parse("experiment/3?tab=runs");
    assert_eq!((place.to_string().as_str(), unknown.len()), ("dspyglass:experiment/3", 0));
    let (place, unknown) = Place::parse("run/p?phrase=x&item=solve&tab=evolution");
    assert_eq!((place.to_string().as_str(), unknown.len()), ("dspyglass:run/p?tab=evolution&item=solve&phrase=x", 0));
}

#[test]
fn what_is_not_understood_is_said_and_left_out() {
    for (address, place, told) in [
        (
            "experiment/3/planet/run/abc?tab=moon&tab=traces&x=1",
            "experiment/3/run/abc?tab=traces",
            &["planet", "tab moon", "x"][..],
        ),
        ("compare/a", "run/a", &["compare without two runs"]),
        ("run", "", &["run without an id"]),
        ("experiment/3/span/1", "experiment/3", &["span without a trace"]),
        // A tab of another kind of place, and a choice that its tab has not.
        ("experiment/3?tab=metrics", "experiment/3", &["tab metrics"]),
        ("run/a?tab=runs", "run/a", &["tab runs"]),
        ("run/a?tab=traces&item=x", "run/a?tab=traces", &["item x"]),
        ("run/a?tab=lineage&item=best", "run/a?tab=lineage", &["item best"]),
        ("run/a?tab=metrics&item=loss&phrase=p", "run/a?tab=metrics&item=loss", &["phrase p"]),
        ("run/a?phrase=p", "run/a", &["phrase p"]),
        ("compare/a/b?tab=traces&item=b", "compare/a/b?item=b", &["tab traces"]),
        ("trace/t/span/s?nth=many", "trace/t/span/s", &["nth many"]),
        ("trace/t?nth=2", "trace/t", &["nth 2"]),
        ("?tab=traces", "", &["tab traces"]),
    ] {
        let (parsed, unknown) = Place::parse(address);
        assert_eq!(parsed.to_string(), format!("dspyglass:{place}"), "{address}");
        assert_eq!(unknown, told, "{address}");
    }
    let endless = format!("run/p?tab=evolution&phrase={}", "é".repeat(1_000_000));
    let Place::Run { tab: Some(RunTab::Evolution { phrase: Some(phrase), .. }), .. } = Place::parse(&endless).0 else {
        panic!("no phrase")
    };
    assert_eq!(phrase.as_str().len(), PHRASE_MOST);
    let told = Place::parse(&format!("run/p?tab=traces&item={}", "x".repeat(1_000_000))).1;
    assert!(told[0].len() < 100, "{told:?}");
}

#[test]
fn every_place_comes_back_from_its_address() {
    let mut dice = Dice(7);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20_000 {
        let place = dice.place();
        let address = place.to_string();
        assert!(address.is_ascii() && !address.contains(char::is_whitespace), "{address}");
        assert_eq!(Place::parse(&address), (place.clone(), Vec::new()), "{address}");
        seen.insert(place);
    }
    assert!(seen.len() > 10_000, "only {} places", seen.len());
    for tab in RunTab::ALL {
        let is_seen = |place: &Place| matches!(place, Place::Run { tab: Some(one), .. } if one.is_same_tab(tab));
        assert!(seen.iter().any(is_seen), "{tab:?}");
    }
}

#[test]
fn tabs_have_names_of_their_own() {
    for tabs in [
        RunTab::ALL.iter().map(RunTab::name).collect::<Vec<_>>(),
        CompareTab::ALL.iter().map(CompareTab::name).collect(),
        ExperimentTab::ALL.iter().map(ExperimentTab::name).collect(),
        DetailTab::ALL.iter().map(DetailTab::name).collect(),
        PromptTab::ALL.iter().map(PromptTab::name).collect(),
    ] {
        let mut once = tabs.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), tabs.len(), "{tabs:?}");
    }
}

#[test]
fn outwards_step_by_step() {
    let mut steps = vec![Place::parse("experiment/3/run/a/trace/t/span/s").0];
    while let Some(place) = steps.last().and_then(Place::parent) {
        steps.push(place);
    }
    let texts: Vec<String> = steps.iter().map(ToString::to_string).collect();
    let expected = [
        "dspyglass:experiment/3/run/a/trace/t/span/s",
        "dspyglass:experiment/3/run/a?tab=traces",
        "dspyglass:experiment/3",
        "dspyglass:",
    ];
    assert_eq!(texts, expected);
    let up = |text: &str| Place::parse(text).0.parent().map(|place| place.to_string());
    assert_eq!(up("experiment/3/trace/t").as_deref(), Some("dspyglass:experiment/3?tab=traces"));
    assert_eq!(up("compare/a/b").as_deref(), Some("dspyglass:run/a"));
    assert_eq!(up("prompt/a?version=2").as_deref(), Some("dspyglass:prompts"));
    assert_eq!(up("prompts").as_deref(), Some("dspyglass:"));
}

#[test]
fn a_page_is_the_same_whatever_is_looked_at() {
    let subject = |text: &str| Place::parse(text).0.subject();
    let pages =
        ["", "experiment/1", "run/a", "trace/a", "program/a", "compare/a/b", "compare/b/a", "prompts", "prompt/a"];
    for (at, page) in pages.iter().enumerate() {
        for (other_at, other) in pages.iter().enumerate() {
            assert_eq!(subject(page) == subject(other), at == other_at, "{page} {other}");
        }
    }
    for (a, b) in [
        ("experiment/1", "experiment/1?tab=traces"),
        ("run/a?tab=metrics&item=x", "experiment/1/run/a?tab=traces"),
        ("trace/t", "run/a/trace/t/span/s?tab=events"),
        ("compare/a/b", "compare/a/b?tab=tags&item=b"),
        ("prompt/a", "prompt/a?tab=changes&against=1&version=2"),
    ] {
        assert_eq!(subject(a), subject(b));
    }
}
