//! A span's inputs and outputs: rendered, as rows of JSON, raw; searched in each.

use crate::common::{PATH, click, settle, small_store, type_into, wait, wait_for, window};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

#[test]
fn a_span_is_searched_in_each_shape() {
    let mut harness = window(&small_store(), Some("experiment/1/run/child/trace/tr-1/span/d"), Some(PATH));
    wait_for(&mut harness, "[[ ## ticket ## ]]");
    settle(&mut harness);
    type_into(&mut harness, "Find in Inputs", "parcel");
    wait_for(&mut harness, "1 of 1");
    click(&mut harness, "JSON");
    settle(&mut harness);
    wait(&mut harness, "rows of JSON", |harness| {
        harness
            .get_all_by_role(Role::TreeItem)
            .any(|row| row.accesskit_node().label().is_some_and(|label| label.starts_with("messages: array")))
    });
    type_into(&mut harness, "Find in Inputs", "e");
    wait_for(&mut harness, "1 of ");
    harness.get_by_role_and_label(Role::TextInput, "Find in Inputs").focus();
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "2 of ");
    click(&mut harness, "Previous");
    settle(&mut harness);
    wait_for(&mut harness, "1 of ");
    click(&mut harness, "Raw");
    settle(&mut harness);
    wait_for(&mut harness, "\"role\": \"user\"");
    click(&mut harness, "Outputs");
    settle(&mut harness);
    wait_for(&mut harness, "[[ ## queue ## ]]");
}
