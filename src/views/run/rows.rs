//! What a run's overview lists, as groups of keys and values.

use crate::analysis::program_state::ProgramKeys;
use crate::loader::RunPage;
use crate::model::mlflow;
use crate::model::{DatasetInput, Entry, LoggedModel, Shown, secret::MASK};
use crate::state::Place;
use crate::views::scene::Clock;
use crate::views::time::{moment, moment_utc};
use crate::words;

/// A key, its value, and whether the value was withheld.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub key: String,
    pub value: String,
    /// A word about the value: inferred, missing.
    pub note: String,
    pub is_masked: bool,
    /// Where a click leads; else the value is opened.
    pub to: Option<Place>,
}

impl Line {
    fn new(key: &str, value: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.into(), ..Self::default() }
    }

    fn shown(key: &str, value: &Shown) -> Self {
        let text = value.as_str();
        Self { is_masked: text.contains(MASK), ..Self::new(key, text) }
    }

    fn to(mut self, place: Place) -> Self {
        self.to = Some(place);
        self
    }

    fn note(mut self, note: &str) -> Self {
        self.note = note.to_owned();
        self
    }
}

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// What it is called in addresses.
    pub name: &'static str,
    pub title: String,
    pub lines: Vec<Line>,
    /// It repeats what stands elsewhere, and is shown to who asks for it.
    pub is_folded: bool,
}

impl Group {
    /// The address of one of its lines.
    pub fn item(&self, line: &Line) -> String {
        format!("{}/{}", self.name, line.key)
    }
}

/// The line that an address names.
pub(super) fn find<'g>(groups: &'g [Group], item: &str) -> Option<&'g Line> {
    groups.iter().find_map(|group| group.lines.iter().find(|line| group.item(line) == item))
}

/// All groups, in no order that matters.
pub(super) fn groups(page: &RunPage, clock: Clock) -> Vec<Group> {
    let (tags, own) = split_tags(&page.values.tags);
    let (source, own): (Vec<Line>, Vec<Line>) =
        own.into_iter().partition(|line| line.key.starts_with(mlflow::run::SOURCE) || line.key == mlflow::run::USER);
    let group = |name, title: &str, lines| Group { name, title: title.to_owned(), lines, is_folded: false };
    let [params, of_program] = split_params(&page.values.params);
    let repeated = match of_program.len() {
        1 => "1 param repeats the program".to_owned(),
        count => format!("{} params repeat the program", words::count(count as u64)),
    };
    let mut groups = vec![
        group("run", "Run", facts(page, clock)),
        group("param", &counted("Params", params.len()), params),
        Group { is_folded: true, ..group("param", &repeated, of_program) },
        group("source", "Source", source),
        group("tag", &counted("Tags", tags.len()), tags),
        group("own-tag", &counted("Tags of MLflow", own.len()), own),
        group("model", &counted("Logged models", page.models.len()), models(&page.models, clock)),
    ];
    groups
        .extend(page.datasets.iter().map(|input| group("dataset", &format!("Dataset {}", input.name), dataset(input))));
    groups
}

fn counted(title: &str, count: usize) -> String {
    if count > 3 { format!("{title} · {}", words::count(count as u64)) } else { title.to_owned() }
}

/// The facts of the run itself.
fn facts(page: &RunPage, clock: Clock) -> Vec<Line> {
    let run = &page.run;
    let time = |ms: Option<i64>| ms.map_or_else(|| "unknown".to_owned(), |ms| moment(ms, clock));
    let status = if run.status.as_str().is_empty() { "unknown" } else { run.status.as_str() };
    let experiment = page.experiment.as_ref().map(|experiment| experiment.name.clone());
    let mut lines = vec![
        Line::new("Run id", run.id.to_string()),
        Line::new("Status", status.to_lowercase()),
        Line::new("Experiment", experiment.unwrap_or_else(|| run.experiment_id.to_string()))
            .to(Place::of_experiment(run.experiment_id.clone())),
    ];
    lines.extend(parent(page));
    let start = Line::new("Started", time(run.start_time_ms));
    // Only where the local time is another one.
    let utc = run.start_time_ms.map(moment_utc).filter(|utc| !utc.starts_with(&start.value));
    lines.push(start.note(utc.as_deref().and_then(|utc| utc.get(11..)).unwrap_or_default()));
    lines.push(Line::new("Ended", run.end_time_ms.map_or_else(|| "not yet".to_owned(), |ms| moment(ms, clock))));
    lines.extend(run.duration_ms().map(|ms| Line::new("Duration", words::duration_ms(ms))));
    lines.extend(run.artifact_uri.as_ref().map(|uri| Line::new("Artifacts", uri)));
    lines
}

/// The parent as a link; one that is not there is said to be missing.
fn parent(page: &RunPage) -> Option<Line> {
    let id = page.run.parent_id.as_ref()?;
    let inferred = if page.run.parent_inferred { "inferred" } else { "" };
    let Some(parent) = &page.parent else {
        return Some(Line::new("Parent", id.to_string()).note("missing in this store"));
    };
    let name = if parent.name.is_empty() { parent.id.to_string() } else { parent.name.clone() };
    let place = Place::of_run(Some(parent.experiment_id.clone()), parent.id.clone());
    let note = match parent.lifecycle {
        crate::model::Lifecycle::Deleted => "deleted",
        crate::model::Lifecycle::Active => inferred,
    };
    Some(Line::new("Parent", name).note(note).to(place))
}

/// Params or tags.
fn entries(entries: &[Entry]) -> Vec<Line> {
    entries.iter().map(|entry| Line::shown(&entry.key, &entry.value)).collect()
}

/// Params that say something of their own, and those that repeat what the state of the program says.
fn split_params(params: &[Entry]) -> [Vec<Line>; 2] {
    let keys = ProgramKeys::of(params.iter().map(|param| &*param.key));
    let (of_program, own): (Vec<&Entry>, Vec<&Entry>) = params.iter().partition(|param| keys.describe(&param.key));
    [own, of_program].map(|params| params.into_iter().map(|param| Line::shown(&param.key, &param.value)).collect())
}

/// Tags that people set, and those that MLflow set for itself; the note stands on its own.
fn split_tags(tags: &[Entry]) -> (Vec<Line>, Vec<Line>) {
    let (own, others): (Vec<&Entry>, Vec<&Entry>) = tags.iter().partition(|tag| tag.key.starts_with(mlflow::OWN));
    let lines = |tags: Vec<&Entry>| tags.into_iter().map(|tag| Line::shown(&tag.key, &tag.value)).collect();
    (lines(others), lines(own))
}

/// A dataset that the run was given.
fn dataset(input: &DatasetInput) -> Vec<Line> {
    let mut lines = vec![
        Line::new("Name", &input.name),
        Line::new("Digest", &input.digest),
        Line::new("Source type", &input.source_type),
        Line::shown("Source", &input.source),
    ];
    lines.extend(input.profile.as_ref().map(|profile| Line::new("Profile", profile)));
    lines.extend(input.schema.as_ref().map(|schema| Line::new("Schema", schema)));
    lines.extend(entries(&input.tags));
    lines
}

/// One line per model, its id as the value: DSPy's autologging makes one per compile.
fn models(models: &[LoggedModel], clock: Clock) -> Vec<Line> {
    let line = |model: &LoggedModel| {
        let made = model.creation_time_ms.map(|ms| moment(ms, clock)).unwrap_or_default();
        Line::new(if model.name.is_empty() { "(no name)" } else { &model.name }, &model.id).note(&made)
    };
    models.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_masked_and_marked() {
        let tags = [
            Entry { key: "mlflow.user".into(), value: Shown::Text("me".into()) },
            Entry { key: "api_key".into(), value: Shown::Masked },
        ];
        let (others, own) = split_tags(&tags);
        assert_eq!((others.len(), own.len()), (1, 1));
        assert!(others[0].is_masked && others[0].value == MASK);
        assert!(!own[0].is_masked);
    }

    #[test]
    fn what_repeats_the_program_stands_apart() {
        let param = |key: &str| Entry { key: key.into(), value: Shown::Text("x".into()) };
        let keys = ["R.solve.demos.0.ticket", "R.solve.signature.instructions", "lm_params", "num_trials"];
        let [own, of_program] = split_params(&keys.map(param));
        assert_eq!(own.iter().map(|line| &*line.key).collect::<Vec<_>>(), ["lm_params", "num_trials"]);
        assert_eq!(of_program.len(), 2);
    }

    #[test]
    fn an_address_names_one_line() {
        let lines = vec![Line::new("a/b", "1"), Line::new("c", "2")];
        let groups = [Group { name: "param", title: String::new(), lines, is_folded: false }];
        assert_eq!(find(&groups, "param/a/b").map(|line| &*line.value), Some("1"));
        assert_eq!(find(&groups, "tag/c"), None);
    }
}
