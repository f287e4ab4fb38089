//! What DSPy's adapters write around the fields of a prompt (DSPy 2.6 – 3.5, `dspy/adapters`): sentences, marks and
//! names, letter by letter.

/// The adapters by their classes.
pub mod adapters {
    /// `[[ ## field ## ]]`; the default up to DSPy 3.4.
    pub const CHAT: &str = "ChatAdapter";
    /// Inputs as [`CHAT`] writes them, the answer is one JSON object; also what others fall back to.
    pub const JSON: &str = "JSONAdapter";
    /// `<field>`; the default from DSPy 3.5 on.
    pub const XML: &str = "XMLAdapter";
    /// [`JSON`] with types in the words of BAML.
    pub const BAML: &str = "BAMLAdapter";
    /// Prose, of which a second model extracts the fields.
    pub const TWO_STEP: &str = "TwoStepAdapter";
}

/// How the system prompt of every adapter but the two-step one begins.
pub const INPUT_FIELDS: &str = "Your input fields are:\n";
/// Before the list of output fields.
pub const OUTPUT_FIELDS: &str = "Your output fields are:\n";
/// Begins the rules.
pub const RULES: &str = "All interactions will be structured in the following way";
/// Ends the rules; the instructions follow, each line indented by eight blanks.
pub const OBJECTIVE: &str = "In adhering to this structure, your objective is: ";
/// Among the rules, the sentence of the JSON adapter alone.
pub const JSON_RULE: &str = "Outputs will be a JSON object with the following fields.";
/// Among the rules, what begins the sentence of the BAML adapter about a field.
pub const BAML_RULE: &str = "Output field `";

/// How the system prompt of the two-step adapter begins.
pub const TWO_STEP_BEGINNING: &str = "You are a helpful assistant that can solve tasks based on user input.\n";
/// Its list of inputs.
pub const TWO_STEP_INPUTS: &str = "As input, you will be provided with:\n";
/// Its list of outputs.
pub const TWO_STEP_OUTPUTS: &str = "Your outputs must contain:\n";
/// Its rule.
pub const TWO_STEP_RULES: &str = "You should lay out your outputs in detail";
/// Its instructions.
pub const TWO_STEP_OBJECTIVE: &str = "Specific instructions: ";

/// How the reminders begin that end the request (and each turn of a history, from DSPy 3.4 on).
pub const REMINDERS: [&str; 2] =
    ["Respond with the corresponding output fields", "Respond with a JSON object in the following order of fields: "];

/// What stands before a demo that lacks fields.
pub const INCOMPLETE_DEMO: &str =
    "This is an example of the task, though some input or output fields are not supplied.";

/// What stands in place of a value that a demo lacks begins so.
pub const NOT_SUPPLIED: &str = "Not supplied for this particular ";

/// What begins a header of the chat adapter.
pub const HEADER_BEGIN: &str = "[[ ## ";
/// What ends one.
pub const HEADER_END: &str = " ## ]]";
/// The header behind the last field.
pub const COMPLETED: &str = "completed";

/// The field in which ReActV2 gets results of tools where the provider has no messages for them.
pub const TOOL_CALL_RESULTS: &str = "tool_call_results";
