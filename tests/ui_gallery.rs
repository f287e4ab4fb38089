//! Every widget in every state, in both themes, at three sizes and two zooms: drawn, found by its heading, and named.

use dspyglass::gallery::{GalleryState, gallery_ui};
use dspyglass::widgets::theme;
use egui::accesskit::{Action, Role};
use egui::{Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn harness(choice: Theme) -> Harness<'static, GalleryState> {
    Harness::builder()
        .with_size(vec2(1_600.0, 1_000.0))
        .with_theme(choice)
        .allow_missing_glyphs()
        .with_context_setup(theme::apply)
        .build_ui_state(gallery_ui, GalleryState::default())
}

/// What can have the keyboard or be pressed, and has no name.
fn nameless(harness: &Harness<'_, GalleryState>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![harness.root()];
    while let Some(node) = open.pop() {
        let data = node.accesskit_node();
        let data = data.data();
        let is_named =
            [data.label(), data.value(), data.placeholder()].into_iter().flatten().any(|text| !text.is_empty());
        let is_reached = data.supports_action(Action::Focus) || data.supports_action(Action::Click);
        // A scroll area and its bar are moved by what is in them; the window and plain groups are no widgets.
        let is_widget =
            !matches!(data.role(), Role::Window | Role::GenericContainer | Role::ScrollView | Role::ScrollBar);
        let is_pane = matches!(data.role(), Role::GenericContainer) && data.supports_action(Action::Focus);
        if is_reached && (is_widget || is_pane) && !is_named {
            found.push(format!("{:?} at {:?}", data.role(), node.rect()));
        }
        open.extend(node.children());
    }
    found
}

fn draw_all(choice: Theme, zoom: f32) {
    let mut harness = harness(choice);
    harness.ctx.set_zoom_factor(zoom);
    for size in [vec2(1_600.0, 1_000.0), vec2(1_100.0, 700.0), vec2(800.0, 600.0)] {
        harness.set_size(size / zoom);
        for (index, title) in GalleryState::titles().enumerate() {
            harness.state_mut().turn_to(index);
            harness.run_steps(3);
            assert!(
                harness.query_by_role_and_label(Role::Heading, title).is_some(),
                "{title} at {size} × {zoom} in {choice:?}"
            );
            let nameless = nameless(&harness);
            assert!(nameless.is_empty(), "{title} at {size} × {zoom}: {nameless:#?}");
        }
    }
}

#[test]
fn everything_is_drawn_in_the_dark() {
    draw_all(Theme::Dark, 1.0);
}

#[test]
fn everything_is_drawn_in_the_light() {
    draw_all(Theme::Light, 1.0);
}

#[test]
fn everything_is_drawn_when_zoomed() {
    draw_all(Theme::Dark, 0.8);
    draw_all(Theme::Light, 2.0);
}

#[test]
fn sheets_are_turned_by_clicks_and_keys() {
    let mut harness = harness(Theme::Dark);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::ListItem, "Tables").click();
    harness.run_steps(2);
    assert!(harness.query_by_role_and_label(Role::Heading, "Tables").is_some());
    harness.key_press(egui::Key::ArrowDown);
    harness.run_steps(2);
    assert!(harness.query_by_role_and_label(Role::Heading, "Matrices").is_some());
}

#[test]
fn nothing_breaks_when_there_is_no_room() {
    let mut harness = harness(Theme::Dark);
    for size in [vec2(1.0, 1.0), vec2(60.0, 400.0), vec2(300.0, 20.0)] {
        harness.set_size(size);
        for index in 0..GalleryState::titles().count() {
            harness.state_mut().turn_to(index);
            harness.state_mut().open_palette();
            harness.run_steps(2);
        }
    }
}
