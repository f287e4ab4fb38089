//! Matrices: plain and graded, with groups, hostile, of one column, and far too large to lay out.

use super::{Parts, data, specimen};
use crate::widgets::matrix::{
    FIGURES, Matrix, MatrixCell, MatrixColumn, MatrixCursor, MatrixSource, MatrixState, MatrixSum, StayingColumn,
    StayingKind, StayingText,
};
use crate::widgets::tokens::{Tone, size};
use egui::Ui;
use std::borrow::Cow;

#[derive(Debug)]
pub(super) struct State {
    shown: [MatrixState; 6],
    cursor: [Option<MatrixCursor>; 6],
}

impl Default for State {
    fn default() -> Self {
        let cursor = |line, column| Some(MatrixCursor { line, column });
        Self {
            shown: Default::default(),
            cursor: [cursor(1, Some(2)), cursor(3, None), None, None, None, cursor(4, Some(3))],
        }
    }
}

const STAYING: [StayingColumn<'static>; 3] = [
    StayingColumn { title: "", kind: StayingKind::Number, width: 40.0 },
    StayingColumn { title: "Example", kind: StayingKind::Text, width: 300.0 },
    StayingColumn { title: "Expected", kind: StayingKind::Value, width: 90.0 },
];

const TEXTS: [(&str, &str); 6] = [
    ("I was charged twice for March and my card was blocked after that", "billing"),
    ("Order 58213 shows delivered but nothing arrived", "shipping"),
    ("Please cancel my plan at the end of the month", "billing"),
    ("アプリが起動しません。ログを送ります。", "technical"),
    ("Two-factor codes never arrive", "technical"),
    ("Can I get the enterprise price list?", "sales"),
];

/// What a specimen shows.
#[derive(Clone, Copy, Default)]
struct Made {
    lines: usize,
    columns: usize,
    is_graded: bool,
    /// A heading stands before every so many rows; 0 for none.
    group: usize,
    is_hostile: bool,
    /// Columns are called by names as long as people give them.
    has_names: bool,
}

impl Made {
    /// Numbers that look like scores, the same each time.
    fn noise(line: usize, column: usize) -> usize {
        (line * 7_919 + column * 104_729 + line * column * 31) % 1_000
    }
}

impl MatrixSource for Made {
    fn lines(&self) -> usize {
        self.lines
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn column(&self, column: usize) -> MatrixColumn<'_> {
        let title: Cow<'_, str> = match (self.is_hostile, self.has_names) {
            (true, _) => data::HOSTILE[column % data::HOSTILE.len()].1.into(),
            (_, true) => format!("baseline-with-a-long-name-{column}").into(),
            _ => format!("C{}", column + 1).into(),
        };
        let note = if column.is_multiple_of(3) { format!("full_{}", column / 3) } else { format!("mini_{column}") };
        let note = if self.has_names { Cow::Borrowed("") } else { note.into() };
        MatrixColumn { title, note, tone: Some(Tone::Category(column)), has_star: column == 3 }
    }

    fn column_hover(&self, column: usize) -> String {
        format!("Evaluation {column}")
    }

    fn heading(&self, line: usize) -> Option<Cow<'_, str>> {
        (self.group > 0 && line.is_multiple_of(self.group)).then(|| TEXTS[line / self.group % TEXTS.len()].1.into())
    }

    fn staying(&self, line: usize, staying: usize) -> StayingText<'_> {
        let (text, expected) = match self.is_hostile {
            true => {
                let (name, text) = data::HOSTILE[line % data::HOSTILE.len()];
                (text, name)
            }
            false => TEXTS[line % TEXTS.len()],
        };
        match staying {
            0 => StayingText { text: crate::words::count(line as u64 + 1).into(), tone: Tone::Faint },
            1 => StayingText { text: text.into(), tone: Tone::Neutral },
            _ => StayingText { text: expected.into(), tone: Tone::Muted },
        }
    }

    fn cell(&self, line: usize, column: usize) -> MatrixCell<'_> {
        if self.heading(line).is_some() {
            return MatrixCell::Figure("63".into());
        }
        let noise = Self::noise(line, column);
        let is_full = column.is_multiple_of(3);
        match noise {
            _ if !is_full && noise % 5 > 1 => MatrixCell::Absent,
            noise if noise % 41 == 0 => MatrixCell::Unknown,
            noise if self.is_graded => {
                let score = noise as f32 / 999.0;
                MatrixCell::Graded {
                    is_good: score >= 0.5,
                    strength: (score - 0.5).abs() * 2.0,
                    figure: crate::words::Decimals::HUNDREDTHS.write(f64::from(score)).into(),
                }
            }
            noise => MatrixCell::Plain { is_good: noise % 3 > 0 },
        }
    }

    fn spoken(&self, line: usize, column: usize) -> String {
        match self.cell(line, column) {
            MatrixCell::Absent => "not evaluated".to_owned(),
            MatrixCell::Unknown => "no score".to_owned(),
            MatrixCell::Plain { is_good } => if is_good { "right" } else { "wrong" }.to_owned(),
            MatrixCell::Graded { figure, .. } | MatrixCell::Figure(figure) => figure.into_owned(),
            MatrixCell::Blank => String::new(),
        }
    }

    fn hover(&self, line: usize, column: usize) -> String {
        format!("C{}: {}", column + 1, self.spoken(line, column))
    }

    fn sum(&self, column: usize) -> Option<MatrixSum<'_>> {
        let tone = if column == 3 { Tone::Good } else { Tone::Neutral };
        Some(MatrixSum { figure: "63.3".into(), note: crate::words::count(60).into(), tone })
    }
}

pub(super) fn matrices_ui(ui: &mut Ui, parts: &mut Parts) {
    let State { shown, cursor } = &mut parts.matrix;
    let plain = Made { lines: 40, columns: 13, ..Made::default() };
    let specimens: [(&str, Made, usize); 6] = [
        ("Right and wrong, not evaluated, without a score: arrows, Enter, click", plain, 8),
        ("Graded, by groups", Made { is_graded: true, group: 4, columns: 9, ..plain }, 8),
        ("Ten thousand rows, three hundred columns", Made { lines: 10_000, columns: 300, is_graded: true, ..plain }, 8),
        ("Hostile names and texts", Made { is_hostile: true, columns: 12, lines: 12, ..plain }, 12),
        ("One column, and no row", Made { columns: 1, lines: 0, ..plain }, 0),
        ("Names that are long", Made { columns: 4, lines: 6, has_names: true, ..plain }, 6),
    ];
    for (at, (name, made, rows)) in specimens.into_iter().enumerate() {
        specimen(ui, name, |ui| {
            let height = (rows + 4) as f32 * size::TABLE_ROW;
            let mut matrix = Matrix::new("matrix", name, &STAYING).sums("Mean, n").cursor(cursor[at]).height(height);
            if made.is_graded {
                matrix = matrix.cell_least(FIGURES);
            }
            let events = matrix.show(ui, &mut shown[at], &made);
            if let Some(chosen) = events.chosen {
                cursor[at] = Some(chosen);
            }
            if let Some(opened) = events.opened {
                parts.said = format!("Opened {opened:?}");
            }
        });
    }
}
