//! What stands where nothing is, not yet, or no more.

use super::{Parts, boxed, data, specimen};
use crate::widgets::empty;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::tokens::size;
use egui::Ui;

pub(super) fn states_ui(ui: &mut Ui, parts: &mut Parts) {
    let mut say = |event: NoticeEvent| {
        if event != NoticeEvent::None {
            parts.said = format!("{event:?}");
        }
    };
    specimen(ui, "Empty", |ui| {
        boxed(ui, 140.0, |ui| {
            empty::empty_ui(ui, "Traces stand here as soon as the program has run with autolog on", "Open a store");
        });
    });
    specimen(ui, "Loading", |ui| boxed(ui, 5.0 * size::ROW, |ui| empty::skeleton_rows_ui(ui, 5, size::ROW)));
    specimen(ui, "Loading a chart", |ui| empty::skeleton_block_ui(ui, 60.0));
    specimen(ui, "Failed", |ui| {
        let what = "Could not read the trace";
        let advice = "The row is damaged; the other 1,203 traces are shown";
        say(Notice::failed(what, "mlflow.db · trace tr-98c0ab31", advice).show(ui));
    });
    specimen(ui, "Warning", |ui| {
        say(Notice::warning("2 rows were damaged").advice("Their values are shown as stored").dismissible().show(ui));
    });
    specimen(ui, "Hint", |ui| {
        say(Notice::hint("Install fonts-noto-cjk to see 佐藤").action("Copy command").show(ui));
    });
    specimen(ui, "Hostile messages", |ui| {
        for (name, text) in data::HOSTILE {
            ui.push_id(name, |ui| Notice::failed(text, name, text).show(ui));
        }
    });
}
