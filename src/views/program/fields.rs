//! The fields of a signature as a table.

use egui::Ui;

use crate::model::Field;
use crate::views::field_words;
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;

/// Where the column of what was fitted stands, if there is one.
const FITTED_AT: usize = 4;

pub(super) fn fields_ui(ui: &mut Ui, state: &mut TableState, fields: &[Field]) {
    let has_fitted = fields.iter().any(|field| !field.fitted.is_empty());
    let mut columns = vec![
        Column::text("Field", 142.0).unsorted(),
        Column::text("Direction", 76.0).unsorted().figures(),
        Column::text("Type", 100.0).unsorted(),
        Column::text("Prefix", 104.0).unsorted().minor(1),
        Column::text("Description", 120.0).unsorted().growing(),
    ];
    if has_fitted {
        let hint = "What an optimizer fitted to the field: where a decision is cut, or how options weigh";
        columns.insert(FITTED_AT, Column::text("Fitted", 120.0).unsorted().hint(hint));
    }
    let height = Table::height_of(fields.len()) + size::SCROLL_BAR;
    Table::new("fields", "Fields", &columns, fields.len()).height(height).show(ui, state, |row, column| match column {
        FITTED_AT if has_fitted => CellText::value(field_words::fitted(&fields[row])),
        later if has_fitted && later > FITTED_AT => cell(&fields[row], later - 1),
        column => cell(&fields[row], column),
    });
}

fn cell(field: &Field, column: usize) -> CellText<'_> {
    let known = |text: Option<&'_ String>| text.map(|text| CellText::text(text.clone()));
    match column {
        0 => match &field.name {
            Some(name) => {
                let source = field.name_source.as_ref();
                CellText::value(name.as_str()).note(field_words::guessed(source)).hover(field_words::reason(source))
            }
            None => CellText::unknown().hover("The file does not hold the name, and nothing gives it away"),
        },
        1 => match field_words::direction(field) {
            Some(word) => {
                let source = field.direction_source.as_ref();
                CellText::text(word).note(field_words::guessed(source)).hover(field_words::reason(source))
            }
            None => CellText::unknown().hover("No trace tells whether it is an input or an output"),
        },
        2 => match &field.type_ {
            Some(name) => {
                let source = field.type_source.as_ref();
                let note = field_words::guessed(source);
                CellText::value(name.as_str()).tone(Tone::Muted).note(note).hover(field_words::reason(source))
            }
            None => CellText::unknown().hover("No trace tells its type"),
        },
        3 => known(field.prefix.as_ref()).unwrap_or_else(CellText::unknown),
        _ => known(field.description.as_ref()).unwrap_or_else(CellText::unknown).tone(Tone::Muted),
    }
}
