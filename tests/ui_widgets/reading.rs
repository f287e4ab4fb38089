//! What is read: JSON, bytes, images, Markdown.

use super::harness;
use dspyglass::widgets::hex_rows::{HexRows, HexState};
use dspyglass::widgets::image_view::{DecodedImage, ImageState, ImageView, Zoom};
use dspyglass::widgets::json_rows::{JsonEvents, JsonOptions, JsonRows, JsonState, JsonView};
use dspyglass::widgets::markdown::{Markdown, MarkdownState, MarkdownText};
use dspyglass::widgets::text::Case;
use egui::accesskit::Role;
use egui::{Color32, ColorImage, Key, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::json;

#[test]
fn json_is_folded_walked_and_copied() {
    let value = json!({"messages": [{"role": "user", "content": "one\ntwo"}], "n": 1, "key": {"masked": true}});
    let rows = JsonRows::new(&value, JsonOptions::default());
    let state = (JsonState::default(), JsonEvents::default());
    let mut harness = harness(Theme::Dark, state, |ui, (state, last)| {
        let events = JsonView::new("json", "Call", &rows).show(ui, state);
        if events != JsonEvents::default() {
            *last = events;
        }
    });
    harness.run();
    let root = harness.get_by_role_and_label(Role::TreeItem, "messages: array 1 item");
    assert_eq!(root.accesskit_node().data().is_expanded(), Some(true));
    root.click();
    harness.run();
    assert_eq!(harness.state().0.cursor, Some(0));
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(harness.state().0.cursor, Some(1));
    for _ in 0..2 {
        harness.key_press(Key::ArrowDown);
        harness.run();
    }
    // A text of two lines is closed until it is opened.
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert!(harness.query_by_role_and_label(Role::TreeItem, "line: two").is_some());
    harness.event(egui::Event::Copy);
    harness.run();
    assert_eq!(harness.state().1.copy_value, Some(3));
    assert_eq!(rows.path(3), "messages[0].content");
    harness.key_press(Key::ArrowLeft);
    harness.run();
    harness.key_press(Key::ArrowLeft);
    harness.run();
    assert_eq!(harness.state().0.cursor, Some(1), "left again goes to the parent");
    assert!(harness.query_by_role_and_label(Role::TreeItem, "key: masked masked").is_some());
    harness.get_by_role_and_label(Role::TreeItem, "n: number 1").click_secondary();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItem, "Copy path").click();
    harness.run();
    assert_eq!(harness.state().1.copy_path.map(|row| rows.path(row)), Some("n".to_owned()));
}

#[test]
fn a_hit_deep_in_a_hundred_thousand_rows_is_revealed() {
    let value = serde_json::Value::from((0..30_000).map(|n| json!({"id": n, "v": [n]})).collect::<Vec<_>>());
    let rows = JsonRows::new(&value, JsonOptions::default());
    assert!(rows.len() > 100_000);
    let hits = rows.search("29999", Case::Exact);
    assert_eq!(hits.len(), 2);
    let mut state = JsonState::default();
    state.reveal(&rows, hits[1].row as usize);
    let mut harness = harness(Theme::Light, state, |ui, state| {
        JsonView::new("json", "Many", &rows).hits(&hits, Some(1)).show(ui, state);
    });
    harness.run();
    assert!(harness.query_by_role_and_label(Role::TreeItem, "0: number 29999").is_some());
    harness.state_mut().fold.open_all();
    harness.run();
    harness.get_by_role_and_label(Role::Tree, "Many").focus();
    harness.run();
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(harness.state().cursor, Some(0));
    assert!(harness.get_all_by_role(Role::TreeItem).count() < 60);
}

#[test]
fn bytes_are_shown_and_copied_by_row() {
    let bytes: Vec<u8> = b"GIF89a".iter().copied().chain(0..200).collect();
    let mut harness = harness(Theme::Dark, (HexState::default(), None), |ui, (state, copied)| {
        *copied = HexRows::new("hex", "Bytes", &bytes).show(ui, state).or(copied.clone());
    });
    harness.run();
    let row = harness.get_all_by_role(Role::ListItem).next().expect("a row");
    let label = row.accesskit_node().data().label().unwrap_or_default().to_owned();
    assert!(label.starts_with("00000000: 47 49 46 38 39 61") && label.contains("GIF89a"), "{label}");
    row.click();
    harness.run();
    harness.event(egui::Event::Copy);
    harness.run();
    assert_eq!(harness.state().1.as_ref().map(|range| (range.start, range.end)), Some((0, 16)));
}

#[test]
fn an_image_is_zoomed_by_keys_and_buttons() {
    let image = DecodedImage::new(ColorImage::filled([3_000, 2_000], Color32::RED));
    let mut harness = harness(Theme::Dark, ImageState::default(), |ui, state| {
        ImageView::new("image", "A plot", &image).show(ui, state);
    });
    harness.run();
    assert_eq!(harness.state().place.zoom, Zoom::Fit);
    harness.get_by_role_and_label(Role::Button, "100 %").click();
    harness.run();
    assert_eq!(harness.state().place.zoom, Zoom::Scale(1.0));
    harness.get_by_role_and_label(Role::Image, "A plot").focus();
    harness.run();
    harness.key_press(Key::Plus);
    harness.run();
    assert_eq!(harness.state().place.zoom, Zoom::Scale(1.25));
    harness.key_press(Key::Num0);
    harness.run();
    assert_eq!(harness.state().place.zoom, Zoom::Fit);
}

#[test]
fn a_link_is_told_and_opens_nothing() {
    let text = MarkdownText::new("# Title\n\n[notes](https://example.org/x) and ![plot](https://example.org/y.png)");
    let mut harness = harness(Theme::Light, (MarkdownState::default(), None), |ui, (state, asked)| {
        let events = Markdown::new("text", &text).show(ui, state);
        *asked = events.open.or(asked.take());
    });
    harness.run();
    assert!(harness.query_by_label_contains("image: plot").is_some());
    harness.get_by_role_and_label(Role::Link, "notes").click();
    harness.step();
    let opens = |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::OpenUrl(_));
    assert!(!harness.output().platform_output.commands.iter().any(opens));
    harness.run();
    assert_eq!(harness.state().1.as_deref(), Some("https://example.org/x"));
}
