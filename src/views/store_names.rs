//! How stores are called in a list of them: their files have one name, their folders tell them apart. Pure.

use std::path::{Component, Path};

use crate::store::StoreLocation;

/// How MLflow calls its database, which says nothing.
const USUAL: &str = "mlflow.db";
const SAMPLE: &str = "Sample store";

/// What each of these stores is called: by its folder, with as many folders above as it takes to tell it from the
/// others; by its file as well if that has a name of its own. Stores behind addresses are called by their host.
pub(super) fn names_of(locations: &[StoreLocation]) -> Vec<String> {
    let most = locations.iter().filter_map(StoreLocation::path).map(|path| path.components().count()).max();
    let mut depths = vec![1; locations.len()];
    let name = |location: &StoreLocation, depth: usize| name_of_depth(location, depth);
    for _ in 0..most.unwrap_or(0) {
        let names: Vec<String> = locations.iter().zip(&depths).map(|(one, depth)| name(one, *depth)).collect();
        let is_alike = |at: usize| names.iter().enumerate().any(|(other, name)| other != at && *name == names[at]);
        let alike: Vec<usize> = (0..names.len()).filter(|at| is_alike(*at)).collect();
        if alike.is_empty() {
            break;
        }
        alike.into_iter().for_each(|at| depths[at] += 1);
    }
    locations.iter().zip(depths).map(|(one, depth)| name(one, depth)).collect()
}

/// What a store is called that stands alone.
pub(super) fn name_of(location: &StoreLocation) -> String {
    name_of_depth(location, 1)
}

fn name_of_depth(location: &StoreLocation, folders: usize) -> String {
    let Some(path) = location.path() else { return location.name() };
    if is_sample(path) {
        return SAMPLE.to_owned();
    }
    let parts: Vec<String> = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let Some((file, above)) = parts.split_last() else { return location.name() };
    let mut shown = above[above.len().saturating_sub(folders)..].to_vec();
    if !file.eq_ignore_ascii_case(USUAL) || shown.is_empty() {
        shown.push(file.clone());
    }
    shown.join(std::path::MAIN_SEPARATOR_STR)
}

/// Whether it is the sample, where that was unpacked.
fn is_sample(path: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    path.parent().is_some_and(|folder| {
        name(folder).is_some_and(|name| name.starts_with("sample-"))
            && folder.parent().and_then(name).as_deref() == Some("dspyglass")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        names_of(&paths.iter().map(|path| StoreLocation::from(*path)).collect::<Vec<_>>())
    }

    #[test]
    fn stores_are_called_by_what_tells_them_apart() {
        assert_eq!(names(&["/data/router/mlflow.db", "/data/agents/mlflow.db"]), ["router", "agents"]);
        let alike = names(&["/a/run/mlflow.db", "/b/run/mlflow.db", "/c/other/mlflow.db", "/run/mlflow.db"]);
        assert_eq!(alike, ["a/run", "b/run", "other", "run"]);
        assert_eq!(names(&["/d/x/mlflow.db", "/d/x/tracking.sqlite3"]), ["x", "x/tracking.sqlite3"]);
        assert_eq!(names(&["/mlflow.db", "mlflow.db", "/"]), ["mlflow.db", "mlflow.db", "/"]);
        let others = ["http://me:pw1@host/ml", "/home/a/.cache/dspyglass/sample-0123/mlflow.db"];
        assert_eq!(names(&others), ["host", "Sample store"]);
        assert_eq!(name_of(&StoreLocation::from("/data/router/mlflow.db")), "router");
        assert!(names(&[]).is_empty());
    }
}
