//! What `alembic_version` says about a store's schema. Only for people: nothing is read
//! differently because of it. It does not tell who wrote the store: an upgrade moves what an
//! older MLflow wrote into the schema of a newer one.

/// The migrations of MLflow up to 3.18, oldest first (`mlflow/store/db_migrations/versions`),
/// each with the release whose stores end there, where one was seen.
const MIGRATIONS: [(&str, Option<&str>); 70] = [
    ("451aebb31d03", None),
    ("90e64c465722", None),
    ("181f10493468", None),
    ("df50e92ffc5e", None),
    ("7ac759974ad8", None),
    ("89d4b8295536", None),
    ("2b4d017a5e9b", None),
    ("cfd24bdc0731", None),
    ("0a8213491aaa", None),
    ("728d730b5ebd", None),
    ("27a6a02d2cf1", None),
    ("84291f40a231", None),
    ("a8c4a736bde6", None),
    ("39d1c3be5f05", None),
    ("c48cb773bb87", None),
    ("bd07f7e963c5", None),
    ("0c779009ac13", None),
    ("cc1f77228345", None),
    ("97727af70f4d", None),
    ("3500859a5d39", None),
    ("7f2a7d5fae7d", None),
    ("2d6e25af4d3e", None),
    ("acf3f17fdcc7", None),
    ("867495a8f9d4", None),
    ("5b0e9adcef9c", None),
    ("4465047574b1", None),
    ("f5a4f2784254", None),
    ("0584bdc529eb", Some("2.21 – 2.22")),
    ("400f98739977", None),
    ("6953534de441", None),
    ("bda7b8c39065", Some("3.1")),
    ("cbc13b556ace", None),
    ("770bee3ae1dd", None),
    ("a1b2c3d4e5f6", None),
    ("de4033877273", None),
    ("1a0cddfcaa16", Some("3.3")),
    ("534353b11cbc", None),
    ("71994744cf8e", None),
    ("3da73c924c2f", None),
    ("bf29a5ff90ea", Some("3.5")),
    ("1bd49d398cd23", None),
    ("b7c8d9e0f1a2", None),
    ("5d2d30f0abce", None),
    ("c9d4e5f6a7b8", None),
    ("2c33131f4dae", None),
    ("d3e4f5a6b7c8", None),
    ("d0e1f2a3b4c5", None),
    ("c8d9e0f1a2b3", None),
    ("1b5f0d9ad7c1", Some("3.10")),
    ("e1f2a3b4c5d6", None),
    ("76601a5f987d", None),
    ("c3d6457b6d8a", None),
    ("a5b4c3d2e1f0", None),
    ("ae8bbe7743c9", None),
    ("7d34483879f0", None),
    ("da6fb0208061", Some("3.13")),
    ("89d3d66ed43f", None),
    ("b7e4c1a90f23", None),
    ("a8b9c0d1e2f3", None),
    ("c1d2e3f4a5b6", None),
    ("c3d9e7f1a2b4", None),
    ("6f8d9c3b2a1e", None),
    ("1971f2d9a75b", None),
    ("17e22815139b", None),
    ("b7e2c1a4d9f3", None),
    ("75868b020152", None),
    ("dc11669786a5", Some("3.17")),
    ("e7d1f4b2a9c6", None),
    ("8b6ad64cb8f5", None),
    ("f4a9b2c7d1e6", Some("3.18")),
];

/// Whose schema a store has (`schema of MLflow 3.17`), and what to know before trusting what is
/// shown of it.
pub fn describe(revision: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(revision) = revision else {
        return (
            None,
            Some("The store does not say which MLflow's schema it has; what is recognised is read".to_owned()),
        );
    };
    let Some(place) = MIGRATIONS.iter().position(|(known, _)| *known == revision) else {
        let notice = format!(
            "The store has the schema of an MLflow newer than 3.18 ({revision}); what is recognised is read, \
             and something new may be missing"
        );
        return (None, Some(notice));
    };
    if let Some(release) = MIGRATIONS[place].1 {
        return (Some(format!("schema of MLflow {release}")), None);
    }
    let before = MIGRATIONS[..place].iter().rev().find_map(|(_, release)| *release);
    let after = MIGRATIONS[place..].iter().find_map(|(_, release)| *release);
    match (before, after) {
        (Some(before), Some(after)) => {
            // `2.21 – 2.22` ends at 2.22.
            let before = before.rsplit(' ').next().unwrap_or(before);
            let after = after.split(' ').next().unwrap_or(after);
            (Some(format!("schema of an MLflow between {before} and {after}")), None)
        }
        _ => {
            let notice = "The store has the schema of an MLflow before 2.21, of which less was tested; what is recognised is read";
            (Some("schema of an MLflow before 2.21".to_owned()), Some(notice.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn says_whose_schema_it_is_as_far_as_known() {
        assert_eq!(describe(Some("dc11669786a5")), (Some("schema of MLflow 3.17".to_owned()), None));
        assert_eq!(describe(Some("a1b2c3d4e5f6")).0.as_deref(), Some("schema of an MLflow between 3.1 and 3.3"));
        assert_eq!(describe(Some("6953534de441")).0.as_deref(), Some("schema of an MLflow between 2.22 and 3.1"));
        assert_eq!(describe(Some("451aebb31d03")).0.as_deref(), Some("schema of an MLflow before 2.21"));
        assert!(describe(Some("from-the-future")).1.is_some_and(|notice| notice.contains("newer")));
        assert!(describe(None).1.is_some());
    }
}
