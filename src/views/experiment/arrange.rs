//! Which columns are shown, how wide, and by which one the rows are sorted: between what is remembered and the table.

use super::lines::Columns;
use crate::query::table::{NAME, RunAttribute, RunColumn};
use crate::state::{ColumnSort, RunTableSettings};
use crate::widgets::table::{Column, Sort};

/// The columns before those of the runs: the boxes.
pub(super) const BEFORE: usize = 1;

/// An arrangement, as far as this experiment has its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Arrangement {
    pub shown: Vec<RunColumn>,
    /// As the user set them; `NaN`: as the column says.
    pub widths: Vec<f32>,
    pub sort: Option<(RunColumn, bool)>,
    pub is_flat: bool,
}

impl Arrangement {
    /// What is remembered, or what a table begins with.
    pub fn of(settings: Option<&RunTableSettings>, columns: &Columns) -> Self {
        let has = |column: &RunColumn| columns.all.iter().any(|one| one.column == *column);
        let Some(settings) = settings else {
            return Self { shown: columns.defaults.clone(), ..Self::default() }.whole();
        };
        let known = settings.shown.iter().filter_map(|one| Some((RunColumn::parse(&one.column)?, one.width)));
        let (mut shown, mut widths): (Vec<RunColumn>, Vec<f32>) =
            known.filter(|(column, _)| has(column)).map(|(column, width)| (column, width.unwrap_or(f32::NAN))).unzip();
        if shown.is_empty() {
            (shown, widths) = (columns.defaults.clone(), Vec::new());
        }
        let sort = settings.sort.as_ref().and_then(|sort| Some((RunColumn::parse(&sort.column)?, sort.descending)));
        Self { shown, widths, sort: sort.filter(|(column, _)| has(column)), is_flat: settings.is_flat }.whole()
    }

    /// A width for each column, and the one that says which run it is, whatever was remembered.
    fn whole(mut self) -> Self {
        if !self.shown.contains(&NAME) {
            self.shown.insert(0, NAME);
            self.widths.insert(0, f32::NAN);
        }
        self.widths.resize(self.shown.len(), f32::NAN);
        self
    }

    /// As it is remembered. What this experiment has no column for now, and what was never
    /// understood, is kept from `before`.
    pub fn settings(&self, before: Option<&RunTableSettings>) -> RunTableSettings {
        let mut settings = before.cloned().unwrap_or_default();
        let old = std::mem::take(&mut settings.shown);
        let known: Vec<String> = self.shown.iter().map(RunColumn::to_text).collect();
        for (column, width) in known.iter().zip(&self.widths) {
            let mut one = old.iter().find(|one| one.column == *column).cloned().unwrap_or_default();
            one.column.clone_from(column);
            one.width = width.is_finite().then_some(*width);
            settings.shown.push(one);
        }
        settings.sort = self
            .sort
            .as_ref()
            .map(|(column, descending)| ColumnSort { column: column.to_text(), descending: *descending });
        settings.is_flat = self.is_flat;
        settings
    }

    /// Shows these columns; each keeps its width.
    pub fn show(&mut self, shown: Vec<RunColumn>) {
        let width = |column: &RunColumn| {
            let place = self.shown.iter().position(|one| one == column);
            place.and_then(|place| self.widths.get(place).copied()).unwrap_or(f32::NAN)
        };
        self.widths = shown.iter().map(width).collect();
        self.shown = shown;
        *self = std::mem::take(self).whole();
    }

    /// A click on a title: once by it, twice the other way round, three times as at first.
    pub fn sort_by(&mut self, column: usize) {
        let Some(column) = self.shown.get(column) else { return };
        let first = is_number(column);
        self.sort = match &self.sort {
            Some((sorted, descending)) if sorted == column && *descending == first => Some((column.clone(), !first)),
            Some((sorted, _)) if sorted == column => None,
            _ => Some((column.clone(), first)),
        };
    }

    /// The mark in the header.
    pub fn mark(&self) -> Option<Sort> {
        let (sorted, descending) = self.sort.as_ref()?;
        let place = self.shown.iter().position(|column| column == sorted)?;
        Some(Sort { column: place + BEFORE, descending: *descending })
    }
}

/// Whether the largest are looked for first.
fn is_number(column: &RunColumn) -> bool {
    match column {
        RunColumn::Attribute(attribute) => matches!(attribute, RunAttribute::Start | RunAttribute::Duration),
        RunColumn::Metric(_) | RunColumn::Traces | RunColumn::Errors | RunColumn::Tokens => true,
        RunColumn::Param(_) | RunColumn::Tag(_) => false,
    }
}

/// The words in the header.
pub(super) fn title(column: &RunColumn) -> &str {
    match column {
        RunColumn::Attribute(attribute) => match attribute {
            RunAttribute::Name => "Run",
            RunAttribute::Status => "Status",
            RunAttribute::Start => "Started",
            RunAttribute::Duration => "Duration",
            RunAttribute::Id => "Run id",
            RunAttribute::User => "User",
            RunAttribute::Source => "Source",
        },
        RunColumn::Metric(key) | RunColumn::Param(key) | RunColumn::Tag(key) => key,
        RunColumn::Traces => "Traces",
        RunColumn::Errors => "Errors",
        RunColumn::Tokens => "Tokens",
    }
}

/// What kind of thing a column is, for the list of columns.
pub(super) fn kind(column: &RunColumn) -> &'static str {
    match column {
        RunColumn::Attribute(_) => "attribute",
        RunColumn::Metric(_) => "metric",
        RunColumn::Param(_) => "param",
        RunColumn::Tag(_) => "tag",
        RunColumn::Traces | RunColumn::Errors | RunColumn::Tokens => "traces",
    }
}

/// A column of the table.
pub(super) fn column(column: &RunColumn, holds_numbers: bool) -> Column<'_> {
    let title = title(column);
    match column {
        RunColumn::Attribute(RunAttribute::Name) => Column::text(title, 170.0).growing(),
        RunColumn::Attribute(RunAttribute::Status) => Column::text(title, 84.0),
        RunColumn::Attribute(RunAttribute::Start) => Column::text(title, 112.0).figures(),
        RunColumn::Attribute(RunAttribute::Duration) => Column::number(title, 84.0),
        RunColumn::Attribute(RunAttribute::Id) => Column::text(title, 250.0),
        RunColumn::Attribute(RunAttribute::User) => Column::text(title, 100.0),
        RunColumn::Attribute(RunAttribute::Source) => Column::text(title, 170.0),
        RunColumn::Metric(_) => Column::number(title, 72.0).keyed(),
        RunColumn::Param(_) | RunColumn::Tag(_) if holds_numbers => Column::number(title, 72.0).keyed(),
        RunColumn::Param(_) | RunColumn::Tag(_) => Column::text(title, 100.0).keyed(),
        RunColumn::Traces | RunColumn::Errors => Column::number(title, 70.0),
        RunColumn::Tokens => Column::number(title, 90.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::table::ColumnUse;
    use crate::state::ShownColumn;

    fn columns() -> Columns {
        let all = ["attributes.run_name", "metrics.eval", "params.k"];
        let all: Vec<RunColumn> = all.iter().filter_map(|text| RunColumn::parse(text)).collect();
        let uses = all.iter().map(|column| ColumnUse { column: column.clone(), runs: 1 }).collect();
        Columns { all: uses, defaults: all[..2].to_vec(), ..Columns::default() }
    }

    #[test]
    fn what_is_not_here_now_is_not_shown() {
        let mut arrangement = Arrangement::of(None, &columns());
        assert_eq!(arrangement.shown, columns().defaults);
        arrangement.sort_by(1);
        arrangement.widths[0] = 300.0;
        let mut settings = arrangement.settings(None);
        settings.shown.push(ShownColumn { column: "metrics.gone".into(), ..ShownColumn::default() });
        let again = Arrangement::of(Some(&settings), &columns());
        assert_eq!((again.shown.len(), again.widths[0], again.mark().map(|mark| mark.column)), (2, 300.0, Some(2)));
        let none = RunTableSettings { sort: settings.sort, ..RunTableSettings::default() };
        assert_eq!(Arrangement::of(Some(&none), &columns()).shown, columns().defaults);
    }

    #[test]
    fn the_name_is_never_lost() {
        let mut arrangement = Arrangement::of(None, &columns());
        arrangement.show(vec![columns().all[1].column.clone()]);
        assert_eq!(arrangement.shown, [NAME, columns().all[1].column.clone()]);
        let shown = vec![ShownColumn { column: "metrics.eval".into(), ..ShownColumn::default() }];
        let without = RunTableSettings { shown, ..RunTableSettings::default() };
        let again = Arrangement::of(Some(&without), &columns());
        assert_eq!((&again.shown[0], again.widths.len()), (&NAME, 2), "as it was lost before");
    }

    #[test]
    fn three_clicks_lead_back() {
        let mut arrangement = Arrangement::of(None, &columns());
        let mut after = |place| {
            arrangement.sort_by(place);
            arrangement.sort.as_ref().map(|(_, descending)| *descending)
        };
        assert_eq!([after(0), after(0), after(0)], [Some(false), Some(true), None]);
        assert_eq!([after(1), after(1), after(1), after(9)], [Some(true), Some(false), None, None]);
    }

    #[test]
    fn a_column_keeps_its_width_where_it_goes() {
        let mut arrangement = Arrangement::of(None, &columns());
        arrangement.widths = vec![300.0, 90.0];
        let all: Vec<RunColumn> = columns().all.into_iter().map(|one| one.column).collect();
        arrangement.show(vec![all[1].clone(), all[2].clone(), all[0].clone()]);
        assert_eq!((arrangement.widths[0], arrangement.widths[2]), (90.0, 300.0));
        assert!(arrangement.widths[1].is_nan());
    }
}
