//! What a run is: its note, params, metrics, tags, children, datasets, models – and any of the values to be read whole.

mod cards;
mod evaluation;
mod reader;

use egui::{ScrollArea, Ui};

use self::cards::Cards;
use self::reader::ReaderMemory;
use super::rows;
use crate::loader::RunPage;
use crate::views::outside::AskMemory;
use crate::views::scene::Scene;
use crate::widgets::markdown::{MarkdownState, MarkdownText};
use crate::widgets::scroll::RowScroll;
use crate::widgets::split::{Split, SplitAxis};
use crate::widgets::table::TableState;
use crate::widgets::tokens::size;

/// At this width the cards stand in two columns.
const TWO_COLUMNS: f32 = 760.0;

/// What the tab remembers.
#[derive(Default)]
pub(super) struct OverviewMemory {
    params: TableState,
    program_params: TableState,
    shows_program_params: bool,
    metrics: TableState,
    children: RowScroll,
    note: Option<(String, MarkdownText)>,
    markdown: MarkdownState,
    ask: AskMemory,
    reader: ReaderMemory,
    reader_height: Option<f32>,
}

pub(super) fn overview_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut OverviewMemory,
    page: &RunPage,
    value: Option<&str>,
) {
    memory.ask.show(ui, scene);
    let groups = rows::groups(page, scene.clock);
    let opened = value.and_then(|value| rows::find(&groups, value).cloned());
    let cards = Cards { page, groups: &groups, opened: value };
    let Some(line) = opened else {
        all_ui(ui, scene, memory, &cards);
        return;
    };
    let mut points = memory.reader_height.unwrap_or(300.0);
    let shared = std::cell::RefCell::new((scene, memory));
    let has_changed =
        Split::new("value split", "Height of the value", SplitAxis::Vertical).normal(300.0).least(140.0, 140.0).show(
            ui,
            &mut points,
            |ui| {
                let (scene, memory) = &mut *shared.borrow_mut();
                all_ui(ui, scene, memory, &cards);
            },
            |ui| {
                let (scene, memory) = &mut *shared.borrow_mut();
                reader::reader_ui(ui, scene, &mut memory.reader, &line);
            },
        );
    if has_changed {
        shared.into_inner().1.reader_height = Some(points);
    }
}

fn all_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory, cards: &Cards<'_>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if ui.available_width() >= TWO_COLUMNS {
            ui.spacing_mut().item_spacing.x = size::GAP_M;
            ui.columns(2, |columns| {
                evaluation::evaluation_ui(&mut columns[0], scene, cards.page);
                cards.left_ui(&mut columns[0], scene, memory);
                cards.right_ui(&mut columns[1], scene, memory);
            });
        } else {
            evaluation::evaluation_ui(ui, scene, cards.page);
            cards.right_ui(ui, scene, memory);
            cards.left_ui(ui, scene, memory);
        }
        ui.add_space(size::GAP_L);
    });
}
