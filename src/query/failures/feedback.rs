//! What was said to wrong examples: by the metric in the table, else by assessments on their traces.

use crate::analysis::feedback_template::template;
use crate::model::program::Object;
use crate::model::{Assessment, ResultRow, TraceId};
use crate::query::ask::Session;
use crate::store::Result;
use crate::words;

/// No more of a feedback is shown whole.
const SAMPLE_MOST: usize = 2_000;
/// No more of a template tells groups apart on screen.
const WHAT_MOST: usize = 400;

/// What was said of an example, each with who said it; that name is empty for the metric itself. Of several scorers only
/// the chosen one, if it said something.
pub(super) fn of_row(row: &ResultRow, chosen: Option<&str>) -> Vec<(String, String)> {
    if let Some((who, said)) = chosen.and_then(|name| row.said.get_key_value(name)) {
        return vec![(who.clone(), said.clone())];
    }
    match row.said.is_empty() {
        true => row.feedback.iter().map(|said| (String::new(), said.clone())).collect(),
        false => row.said.iter().map(|(who, said)| (who.clone(), said.clone())).collect(),
    }
}

/// The same of a trace, as assessments with a score have it (MLflow 3): why a judge or a metric gave that score.
pub(super) fn of_trace(
    session: &mut Session<'_>,
    trace: &TraceId,
    chosen: Option<&str>,
) -> Result<Vec<(String, String)>> {
    let head = session.store.trace(session.cx, trace)?;
    let said = |one: &Assessment| {
        let is_feedback = one.is_valid && one.kind == "feedback" && one.error.is_none();
        let text = one.rationale.as_ref().filter(|text| is_feedback && !text.trim().is_empty())?;
        Some((one.name.clone(), text.as_str().to_owned()))
    };
    let all: Vec<(String, String)> = head.iter().flat_map(|head| &head.assessments).filter_map(said).collect();
    let of_chosen: Vec<_> = all.iter().filter(|(who, _)| Some(who.as_str()) == chosen).cloned().collect();
    Ok(if of_chosen.is_empty() { all } else { of_chosen })
}

/// What is behind a feedback, and one of them in full. Scorers are told apart by their names.
pub(super) fn alike(who: &str, said: &str, example: &Object, prediction: &Object) -> (String, String) {
    let what = template(said, example, prediction);
    let what = if who.is_empty() { what } else { format!("{who}: {what}") };
    let sample = words::ellipsize_graphemes(said, SAMPLE_MOST).into_owned();
    (words::one_line(&what, WHAT_MOST).into_owned(), sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scorers_are_told_apart_and_one_can_be_chosen() {
        let said = [("tone", "Rude: 3 words"), ("label", "No label")];
        let said = said.map(|(who, text)| (who.to_owned(), text.to_owned())).into();
        let row = ResultRow { said, feedback: Some("all of it".into()), ..ResultRow::default() };
        assert_eq!(of_row(&row, None).len(), 2);
        assert_eq!(of_row(&row, Some("tone")), [("tone".to_owned(), "Rude: 3 words".to_owned())]);
        assert_eq!(of_row(&row, Some("other")).len(), 2);
        let metric = ResultRow { feedback: Some("too long".into()), ..ResultRow::default() };
        assert_eq!(of_row(&metric, Some("tone")), [(String::new(), "too long".to_owned())]);
        let nothing = Object::default();
        assert_eq!(alike("tone", "Rude: 3 words", &nothing, &nothing).0, "tone: Rude: # words");
        assert_eq!(alike("", "too 12 long", &nothing, &nothing), ("too # long".to_owned(), "too 12 long".to_owned()));
    }
}
