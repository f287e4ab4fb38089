//! The examples of an evaluation without any table, as its traces and the assessments on them tell.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::assessment::Assessed;
use super::links::traces_of;
use super::source::WRAPPED_METRIC;
use super::{ExampleRows, NoScores, ScoreSource, has_source};
use crate::analysis::canonical;
use crate::analysis::example_traces::{ExampleTrace, NoTrace, TraceLink};
use crate::analysis::score_unit::unit;
use crate::analysis::users_table::spoken;
use crate::model::{Json, ResultRow, ResultTable, RunId, TraceId, mlflow};
use crate::query::ask::Session;
use crate::query::lookup;
use crate::query::runs::ValuesOf;
use crate::store::{Allowance, Result};

/// The examples of a run whose traces are looked into as long as there is `time`.
pub fn from_assessments(session: &mut Session<'_>, run: &RunId, time: Allowance) -> Result<ExampleRows> {
    let nothing = |why| Ok(ExampleRows::nothing(why));
    let (traces, mut complete) = traces_of(session, run, time)?;
    match (traces.is_empty(), complete) {
        (true, true) => return nothing(NoScores::NoTraces),
        (true, false) => return nothing(NoScores::NotRead),
        _ => {}
    }
    let values = session.ask(&ValuesOf(run.clone()))?;
    let kind = lookup::tag(&values, mlflow::run::TYPE).map(|tag| tag.value.as_str());
    let is_genai = kind == Some(mlflow::run::TYPE_EVALUATION);
    let has_source = has_source(session, run)?;
    let mut completions = 0;
    let mut assessed: Vec<(ExampleTrace, Assessed)> = Vec::new();
    for trace in traces {
        session.cx.check()?;
        if time.is_spent() {
            complete = false;
            break;
        }
        let assessments = session.store.trace(session.cx, &trace.id)?.map(|head| head.assessments).unwrap_or_default();
        let mut said = Assessed::of(&assessments);
        if has_source {
            completions += usize::from(said.forget(WRAPPED_METRIC));
        }
        if !is_genai {
            // Added by hand to some traces, it would make other examples of them.
            said.expected.clear();
        }
        assessed.push((trace, said));
    }
    let names = names(&assessed);
    if names.is_empty() {
        return nothing(match (completions, complete) {
            (1.., _) => NoScores::Completions,
            (_, true) => NoScores::NoAssessments,
            (_, false) => NoScores::NotRead,
        });
    }
    let complete = complete && assessed.iter().all(|(trace, _)| trace.inputs.is_some());
    let mut found = rows(&assessed, &names, complete);
    if found.table.rows.is_empty() {
        return nothing(NoScores::UnknownInputs);
    }
    let score = lookup::score(&values);
    let chosen = match is_genai {
        // Its scorers are equals: no metric of the run is the mean of one of them and not of the others.
        true => names.iter().next().filter(|_| names.len() == 1).cloned(),
        false => of_code(&assessed, &found.table, score),
    };
    let of_words = names.iter().filter(|name| assessed.iter().any(|(_, said)| said.from_words.contains(*name)));
    let of_words: Vec<&str> = of_words.map(String::as_str).collect();
    if !of_words.is_empty() {
        found.notes.push(format!("{}: yes counts as 1, no as 0", of_words.join(", ")));
    }
    let Some(metric) = chosen else {
        let why = NoScores::SeveralMetrics(names.into_iter().collect());
        return Ok(ExampleRows { source: ScoreSource::Nothing(why), ..found });
    };
    found.table.count_by(&metric);
    for row in &mut found.table.rows {
        row.stored_score = row.score.map_or(Json::Null, Json::from);
    }
    let scored = found.table.rows.iter().filter(|row| row.score.is_some()).count();
    let source = ScoreSource::Assessments { metric, scored, examples: found.table.rows.len(), complete };
    Ok(ExampleRows { source, ..found })
}

/// The scorers.
fn names(assessed: &[(ExampleTrace, Assessed)]) -> BTreeSet<String> {
    assessed.iter().flat_map(|(_, said)| said.scores.keys().cloned()).collect()
}

/// The metric of an evaluation among those that are functions: the one with most scores, for some are lost; of several
/// with as many the one whose mean is the score of the run. Without any function the only scorer.
fn of_code(assessed: &[(ExampleTrace, Assessed)], table: &ResultTable, score: Option<f64>) -> Option<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for name in assessed.iter().flat_map(|(_, said)| &said.by_code) {
        *counts.entry(name).or_default() += 1;
    }
    let most = counts.values().copied().max();
    let first: Vec<&String> = counts.iter().filter(|(_, count)| Some(**count) == most).map(|(name, _)| *name).collect();
    match first.as_slice() {
        [one] => Some((*one).clone()),
        [] => {
            let all = names(assessed);
            all.iter().next().filter(|_| all.len() == 1).cloned()
        }
        several => {
            let is_mean = |name: &&&String| {
                let scores = table.scores_named(name);
                let mean = scores.iter().sum::<f64>() / scores.len() as f64;
                scores.len() == table.rows.len() && score.is_some_and(|score| unit(&[(score, mean)]).is_some())
            };
            let mut fitting = several.iter().filter(is_mean);
            fitting.next().filter(|_| fitting.next().is_none()).map(|name| (*name).clone())
        }
    }
}

/// An example is what a trace was given; the scores of an example that was evaluated several times
/// count only if they agree.
fn rows(assessed: &[(ExampleTrace, Assessed)], names: &BTreeSet<String>, complete: bool) -> ExampleRows {
    let mut table = ResultTable { score_names: names.iter().cloned().collect(), ..ResultTable::default() };
    let mut given: BTreeSet<String> = BTreeSet::new();
    let mut fields: HashSet<&String> = HashSet::new();
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut of_rows: Vec<Vec<(&TraceId, &Assessed)>> = Vec::new();
    for (trace, said) in assessed {
        let Some(inputs) = &trace.inputs else { continue };
        let mut example = inputs.clone();
        for (name, value) in &said.expected {
            example.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let at = *places.entry(canonical::object_bytes(&example)).or_insert_with(|| {
            given.extend(inputs.keys().cloned());
            let all = inputs.keys().chain(said.expected.keys());
            table.example_fields.extend(all.filter(|name| fields.insert(name)).cloned());
            table.rows.push(ResultRow { example, ..ResultRow::default() });
            of_rows.push(Vec::new());
            of_rows.len() - 1
        });
        of_rows[at].push((&trace.id, said));
    }
    let mut links = Vec::with_capacity(of_rows.len());
    for (row, traces) in table.rows.iter_mut().zip(&of_rows) {
        for name in names {
            let mut scores = traces.iter().map(|(_, said)| said.scores.get(name).copied());
            let first = scores.next().flatten();
            if let Some(score) = first.filter(|_| scores.all(|score| score == first)) {
                row.scores.insert(name.clone(), score);
            }
        }
        let texts = |of: fn(&Assessed) -> &BTreeMap<String, String>| {
            let said = traces.iter().flat_map(|(_, said)| of(said));
            let mut met = HashSet::new();
            said.filter(|said| met.insert(*said)).map(|(name, text)| (name.as_str(), text.clone())).collect::<Vec<_>>()
        };
        let rationales = texts(|said| &said.rationales);
        row.said = rationales.iter().map(|(by, text)| ((*by).to_owned(), text.clone())).collect();
        row.feedback = spoken(rationales);
        row.error =
            spoken(texts(|said| &said.errors).into_iter().map(|(by, text)| (by, format!("{by}: {text}"))).collect());
        if let [(_, said)] = traces.as_slice() {
            row.other = said.values.clone();
        }
        links.push(match traces.as_slice() {
            [(one, _)] if complete => TraceLink::One((*one).clone()),
            [_] => TraceLink::Unknown(NoTrace::NotRead),
            several => TraceLink::Unknown(NoTrace::Several(several.len())),
        });
    }
    let source = ScoreSource::Nothing(NoScores::NoAssessments);
    ExampleRows { given: Some(given), links, ..ExampleRows::of_table(table, source) }
}
