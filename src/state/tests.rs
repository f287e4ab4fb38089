use super::*;

fn go(text: &str) -> Action {
    Action::GoTo(text.to_owned())
}

fn opened(path: &str) -> Action {
    Action::StoreOpened(path.into())
}

#[test]
fn a_walk_and_the_way_back() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/data/mlflow.db"));
    state.apply(go("experiment/1"));
    state.apply(go("experiment/1/run/a"));
    assert!(state.unfolded.has(&TreeKey::Experiment("1".into())));
    state.apply(Action::ShowRunTab(RunTab::TRACES));
    state.apply(Action::Scrolled("traces", Scroll { row: 7, fraction: 0.0 }));
    state.apply(go("experiment/1/run/a/trace/t"));
    assert_eq!(state.scroll("traces"), None);
    state.apply(Action::FocusSpan(Some(SpanRef { id: "s".into(), nth: 0 })));
    state.apply(Action::ShowDetail(DetailTab::Outputs));
    assert_eq!(state.location().to_string(), "dspyglass:experiment/1/run/a/trace/t/span/s?tab=outputs");
    state.apply(Action::Back);
    assert_eq!(state.location().to_string(), "dspyglass:experiment/1/run/a?tab=traces");
    assert_eq!(state.scroll("traces").map(|scroll| scroll.row), Some(7));
    state.apply(Action::Forward);
    assert!(matches!(state.location(), Place::Trace { detail: DetailTab::Outputs, .. }));
    state.apply(Action::Up);
    assert_eq!(state.location().to_string(), "dspyglass:experiment/1/run/a?tab=traces");
}

#[test]
fn what_is_looked_at_is_of_the_place_on_screen() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/data/mlflow.db"));
    for (place, shown) in [
        ("experiment/1", "experiment/1?tab=traces"),
        ("run/a", "run/a?tab=metrics&item=loss"),
        ("compare/a/b/c", "compare/a/b/c?tab=tags&item=c"),
        ("trace/t", "trace/t/span/s?tab=events"),
        ("program/h", "program/h"),
    ] {
        state.apply(go(place));
        let steps = state.visit();
        state.apply(Action::ShowExperimentTab(ExperimentTab::TRACES));
        state.apply(Action::ShowRunTab(RunTab::Metrics { key: Some("loss".into()) }));
        state.apply(Action::ShowCompareTab(CompareTab::Tags));
        state.apply(Action::ShowCompared("c".into()));
        state.apply(Action::FocusSpan(Some(SpanRef { id: "s".into(), nth: 0 })));
        state.apply(Action::ShowDetail(DetailTab::Events));
        assert_eq!(state.location().to_string(), format!("dspyglass:{shown}"));
        assert_eq!(state.visit(), steps, "it is the same step of the history");
    }
}

#[test]
fn an_address_that_is_half_understood_says_so() {
    let mut state = AppState::new(Settings::default(), Some("experiment/1/moon/run/a".into()));
    state.apply(opened("/data/mlflow.db"));
    assert_eq!(state.location().to_string(), "dspyglass:experiment/1/run/a");
    assert_eq!(state.notices.len(), 1);
    assert!(state.notices[0].what.contains("moon"));
    state.apply(Action::Dismiss(0));
    state.apply(Action::Dismiss(9));
    assert!(state.notices.is_empty());
}

#[test]
fn a_link_opens_its_store_and_leads_to_its_place() {
    let mut state = AppState::new(Settings::default(), None);
    let link = "dspyglass:experiment/1/run/a?tab=traces&store=/data/mlflow.db";
    assert_eq!(state.apply(go(link)), [Effect::Open("/data/mlflow.db".into())]);
    assert_eq!(*state.location(), Place::Store, "not before it is open");
    state.apply(opened("/data/mlflow.db"));
    assert_eq!(state.location().to_string(), "dspyglass:experiment/1/run/a?tab=traces");
    // A link into the open store is only a step.
    assert_eq!(state.apply(go("dspyglass:experiment/2?store=/data/mlflow.db")), []);
    assert_eq!(state.location().to_string(), "dspyglass:experiment/2");
    let copied = state.apply(Action::CopyLink);
    assert_eq!(copied, [Effect::Copy("dspyglass:experiment/2?store=/data/mlflow.db".into())]);
    // Another store could not be opened: what is opened instead is not where the link led.
    assert_eq!(state.apply(go("run/x?store=/gone.db")), [Effect::Open("/gone.db".into())]);
    state.apply(Action::OpenStore("/other.db".into()));
    state.apply(opened("/other.db"));
    assert_eq!(*state.location(), Place::Store);
}

#[test]
fn a_link_without_a_store_waits_for_one_and_says_so() {
    let mut state = AppState::new(Settings::default(), None);
    assert_eq!(state.apply(go("dspyglass:experiment/1")), []);
    assert!(state.notices[0].what.contains("names no store"));
    state.apply(Action::OpenStore("/data/mlflow.db".into()));
    state.apply(opened("/data/mlflow.db"));
    assert_eq!(state.location().to_string(), "dspyglass:experiment/1");
    // A store that was sent lies elsewhere here: its link is followed in what is opened.
    let mut state = AppState::new(Settings::default(), Some("dspyglass:run/a?store=/theirs/mlflow.db".into()));
    state.apply(opened("/mine/mlflow.db"));
    assert_eq!(state.location().to_string(), "dspyglass:run/a");
}

#[test]
fn what_was_looked_at_is_found_again() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/data/mlflow.db"));
    state.apply(go("experiment/1/run/a"));
    state.note_store();
    let text = state.settings.to_text();
    let mut again = AppState::new(Settings::parse(&text).expect("own settings"), None);
    again.apply(opened("/other.db"));
    assert_eq!(*again.location(), Place::Store);
    again.apply(opened("/data/mlflow.db"));
    assert_eq!(again.location().to_string(), "dspyglass:experiment/1/run/a");
    assert!(again.unfolded.has(&TreeKey::Experiment("1".into())));
    assert_eq!(again.settings.recent, ["/data/mlflow.db", "/other.db"]);
}

#[test]
fn secrets_are_masked_again_with_every_store() {
    let mut state = AppState::new(Settings::default(), None);
    assert_eq!(state.apply(Action::Reveal(true)), [Effect::Reveal(true)]);
    assert!(state.apply(opened("/a")).contains(&Effect::Reveal(false)));
    assert!(!state.is_revealed);
    state.apply(Action::Reveal(true));
    assert!(!state.settings.to_text().contains("reveal"));
    state.apply(Action::CloseStore);
    assert!(!state.is_revealed && state.store().is_none());
}

#[test]
fn folds_of_one_trace_are_not_those_of_another() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/data/mlflow.db"));
    state.apply(go("trace/a"));
    let fold = || FoldKey::Span(3);
    state.apply(Action::Fold(vec![fold()], true));
    state.apply(go("trace/a/span/x"));
    assert!(state.page().folds.has(&fold()));
    state.apply(go("trace/b"));
    assert!(!state.page().folds.has(&fold()));
    state.apply(Action::Back);
    assert!(state.page().folds.has(&fold()), "who comes back finds them");
}

#[test]
fn notices_are_few_and_stand_once() {
    let mut state = AppState::new(Settings::default(), None);
    for index in 0..10 {
        state.apply(Action::Notify(NoticeText::hint(format!("n{}", index % 6), "")));
    }
    assert_eq!(state.notices.len(), MAX_NOTICES);
}

#[test]
fn what_is_forgotten_is_not_noted_again() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/a"));
    state.apply(opened("/b"));
    state.apply(go("experiment/1"));
    state.apply(Action::AskToForget(Some("/b".into())));
    assert_eq!(state.asks_to_forget, Some("/b".into()));
    let effects = state.apply(Action::Forget("/b".into()));
    assert!(effects.contains(&Effect::Close) && effects.contains(&Effect::SaveSettings));
    state.note_store();
    assert_eq!(state.settings.recent, ["/a"]);
    assert!(!state.settings.stores.contains_key(&fingerprint("/b")) && state.asks_to_forget.is_none());
    // Another one is forgotten without closing what is open.
    state.apply(opened("/c"));
    assert!(!state.apply(Action::Forget("/a".into())).contains(&Effect::Close));
    assert_eq!(state.store(), Some(&"/c".into()));
}

#[test]
fn recent_places_come_back_with_the_store() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/a"));
    for place in ["experiment/1", "run/a", "trace/t", "run/a?tab=traces"] {
        state.apply(go(place));
    }
    let texts = |state: &AppState| -> Vec<String> {
        state.recent_places().iter().map(|location| location.to_string()).collect()
    };
    assert_eq!(texts(&state), ["dspyglass:trace/t", "dspyglass:experiment/1", "dspyglass:"]);
    state.apply(opened("/b"));
    state.apply(opened("/a"));
    assert_eq!(texts(&state)[1..], ["dspyglass:trace/t", "dspyglass:experiment/1"]);
}

#[test]
fn zoom_stays_between_its_ends_in_whole_tenths() {
    let mut state = AppState::new(Settings::default(), None);
    for _ in 0..3 {
        let zoom = state.settings.zoom;
        state.apply(Action::Zoom(zoom + 0.1));
    }
    assert_eq!(state.settings.zoom, 1.3);
    assert_eq!(state.apply(Action::Zoom(9.0))[0], Effect::Zoom(2.0));
    assert_eq!(state.apply(Action::Zoom(f32::NAN))[0], Effect::Zoom(1.0));
}

#[test]
fn it_searches_the_narrowest_of_what_it_began_in() {
    let from = |address: &str| Place::parse(address).0.search();
    for (address, narrowest, choices) in [
        ("", SearchWithin::Store, 1),
        ("experiment/1?tab=traces", SearchWithin::Experiment, 2),
        ("experiment/1/run/a", SearchWithin::Run, 3),
        ("experiment/1/run/a/trace/t", SearchWithin::Trace, 4),
        ("trace/t", SearchWithin::Trace, 2),
        ("compare/a/b", SearchWithin::Store, 1),
    ] {
        let search = from(address);
        assert_eq!((search.within(), search.choices().count()), (narrowest, choices), "{address}");
        // A search from a search has the same choices.
        let again = Place::Search(search.clone()).search();
        assert_eq!(again, search);
    }
    let wide = SearchPlace { within: Some(SearchWithin::Store), ..from("experiment/1/run/a") };
    assert_eq!(wide.within(), SearchWithin::Store);
    let lost = SearchPlace { within: Some(SearchWithin::Trace), ..from("experiment/1") };
    assert_eq!(lost.within(), SearchWithin::Experiment, "an address may name what is not there");
}

#[test]
fn a_trace_that_is_gone_to_with_a_text_is_looked_through_for_it() {
    let mut state = AppState::new(Settings::default(), None);
    state.apply(opened("/data/mlflow.db"));
    state.apply(go("trace/t/span/s"));
    let pattern = crate::model::SearchPattern { text: "refund".into(), ..Default::default() };
    state.apply(Action::FindInside(pattern.clone()));
    assert_eq!(state.page().spans.find, Some(pattern.clone()));
    state.apply(go("trace/u"));
    assert_eq!(state.page().spans, SpanChoice::default());
    state.apply(Action::Back);
    assert_eq!(state.page().spans.find, Some(pattern));
    assert!(!state.page().spans.dims());
    let only_errors = SpanChoice { only_errors: true, ..state.page().spans.clone() };
    state.apply(Action::ArrangeSpans(only_errors));
    assert!(state.page().spans.dims());
}
