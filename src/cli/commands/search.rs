//! `dspyglass search`

use std::ops::ControlFlow;

use serde::Serialize;

use super::{Answer, several};
use crate::cli::args::SearchArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::cli::style::{Color, Style};
use crate::cli::words;
use crate::model::TraceId;
use crate::query::ask::Session;
use crate::query::{self, Found, Search, Searched, SpanCount};
use crate::store::{SearchScope, SpanHit};

#[derive(Serialize)]
struct Document<'a> {
    hits: Vec<HitJson<'a>>,
    /// How many spans were looked at.
    scanned: u64,
    /// In how many of them it is or, behind the limit, may be; `null` if that was not asked for, or is not known.
    spans_at_most: Option<u64>,
    /// False where the limit cut it.
    complete: bool,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct HitJson<'a> {
    trace_id: &'a str,
    span_id: &'a str,
    span_name: Option<&'a str>,
    /// `LLM`, `CHAIN`, …; `null` if the store does not say.
    span_type: Option<&'a str>,
    field: String,
    excerpt: &'a str,
    /// What of the excerpt was found.
    found: &'a str,
}

impl<'a> From<&'a SpanHit> for HitJson<'a> {
    fn from(hit: &'a SpanHit) -> Self {
        Self {
            trace_id: hit.trace.as_str(),
            span_id: &hit.span_id,
            span_name: json::known(&hit.span_name),
            span_type: json::known(&hit.span_kind),
            field: hit.found.field.to_string(),
            excerpt: &hit.found.excerpt.text,
            found: hit.found.excerpt.parts()[1],
        }
    }
}

/// Whether anything can be looked for, before a store is opened.
///
/// # Errors
/// A pattern that is none.
pub(super) fn ready(args: &SearchArgs) -> Result<Search, Failure> {
    Search::new(args.pattern(), SearchScope::Store).map_err(Failure::Pattern)
}

pub(super) fn answer(args: &SearchArgs, search: Search, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let scope = scope(args, answer)?;
    let search = search.within(scope);
    if answer.is_json {
        let mut hits: Vec<SpanHit> = Vec::new();
        let done = query::search(&mut answer.session, &search, args.limit, |some, _| {
            hits.extend_from_slice(some);
            Ok::<_, Failure>(ControlFlow::Continue(()))
        })?;
        let counted = counted(args, &search, &done, &mut answer.session)?;
        let warnings = answer.session.cx.take_warnings().into();
        let hits = hits.iter().map(HitJson::from).collect();
        let (scanned, spans_at_most) = counted.map_or((done.spans, None), |count| (count.spans, Some(count.at_most)));
        let document = Document { hits, scanned, spans_at_most, complete: done.is_complete, warnings };
        return json::write(&document, answer.out);
    }
    let mut printed = Printed::default();
    let (style, out) = (answer.style, &mut *answer.out);
    let done = query::search(&mut answer.session, &search, args.limit, |some, _| {
        for hit in some {
            printed.print(hit, style, out)?;
        }
        // Whoever waits sees what there is.
        out.flush()?;
        Ok::<_, Failure>(ControlFlow::Continue(()))
    })?;
    let count = counted(args, &search, &done, &mut answer.session)?;
    let more = if printed.hits > 0 { "\n" } else { "" };
    writeln!(out, "{more}{}", summary(&printed, &done, args, count))?;
    Ok(())
}

/// In how many spans it is or may be, if that is known or asked for.
fn counted(
    args: &SearchArgs,
    search: &Search,
    done: &Searched,
    session: &mut Session<'_>,
) -> Result<Option<SpanCount>, Failure> {
    if !done.is_complete && !args.count {
        return Ok(None);
    }
    Ok(query::count_behind(session, search, done)?)
}

/// Where the arguments say that it is looked for.
fn scope(args: &SearchArgs, answer: &mut Answer<'_>) -> Result<SearchScope, Failure> {
    if let Some(trace) = &args.trace {
        return match query::find_trace(&mut answer.session, trace)? {
            Found::One(trace) => Ok(SearchScope::Trace(trace)),
            Found::Several(ids) => Err(several("traces", trace, &ids)),
            Found::Nothing => Err(answer.absent("trace", trace)),
        };
    }
    let experiment = args.experiment.as_deref().map(|text| answer.experiment(text)).transpose()?;
    let run = args.run.as_deref().map(|text| answer.run(text)).transpose()?;
    Ok(match (experiment, run) {
        (None, None) => SearchScope::Store,
        // The traces of an optimization are recorded in its evaluations.
        (experiment, Some(run)) if experiment.as_ref().is_none_or(|one| one.id == run.experiment_id) => {
            query::search_scope_of_run(&mut answer.session, &run.id)?
        }
        (experiment, run) => {
            SearchScope::Traces { experiment: experiment.map(|one| one.id), run: run.map(|one| one.id) }
        }
    })
}

/// What is printed so far.
#[derive(Default)]
struct Printed {
    hits: usize,
    last: Option<TraceId>,
}

impl Printed {
    /// A hit, below the trace that it is in.
    fn print(&mut self, hit: &SpanHit, style: Style, out: &mut dyn std::io::Write) -> Result<(), Failure> {
        if self.last.as_ref() != Some(&hit.trace) {
            writeln!(out, "{}{}", if self.hits > 0 { "\n" } else { "" }, words::clean(hit.trace.as_str()))?;
            self.last = Some(hit.trace.clone());
        }
        self.hits += 1;
        let name = if hit.span_name.is_empty() { words::UNKNOWN } else { &hit.span_name };
        let place = format!("  {}  {}: ", words::clean(name), words::clean(&hit.found.field.to_string()));
        let room = style.width.map(|width| width.saturating_sub(words::width(&place)));
        let [before, found, behind] = fitting(hit.found.excerpt.parts().map(words::clean), room);
        let found = if style.has_color { Color::Bad.paint(&found) } else { found };
        writeln!(out, "{place}{before}{found}{behind}")?;
        Ok(())
    }
}

/// An excerpt on one line of a terminal: what was found is whole, what stands before it gives way to a third.
fn fitting([before, found, behind]: [String; 3], room: Option<usize>) -> [String; 3] {
    let Some(left) = room.map(|room| room.saturating_sub(words::width(&found))) else { return [before, found, behind] };
    let most = (left / 3).max(left.saturating_sub(words::width(&behind)));
    let mut from = 0;
    let mut is_cut = false;
    while words::width(&before[from..]) + usize::from(is_cut) > most {
        let Some(c) = before[from..].chars().next() else { break };
        from += c.len_utf8();
        is_cut = true;
    }
    let before = if is_cut && most > 0 { format!("…{}", &before[from..]) } else { before[from..].to_owned() };
    let behind = words::cut(&behind, left.saturating_sub(words::width(&before)));
    [before, found, behind]
}

fn summary(printed: &Printed, done: &Searched, args: &SearchArgs, count: Option<SpanCount>) -> String {
    let spans = words::counted(done.spans, "span");
    if printed.hits == 0 && done.is_complete {
        let hint = if args.ignore_case { "" } else { "; with --ignore-case small letters stand for capital ones" };
        return format!("nothing found in {spans}{hint}");
    }
    let hits = words::counted(printed.hits as u64, "hit");
    if done.is_complete {
        return format!("{hits} in {spans}");
    }
    let behind = match count {
        Some(SpanCount { at_most, spans }) => {
            format!("it is in at most {} of {}", words::count(at_most), words::counted(spans, "span"))
        }
        None if args.count => "there are more; in how many spans is not known".to_owned(),
        None => "there are more".to_owned(),
    };
    format!("the first {hits}; {behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_fits_into_the_line() {
        let parts = || ["some text before it ".to_owned(), "漢字".to_owned(), " and some text behind".to_owned()];
        assert_eq!(fitting(parts(), None), parts());
        assert_eq!(fitting(parts(), Some(45)), parts());
        assert_eq!(fitting(parts(), Some(22)).concat(), "…e it 漢字 and some t…");
        for room in 6..60 {
            assert!(words::width(&fitting(parts(), Some(room)).concat()) <= room, "{room}");
        }
        assert_eq!(fitting(parts(), Some(0))[1], "漢字", "what was found stays");
    }
}
