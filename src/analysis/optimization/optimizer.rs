//! Which optimizer it was. MLflow stores neither its class nor its arguments; only what
//! `compile()` was given as numbers and words, what was evaluated, and what was asked of models.

/// What can give an optimizer away.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OptimizerClues {
    /// Names of the evaluations.
    pub evaluation_names: Vec<String>,
    /// How many examples each of them scored, as far as known.
    pub evaluation_sizes: Vec<u64>,
    /// Some of the evaluations were adopted.
    pub has_adopted: bool,
    /// Keys of the parent's params.
    pub params: Vec<String>,
    /// Keys of the parent's metrics.
    pub metrics: Vec<String>,
    /// Names of the parent's files.
    pub files: Vec<String>,
    /// Signatures that models were asked with in the parent's traces (`"a, b -> c"`).
    pub signatures: Vec<String>,
    /// Instructions that COPRO's proposer was told to be those of the given program.
    pub given_instructions: Vec<String>,
    /// Words that began prompts which were no signature's: the first of each.
    pub bare_prompts: Vec<String>,
    /// How many traces the parent itself has.
    pub traces: Option<u64>,
    /// Different rows of the trainset.
    pub trainset: Option<u64>,
    /// Of the program that was given back: labelled demos and bootstrapped demos.
    pub best_demos: Option<(usize, usize)>,
}

/// The optimizer, as far as it can be told; always inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptimizerGuess {
    /// The class in DSPy; `None` if nothing gives it away.
    pub name: Option<&'static str>,
    /// What it is told by, in words.
    pub reason: String,
}

/// MIPROv2's proposer (DSPy 2.6 – 3.4).
const MIPRO_OUTPUT: &str = "-> proposed_instruction";
/// COPRO's proposer (DSPy 2.6 – 3.4).
const COPRO_OUTPUT: &str = "-> proposed_instruction, proposed_prefix_for_output_field";
/// GEPA's proposer (DSPy 3.4).
const GEPA_SIGNATURE: &str = "current_instruction, examples_with_feedback -> new_instruction";
/// How GEPA's own prompt begins (DSPy 3.0 – 3.2).
const GEPA_PROMPT: &str = "I provided an assistant with the following instructions";
/// SIMBA's adviser (DSPy 2.6 – 3.4).
const SIMBA_OUTPUT: &str = "-> discussion, module_advice";
/// Files that GEPA writes with `use_mlflow=True` and nobody else does.
const GEPA_FILES: [&str; 3] = ["proposals.json", "valset_scores.json", "valset_pareto_front.json"];

/// The metric of an evaluation.
const SCORE: &str = "eval";

/// Whether a signature is an optimizer's question for a new instruction.
pub fn is_proposal(signature: &str) -> bool {
    [MIPRO_OUTPUT, GEPA_SIGNATURE, SIMBA_OUTPUT].iter().any(|part| signature.contains(part))
}

/// Whether a prompt is GEPA's question for a new instruction (DSPy 3.0 – 3.2), which has no signature.
pub fn is_reflection_prompt(prompt: &str) -> bool {
    prompt.trim_start().starts_with(GEPA_PROMPT)
}

/// Infers the optimizer, from the surest clue to the weakest.
pub fn infer_optimizer(clues: &OptimizerClues) -> OptimizerGuess {
    let told = |name: &'static str, reason: String| OptimizerGuess { name: Some(name), reason };
    if let Some(file) = clues.files.iter().find(|file| GEPA_FILES.contains(&file.as_str())) {
        return told("GEPA", format!("it wrote {file}"));
    }
    if clues.signatures.iter().any(|signature| signature.contains(GEPA_SIGNATURE)) {
        return told("GEPA", format!("a model was asked with its signature ({GEPA_SIGNATURE})"));
    }
    if clues.bare_prompts.iter().any(|prompt| prompt.starts_with(GEPA_PROMPT)) {
        return told("GEPA", format!("a model was asked with its prompt (“{GEPA_PROMPT}…”)"));
    }
    if clues.signatures.iter().any(|signature| signature.contains(COPRO_OUTPUT)) {
        return told("COPRO", "a model was asked for proposed_instruction and proposed_prefix_for_output_field".into());
    }
    if clues.signatures.iter().any(|signature| signature.contains(SIMBA_OUTPUT)) {
        return told("SIMBA", "a model was asked for module_advice".into());
    }
    let is_named = |start: &str| clues.evaluation_names.iter().any(|name| name.starts_with(start));
    if is_named("eval_minibatch") {
        return told("MIPROv2", "only it names evaluations eval_minibatch_N".into());
    }
    if let Some(param) = ["num_trials", "minibatch_full_eval_steps"].iter().find(|key| has(&clues.params, key)) {
        return told("MIPROv2", format!("compile() was given {param}"));
    }
    if clues.signatures.iter().any(|signature| signature.contains(MIPRO_OUTPUT)) {
        return told("MIPROv2", "a model was asked for proposed_instruction".into());
    }
    if clues.has_adopted && clues.evaluation_names.first().is_some_and(|name| name == "eval_0") {
        return told("GEPA", "eval_0 is followed by eval_full_N without a parent".into());
    }
    let sizes = || clues.evaluation_sizes.iter();
    if is_named("eval_") && !is_named("eval_full") && sizes().max() != sizes().min() {
        return told("GEPA", "evaluations named eval_N are of different sizes".into());
    }
    if is_named("eval_") && !is_named("eval_full") && has(&clues.params, "sample") {
        let reason = "evaluations are named eval_N and a nested compile() was given sample";
        return told("BootstrapFewShotWithRandomSearch", reason.into());
    }
    if clues.evaluation_names.is_empty() {
        return without_evaluations(clues);
    }
    OptimizerGuess { name: None, reason: "nothing that it left behind gives it away".into() }
}

/// Those that evaluate nothing leave a program and traces.
fn without_evaluations(clues: &OptimizerClues) -> OptimizerGuess {
    let told = |name: &'static str, reason: String| OptimizerGuess { name: Some(name), reason };
    match (clues.best_demos, clues.traces, clues.trainset) {
        (Some((0, 0)) | Some((_, 1..)), Some(traces), Some(rows)) if rows > 0 && traces >= 3 * rows => told(
            "SIMBA",
            format!("nothing was evaluated, and {rows} examples were run {traces} times, as only it does"),
        ),
        (Some((_, 1..)), _, _) => {
            told("BootstrapFewShot", "nothing was evaluated, and its program has bootstrapped demos".into())
        }
        (Some((1.., 0)), _, _) => {
            told("LabeledFewShot", "nothing was evaluated, and its program has labelled demos only".into())
        }
        (None, ..) if has(&clues.metrics, SCORE) => {
            OptimizerGuess { name: None, reason: "it is an evaluation itself and optimized nothing".into() }
        }
        _ => OptimizerGuess { name: None, reason: "nothing was evaluated, and nothing else gives it away".into() },
    }
}

fn has(keys: &[String], key: &str) -> bool {
    keys.iter().any(|known| known == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn name(clues: &OptimizerClues) -> Option<&'static str> {
        let guess = infer_optimizer(clues);
        assert!(!guess.reason.is_empty());
        guess.name
    }

    #[test]
    fn each_optimizer_by_what_it_leaves_behind() {
        let none = OptimizerClues::default;
        assert_eq!(name(&none()), None);
        let minibatch = OptimizerClues { evaluation_names: texts(&["eval_full_0", "eval_minibatch_0"]), ..none() };
        assert_eq!(name(&minibatch), Some("MIPROv2"));
        let trials =
            OptimizerClues { evaluation_names: texts(&["eval_full_0"]), params: texts(&["num_trials"]), ..none() };
        assert_eq!(name(&trials), Some("MIPROv2"));
        let numbered = OptimizerClues { evaluation_names: texts(&["eval_0", "eval_1"]), ..none() };
        assert_eq!(name(&numbered), None);
        let mixed = OptimizerClues { evaluation_sizes: vec![12, 3], ..numbered.clone() };
        assert_eq!(name(&mixed), Some("GEPA"));
        let random = OptimizerClues { evaluation_sizes: vec![12, 12], params: texts(&["sample"]), ..numbered.clone() };
        assert_eq!(name(&random), Some("BootstrapFewShotWithRandomSearch"));
        let copro = OptimizerClues {
            signatures: texts(&["\"basic_instruction -> proposed_instruction, proposed_prefix_for_output_field\""]),
            ..numbered
        };
        assert_eq!(name(&copro), Some("COPRO"));
        let tables = OptimizerClues { files: texts(&["proposals.json"]), ..copro };
        assert_eq!(name(&tables), Some("GEPA"));
    }

    #[test]
    fn without_evaluations_demos_and_traces_tell() {
        let with = |demos, traces| OptimizerClues {
            best_demos: Some(demos),
            traces: Some(traces),
            trainset: Some(12),
            ..OptimizerClues::default()
        };
        assert_eq!(name(&with((0, 0), 96)), Some("SIMBA"));
        assert_eq!(name(&with((2, 2), 5)), Some("BootstrapFewShot"));
        assert_eq!(name(&with((4, 0), 0)), Some("LabeledFewShot"));
        assert_eq!(name(&with((0, 0), 3)), None);
    }
}
