//! The aligned spans as a table: what became of each, times and tokens beside each other.

use std::borrow::Cow;

use super::rows::Line;
use crate::analysis::trace_alignment::{AlignedRow, RowChange};
use crate::model::Tokens;
use crate::query::trace_alignment::AlignedTraces;
use crate::views::parts::DURATION;
use crate::views::spans::kind_tone;
use crate::widgets::glyphs::Glyph;
use crate::widgets::table::{CellText, Column};
use crate::widgets::tokens::Tone;
use crate::words::{self, UNKNOWN};

/// What a column shows; traces by their places among those that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Mark,
    Span,
    Differs,
    Time(usize),
    Difference,
    Tokens,
    /// Of a trace that is neither the first nor the one that is shown beside it.
    OtherTime(usize),
}

/// What the titles of the columns are.
pub(super) struct Titles(Vec<(Shows, String)>);

impl Titles {
    /// Of the first trace, the one beside it, and all of them; each by its letter.
    pub fn new(letters: &[String], shown: usize) -> Self {
        let letter = |at: usize| letters.get(at).map_or("", String::as_str);
        let mut titles = vec![
            (Shows::Mark, String::new()),
            (Shows::Span, "Span".to_owned()),
            (Shows::Differs, "Differs".to_owned()),
            (Shows::Time(0), format!("Time {}", letter(0))),
            (Shows::Time(1), format!("Time {}", letter(shown))),
            (Shows::Difference, format!("{} − {}", letter(shown), letter(0))),
        ];
        let others = (1..letters.len()).filter(|at| *at != shown);
        titles.extend(others.map(|at| (Shows::OtherTime(at), format!("Time {}", letter(at)))));
        titles.push((Shows::Tokens, format!("Tokens {} → {}", letter(0), letter(shown))));
        Self(titles)
    }

    /// What stands in a column.
    pub fn shows(&self, column: usize) -> Option<Shows> {
        self.0.get(column).map(|(shows, _)| *shows)
    }

    /// The columns.
    pub fn columns(&self) -> Vec<Column<'_>> {
        self.0.iter().map(|(shows, title)| of(*shows, title).unsorted()).collect()
    }
}

fn of(shows: Shows, title: &str) -> Column<'_> {
    match shows {
        Shows::Mark => Column::text(title, 30.0).figures(),
        Shows::Span => Column::text(title, 230.0).growing(),
        Shows::Differs => Column::text(title, 172.0),
        Shows::Time(_) => Column::number(title, DURATION - 20.0),
        Shows::Difference => Column::number(title, DURATION - 20.0).minor(1),
        Shows::OtherTime(_) => Column::number(title, DURATION - 20.0).minor(2),
        Shows::Tokens => Column::number(title, 124.0).minor(3).hint("With those of the spans below"),
    }
}

/// What the cells are made of.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub aligned: &'a AlignedTraces,
    /// The traces that are compared, by their letters, and which is shown beside the first.
    pub letters: &'a [String],
    pub shown: usize,
    /// Of the other traces: the durations of what stands for each span of the first.
    pub others: &'a [&'a [Option<i64>]],
}

impl Cells<'_> {
    /// One cell.
    pub fn cell(&self, line: Line, shows: Shows) -> CellText<'static> {
        let Some(row) = self.aligned.alignment.rows.get(line.row) else { return CellText::default() };
        let is_first = self.aligned.alignment.first == Some(line.row);
        match shows {
            Shows::Mark => mark(row, is_first),
            Shows::Span => self.span(row, line),
            Shows::Differs => self.differs(row, is_first),
            Shows::Time(side) => match row.spans.get(side) {
                Some(Some(_)) => time(self.aligned.duration_ns(row, side)),
                _ => CellText::default(),
            },
            Shows::Difference => match self.aligned.duration_difference_ns(row) {
                Some(ns) => CellText::value(words::signed_duration_ns(ns)).tone(Tone::Muted),
                None => CellText::default(),
            },
            Shows::OtherTime(at) => {
                let of_trace = at.checked_sub(1).and_then(|at| self.others.get(at));
                let span = row.spans[0].and_then(|span| of_trace?.get(span).copied().flatten());
                span.map_or_else(CellText::default, |ns| time(Some(ns)))
            }
            Shows::Tokens => self.tokens(row),
        }
    }

    /// `1,922 → 2,010`, or one figure where there is one span.
    fn tokens(&self, row: &AlignedRow) -> CellText<'static> {
        let told = |side: usize| tokens(self.aligned.tokens(row, side));
        match row.spans {
            [Some(_), Some(_)] => match (told(0), told(1)) {
                (None, None) => CellText::unknown(),
                (first, other) => {
                    let known = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
                    CellText::value(format!("{} → {}", known(first), known(other)))
                }
            },
            [first, _] => told(usize::from(first.is_none())).map_or_else(CellText::unknown, CellText::value),
        }
    }

    fn span(&self, row: &AlignedRow, line: Line) -> CellText<'static> {
        let spans = [0, 1].map(|side| self.aligned.tree(side)?.spans.get((*row.spans.get(side)?)?));
        let kind = spans.iter().flatten().next().map_or(Tone::Muted, |span| kind_tone(&span.kind));
        let has_failed = spans.iter().flatten().any(|span| span.status == "ERROR");
        let tone = match (has_failed, row.change) {
            (true, _) => Tone::Bad,
            (false, RowChange::Same) => Tone::Muted,
            (false, _) => Tone::Neutral,
        };
        let model = |side: usize| {
            let trace = self.aligned.traces.get(side)?;
            let model = trace.models.get((*row.spans.get(side)?)?)?.as_deref()?;
            Some(model.rsplit('/').next().unwrap_or(model).to_owned())
        };
        let cell = CellText::text(name(self.aligned, row)).tone(tone).dot(kind);
        let models: Vec<String> = [model(0), model(1)].into_iter().flatten().collect();
        let note = match models.as_slice() {
            [first, other] if first != other => format!("{first} → {other}"),
            [one, ..] => one.clone(),
            [] => String::new(),
        };
        cell.note(note).in_tree(row.depth as usize, line.is_open)
    }

    fn differs(&self, row: &AlignedRow, is_first: bool) -> CellText<'static> {
        let letter = |at: usize| self.letters.get(at).map_or("", String::as_str);
        let (text, tone): (Cow<'static, str>, Tone) = match row.change {
            RowChange::Same => ("".into(), Tone::Muted),
            RowChange::Changed(differs) => (
                differs.words().collect::<Vec<_>>().join(", ").into(),
                if differs.status { Tone::Bad } else { Tone::Warn },
            ),
            RowChange::OnlyFirst => (format!("only in {}", letter(0)).into(), Tone::Bad),
            RowChange::OnlyOther => (format!("only in {}", letter(self.shown)).into(), Tone::Good),
        };
        CellText::text(text).tone(tone).note(if is_first { "first" } else { "" })
    }
}

/// What became of a row, as a sign; in words it stands two columns to the right.
fn mark(row: &AlignedRow, is_first: bool) -> CellText<'static> {
    let cell = match row.change {
        _ if is_first => CellText::default().glyph(Glyph::Arrow, Tone::Accent),
        RowChange::Same => CellText::default(),
        RowChange::Changed(_) => CellText::default().glyph(Glyph::Diamond, Tone::Warn),
        RowChange::OnlyFirst => CellText::value("−").tone(Tone::Bad),
        RowChange::OnlyOther => CellText::value("+").tone(Tone::Good),
    };
    match row.change {
        RowChange::OnlyFirst => cell.tint(Tone::Bad),
        RowChange::OnlyOther => cell.tint(Tone::Good),
        _ => cell,
    }
}

fn time(ns: Option<i64>) -> CellText<'static> {
    ns.map_or_else(CellText::unknown, |ns| CellText::value(words::duration_ns(ns)))
}

fn tokens(tokens: Option<Tokens>) -> Option<String> {
    tokens.map(|it| words::tokens(it.total, it.input, it.output))
}

/// `Tool.search`, or `Tool.search → Tool.order` where the two are called otherwise.
pub(super) fn name(aligned: &AlignedTraces, row: &AlignedRow) -> String {
    let name = |side: usize| {
        let span = aligned.tree(side)?.spans.get((*row.spans.get(side)?)?)?;
        Some(if span.name.is_empty() { "(no name)" } else { span.name.as_str() })
    };
    match (name(0), name(1)) {
        (Some(first), Some(other)) if first != other => format!("{first} → {other}"),
        (first, other) => first.or(other).unwrap_or_default().to_owned(),
    }
}
