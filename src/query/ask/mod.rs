//! The one way to ask a store. A [`Question`] is one type in one file: what identifies it, what it answers, what the
//! answer costs to keep, and how it is found. A [`Session`] answers it and remembers: a question that needs the
//! answer of another one asks the session, and what two questions need is read once.

mod answer;
mod key;
mod memo;
mod question;

pub use answer::AnyAnswer;
pub use key::{AnyKey, CostClass};
pub use memo::Memo;
pub use question::{AnyQuestion, Question, Session};
