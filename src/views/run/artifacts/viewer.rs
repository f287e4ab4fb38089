//! What one file holds, in the view that fits it, and what can be done with the file.

use std::path::Path;
use std::sync::Arc;

use egui::Ui;

use super::content::{Content, Prepared, is_image};
use super::table::{GridMemory, TableFile, grid_ui};
use crate::loader::{DerivedKey, FileBytes, FileOf, Lane, Text};
use crate::model::dspy::artifacts::RESULT_TABLE;
use crate::model::readable_file::ending;
use crate::model::{ArtifactEntry, ArtifactOwner, ArtifactTree};
use crate::state::{Action, FileToSave, NoticeText, Outside};
use crate::views::body::Body;
use crate::views::body::json::{JsonMemory, json_view_ui};
use crate::views::body::text::{Face, TextMemory, searched_text_ui};
use crate::views::failed::failed_ui;
use crate::views::outside::AskMemory;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::hex_rows::{HexRows, HexState};
use crate::widgets::image_view::{ImageState, ImageView};
use crate::widgets::markdown::{Markdown, MarkdownState};
use crate::widgets::notice::Notice;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// No more of a file is looked at; of an image all or nothing.
const SHOWN_MOST: u64 = 16 << 20;
const IMAGE_MOST: u64 = 128 << 20;
/// No more of a file is exported through the window.
const SAVED_MOST: u64 = 512 << 20;

/// In which view a file is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    /// The one that fits it best.
    #[default]
    Best,
    /// Rows that fold.
    Json,
    /// Its text.
    Raw,
    /// Its bytes.
    Bytes,
}

/// What the viewer remembers.
#[derive(Default)]
pub(super) struct ViewerMemory {
    shape: Shape,
    path: Option<String>,
    text: TextMemory,
    json: JsonMemory,
    grid: GridMemory,
    hex: HexState,
    image: ImageState,
    markdown: MarkdownState,
    ask: AskMemory,
    /// A file that is being read whole, to be saved.
    saves: Option<String>,
}

pub(super) fn folder_ui(ui: &mut Ui, tree: &ArtifactTree, folder: &ArtifactEntry) {
    let inside =
        |entry: &&ArtifactEntry| entry.path.strip_prefix(&folder.path).is_some_and(|rest| rest.starts_with('/'));
    let files = || tree.entries.iter().filter(inside).filter(|entry| !entry.is_folder);
    let bytes: u64 = files().filter_map(|entry| entry.size).sum();
    let text = format!("{}, {}, in {}", words::counted(files().count(), "file"), words::bytes(bytes), folder.path);
    empty_ui(ui, &text, "");
}

/// A file among artifacts.
#[derive(Clone, Copy)]
pub(super) struct Artifact<'a> {
    pub owner: &'a ArtifactOwner,
    pub entry: &'a ArtifactEntry,
    /// The folder on this machine that holds the artifacts, if they lie in one.
    pub folder: Option<&'a str>,
}

pub(super) fn file_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ViewerMemory, artifact: Artifact<'_>) {
    let Artifact { owner, entry, folder } = artifact;
    if memory.path.as_deref() != Some(&*entry.path) {
        // The same words are looked for in the next file; everything else begins anew.
        let (text, json, saves) =
            (std::mem::take(&mut memory.text), std::mem::take(&mut memory.json), memory.saves.take());
        *memory = ViewerMemory { path: Some(entry.path.clone()), text, json, saves, ..ViewerMemory::default() };
    }
    let limit = if is_image(&entry.path) { IMAGE_MOST } else { SHOWN_MOST };
    let slot = scene.loader.ask(&FileOf { owner: owner.clone(), path: entry.path.clone(), limit }, Lane::Selection);
    let file = slot.value().and_then(|file| file.as_ref().as_ref()).cloned();
    let made = file.as_ref().map(|file| prepare(scene, &entry.path, file));
    let prepared = made.as_ref().and_then(|made| made.value()).map(Arc::clone);
    head_ui(ui, scene, memory, artifact, prepared.as_deref());
    save_when_read(scene, memory, owner, folder);
    memory.ask.show(ui, scene);
    let Some(answer) = slot_ui(ui, scene, &slot, "The file", size::LINE) else { return };
    let Some(file) = answer.as_ref() else {
        empty_ui(ui, "This file is not there any more", "");
        return;
    };
    let Some(prepared) = prepared else {
        match made.as_ref().and_then(|made| made.error()) {
            Some(error) => failed_ui(ui, scene, "The file", error),
            None => skeleton_rows_ui(ui, 12, size::LINE),
        }
        return;
    };
    notes_ui(ui, file, &prepared);
    content_ui(ui, scene, memory, (artifact, file), &prepared);
}

fn prepare(scene: &mut Scene<'_>, path: &str, file: &FileBytes) -> crate::loader::Slot<Prepared> {
    let (bytes, is_cut, path) = (Arc::clone(file.bytes()), file.is_cut, path.to_owned());
    let reveal = scene.loader.reveal();
    let key = DerivedKey { what: "content of a file", source: file.id(), variant: 0 };
    scene.loader.derive(key, Lane::Selection, move || {
        let prepared = Prepared::new(&path, &bytes, is_cut, reveal);
        let bytes = prepared.bytes();
        (prepared, bytes)
    })
}

/// The text of a file, if it is one.
fn text_of(content: &Content) -> Option<&Text> {
    match content {
        Content::Table(_, text) | Content::Json(text) | Content::Markdown(_, text) | Content::Text(text) => Some(text),
        Content::Empty | Content::Image(_) | Content::Bytes => None,
    }
}

/// In which views a content can be looked at; nothing to choose if there is one.
fn shapes(content: &Content, path: &str) -> &'static [(Shape, &'static str)] {
    match content {
        Content::Table(..) if ending(path) == "json" => {
            &[(Shape::Best, "Table"), (Shape::Json, "JSON"), (Shape::Raw, "Raw")]
        }
        Content::Table(..) => &[(Shape::Best, "Table"), (Shape::Raw, "Raw")],
        Content::Json(_) => &[(Shape::Best, "JSON"), (Shape::Raw, "Raw")],
        Content::Markdown(..) => &[(Shape::Best, "Rendered"), (Shape::Raw, "Raw")],
        Content::Image(_) => &[(Shape::Best, "Image"), (Shape::Bytes, "Bytes")],
        Content::Text(_) => &[(Shape::Best, "Text"), (Shape::Bytes, "Bytes")],
        Content::Empty | Content::Bytes => &[],
    }
}

fn head_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ViewerMemory,
    artifact: Artifact<'_>,
    prepared: Option<&Prepared>,
) {
    let Artifact { entry, folder, .. } = artifact;
    let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
    ui.horizontal(|ui| {
        card_heading_ui(ui, name).on_hover_text(&entry.path);
        if let Some(size) = entry.size {
            text_ui(ui, &words::bytes(size), Type::Small, Tone::Muted);
        }
    });
    ui.horizontal_wrapped(|ui| {
        if let Some(prepared) = prepared {
            for (shape, title) in shapes(&prepared.content, &entry.path) {
                if ui.add(Chip::toggle(title, memory.shape == *shape)).clicked() {
                    memory.shape = *shape;
                }
            }
            if let Some(text) = text_of(&prepared.content)
                && ui.add(Chip::button("Copy")).on_hover_text("Copy the text of the file").clicked()
            {
                scene.act(Action::Copy(text.text().to_string()));
            }
        }
        let path = folder.map(|folder| Path::new(folder).join(&entry.path));
        if ui.add(Chip::button("Copy path")).clicked() {
            let text = path.as_ref().map_or_else(|| entry.path.clone(), |path| path.display().to_string());
            scene.act(Action::Copy(text));
        }
        if ui.add(Chip::button("Save as…")).on_hover_text("Secrets stay masked unless they are revealed").clicked() {
            memory.saves = Some(entry.path.clone());
        }
        if let Some(outside) = path.as_deref().and_then(Outside::file)
            && ui.add(Chip::button("Open outside…")).on_hover_text("In the system's program").clicked()
        {
            memory.ask.ask(outside);
        }
    });
    ui.add_space(size::GAP_XS);
}

/// A file is read whole only to be saved, and let go of afterwards.
fn save_when_read(scene: &mut Scene<'_>, memory: &mut ViewerMemory, owner: &ArtifactOwner, folder: Option<&str>) {
    let Some(path) = memory.saves.clone() else { return };
    let slot =
        scene.loader.ask(&FileOf { owner: owner.clone(), path: path.clone(), limit: SAVED_MOST }, Lane::Selection);
    if let Some(error) = slot.error() {
        memory.saves = None;
        scene.act(Action::Notify(NoticeText::failed(format!("{path} was not saved"), error.to_string())));
        return;
    }
    let Some(file) = slot.value() else { return };
    memory.saves = None;
    let name = path.rsplit('/').next().unwrap_or(&path);
    match file.as_ref() {
        None => {
            scene.act(Action::Notify(NoticeText::failed(format!("{path} was not saved"), "It is not there any more")))
        }
        Some(file) if file.is_cut => {
            let most = words::bytes(SAVED_MOST);
            let what = format!("{name} is larger than {most} and was not saved");
            scene.act(Action::Notify(NoticeText::warning(what, format!("It lies in {}", folder.unwrap_or_default()))));
        }
        Some(file) => scene.act(Action::Save(FileToSave::new(name, Arc::clone(file.bytes())))),
    }
}

fn notes_ui(ui: &mut Ui, file: &FileBytes, prepared: &Prepared) {
    if !prepared.note.is_empty() {
        text_ui(ui, &prepared.note, Type::Small, Tone::Warn);
    }
    if file.is_cut {
        let (shown, all) = (words::bytes(file.bytes().len() as u64), words::bytes(file.full_size));
        text_ui(ui, &format!("The first {shown} of {all} are shown"), Type::Small, Tone::Warn);
    }
}

fn content_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ViewerMemory,
    (Artifact { owner, entry, .. }, file): (Artifact<'_>, &FileBytes),
    prepared: &Arc<Prepared>,
) {
    let text = text_of(&prepared.content);
    match (memory.shape, &prepared.content, text) {
        (Shape::Bytes, _, _) => bytes_ui(ui, scene, memory, file),
        (Shape::Json, _, Some(text)) | (Shape::Best, Content::Json(text), _) => {
            json_view_ui(ui, scene, &mut memory.json, Body { id: "file JSON", label: "the file", text });
        }
        (Shape::Raw, _, Some(text)) | (Shape::Best, Content::Text(text), _) => {
            let body = Body { id: "file text", label: "the file", text };
            searched_text_ui(ui, scene, &mut memory.text, body, Face::Value);
        }
        (_, Content::Table(grid, _), _) => {
            let results_of = match owner {
                ArtifactOwner::Run(run) => Some(run).filter(|_| entry.path == RESULT_TABLE),
                ArtifactOwner::Trace(_) | ArtifactOwner::Model(_) => None,
            };
            grid_ui(ui, scene, &mut memory.grid, TableFile { prepared, grid, source: file.id(), results_of });
        }
        (_, Content::Markdown(markdown, _), _) => {
            let events = Markdown::new("file markdown", markdown).show(ui, &mut memory.markdown);
            if let Some(address) = events.open {
                memory.ask.ask_for_link(scene, &address);
            }
        }
        (_, Content::Image(Ok(image)), _) => {
            let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
            ImageView::new("file image", &format!("Image {name}"), image).show(ui, &mut memory.image);
        }
        (_, Content::Image(Err(error)), _) => {
            Notice::failed("The image is not shown", &entry.path, &error.to_string()).show(ui);
            ui.add_space(size::GAP_S);
            bytes_ui(ui, scene, memory, file);
        }
        (_, Content::Empty, _) => {
            empty_ui(ui, "This file is empty", "");
        }
        (_, _, _) => {
            text_ui(ui, "This is no text; these are its bytes", Type::Small, Tone::Muted);
            bytes_ui(ui, scene, memory, file);
        }
    }
}

fn bytes_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ViewerMemory, file: &FileBytes) {
    if let Some(range) = HexRows::new("file bytes", "Bytes of the file", file.bytes()).show(ui, &mut memory.hex) {
        let hex: Vec<String> = file.bytes()[range].iter().map(|byte| format!("{byte:02x}")).collect();
        scene.act(Action::Copy(hex.join(" ")));
    }
}
