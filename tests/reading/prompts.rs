//! Prompts of the registry, and who used them: against plain SQL on the recorded stores, and against a store that was
//! counted by hand.

use std::path::PathBuf;

use dspyglass::model::{
    PromptContent, PromptKey, PromptUse, PromptUser, PromptUsesWanted, PromptVersion, RegisteredPrompt, Reveal,
};
use dspyglass::query::ask::Session;
use dspyglass::query::{Found, PromptPageOf, PromptUsesOf, PromptsUsedBy, find_prompt};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{ReadCx, Store};

use crate::any_kind::for_every_reader;
use crate::prompt_store::{SECRET, make};
use crate::support::{databases, reader, sql};

const IS_PROMPT: &str = "name in (select name from registered_model_tags where key = 'mlflow.prompt.is_prompt')";

fn made() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let path = make(home.path());
    (home, path)
}

fn uses(store: &mut dyn Store, wanted: &PromptUsesWanted) -> Vec<(String, u64, String)> {
    let told = |one: &PromptUse| {
        let user = match &one.user {
            PromptUser::Run(run) => run.to_string(),
            PromptUser::Trace(trace) => trace.to_string(),
        };
        (one.used.prompt.to_string(), one.used.version, user)
    };
    store.prompt_uses(&ReadCx::new(), wanted).expect("uses").iter().map(told).collect()
}

fn of(name: &str) -> PromptUsesWanted {
    PromptUsesWanted::OfPrompt(PromptKey::named(name), 100)
}

fn as_told(expected: &[(&str, u64, &str)]) -> Vec<(String, u64, String)> {
    expected.iter().map(|(prompt, version, user)| ((*prompt).to_owned(), *version, (*user).to_owned())).collect()
}

#[test]
fn every_recorded_prompt_stands_as_sql_says() {
    let seen = std::cell::Cell::new(0);
    for database in databases() {
        let wanted = sql(
            &database,
            &format!(
                "select m.name, (select group_concat(version) from (select version from model_versions v \
                 where v.name = m.name and current_stage <> 'Deleted_Internal' order by version)), \
                 cast(m.creation_time as text), m.description from registered_models m where m.{IS_PROMPT} order by m.name"
            ),
        );
        let texts = sql(
            &database,
            &format!(
                "select name, cast(version as text), value from model_version_tags where key = 'mlflow.prompt.text' and {IS_PROMPT}"
            ),
        );
        let links = sql(
            &database,
            "select t.run_uuid, value from tags t join runs r on r.run_uuid = t.run_uuid \
             where key = 'mlflow.linkedPrompts' and r.lifecycle_stage <> 'deleted'",
        );
        for_every_reader(vec![database], |case| {
            assert!(case.store.capabilities().keeps_prompts);
            let found = case.store.prompts(&case.cx).expect("prompts");
            let told: Vec<Vec<String>> = found
                .iter()
                .map(|one| {
                    let versions: Vec<String> = one.versions.iter().map(u64::to_string).collect();
                    let created = one.created_ms.map(|ms| ms.to_string()).unwrap_or_default();
                    let description = one.description.clone().unwrap_or_default();
                    vec![one.key.name.to_string(), versions.join(","), created, description]
                })
                .collect();
            assert_eq!(told, wanted, "{}", case.place.display());
            for text in &texts {
                let versions = case.store.prompt_versions(&case.cx, &PromptKey::named(&text[0])).expect("versions");
                let one = versions.iter().find(|one| one.version.to_string() == text[1]).expect("the version");
                let content = one.content.as_ref().expect("a text");
                assert_eq!((content.kind(), content.text().into_owned()), ("text", text[2].clone()));
            }
            for link in &links {
                let wanted = PromptUsesWanted::By(PromptUser::Run(link[0].as_str().into()));
                let used = uses(&mut *case.store, &wanted);
                assert!(!used.is_empty());
                for (name, version, run) in used {
                    let piece = format!(r#"{{"name": "{name}", "version": "{version}"}}"#);
                    assert!(link[1].contains(&piece) && run == link[0], "{piece}");
                    assert!(uses(&mut *case.store, &of(&name)).contains(&(name, version, run)), "and back");
                }
            }
            seen.set(seen.get() + found.len());
        });
    }
    assert!(seen.get() >= 2, "a prompt was recorded, and is read by both readers");
}

#[test]
fn prompts_have_their_versions_aliases_and_tags() {
    let (_home, path) = made();
    let mut store = reader(&path);
    let cx = ReadCx::new();
    let prompts = store.prompts(&cx).expect("prompts");
    let names: Vec<String> = prompts.iter().map(|one| one.key.to_string()).collect();
    assert_eq!(names, ["chatty", "empty", "greet", "team/greet"], "models are none, and a workspace is another prompt");
    let greet = &prompts[2];
    assert_eq!(greet.versions, [1, 2, 4, 10], "not the one that was deleted");
    assert_eq!((greet.created_ms, greet.updated_ms), (Some(1000), Some(9000)));
    let aliases: Vec<_> = greet.aliases.iter().map(|alias| (alias.name.as_str(), alias.version)).collect();
    assert_eq!(aliases, [("champion", 10), ("lost", 3), ("production", 2)]);
    let tags: Vec<_> = greet.tags.iter().map(|tag| (&*tag.key, tag.value.as_str())).collect();
    assert_eq!(tags, [("api_token", "‹masked›"), ("owner", "ann")]);
    assert_eq!(greet.experiments, [1, 7].map(|id| dspyglass::model::ExperimentId::from(id.to_string())));
    assert_eq!(prompts[1].latest(), None);

    let versions = store.prompt_versions(&cx, &greet.key).expect("versions");
    let told: Vec<_> = versions.iter().map(|one| (one.version, one.is_deleted, one.content.is_some())).collect();
    let wanted = [(1, false, true), (2, false, true), (3, true, false), (4, false, false), (10, false, true)];
    assert_eq!(told, wanted, "the deleted one without its text, and the one that has none");
    assert_eq!((versions[1].message.as_deref(), versions[1].user.as_deref()), (Some("warmer"), Some("ann")));
    let team = store.prompt_versions(&cx, &prompts[3].key).expect("versions");
    assert_eq!(team[0].content, Some(PromptContent::Text("Hello, team".to_owned())));
    assert!(store.prompt_versions(&cx, &PromptKey::named("model")).expect("none").is_empty());
    assert!(store.prompt_versions(&cx, &PromptKey::named("nothing")).expect("none").is_empty());
    assert!(cx.take_warnings().is_empty());
}

#[test]
fn a_chat_is_its_messages_and_a_broken_one_its_text() {
    let (_home, path) = made();
    let versions = reader(&path).prompt_versions(&ReadCx::new(), &PromptKey::named("chatty")).expect("versions");
    let [chat, broken] = &versions[..] else { panic!("two versions") };
    let Some(PromptContent::Chat(messages)) = &chat.content else { panic!("messages") };
    let said: Vec<_> = messages.iter().map(|one| (one.role.as_str(), one.content.as_str(), one.other.len())).collect();
    assert_eq!(said, [("system", "You are {{persona}}.", 0), ("user", "{{question}}", 1)]);
    assert_eq!(chat.content.as_ref().map(PromptContent::variables), Some(vec!["persona".into(), "question".into()]));
    assert_eq!(chat.response_format, Some(serde_json::json!({"type": "object"})));
    let config = chat.model_config.as_ref().expect("a model");
    assert_eq!(config["model_name"], "gpt-4o");
    assert_eq!(config["api_key"], serde_json::json!({"masked": true}));
    assert_eq!(broken.content, Some(PromptContent::Broken(r#"[{"role": "system", "content""#.to_owned())));
}

#[test]
fn who_used_a_version_is_found_from_both_ends() {
    let (_home, path) = made();
    let mut store = reader(&path);
    // Runs first, newest first; the tag, the association and the older tag of a version, each use once. Not the runs
    // that are deleted or gone, no other workspace, no name that only begins like this.
    let wanted = as_told(&[
        ("greet", 10, "run-b"),
        ("greet", 2, "run-b"),
        ("greet", 2, "run-a"),
        ("greet", 1, "old-run"),
        ("greet", 10, "tr-3"),
        ("greet", 2, "tr-2"),
        ("greet", 2, "tr-1"),
    ]);
    assert_eq!(uses(&mut *store, &of("greet")), wanted);
    let by = |user: PromptUser| PromptUsesWanted::By(user);
    let by_run = |id: &str| by(PromptUser::Run(id.into()));
    let by_trace = |id: &str| by(PromptUser::Trace(id.into()));
    assert_eq!(uses(&mut *store, &by_run("run-a")), as_told(&[("greet", 2, "run-a"), ("chatty", 1, "run-a")]));
    assert_eq!(uses(&mut *store, &by_run("old-run")), as_told(&[("greet", 1, "old-run")]));
    assert_eq!(uses(&mut *store, &by_trace("tr-2")), as_told(&[("greet", 2, "tr-2"), ("lost", 7, "tr-2")]));
    let both = as_told(&[("greet", 10, "tr-3"), ("greeting", 2, "tr-3")]);
    assert_eq!(uses(&mut *store, &by_trace("tr-3")), both);
    assert_eq!(uses(&mut *store, &by_trace("tr-team")), as_told(&[("team/greet", 1, "tr-team")]));
    let team = PromptUsesWanted::OfPrompt(PromptKey::new("greet", Some("team")), 100);
    assert_eq!(uses(&mut *store, &team), as_told(&[("team/greet", 1, "run-team"), ("team/greet", 1, "tr-team")]));
    // No more users than asked for, the newest.
    let few = PromptUsesWanted::OfPrompt(PromptKey::named("greet"), 1);
    assert_eq!(uses(&mut *store, &few), [&wanted[..2], &wanted[4..5]].concat());
    for nothing in [by_run("nobody"), by_trace(""), by_run("run"), of("gre"), of("%"), of("' or 1 --")] {
        assert_eq!(uses(&mut *store, &nothing), [], "{nothing:?}");
    }
}

#[test]
fn a_prompt_that_is_called_as_a_secret_looks_is_linked_all_the_same() {
    let (_home, path) = made();
    let name = "sk-fake-abcdefghij1234567890";
    let connection = rusqlite::Connection::open(&path).expect("opened");
    let sql = "update tags set value = replace(value, 'greet', ?1) where run_uuid = 'run-b'";
    assert_eq!(connection.execute(sql, [name]).expect("renamed"), 1);
    drop(connection);
    let mut store = reader(&path);
    let wanted = as_told(&[(name, 10, "run-b"), (name, 2, "run-b")]);
    assert_eq!(uses(&mut *store, &of(name)), wanted);
    assert_eq!(uses(&mut *store, &PromptUsesWanted::By(PromptUser::Run("run-b".into()))), wanted);
}

#[test]
fn a_broken_list_of_prompts_is_a_warning_and_costs_nothing_else() {
    let (_home, path) = made();
    let mut store = reader(&path);
    let cx = ReadCx::new();
    for (user, place) in [
        (PromptUser::Run("run-broken".into()), "tag mlflow.linkedPrompts of run run-broken"),
        (PromptUser::Trace("tr-none".into()), "tag mlflow.linkedPrompts of trace tr-none"),
    ] {
        assert!(store.prompt_uses(&cx, &PromptUsesWanted::By(user)).expect("read").is_empty());
        let warnings = cx.take_warnings();
        assert_eq!((warnings.len(), warnings[0].place.as_str()), (1, place));
    }
}

#[test]
fn no_secret_of_a_prompt_is_said_unless_revealed() {
    let (_home, path) = made();
    let everything = |store: &mut dyn Store, cx: &ReadCx| {
        let prompts = store.prompts(cx).expect("prompts");
        let versions: Vec<Vec<PromptVersion>> =
            prompts.iter().map(|one| store.prompt_versions(cx, &one.key).expect("versions")).collect();
        format!("{prompts:?}{versions:?}")
    };
    let mut store = reader(&path);
    let revealed = ReadCx::new().with_reveal(Reveal::Revealed);
    let copy = MemoryStore::copy_of(&mut *store, &revealed).expect("copied");
    for store in [&mut store, &mut (Box::new(copy) as Box<dyn Store>)] {
        assert!(!everything(&mut **store, &ReadCx::new()).contains(SECRET));
        assert_eq!(everything(&mut **store, &revealed).matches(SECRET).count(), 3);
    }
}

#[test]
fn a_copy_in_memory_answers_as_the_database() {
    let (_home, path) = made();
    let mut store = reader(&path);
    let cx = ReadCx::new();
    let mut copy = MemoryStore::copy_of(&mut *store, &cx).expect("copied");
    let prompts: Vec<RegisteredPrompt> = store.prompts(&cx).expect("prompts");
    assert_eq!(copy.prompts(&cx).expect("prompts"), prompts);
    for prompt in prompts {
        let wanted = PromptUsesWanted::OfPrompt(prompt.key.clone(), 1);
        let all = |store: &mut dyn Store| {
            let versions = store.prompt_versions(&cx, &prompt.key).expect("versions");
            (versions, store.prompt_uses(&cx, &wanted).expect("uses"))
        };
        assert_eq!(all(&mut copy), all(&mut *store), "{}", prompt.key);
    }
}

#[test]
fn older_schemas_have_fewer_tables_and_are_no_error() {
    let (_home, path) = made();
    let database = rusqlite::Connection::open(&path).expect("opened");
    let drop = |sql: &str| database.execute_batch(sql).expect("altered");
    // MLflow 2.21: neither associations nor workspaces, and no aliases in still older ones.
    drop("drop table entity_associations; drop table registered_model_aliases");
    drop("delete from registered_models where workspace = 'team'; delete from model_versions where workspace = 'team'");
    drop("delete from experiments where workspace = 'team'; delete from runs where experiment_id = 2");
    let mut store = reader(&path);
    let cx = ReadCx::new();
    assert_eq!(store.prompts(&cx).expect("prompts").len(), 3);
    assert_eq!(uses(&mut *store, &of("greet")).iter().filter(|(_, version, _)| *version == 10).count(), 1);
    drop("drop table model_version_tags");
    let mut store = reader(&path);
    let versions = store.prompt_versions(&cx, &PromptKey::named("chatty")).expect("versions");
    assert!(versions.len() == 2 && versions.iter().all(|one| one.content.is_none()), "{versions:?}");
    drop(
        "drop table registered_model_tags; drop table registered_models; drop table model_versions; drop table trace_tags",
    );
    let mut store = reader(&path);
    assert!(!store.capabilities().keeps_prompts);
    assert_eq!(store.prompts(&cx).expect("none"), []);
    assert_eq!(uses(&mut *store, &of("greet")).len(), 3, "runs still say what they used");
}

#[test]
fn questions_put_versions_uses_and_differences_together() {
    let (_home, path) = made();
    let mut store = reader(&path);
    let cx = ReadCx::new();
    let mut session = Session::alone(&mut *store, &cx);
    let greet = PromptKey::named("greet");
    let page = session.ask(&PromptPageOf(greet.clone())).expect("a page");
    let page = page.as_ref().as_ref().expect("the prompt");
    let changed = |version, against| page.change(version, against).map(|change| change.old.version);
    assert_eq!(changed(10, None), Some(2), "the deleted one and the one without a text are passed over");
    assert_eq!(
        [changed(1, None), changed(4, None), changed(2, Some(3)), changed(2, Some(10))],
        [None, None, None, Some(10)]
    );
    let diff = page.change(2, None).expect("a change").diff(&session);
    assert_eq!(diff.old(), "Say hello to {{ name }}.");
    assert_eq!(diff.new_text(), "Say a warm hello to {{ name }} in {{ language }}.");
    let told = session.ask(&PromptUsesOf(greet)).expect("uses");
    assert_eq!([told.counts(2), told.counts(10), told.counts(4)], [[2, 2], [1, 1], [0, 0]]);
    assert!(!told.is_cut);
    let used = session.ask(&PromptsUsedBy(PromptUser::Trace("tr-1".into()))).expect("used");
    assert_eq!((used.len(), used[0].used.version), (1, 2));
    assert!(session.ask(&PromptPageOf(PromptKey::named("model"))).expect("none").is_none());

    let mut find = |typed: &str| match find_prompt(&mut session, typed).expect("read") {
        Found::One(wish) => format!("{} {:?}", wish.prompt.key, wish.version),
        Found::Several(names) => format!("several {names:?}"),
        Found::Nothing => "nothing".to_owned(),
    };
    assert_eq!(find("greet"), "greet None");
    assert_eq!(find("greet/3"), "greet Some(3)");
    assert_eq!(find("prompts:/greet/2"), "greet Some(2)");
    assert_eq!(find("prompts:/greet@production"), "greet Some(2)");
    assert_eq!(find("greet@latest"), "greet Some(10)");
    assert_eq!(find("team/greet@production"), "team/greet Some(1)");
    assert_eq!([find("greet@nothing"), find("gree"), find("model")], ["nothing"; 3]);
}
