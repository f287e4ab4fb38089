//! What a trace is about, as it is told beside its spans: the example that it answered, the session that it is a turn
//! of, the program that it ran, what other programs made of the same example.

mod answer;
mod data;
mod example;
mod others;
mod program;
mod prompt;
mod turns;

pub use answer::{ExpectedBy, ExpectedField, TraceAnswer, TraceAnswerOf, answered_as, expectations};
pub use example::{TraceExample, TraceExampleOf};
pub use others::{OtherEvaluation, SameExample, SameExampleOf};
pub use program::{ProgramOfTrace, TraceProgram};
pub use prompt::{PromptOfTrace, PromptSpan};
pub use turns::{SessionTurn, SessionTurnOf};
