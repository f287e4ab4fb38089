//! The user part of addresses: masked wherever an address is read, as stored where secrets are shown.

use dspyglass::model::{ArtifactOwner, Reveal};
use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, open};
use rusqlite::Connection;

use crate::support::{copy_of, files};

const SECRET: &str = "pw1";

#[test]
fn no_address_shows_its_password() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    // The program whose model has an address with a password; all others lost their files.
    let (run, file) = files(home.path(), "model.json").into_iter().next().expect("a program");
    let mut state: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).expect("read")).expect("JSON");
    let predictor = state.as_object_mut().expect("an object").values_mut().next().expect("a predictor");
    predictor["lm"] = serde_json::json!({"model": "m", "api_base": "https://me:pw1@host/v1"});
    std::fs::write(&file, state.to_string()).expect("written");
    let connection = Connection::open(&database).expect("opened");
    let elsewhere = format!(
        "update experiments set artifact_location = 'ftp://me:pw1@host/' || experiment_id; \
         update params set value = '{{\"api_base\": \"https://me:pw1@host\"}}' where key = 'lm_params'; \
         update runs set artifact_uri = 'ftp://me:pw1@host/' || run_uuid || '/artifacts' where run_uuid != '{run}'; \
         update trace_tags set value = 'ftp://me:pw1@host/' || request_id where key = 'mlflow.artifactLocation'"
    );
    connection.execute_batch(&elsewhere).expect("changed");
    drop(connection);

    for (reveal, is_shown) in [(Reveal::Masked, false), (Reveal::Revealed, true)] {
        let mut store = open(&database, &OpenOptions::default()).expect("opened");
        let cx = ReadCx::new().with_reveal(reveal);
        let query = RunQuery::new(RunScope::All).with_deleted();
        let mut said = format!("{:?}", store.experiments(&cx, true).expect("read"));
        for (one, values) in store.run_rows(&cx, &query).expect("read") {
            let tree = store.artifacts(&cx, &ArtifactOwner::Run(one.id.clone())).expect("read");
            let program = query::program(&mut Session::alone(store.as_mut(), &cx), &one.id, false).expect("read");
            said += &format!("{one:?} {values:?} {tree:?} {program:?}");
        }
        said += &format!("{:?}", cx.take_warnings());
        assert_eq!(said.contains(SECRET), is_shown, "{reveal:?}");
        // The rest of the address stays.
        assert!(said.contains("ftp://") && said.contains("host/v1") && said.contains("@host"), "{reveal:?}");
    }
}
