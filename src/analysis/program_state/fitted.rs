//! What an optimizer fitted to single fields: the threshold of a yes or no, the cuts of a score,
//! the weights of a choice (ReAnchor, DSPy 3.4). DSPy saves it beside the signature, under the
//! names of fields that the signature does not tell.

use super::letters;
use crate::model::program::Object;
use crate::model::{FactSource, Field, Json};

/// The key under which it is saved.
pub(super) const FIELDS: &str = "fields";

/// What can be fitted to a field.
pub(super) const FITTED: [&str; 3] = ["threshold", "cuts", "weights"];

/// Moves what was fitted from `saved`, the rest of a predictor's state, to the fields whose names
/// say that it is theirs. What finds no field stays.
pub(super) fn give_fitted(fields: &mut [Field], saved: &mut Object) {
    let Some(Json::Object(fitted)) = saved.get_mut(FIELDS) else { return };
    let names: Vec<String> = fitted.iter().filter(|(_, value)| is_fitted(value)).map(|(key, _)| key.clone()).collect();
    for name in names {
        if let Some(field) = of_name(fields, &name)
            && let Some(Json::Object(values)) = fitted.shift_remove(&name)
        {
            if field.name.is_none() || field.name_source.as_ref().is_some_and(|source| !source.mark().is_empty()) {
                field.name = Some(name);
                field.name_source = Some(FactSource::Stored);
            }
            field.fitted = values;
        }
    }
    if fitted.is_empty() {
        saved.shift_remove(FIELDS);
    }
}

fn is_fitted(value: &Json) -> bool {
    value.as_object().is_some_and(|values| FITTED.iter().any(|key| values.contains_key(*key)))
}

/// The one field of this name: as it is known, else as DSPy makes a prefix of it.
fn of_name<'f>(fields: &'f mut [Field], name: &str) -> Option<&'f mut Field> {
    let wanted = letters(name);
    let is_it = |field: &Field| match &field.name {
        Some(known) => known == name,
        None => field.prefix.as_deref().is_some_and(|prefix| letters(prefix) == wanted),
    };
    let mut found = fields.iter_mut().filter(|field| is_it(field));
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_fitted_stands_with_its_field() {
        let field = |prefix: &str| Field { prefix: Some(prefix.into()), ..Field::default() };
        let mut fields = [field("Ticket:"), field("Is Urgent:"), field("Now, how sure?")];
        let Json::Object(mut saved) = json!({
            "fields": {"is_urgent": {"threshold": 0.35}, "sure": {"cuts": [0.5]}, "ticket": {"note": 1}}, "k": 3,
        }) else {
            panic!("an object")
        };
        give_fitted(&mut fields, &mut saved);
        assert_eq!(Json::Object(fields[1].fitted.clone()), json!({"threshold": 0.35}));
        assert_eq!(fields[1].name.as_deref(), Some("is_urgent"));
        assert_eq!(fields[1].name_source, Some(FactSource::Stored));
        assert!(fields[0].fitted.is_empty() && fields[0].name.is_none());
        let left = json!({"fields": {"sure": {"cuts": [0.5]}, "ticket": {"note": 1}}, "k": 3});
        assert_eq!(Json::Object(saved.clone()), left);
        // The rest is given as soon as its field is known by name.
        fields[2].name = Some("sure".into());
        give_fitted(&mut fields, &mut saved);
        assert_eq!(Json::Object(fields[2].fitted.clone()), json!({"cuts": [0.5]}));
    }
}
