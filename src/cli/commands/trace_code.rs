//! `dspyglass trace --chat --code`

use serde::Serialize;

use super::Answer;
use crate::cli::args::CodeLanguage;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::query::TraceDocument;
use crate::query::chat::{Language, Request, TraceCall};

#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    calls: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    span_id: &'a str,
    /// `None` of a call of which nothing is stored that could be repeated.
    code: Option<String>,
}

/// Prints code that repeats the calls.
pub(super) fn print(
    document: &TraceDocument,
    calls: &[TraceCall],
    language: CodeLanguage,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let language = match language {
        CodeLanguage::Dspy => Language::Dspy,
        CodeLanguage::Litellm => Language::LiteLlm,
        CodeLanguage::Curl => Language::Curl,
    };
    let code = |call: &TraceCall| Some(Request::of(document.bodies.get(call.span)?)?.code(language));
    let one = |call: &TraceCall| Some(One { span_id: &document.tree.spans.get(call.span)?.id, code: code(call) });
    let written: Vec<One<'_>> = calls.iter().filter_map(one).collect();
    if answer.is_json {
        return json::write(&Document { id: document.tree.head.row.id.as_str(), calls: written }, answer.out);
    }
    for (at, one) in written.iter().enumerate() {
        let about = format!("# Call {} of {}, span {}", at + 1, written.len(), crate::cli::words::clean(one.span_id));
        writeln!(answer.out, "{}{about}", if at > 0 { "\n" } else { "" })?;
        match &one.code {
            Some(code) => write!(answer.out, "{code}")?,
            None => writeln!(answer.out, "# Note: what it was sent is not stored")?,
        }
    }
    Ok(())
}
