//! The prompts that `mlflow.genai.optimize_prompts` tried (MLflow 3.18): what it saved of its iterations, and what GEPA
//! noted of its candidates. Of some iterations MLflow saves nothing; their texts stand in GEPA's tables alone.

use std::collections::{BTreeMap, BTreeSet};

use super::artifacts::{ArtifactsOf, artifact_file};
use super::lookup;
use super::program::{Read, gepa_candidates, gepa_table, read_json};
use super::runs::ValuesOf;
use crate::analysis::family_tree::{FamilyCandidate, objectives_of};
use crate::analysis::users_table::{ScoreRule, UsersTable, users_table};
use crate::model::dspy::artifacts::{OBJECTIVE_SCORES, USERS_TABLE};
use crate::model::mlflow::prompts;
use crate::model::{ArtifactOwner, Json, ResultRow, ResultTable, RunId, TriedPrompt};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// No more iterations are read.
const MOST: usize = 200;

/// A prompt that was tried, or several that were tried together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PromptCandidate {
    /// The iteration whose folder holds it.
    pub iteration: Option<usize>,
    /// Its number among GEPA's candidates; 0 is what was given.
    pub candidate: Option<usize>,
    /// The texts, by the names of the prompts.
    pub prompts: BTreeMap<String, String>,
    /// Its score over all examples, from 0 to 1 for most scorers.
    pub score: Option<f64>,
    /// The means of the scorers.
    pub scores: BTreeMap<String, f64>,
    /// The examples with their scores, as far as they were stored: whole ones of an iteration, of GEPA's tables only the
    /// scores. Empty where nothing tells.
    pub table: ResultTable,
    /// The table of its iteration that holds the examples; `None` where GEPA's tables tell their scores.
    pub read: Option<TableRead>,
    /// The examples were taken from the table of another one: GEPA numbers them in the order in which they stand there.
    pub shares_examples: bool,
}

/// A table of an iteration, and how it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRead {
    /// The path of the file.
    pub path: String,
    /// The column that is taken for the score.
    pub column: String,
    /// Why.
    pub rule: ScoreRule,
    /// Which fields of the examples the program was given.
    pub given: BTreeSet<String>,
    /// The scores of these were words such as yes and no.
    pub from_words: Vec<String>,
}

impl PromptCandidate {
    /// What names it among the others of its run; `None` of one without any number.
    pub fn id(&self) -> Option<TriedPrompt> {
        self.iteration.map(TriedPrompt::Iteration).or(self.candidate.map(TriedPrompt::Candidate))
    }

    /// Whether it is the prompt that was given.
    pub fn is_seed(&self) -> bool {
        self.candidate.or(self.iteration) == Some(0)
    }
}

/// The place of the best one: that with the highest score, of equals the first, as GEPA chooses.
pub fn best_prompt(all: &[PromptCandidate]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (place, score) in all.iter().enumerate().filter_map(|(place, one)| Some((place, one.score?))) {
        if best.is_none_or(|(_, highest)| score > highest) {
            best = Some((place, score));
        }
    }
    best.map(|(place, _)| place)
}

/// The prompts that an optimization of prompts tried, in order; empty for any other run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptCandidatesOf(pub RunId);

impl Question for PromptCandidatesOf {
    type Answer = Vec<PromptCandidate>;
    const LABEL: &'static str = "prompts that were tried";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let run = &self.0;
        let values = session.ask(&ValuesOf(run.clone()))?;
        let optimizer = lookup::param(&values, prompts::OPTIMIZER).map(|param| param.value.as_str());
        if !optimizer.is_some_and(|class| class.ends_with(prompts::CLASS_END)) {
            return Ok(Vec::new());
        }
        let mut found: Vec<PromptCandidate> = of_gepa(session, run)?;
        for iteration in iterations(session, run)? {
            // GEPA's candidates bear no number of an iteration; a text tells which it is.
            let is_it = |one: &&mut PromptCandidate| {
                !one.prompts.is_empty() && one.iteration.is_none() && is_same(&one.prompts, &iteration.prompts)
            };
            match found.iter_mut().find(is_it) {
                Some(known) => *known = PromptCandidate { candidate: known.candidate, ..iteration },
                None => found.push(iteration),
            }
        }
        share_examples(&mut found);
        Ok(found)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |one: &PromptCandidate| one.prompts.values().map(String::len).sum::<usize>() + 600;
        answer.iter().map(|one| of(one) + one.table.rows.len() * 600).sum()
    }
}

/// GEPA writes the line break before a variable as it stands, a file may end in another one.
fn is_same(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> bool {
    a.len() == b.len() && a.iter().all(|(name, text)| b.get(name).is_some_and(|other| text.trim() == other.trim()))
}

/// GEPA's candidates with their scores on its validation examples, which it numbers in the order in which they were given.
fn of_gepa(session: &mut Session<'_>, run: &RunId) -> Result<Vec<PromptCandidate>> {
    let values = session.ask(&ValuesOf(run.clone()))?;
    let candidates = gepa_candidates(session, run, &values, None)?;
    let objectives = gepa_table(session, run, OBJECTIVE_SCORES)?;
    let one = |candidate: FamilyCandidate| {
        let mut table = ResultTable::default();
        for (_, score) in &candidate.scores {
            let row = ResultRow { score: Some(*score), ..ResultRow::default() };
            table.rows.push(row);
        }
        PromptCandidate {
            iteration: None,
            candidate: Some(candidate.index),
            scores: objectives.as_ref().map(|table| objectives_of(table, candidate.index)).unwrap_or_default(),
            prompts: candidate.instructions.into_iter().collect(),
            score: candidate.score,
            table,
            read: None,
            shares_examples: false,
        }
    };
    Ok(candidates.into_iter().map(one).filter(|one| !one.prompts.is_empty()).collect())
}

/// What was saved of the iterations, by their numbers.
fn iterations(session: &mut Session<'_>, run: &RunId) -> Result<Vec<PromptCandidate>> {
    let tree = session.ask(&ArtifactsOf(ArtifactOwner::Run(run.clone())))?;
    let mut found: BTreeMap<usize, PromptCandidate> = BTreeMap::new();
    for entry in tree.entries.iter().filter(|entry| !entry.is_folder) {
        session.cx.check()?;
        let Some(number) = prompts::iteration_of(&entry.path) else { continue };
        if found.len() >= MOST && !found.contains_key(&number) {
            continue;
        }
        let one = found.entry(number).or_default();
        one.iteration = Some(number);
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        if let Some(prompt) = name.strip_suffix(".txt") {
            if let Some(text) = text(session, run, &entry.path)? {
                one.prompts.insert(prompt.to_owned(), text);
            }
        } else if name == USERS_TABLE {
            let Read::Good(decoded) = read_json(session, run, &entry.path)? else { continue };
            let read = users_table(decoded.value, &BTreeSet::new(), session.cx.reveal());
            let Some(UsersTable { table, score, rule, from_words, inputs, .. }) = read else { continue };
            one.table = table;
            one.read = Some(TableRead { path: entry.path.clone(), column: score, rule, given: inputs, from_words });
        } else if name == prompts::MEANS {
            let Read::Good(decoded) = read_json(session, run, &entry.path)? else { continue };
            let means = decoded.value.mask("", session.cx.reveal());
            one.score = means.get("aggregate").and_then(Json::as_f64);
            let of_scorers = means.get("per_scorer").and_then(Json::as_object).into_iter().flatten();
            one.scores = of_scorers.filter_map(|(name, mean)| Some((name.clone(), mean.as_f64()?))).collect();
        }
    }
    Ok(found.into_values().collect())
}

/// A text among the artifacts, with its secrets masked.
fn text(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Option<String>> {
    /// Longer ones are no prompts that anybody reads here.
    const LONGEST: u64 = 1 << 20;
    let owner = ArtifactOwner::Run(run.clone());
    let file = artifact_file(session, &owner, path, LONGEST)?;
    Ok(file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()))
}

/// Of candidates of which only scores are known the examples are those of a whole table with as many rows.
fn share_examples(found: &mut [PromptCandidate]) {
    let Some(whole) = found.iter().find(|one| !one.table.example_fields.is_empty()).map(|one| one.table.clone()) else {
        return;
    };
    let bare = found.iter_mut().filter(|one| one.table.example_fields.is_empty());
    for one in bare.filter(|one| one.table.rows.len() == whole.rows.len()) {
        one.shares_examples = true;
        one.table.example_fields.clone_from(&whole.example_fields);
        for (row, known) in one.table.rows.iter_mut().zip(&whole.rows) {
            row.example.clone_from(&known.example);
        }
    }
}
