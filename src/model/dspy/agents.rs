//! What DSPy's agents leave in their spans (DSPy 2.6 – 3.5, `dspy/predict`): classes, keys of their outputs, words.

use crate::model::Json;

/// The classes, as the names of spans begin.
pub mod classes {
    /// Thought, tool, observation; the default up to DSPy 3.4.
    pub const REACT: &str = "ReAct";
    /// With calls of tools in a history; the default from DSPy 3.5 on.
    pub const REACT_V2: &str = "ReActV2";
    /// Writes code that may call functions.
    pub const CODE_ACT: &str = "CodeAct";
    /// Writes code until it runs.
    pub const PROGRAM_OF_THOUGHT: &str = "ProgramOfThought";
    /// Writes code that may ask models.
    pub const RLM: &str = "RLM";
    /// Runs source that an optimizer wrote.
    pub const FLEX: &str = "Flex";
}

/// What an agent did: by numbered keys ([`self::keys`]), of [`classes::RLM`] a list.
pub const TRAJECTORY: &str = "trajectory";

/// What begins the keys of a trajectory before the number of the step.
pub mod keys {
    /// What the model thought.
    pub const THOUGHT: &str = "thought_";
    /// The tool that it chose.
    pub const TOOL: &str = "tool_name_";
    /// With which arguments.
    pub const ARGUMENTS: &str = "tool_args_";
    /// What the tool gave back; of [`super::classes::CODE_ACT`], why code failed.
    pub const OBSERVATION: &str = "observation_";
    /// The code that it wrote.
    pub const CODE: &str = "generated_code_";
    /// What the code printed.
    pub const CODE_OUTPUT: &str = "code_output_";
}

/// Outputs of the predictor that decides the next step.
pub mod next {
    /// What it thought.
    pub const THOUGHT: &str = "next_thought";
    /// The tool that it chose.
    pub const TOOL: &str = "next_tool_name";
    /// With which arguments.
    pub const ARGUMENTS: &str = "next_tool_args";
    /// The code that it wrote.
    pub const CODE: &str = "generated_code";
}

/// Words in outputs that agents give back, and hardly anybody else.
pub const WORDS: [&str; 2] = [TRAJECTORY, TERMINATION];

/// Whether outputs look like those of an agent, whatever its span is called.
pub fn tells_steps(outputs: &Json) -> bool {
    WORDS.iter().any(|word| outputs.get(word).is_some())
}

/// The tool by which [`classes::REACT`] ends; it has no span.
pub const FINISH: &str = "finish";
/// Why [`classes::REACT_V2`] ended.
pub const TERMINATION: &str = "termination_reason";
/// It had no step left, or called no tool, and was made to submit.
pub const FORCED: &str = "forced_submit";
/// The thought with which [`classes::RLM`] ends.
pub const FINAL_REASONING: &str = "final_reasoning";
/// … if it had no step left.
pub const EXTRACTED: &str = "Extract forced final output";
/// What begins an observation of a tool that raised.
pub const TOOL_FAILED: &str = "Execution error in ";
/// What begins the output of code that raised, in [`classes::RLM`].
pub const CODE_FAILED: &str = "[Error]";
/// What stands in the outputs of a program that raised while GEPA captured what it does, instead of its answer.
pub const COMPLETION_TEXT: &str = "completion_text";
/// The exception of [`classes::FLEX`]'s source.
pub const CODE_BROKE: &str = "CodeExecutionError";
/// What begins the name of a tool's span.
pub const TOOL_SPAN: &str = "Tool.";
/// The exception of a prompt that is too long: [`classes::REACT`] drops its oldest step and asks again.
pub const TOO_LONG: &str = "ContextWindowExceededError";

/// Whether a name is that of a tool with the number behind it that MLflow 2 gives to repeated spans.
pub fn is_numbered(name: &str, tool: &str) -> bool {
    let number = name.strip_prefix(tool).and_then(|rest| rest.strip_prefix('_'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
