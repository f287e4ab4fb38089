//! DSPy's prompts and agents, read: what an LM call was sent and gave back as fields by name, and what an agent did
//! step by step.
//!
//! Nothing of a text is lost: the parts of a message joined are the message ([`Message::parts`]).

mod adapter;
mod agents;
mod answers;
mod assemble;
mod attempts;
mod beside;
mod call;
mod content;
mod conversation;
mod cuts;
mod field;
mod inputs;
mod json_fields;
mod message;
mod passages;
mod repeat;
mod sent;
mod system_prompt;
mod trace_calls;
mod xml_answer;

pub use adapter::{AdapterKind, AdapterSource};
pub use agents::{Action, Agent, AgentKind, Finding, FindingKind, Step, agents};
pub use attempts::{Attempt, Attempts, AttemptsKind, Choice, attempts, choice, may_have_calls_at_once};
pub use beside::{Beside, Media};
pub use call::{Call, Completion};
pub use field::Field;
pub use message::{Message, Part, PartKind, Place, Reading};
pub use passages::{Found, Passage, Score, retrieval, retrievals};
pub use repeat::{Language, Request};
pub use trace_calls::{Around, CallBodies, TraceCall, around_calls, calls, error_of, is_call, read_call};
