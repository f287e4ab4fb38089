//! `dspyglass trace`

use std::mem::ManuallyDrop;

use super::{
    Answer, several, trace_beside, trace_chat, trace_chat_text, trace_code, trace_steps, trace_steps_text, trace_text,
};
use crate::cli::args::TraceArgs;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::query::trace_json::trace_json;
use crate::query::{self, Found};

pub(super) fn answer(args: &TraceArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let id = match query::find_trace(&mut answer.session, &args.trace)? {
        Found::One(id) => id,
        Found::Several(ids) => return Err(several("traces", &args.trace, &ids)),
        Found::Nothing => return Err(answer.absent("trace", &args.trace)),
    };
    let Some(document) = query::trace_document(&mut answer.session, &id)? else {
        return Err(answer.absent("trace", &args.trace));
    };
    if args.chat {
        let calls = query::chat::chat(&document);
        if let Some(language) = args.code {
            return trace_code::print(&document, &calls, language, answer);
        }
        return match answer.is_json {
            true => trace_chat::print(&document, &calls, answer),
            false => trace_chat_text::print(&document, &calls, args.full, answer),
        };
    }
    if args.steps {
        let steps = query::steps::steps(&document, answer.session.cx.reveal());
        let retrievals = query::steps::retrievals(&document);
        let likely = query::likely_calls::of_trace(&mut answer.session, &document.tree)?;
        let told = trace_steps::Told { document: &document, steps: &steps, retrievals: &retrievals, likely: &likely };
        return match answer.is_json {
            true => trace_steps::print(&told, answer),
            false => trace_steps_text::print(&told, args.full, answer),
        };
    }
    let beside = trace_beside::beside(&mut answer.session, &id)?;
    if !answer.is_json {
        return trace_text::print(&document, &beside, answer);
    }
    // Never taken apart: the program ends when it is written, and freeing the millions of values
    // of a large trace takes a tenth of the time.
    let document = ManuallyDrop::new(document);
    let warnings = answer.session.cx.take_warnings();
    let trace = trace_json(&document, answer.session.cx.reveal(), warnings);
    json::write(&trace_beside::WithBeside::new(trace, &beside), answer.out)
}
