//! Registered prompts: what MLflow's own server tells of them beside what stands in the file behind it, written by
//! MLflow itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::real::{Server, copy, mlflow, upgraded};
use dspyglass::model::{PromptUser, PromptUsesWanted};
use dspyglass::store::{OpenOptions, ReadCx, open};

/// What people do with prompts: texts and chats, versions, aliases, tags, runs and traces that used them.
const WRITE: &str = r#"
import sys
import mlflow
from mlflow import genai
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_registry_uri(sys.argv[1])
mlflow.set_experiment("prompts")
genai.register_prompt(name="desk", template="Answer {{question}} – 問い 'x' \"y\" \\z", commit_message="the first",
                      tags={"team": "a", "api_key": "sk-proj-0123456789abcdefghijklmnop"})
genai.register_prompt(name="desk", template=[{"role": "system", "content": "Be brief."},
                                             {"role": "user", "content": "{{question}}"}],
                      response_format={"type": "object", "properties": {"answer": {"type": "string"}}})
genai.register_prompt(name="desk", template="The third {{question}}", model_config={"model_name": "gpt", "temperature": 0.5})
genai.register_prompt(name="desk-10", template="ten")
genai.register_prompt(name="desk-9", template="nine")
genai.set_prompt_alias("desk", "production", 2)
genai.set_prompt_alias("desk", "draft-10", 3)
mlflow.MlflowClient().set_prompt_tag("desk", "owner", "it's ana")
with mlflow.start_run(run_name="user of prompts"):
    genai.load_prompt("prompts:/desk/1")
    genai.load_prompt("prompts:/desk-9/1")
@mlflow.trace
def answer(question):
    return genai.load_prompt("prompts:/desk/2").name + question
answer("?")
answer("!")
mlflow.flush_trace_async_logging()
# A registered model that is no prompt.
mlflow.MlflowClient().create_registered_model("a model")
"#;

/// The Python that MLflow was installed for.
fn python(program: &Path) -> PathBuf {
    let beside = program.parent().map(|folder| folder.join("python")).filter(|path| path.is_file());
    beside.unwrap_or_else(|| PathBuf::from("python3"))
}

#[test]
fn prompts_of_a_server_are_those_of_the_file() {
    let Some(program) = mlflow() else { return };
    let (home, file) = copy("v3.17");
    let server = Server::start(&program, &upgraded(&program, &file), home.path());
    let written = Command::new(python(&program)).args(["-c", WRITE, server.address()]).output().expect("it runs");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
    let mut of_file = open(&file, &options).expect("the file");
    let mut of_server = open(server.address(), &OpenOptions::default()).expect("the server");
    let cx = ReadCx::new();
    assert!(of_server.capabilities().keeps_prompts);
    let prompts = of_file.prompts(&cx).expect("prompts");
    assert_eq!(prompts.iter().map(|one| &*one.key.name).collect::<Vec<_>>(), ["desk", "desk-9", "desk-10"]);
    assert_eq!((prompts[0].versions.len(), prompts[0].aliases.len()), (3, 2));
    assert_eq!(of_server.prompts(&cx).expect("prompts"), prompts);
    let mut users = Vec::new();
    for prompt in &prompts {
        let versions = of_file.prompt_versions(&cx, &prompt.key).expect("versions");
        assert_eq!(of_server.prompt_versions(&cx, &prompt.key).expect("versions"), versions);
        let wanted = PromptUsesWanted::OfPrompt(prompt.key.clone(), 100);
        let uses = of_file.prompt_uses(&cx, &wanted).expect("uses");
        assert_eq!(of_server.prompt_uses(&cx, &wanted).expect("uses"), uses, "{}", prompt.key);
        users.extend(uses.into_iter().map(|one| one.user));
    }
    let runs = users.iter().filter(|user| matches!(user, PromptUser::Run(_))).count();
    assert!(runs >= 2 && users.len() - runs >= 2, "{users:?}");
    for user in users {
        let wanted = PromptUsesWanted::By(user);
        let uses = of_file.prompt_uses(&cx, &wanted).expect("uses");
        assert!(!uses.is_empty());
        assert_eq!(of_server.prompt_uses(&cx, &wanted).expect("uses"), uses, "{wanted:?}");
    }
    assert_eq!(cx.take_warnings(), []);
    let shown = format!("{prompts:?}");
    assert!(!shown.contains("sk-proj-0123456789"), "{shown}");
}
