//! Exporting traces: the menu of formats, and the file once a worker has made it.

use egui::{Id, Ui};

use super::scene::Scene;
use crate::loader::{Lane, Slot};
use crate::model::TraceId;
use crate::query::{EXPORT_MOST, ExportFormat, ExportedFile, TraceExportOf};
use crate::state::{Action, FileToSave, NoticeText};
use crate::widgets::chips::Chip;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// What the menu offers, in its order.
const FORMATS: [ExportFormat; 5] =
    [ExportFormat::Mlflow, ExportFormat::Otlp, ExportFormat::Jsonl, ExportFormat::Trainset, ExportFormat::Json];

/// The button with the menu of formats; the one that was chosen.
pub fn export_menu_ui(ui: &mut Ui) -> Option<ExportFormat> {
    let tip: Vec<String> = FORMATS.iter().map(|format| format!("{}: {}", format.title(), format.about())).collect();
    let button = ui.add(Chip::button("Export…"));
    let entries = FORMATS.map(|format| MenuEntry::Item(MenuItem::new(format.title())));
    let chosen = button_menu(&button, &entries);
    button.on_hover_text(tip.join("\n"));
    chosen.and_then(|at| FORMATS.get(at)).copied()
}

/// What is to be done with a file that was asked for; nothing while it is made.
pub fn saved(slot: &Slot<Option<ExportedFile>>, format: ExportFormat, name: &str) -> Option<Action> {
    const FAILED: &str = "The traces could not be exported";
    let failed = |why: String| Some(Action::Notify(NoticeText::failed(FAILED, why)));
    if let Some(error) = slot.error() {
        return failed(error.to_string());
    }
    // What was made of an earlier state of the store is not what was asked for.
    let Slot::Ready { value, .. } = slot else { return None };
    match value.as_ref() {
        None => failed(format!(
            "They take more than {}; select fewer, or use `dspyglass export`, which has no bound",
            words::bytes(EXPORT_MOST as u64)
        )),
        Some(file) if file.exported.written == 0 && format == ExportFormat::Trainset => failed(
            "No example can be made of them: their inputs have no names, or their answers are known to be wrong"
                .to_owned(),
        ),
        Some(file) => Some(Action::Save(FileToSave::new(name, file.bytes.clone()))),
    }
}

/// A file that was asked for on the page of a trace.
#[derive(Clone)]
struct Asked {
    trace: TraceId,
    format: ExportFormat,
    /// The frame in which that page was drawn last.
    frame: u64,
}

/// Exports the trace of a page. Who leaves the page does not want the file any more.
pub fn export_trace_ui(ui: &mut Ui, scene: &mut Scene<'_>, trace: &TraceId) {
    let id = Id::unique("trace-export");
    let frame = ui.ctx().cumulative_frame_nr();
    let known: Option<Asked> = ui.data(|data| data.get_temp(id));
    let mut asked = known.filter(|asked| asked.trace == *trace && asked.frame + 1 >= frame);
    if let Some(format) = export_menu_ui(ui) {
        asked = Some(Asked { trace: trace.clone(), format, frame });
    }
    if let Some(format) = asked.as_ref().map(|asked| asked.format) {
        text_ui(ui, "reading…", Type::Small, Tone::Faint);
        let slot = scene.loader.ask(&TraceExportOf { trace: trace.clone(), format }, Lane::Selection);
        if let Some(action) = saved(&slot, format, &format.file_name(trace.as_str())) {
            scene.act(action);
            asked = None;
        }
    }
    ui.data_mut(|data| match asked {
        Some(asked) => {
            data.insert_temp(id, Asked { frame, ..asked });
        }
        None => data.remove::<Asked>(id),
    });
}
