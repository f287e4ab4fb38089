use super::*;
use crate::model::Reveal;
use serde_json::json;

fn read(text: &str) -> Json {
    prediction_of_repr(text).map_or(Json::Null, Json::Object)
}

#[test]
fn fields_with_quotes_escapes_and_line_ends() {
    let text = "Prediction(\n    reasoning=\"It's ['17', '6'], (see) {below}\",\n    answer='say \"x\",\\n    b=\\'no\\' \\\\ \\u00e9\\U0001f9ee'\n)";
    let expected = json!({
        "reasoning": "It's ['17', '6'], (see) {below}",
        "answer": "say \"x\",\n    b='no' \\ é🧮",
    });
    assert_eq!(read(text), expected);
    assert_eq!(read("Prediction(\n    a=''\n)"), json!({"a": ""}));
    assert_eq!(read("Prediction(\n    \n)"), json!({}));
}

#[test]
fn values_of_every_kind() {
    let text = "Prediction(\n    n=-3, x=0.15, big=1e3, none=None, yes=True, odd=nan, least=-inf,\n    \
                items=['a', (1, 2), {'k': [1.5]}, {1, 2}, ()], map={1: 'one', 'b': {}},\n    \
                people=[Person(name='Ana (A.)', age=31, tags=['first'])],\n    last='x'\n)";
    let expected = json!({
        "n": -3, "x": 0.15, "big": 1000.0, "none": null, "yes": true, "odd": "NaN", "least": "-Infinity",
        "items": ["a", [1, 2], {"k": [1.5]}, [1, 2], []], "map": {"1": "one", "b": {}},
        "people": [{"name": "Ana (A.)", "age": 31, "tags": ["first"]}],
        "last": "x",
    });
    assert_eq!(read(text), expected);
}

#[test]
fn what_is_no_literal_stays_text_and_harms_no_other_field() {
    let text = "Prediction(\n    day=datetime.date(2026, 5, 1),\n    grade=<Grade.HIGH: 'high'>,\n    \
                thing=<Thing it's (open>,\n    huge=123456789012345678901234567890,\n    raw=b'\\x00',\n    answer='42'\n)";
    let expected = json!({
        "day": "datetime.date(2026, 5, 1)",
        "grade": "<Grade.HIGH: 'high'>",
        "thing": "<Thing it's (open>",
        "huge": "123456789012345678901234567890",
        "raw": "b'\\x00'",
        "answer": "42",
    });
    assert_eq!(read(text), expected);
    assert_eq!(read("Prediction(\n    answer='42',\n    thing=<it's>\n)"), json!({"answer": "42", "thing": "<it's>"}));
}

#[test]
fn completions_are_no_field() {
    let text =
        "Prediction(\n    answer='4',\n    completions=Completions({'answer': ['4', '5']})\n) (1 completions omitted)";
    assert_eq!(read(text), json!({"answer": "4"}));
    // A program may have a field of this name.
    assert_eq!(read("Prediction(\n    completions=['a']\n)"), json!({"completions": ["a"]}));
}

#[test]
fn what_is_cut_or_something_else_is_not_read() {
    for text in
        ["", "Prediction", "Prediction(", "Prediction(\n    a='open", "Prediction(\n    a='x',\n    b", "Other(a=1)"]
    {
        assert_eq!(read(text), Json::Null, "{text}");
    }
    let nested = format!("Prediction(\n    a={}1{},\n    b=2\n)", "[".repeat(100_000), "]".repeat(100_000));
    let found = prediction_of_repr(&nested).expect("read");
    assert_eq!((found["a"].as_str().map(str::len), &found["b"]), (Some(200_001), &json!(2)));
}

#[test]
fn only_a_prediction_with_its_trace_is_meant() {
    let text = "Prediction(\n    a='x'\n)";
    assert_eq!(
        prediction_of_outputs(&json!([text, []])).map(|fields| Json::Object(fields.mask(Reveal::Masked))),
        Some(json!({"a": "x"}))
    );
    let secret = json!(["Prediction(\n    session_token=1234,\n    password='a b'\n)", []]);
    let fields = prediction_of_outputs(&secret).map(|fields| Json::Object(fields.mask(Reveal::Masked)));
    assert_eq!(fields, Some(json!({"session_token": 1234, "password": {"masked": true}})), "by its key");
    for other in
        [json!([text]), json!(text), json!([{"completion_text": "Error", "format_reward": null}, []]), json!({"a": 1})]
    {
        assert_eq!(prediction_of_outputs(&other), None);
    }
}
