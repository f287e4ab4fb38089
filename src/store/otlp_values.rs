//! Values as OTLP writes them in JSON, by the names of its own encoding (`intValue`) or by those of MLflow's REST
//! interface (`int_value`).

use serde_json::Map;

use crate::model::Json;

/// `KeyValue`s as an object. One without a value says null: an `AnyValue` in which nothing is set is left out.
pub fn pairs(list: &Json) -> Map<String, Json> {
    let pair = |pair: &Json| {
        let value = pair.get("value").map_or(Json::Null, any_value);
        Some((pair.get("key")?.as_str()?.to_owned(), value))
    };
    list.as_array().into_iter().flatten().filter_map(pair).collect()
}

/// The value of an `AnyValue`. JSON is nested no deeper than it was parsed.
fn any_value(value: &Json) -> Json {
    let Some((kind, inner)) = value.as_object().and_then(|map| map.iter().next()) else { return Json::Null };
    let values = || inner.get("values").unwrap_or(&Json::Null);
    match kind.as_str() {
        "intValue" | "int_value" => match inner.as_str().and_then(|text| text.parse::<i64>().ok()) {
            Some(whole) => whole.into(),
            None => inner.clone(),
        },
        "arrayValue" | "array_value" => values().as_array().into_iter().flatten().map(any_value).collect(),
        "kvlistValue" | "kvlist_value" => Json::Object(pairs(values())),
        _ => inner.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_ways_of_writing_say_the_same() {
        let wanted = json!({"a": 7, "b": [true, null, 0.5], "c": {"d": "text"}, "e": [], "f": null});
        let one = json!([
            {"key": "a", "value": {"intValue": "7"}},
            {"key": "b", "value": {"arrayValue": {"values": [{"boolValue": true}, {}, {"doubleValue": 0.5}]}}},
            {"key": "c", "value": {"kvlistValue": {"values": [{"key": "d", "value": {"stringValue": "text"}}]}}},
            {"key": "e", "value": {"arrayValue": {}}},
            {"key": "f"},
        ]);
        let text = one.to_string();
        let other = ["int", "array", "bool", "double", "kvlist", "string"]
            .iter()
            .fold(text, |text, kind| text.replace(&format!("{kind}Value"), &format!("{kind}_value")));
        assert_eq!(Json::Object(pairs(&one)), wanted);
        assert_eq!(Json::Object(pairs(&serde_json::from_str(&other).expect("JSON"))), wanted);
    }
}
