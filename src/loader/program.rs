//! A program, laid out for the screen on the worker.

use super::prepare::pretty;
use super::readable::readable;
use super::text::Text;
use crate::model::program::Object;
use crate::model::{Demo, Json, Predictor, Program, RunId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::program::StateOf;
use crate::query::{self, DemoOrigin};
use crate::store::Result;

/// No cell of a table shows more than its first graphemes.
const CELL_BYTES: usize = 400;

/// A program and the texts that are made of it.
#[derive(Clone, Debug)]
pub struct PreparedProgram {
    /// The program.
    pub program: Program,
    /// What is shown of its predictors, in the same order.
    pub predictors: Vec<PreparedPredictor>,
    /// Everything beside the predictors as JSON; `None` if there is nothing.
    pub rest: Option<Text>,
}

/// What is shown of one predictor.
#[derive(Clone, Debug)]
pub struct PreparedPredictor {
    /// Its instructions.
    pub instructions: Option<Text>,
    /// The Python that it runs, where it is a Flex.
    pub module_src: Option<Text>,
    /// The names of the values of its demos: in the order of its fields, others behind them.
    pub demo_columns: Vec<String>,
    /// Its demos.
    pub demos: Vec<PreparedDemo>,
    /// The settings of its LM as keys and values; empty if it has none.
    pub lm: Vec<(String, String)>,
    /// Everything else that was saved with it as JSON; `None` if there is nothing.
    pub rest: Option<Text>,
}

/// What is shown of one demo.
#[derive(Clone, Debug)]
pub struct PreparedDemo {
    /// The program itself made it.
    pub is_bootstrapped: bool,
    /// Where it came from.
    pub origin: DemoOrigin,
    /// The beginning of each value, by column; `None` where it has none.
    pub cells: Vec<Option<String>>,
    /// All of it, for reading.
    pub whole: Text,
}

impl PreparedProgram {
    /// Lays `program` out; `origins` are those of its demos, by predictor.
    pub(super) fn new(program: Program, origins: Vec<Vec<DemoOrigin>>) -> Self {
        let mut origins = origins.into_iter();
        let predictors =
            program.predictors.iter().map(|one| PreparedPredictor::new(one, origins.next().unwrap_or_default()));
        let predictors = predictors.collect();
        let mut rest = program.other.clone();
        if let Some(metadata) = &program.metadata {
            rest.insert("metadata".to_owned(), metadata.clone());
        }
        Self { predictors, rest: raw(&rest), program }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let of_demo = |demo: &PreparedDemo| 2 * demo.whole.bytes() + demo.cells.len() * 200 + 200;
        let of_predictor = |one: &PreparedPredictor| {
            let demos: usize = one.demos.iter().map(of_demo).sum();
            let texts = [&one.instructions, &one.module_src].into_iter().flatten();
            texts.map(|text| 2 * text.bytes()).sum::<usize>() + demos + 2_000
        };
        self.predictors.iter().map(of_predictor).sum::<usize>() + 1_000
    }
}

/// Ids are given out anew each time and say nothing.
impl PartialEq for PreparedProgram {
    fn eq(&self, other: &Self) -> bool {
        let origins = |of: &Self| -> Vec<DemoOrigin> {
            of.predictors.iter().flat_map(|one| one.demos.iter().map(|demo| demo.origin.clone())).collect()
        };
        self.program == other.program && origins(self) == origins(other)
    }
}

impl PreparedPredictor {
    fn new(predictor: &Predictor, origins: Vec<DemoOrigin>) -> Self {
        let mut demo_columns: Vec<String> = Vec::new();
        let stands = |name: &str| predictor.demos.iter().any(|demo| demo.values.contains_key(name));
        let of_fields = predictor.fields.iter().filter_map(|field| field.name.as_deref()).filter(|name| stands(name));
        let of_demos = predictor.demos.iter().flat_map(|demo| demo.fields().map(|(name, _)| name.as_str()));
        for name in of_fields.chain(of_demos) {
            if !demo_columns.iter().any(|known| known == name) {
                demo_columns.push(name.to_owned());
            }
        }
        let mut origins = origins.into_iter();
        let demos = predictor
            .demos
            .iter()
            .map(|demo| PreparedDemo::new(demo, &demo_columns, origins.next().unwrap_or(DemoOrigin::Unknown)))
            .collect();
        Self {
            instructions: predictor.instructions.as_ref().map(|text| Text::new(text.as_str())),
            module_src: predictor.module_src.as_ref().map(|text| Text::new(text.as_str())),
            demo_columns,
            demos,
            lm: predictor.lm.as_ref().map(settings).unwrap_or_default(),
            rest: raw(&predictor.other),
        }
    }
}

impl PreparedDemo {
    fn new(demo: &Demo, columns: &[String], origin: DemoOrigin) -> Self {
        let cells = columns.iter().map(|name| demo.values.get(name).map(cell)).collect();
        let shown: Object = demo.fields().map(|(name, value)| (name.clone(), value.clone())).collect();
        let made = readable(&Json::Object(shown));
        Self { is_bootstrapped: demo.is_bootstrapped(), origin, cells, whole: Text::with_keys(made.text, made.keys) }
    }
}

fn cell(value: &Json) -> String {
    let text = match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.len() > CELL_BYTES {
        true => format!("{}…", &text[..text.floor_char_boundary(CELL_BYTES)]),
        false => text,
    }
}

/// Settings as keys and values; of what is no object, the value alone.
fn settings(value: &Json) -> Vec<(String, String)> {
    match value {
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), cell(value))).collect(),
        Json::Null => Vec::new(),
        other => vec![("lm".to_owned(), cell(other))],
    }
}

/// Empty lists say nothing: DSPy saves `traces` and `train` with each predictor.
fn raw(object: &Object) -> Option<Text> {
    let says_nothing = |value: &Json| value.as_array().is_some_and(Vec::is_empty);
    let kept: Object = object
        .iter()
        .filter(|(_, value)| !says_nothing(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (!kept.is_empty()).then(|| Text::new(pretty(&Json::Object(kept))))
}

/// The program of a run, laid out; `None` inside if it has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramOf {
    /// The run.
    pub run: RunId,
    /// Only its `best_model.json`.
    pub best: bool,
}

impl Question for ProgramOf {
    type Answer = Option<PreparedProgram>;
    const LABEL: &'static str = "program";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(program) = query::program(session, &self.run, self.best)? else { return Ok(None) };
        let origins = query::demo_origins(session, &self.run, &program)?;
        Ok(Some(PreparedProgram::new(program, origins)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, PreparedProgram::bytes)
    }
}

/// The same as far as its state tells it, without what traces tell of its fields and of the origins of its demos: quick,
/// for whoever looks through many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramStateOf(pub RunId);

impl Question for ProgramStateOf {
    type Answer = Option<PreparedProgram>;
    const LABEL: &'static str = "state of a program";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let state = session.ask(&StateOf { run: self.0.clone(), best: false })?;
        Ok(state.as_ref().clone().map(|program| PreparedProgram::new(program, Vec::new())))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, PreparedProgram::bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProgramSource;
    use serde_json::json;

    #[test]
    fn demos_become_rows_with_the_fields_first() {
        let demo = |value: Json| match value {
            Json::Object(values) => Demo { values },
            _ => Demo::default(),
        };
        let field = |name: &str| crate::model::Field { name: Some(name.into()), ..Default::default() };
        let predictor = Predictor {
            instructions: Some("Answer".into()),
            fields: vec![field("question"), field("answer")],
            demos: vec![
                demo(
                    json!({"augmented": true, "extra": [1, 2], "answer": "x".repeat(1_000), "question": "é".repeat(400)}),
                ),
                demo(json!({"question": "q"})),
            ],
            lm: Some(json!({"model": "m", "temperature": 0.5})),
            ..Predictor::default()
        };
        let program = Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: vec![predictor],
            metadata: None,
            other: Object::new(),
            missing: Vec::new(),
        };
        let made = PreparedProgram::new(program, vec![vec![DemoOrigin::Row(3)]]);
        let one = &made.predictors[0];
        assert_eq!(one.demo_columns, ["question", "answer", "extra"]);
        assert_eq!(one.demos[0].cells[2].as_deref(), Some("[1,2]"));
        assert!(one.demos[0].cells[0].as_ref().is_some_and(|text| text.ends_with("é…")));
        assert_eq!(one.demos[1].cells, [Some("q".to_owned()), None, None]);
        assert_eq!((&one.demos[0].origin, &one.demos[1].origin), (&DemoOrigin::Row(3), &DemoOrigin::Unknown));
        assert_eq!(one.lm, [("model".to_owned(), "m".to_owned()), ("temperature".to_owned(), "0.5".to_owned())]);
        assert!(one.rest.is_none() && made.rest.is_none());
        assert_eq!(made, PreparedProgram::new(made.program.clone(), vec![vec![DemoOrigin::Row(3)]]));
    }
}
