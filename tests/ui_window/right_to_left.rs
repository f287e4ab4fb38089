//! Hebrew and Arabic: in logical order, cut between graphemes, in every place that shows instructions.

use crate::common::{NOW_MS, PATH, settle, wait_for, window};
use dspyglass::model::{ArtifactOwner, Entry, Reveal, RunId, RunValues, Shown, Unmasked};
use dspyglass::store::memory::MemoryStore;
use egui_kittest::kittest::NodeT;
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

const HEBREW: &str = "נתב את הפנייה לתור המתאים, וענה בשפת הכותב בשני משפטים לכל היותר";
/// With vowel signs, which must not be parted from their letters.
const ARABIC: &str = "وَجِّهِ التَّذْكِرَةَ إِلَى الطَّابُورِ الْمُنَاسِبِ ثُمَّ أَجِبْ بِلُغَةِ الْكَاتِبِ";

fn program(instructions: &str) -> Vec<u8> {
    let predictor = json!({
        "traces": [], "train": [],
        "demos": [{"ticket": ARABIC, "queue": "משלוחים", "augmented": true}],
        "signature": {
            "instructions": instructions,
            "fields": [
                {"prefix": "פנייה:", "description": ARABIC},
                {"prefix": "Queue:", "description": "תור"}
            ]
        },
        "lm": null
    });
    json!({"route.predict": predictor, "metadata": {"dependency_versions": {}}}).to_string().into_bytes()
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ניתוב פניות");
    let long = ARABIC.repeat(40);
    for (id, instructions, start) in [("he", HEBREW, 200), ("ar", long.as_str(), 100)] {
        let mut run = MemoryStore::run(id, "1", &format!("{id} {instructions}"), NOW_MS - start * 1_000);
        run.parent_id = (id == "ar").then(|| RunId::from("he"));
        store.put_run(run);
        let text = Unmasked::new(instructions).shown("note", Reveal::Masked);
        let params = vec![Entry { key: "note".into(), value: text }];
        store.put_values(&RunId::from(id), RunValues { params, ..RunValues::default() });
        store.put_artifact(ArtifactOwner::Run(RunId::from(id)), "model.json", program(instructions));
    }
    let (mut head, spans) = crate::common::trace("tr-rtl", "ar");
    head.row.request_preview = Some(Shown::Text(format!("{{\"ticket\": \"{ARABIC}\"}}").into()));
    store.put_trace(head, spans);
    store
}

/// Every text on screen that holds a part of `whole` holds it in the order in which it was written, and whole letters
/// of it.
fn check(harness: &egui_kittest::Harness<'_, dspyglass::app::Viewer>, whole: &str) -> usize {
    let letters: Vec<&str> = whole.graphemes(true).collect();
    let mut seen = 0;
    let mut open = vec![harness.root()];
    while let Some(node) = open.pop() {
        open.extend(node.children());
        let Some(label) = node.accesskit_node().label() else { continue };
        // What is said of a difference has its marks between the words.
        if label.contains("{+") {
            seen += usize::from(label.contains(letters[..6].concat().as_str()));
            continue;
        }
        let Some(at) = label.find(letters[0]).filter(|_| label.contains(&letters[..6].concat())) else { continue };
        let shown: Vec<&str> = label[at..].graphemes(true).collect();
        let same = shown.iter().zip(letters.iter().cycle()).take_while(|(a, b)| a == b).count();
        let rest = shown[same..].concat();
        let is_cut = rest.is_empty() || rest.starts_with('…') || same >= letters.len();
        assert!(is_cut, "a letter was parted: {label}");
        seen += 1;
    }
    seen
}

#[test]
fn texts_from_right_to_left_stay_in_order_and_whole() {
    for (place, label, whole) in [
        ("experiment/1", "2 runs", HEBREW),
        ("experiment/1/run/he?tab=program", "route.predict", HEBREW),
        ("experiment/1/run/ar?tab=program", "route.predict", ARABIC),
        ("experiment/1/run/he?tab=overview", "note", HEBREW),
        ("experiment/1/run/he?tab=artifacts&item=model.json", "model.json", HEBREW),
        ("compare/he/ar", "route.predict", ARABIC),
        ("experiment/1/run/ar?tab=traces", "TicketRouter.forward", ARABIC),
        ("experiment/1/run/ar/trace/tr-rtl", "LM.__call__", HEBREW),
    ] {
        for size in [egui::vec2(1_600.0, 1_000.0), egui::vec2(800.0, 600.0)] {
            let mut harness = window(&store(), Some(place), Some(PATH));
            harness.set_size(size);
            wait_for(&mut harness, label);
            settle(&mut harness);
            harness.run_steps(3);
            let seen = check(&harness, whole);
            assert!(seen > 0 || place.contains("trace/"), "nothing of it is on screen at {place}");
        }
    }
}
