//! What the sheets show: made up, large and hostile.

use crate::widgets::charts::{Series, SeriesStyle};
use crate::widgets::image_view::DecodedImage;
use crate::widgets::json_rows::{JsonOptions, JsonRows};
use crate::widgets::markdown::MarkdownText;
use crate::widgets::text::TextLines;
use crate::widgets::tokens::Tone;
use egui::ColorImage;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Names and texts that have broken windows before, with what is the matter with them.
pub(super) const HOSTILE: [(&str, &str); 12] = [
    ("right to left", "مرحبا بالعالم، هذا نص من اليمين إلى اليسار"),
    ("right to left, forced", "invoice\u{202e}gpj.exe"),
    ("joined emoji", "👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈 family"),
    ("controls", "bell\u{7} escape\u{1b}[31m null\u{0} line\nbreak\ttab"),
    ("Japanese", "佐藤です。アプリが起動しません。ログを送ります。"),
    ("Devanagari", "नमस्ते दुनिया"),
    ("one long word", LONG_WORD),
    ("combining marks", "Z\u{351}\u{36b}\u{343}\u{32a}a\u{30a}\u{301}\u{302}l\u{334}g\u{321}\u{30f}o\u{30d}"),
    ("empty", ""),
    ("only blanks", "   \u{a0}\u{2003}\u{200b} "),
    ("markup", "<b>bold</b> ${HOME} %s {0} \\n & \" ' `"),
    ("not a character", "\u{fffd}\u{fffe}\u{e000}\u{10ffff}"),
];

const LONG_WORD: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft_\
    eval_minibatch_of_a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on";

/// Everything that is made once.
pub(super) struct Data {
    pub(super) messages: Value,
    pub(super) message_rows: JsonRows,
    pub(super) hostile_rows: JsonRows,
    pub(super) many: Value,
    pub(super) many_rows: JsonRows,
    pub(super) lines: TextLines,
    pub(super) series: Vec<Series>,
    pub(super) picture: DecodedImage,
    pub(super) dot: DecodedImage,
    pub(super) bytes: Vec<u8>,
    pub(super) markdown: MarkdownText,
    pub(super) nested: MarkdownText,
}

pub(super) static DATA: LazyLock<Data> = LazyLock::new(|| {
    let messages = messages();
    let many =
        Value::from((0..20_000).map(|n| json!({"id": n, "score": f64::from(n % 100) / 100.0})).collect::<Vec<_>>());
    let hostile: serde_json::Map<String, Value> =
        HOSTILE.iter().map(|(name, text)| (format!("{name} {text}"), Value::from(*text))).collect();
    let options = JsonOptions::default();
    Data {
        message_rows: JsonRows::new(&messages, options),
        hostile_rows: JsonRows::new(&Value::Object(hostile), options),
        many_rows: JsonRows::new(&many, options),
        messages,
        many,
        lines: TextLines::new(prompt()),
        series: series(),
        picture: picture(1_600, 1_000),
        dot: picture(3, 2),
        bytes: (0..=255).cycle().take(100_000).chain(b"the end".iter().copied()).collect(),
        markdown: MarkdownText::new(MARKDOWN),
        nested: MarkdownText::new(&"> ".repeat(400)),
    }
});

fn messages() -> Value {
    json!({
        "model": "openai/gpt-4o-mini",
        "temperature": 0.7,
        "max_tokens": 1024,
        "cached": false,
        "stop": null,
        "api_key": {"masked": true},
        "messages": [
            {"role": "system", "content": "Your input fields are:\n1. `ticket` (str)\n2. `history` (list[str])\n\nYour output fields are:\n1. `reasoning` (str)\n2. `queue` (Literal['billing', 'shipping', 'technical'])"},
            {"role": "user", "content": "[[ ## ticket ## ]]\nHi! My order 58213 shows delivered but nothing arrived, and I think I was also charged twice.\n\n[[ ## history ## ]]\n[\"order 58213 shipped\", \"address changed\"]"},
            {"role": "assistant", "content": "shipping", "tool_calls": []},
        ],
        "usage": {"prompt_tokens": 412, "completion_tokens": 61, "details": {"cached": 0}},
        "an odd \"key\"": "佐藤です。",
    })
}

fn prompt() -> String {
    let mut text = String::from(
        "You are a careful dispatcher.\nThink about what the customer wants first.\n\tTabs and \u{0} controls\u{1b}[31m are seen\n",
    );
    for (name, hostile) in HOSTILE {
        text.push_str(&format!("{name}: {hostile}\n"));
    }
    text.push_str(&"word ".repeat(2_000));
    text
}

fn series() -> Vec<Series> {
    let wave = (0..100_000).map(|i| {
        let x = f64::from(i) / 8_000.0;
        (x, 60.0 + 8.0 * (x * 3.0).sin() + if i == 50_000 { 25.0 } else { 0.0 })
    });
    vec![
        Series::new("raw", wave).faint(),
        Series::new("best so far", [(0.0, 48.3), (3.0, 63.0), (6.0, 71.7), (12.4, 71.7)]).style(SeriesStyle::Step),
        Series::new("full", [(0.0, 48.3), (3.0, 63.0), (6.0, 71.7), (9.0, 70.0), (12.0, f64::NAN)])
            .style(SeriesStyle::Dots)
            .tone(Tone::Good),
        Series::new(
            "minibatch",
            [(1.0, 52.0), (2.0, 40.0), (4.0, 72.0), (5.0, 56.0), (7.0, f64::INFINITY), (8.0, 64.0)],
        )
        .style(SeriesStyle::Rings)
        .tone(Tone::Muted),
    ]
}

/// Rings of colour, fading out to the right.
fn picture(width: usize, height: usize) -> DecodedImage {
    let mut bytes = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let ring = ((u - 0.5).hypot(v - 0.5) * 40.0).sin() * 0.5 + 0.5;
            bytes.extend([u * 255.0, ring * 220.0, v * 255.0, 255.0 - 200.0 * u * u].map(|channel| channel as u8));
        }
    }
    DecodedImage::new(ColorImage::from_rgba_unmultiplied([width, height], &bytes))
}

const MARKDOWN: &str = "# Ticket router\n\nRoutes *tickets* by their **first actionable** request, see \
    [the notes](https://example.org/notes) and `eval_full_2`.\n\n\
    ![a plot of scores](https://example.org/plot.png)\n\n\
    ## Results\n\n| candidate | score | n |\n|---|---:|---:|\n| seed | 48.3 | 60 |\n| C4 | 71.7 | 60 |\n\n\
    - one\n- two\n  - deeper\n- [x] done\n- [ ] not done\n\n1. first\n2. second\n\n\
    > A quote that says something about the route.\n\n```python\nprogram = dspy.load(\"best_model.json\")\nprogram(ticket=\"…\")\n```\n\n\
    <div>HTML stays as it is written</div>\n\n---\n\nRight to left: مرحبا, Japanese: 佐藤, controls: \u{1b}[31m\n";
