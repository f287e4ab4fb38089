//! The LM calls of a trace for people: fields by name, demos in one line each.

use std::borrow::Cow;

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::style::Color;
use crate::cli::words;
use crate::query::TraceDocument;
use crate::query::chat::{AdapterSource, Completion, Media, Message, Part, PartKind, Place, TraceCall};

/// Of a long value so many lines are shown; all of them with `--full`.
const LINES: usize = 12;
/// A line is no longer than this without `--full`: the width of a page, where there is no terminal to tell.
const LINE: usize = 160;
/// Of each field of a demo, so many cells.
const DEMO: usize = 40;

/// How the calls are told.
#[derive(Clone, Copy)]
struct Told {
    is_full: bool,
    has_color: bool,
    width: usize,
}

/// Prints the calls.
pub(super) fn print(
    document: &TraceDocument,
    calls: &[TraceCall],
    is_full: bool,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    if let Some(why) = &document.tree.no_spans {
        writeln!(answer.out, "{}", words::clean(&why.sentence()))?;
    } else if calls.is_empty() {
        writeln!(answer.out, "No model was called in this trace")?;
    }
    let told = Told { is_full, has_color: answer.style.has_color, width: answer.style.width.unwrap_or(LINE) };
    for (at, call) in calls.iter().enumerate() {
        let mut lines: Vec<String> = Vec::new();
        if at > 0 {
            lines.push(String::new());
        }
        told.head(document, call, (at + 1, calls.len()), &mut lines);
        told.tools(call, &mut lines);
        told.messages(&call.call.messages, &mut lines);
        let count = call.call.completions.len();
        for (at, one) in call.call.completions.iter().enumerate() {
            told.completion(one, (at + 1, count), &mut lines);
        }
        if count == 0 {
            lines.push(told.role("answer", "none"));
        }
        for line in lines {
            writeln!(answer.out, "{line}")?;
        }
    }
    Ok(())
}

impl Told {
    fn head(
        self,
        document: &TraceDocument,
        call: &TraceCall,
        (number, count): (usize, usize),
        lines: &mut Vec<String>,
    ) {
        let span = document.tree.spans.get(call.span);
        let figures = document.figures.spans.get(call.span);
        let model = figures
            .and_then(|figures| figures.model.as_deref())
            .map_or(Cow::Borrowed(words::UNKNOWN), |model| Cow::Owned(words::clean(model)));
        let adapter = match (&call.adapter_class, call.call.adapter_source) {
            (Some(class), _) => words::clean(class),
            (None, AdapterSource::Text) if call.call.adapter.as_str() == "raw" => "no adapter".to_owned(),
            (None, _) => format!("{} (inferred from the text)", call.call.adapter.as_str()),
        };
        let duration = span.and_then(|span| span.duration_ns());
        let duration = duration.map_or_else(|| words::UNKNOWN.to_owned(), words::duration_ns);
        let id = span.map_or(Cow::Borrowed(""), |span| Cow::Owned(words::clean(&span.id)));
        lines.push(format!("Call {number} of {count} · {model} · {adapter} · {duration} · span {id}"));
        let mut mark = |text: String| {
            let text =
                format!("! {}", words::cut(&words::clean(&text), if self.is_full { usize::MAX } else { self.width }));
            lines.push(if self.has_color { Color::Bad.paint(&text) } else { text });
        };
        if let Some((_, reason)) = &call.fallback_of {
            mark(format!("fallback: {reason}"));
        }
        if let Some(error) = &call.parse_error {
            mark(format!("not parsed: {error}"));
        }
        if span.is_some_and(|span| span.status == "ERROR") {
            mark("the call failed".to_owned());
        }
    }

    fn tools(self, call: &TraceCall, lines: &mut Vec<String>) {
        let names: Vec<Cow<'_, str>> = call.call.tools.iter().map(|(name, _)| name_of(name.as_deref())).collect();
        if !names.is_empty() {
            lines.push(self.role("tools", &names.join(", ")));
        }
        for (_, text) in call.call.tools.iter().filter(|_| self.is_full) {
            lines.push(format!("    {}", words::clean(text)));
        }
    }

    fn messages(self, messages: &[Message], lines: &mut Vec<String>) {
        let mut rest = messages.iter().peekable();
        while let Some(message) = rest.next() {
            match message.place {
                Place::Demo(number) if !self.is_full => {
                    let same = rest.next_if(|next| next.place == Place::Demo(number));
                    let halves: Vec<String> = [Some(message), same].into_iter().flatten().map(demo_half).collect();
                    lines.push(self.role(&format!("demo {number}"), &halves.join(" → ")));
                }
                place => {
                    let about = match place {
                        Place::Demo(number) => format!("demo {number}"),
                        Place::Turn(number) => format!("turn {number}"),
                        Place::Request => "request".to_owned(),
                        Place::System | Place::Other => String::new(),
                    };
                    lines.push(self.role(&message.role, &about));
                    self.parts(message, lines);
                }
            }
        }
    }

    fn completion(self, one: &Completion, (number, count): (usize, usize), lines: &mut Vec<String>) {
        let about = if count > 1 { format!("{number} of {count}") } else { String::new() };
        lines.push(self.role("answer", &about));
        if one.is_null && one.message.parts.is_empty() {
            lines.push("  empty: the provider gave back no text".to_owned());
        }
        self.parts(&one.message, lines);
    }

    fn role(self, role: &str, about: &str) -> String {
        let role = if role.is_empty() { words::UNKNOWN.to_owned() } else { words::clean(role) };
        let about = if about.is_empty() { String::new() } else { format!(" · {}", words::clean(about)) };
        if self.has_color { format!("\u{1b}[1m{role}\u{1b}[0m{about}") } else { format!("{role}{about}") }
    }

    fn parts(self, message: &Message, lines: &mut Vec<String>) {
        for part in &message.parts {
            let value = message.value_of(part);
            let name = part.name.as_deref().map(words::clean).unwrap_or_default();
            match part.kind {
                // Rules and reminders say what the fields around them say.
                PartKind::Format | PartKind::Rules if !self.is_full => {}
                PartKind::InputField | PartKind::OutputField => {
                    let direction = if part.kind == PartKind::InputField { "input" } else { "output" };
                    let described =
                        if value.is_empty() { String::new() } else { format!(" – {}", words::clean(&value)) };
                    let kind =
                        part.field_type.as_deref().map_or_else(String::new, |kind| format!(": {}", words::clean(kind)));
                    lines.push(self.cut(format!("  {direction:<6} {name}{kind}{described}")));
                }
                PartKind::Field => {
                    lines.push(format!("  {name}"));
                    self.value(&value, lines);
                }
                PartKind::Image | PartKind::Audio | PartKind::File => {
                    let media = part.beside.as_ref().and_then(|beside| beside.media.as_ref());
                    let said = part.beside.as_ref().map(|beside| words::clean(&beside.text)).unwrap_or_default();
                    let about = [media.map(describe).unwrap_or_default(), said].map(|text| text.trim().to_owned());
                    let about: Vec<&str> = about.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
                    lines.push(self.cut(format!("    [{}] {}", part.kind.as_str(), about.join(" · "))));
                }
                kind => {
                    let own = part.beside.as_ref().map(|beside| &*beside.text).filter(|text| !text.is_empty());
                    let title = match kind {
                        PartKind::ToolCall => format!("call {name}"),
                        PartKind::ToolResult => format!("result {name}"),
                        PartKind::Text => String::new(),
                        kind => kind.as_str().to_owned(),
                    };
                    if !title.is_empty() {
                        lines.push(format!("  {}", title.trim_end()));
                    }
                    self.value(own.unwrap_or(&value), lines);
                }
            }
        }
    }

    fn value(self, value: &str, lines: &mut Vec<String>) {
        let shown = if self.is_full { usize::MAX } else { LINES };
        for line in value.lines().take(shown) {
            lines.push(self.cut(format!("    {}", indented(line))));
        }
        let more = if self.is_full { 0 } else { value.lines().skip(shown).count() };
        if more > 0 {
            lines.push(format!(
                "    … {} more {}",
                words::count(more as u64),
                if more == 1 { "line" } else { "lines" }
            ));
        }
    }

    fn cut(self, line: String) -> String {
        if self.is_full { line } else { words::cut(&line, self.width) }
    }
}

/// A line without control characters, its own indentation kept.
fn indented(line: &str) -> String {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    format!("{}{}", " ".repeat(blanks.min(80)), words::clean(line.trim_start_matches(' ')))
}

/// The fields of one half of a demo in one line.
fn demo_half(message: &Message) -> String {
    let fields = message.parts.iter().filter(|part| part.kind == PartKind::Field);
    let told = |part: &Part| {
        let value = message.value_of(part);
        let value: String = value.chars().take(DEMO * 4).collect();
        format!("{}: {}", name_of(part.name.as_deref()), words::cut(words::clean(&value).trim(), DEMO))
    };
    let told: Vec<String> = fields.map(told).collect();
    if !told.is_empty() {
        return told.join(", ");
    }
    let text: String = message.text.chars().take(DEMO * 4).collect();
    words::cut(&words::clean(&text), DEMO * 2)
}

fn name_of(name: Option<&str>) -> Cow<'_, str> {
    name.map_or(Cow::Borrowed(words::UNKNOWN), |name| Cow::Owned(words::clean(name)))
}

/// `image/png, 78 bytes`
fn describe(media: &Media) -> String {
    let kind = media.media_type.as_deref().map(words::clean).unwrap_or_default();
    let size = media.size.map(words::bytes).unwrap_or_default();
    let known: Vec<&str> = [&*kind, &*size].into_iter().filter(|text| !text.is_empty()).collect();
    known.join(", ")
}
