//! Images, sounds and files of a message: an image is drawn, the rest can be saved. Nothing is fetched from the web.

use std::sync::Arc;

use egui::Ui;

use super::Drawing;
use crate::loader::{DerivedKey, FileBytes, FileOf, Lane, MEDIA_MOST, MediaSource, PreparedMedia};
use crate::model::ArtifactOwner;
use crate::query::chat::PartKind;
use crate::state::{Action, FileToSave};
use crate::views::failed::failed_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::image_view::{DecodedImage, ImageError, ImageView, MAX_PIXELS, decode_image};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// An image is drawn no higher than this.
const HEIGHT_MOST: f32 = 300.0;
/// And no lower, so that its size and its buttons stand above it.
const HEIGHT_LEAST: f32 = 48.0;

pub(super) fn media_ui(ui: &mut Ui, scene: &mut Scene<'_>, drawing: &mut Drawing<'_>, media: &PreparedMedia) {
    let file = file_of(scene, drawing, media);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = size::LINE;
        if !media.field.is_empty() {
            text_ui(ui, &words::one_line(&media.field, 80), Type::Value, Tone::Accent);
        }
        text_ui(ui, &about(media), Type::Small, Tone::Muted);
        if let Ok(Some(file)) = &file
            && ui.add(Chip::button("Save as…")).clicked()
        {
            scene.act(Action::Save(FileToSave::new(name(media), Arc::clone(file.bytes()))));
        }
        if let MediaSource::Address(address) = &media.source
            && ui.add(Chip::button("Copy address")).on_hover_text("Nothing is fetched from the web").clicked()
        {
            scene.act(Action::Copy(address.clone()));
        }
    });
    match file {
        Ok(Some(file)) if media.kind == PartKind::Image => image_ui(ui, scene, drawing, (media, &file)),
        Ok(_) => {}
        Err(why) => {
            text_ui(ui, why, Type::Small, Tone::Warn);
        }
    }
}

/// The bytes, where they are known; `Ok(None)` while they are read, or if there are none to be had; else why not.
fn file_of(
    scene: &mut Scene<'_>,
    drawing: &Drawing<'_>,
    media: &PreparedMedia,
) -> Result<Option<FileBytes>, &'static str> {
    let path = match &media.source {
        MediaSource::Bytes(file) => return Ok(Some(file.clone())),
        MediaSource::Address(_) => return Ok(None),
        MediaSource::None => return Err("Its bytes are not in the store, or are too many to be shown"),
        MediaSource::Attachment(path) => path.clone(),
    };
    let asked = FileOf { owner: ArtifactOwner::Trace(drawing.one.trace.clone()), path, limit: MEDIA_MOST };
    let slot = scene.loader.ask(&asked, Lane::Visible);
    match slot.value().map(|file| file.as_ref()) {
        Some(Some(file)) if file.is_cut => Err("It is too large to be shown"),
        Some(Some(file)) => Ok(Some(file.clone())),
        Some(None) => Err("Attachment missing: its file is not among the artifacts of the trace"),
        None if slot.error().is_some() => Err("Its file could not be read"),
        None => Ok(None),
    }
}

fn image_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    drawing: &mut Drawing<'_>,
    (media, file): (&PreparedMedia, &FileBytes),
) {
    let key = DerivedKey { what: "image of a message", source: file.id(), variant: 0 };
    let bytes = Arc::clone(file.bytes());
    let slot = scene.loader.derive(key, Lane::Visible, move || {
        let decoded: Result<DecodedImage, ImageError> = decode_image(&bytes, MAX_PIXELS);
        let size = decoded.as_ref().map_or(64, DecodedImage::bytes);
        (decoded, size)
    });
    match slot.value().map(|decoded| decoded.as_ref()) {
        Some(Ok(image)) => {
            let [width, height] = image.size().map(|side| side as f32);
            let fitting = height * (ui.available_width() / width.max(1.0)).min(1.0);
            let height = fitting.clamp(HEIGHT_LEAST, HEIGHT_MOST) + size::CONTROL + size::GAP_XS;
            let label = format!("Image {}", name(media));
            let state = drawing.memory.images.entry(file.id()).or_default();
            ui.push_id(file.id(), |ui| ImageView::new("image", &label, image).height(height).show(ui, state));
        }
        Some(Err(error)) => {
            text_ui(ui, "The image cannot be shown", Type::Small, Tone::Warn).on_hover_text(error.to_string());
        }
        None => match slot.error() {
            Some(error) => failed_ui(ui, scene, "The image", error),
            None => skeleton_rows_ui(ui, 3, size::LINE),
        },
    }
}

/// `image · image/png · 78 bytes`
fn about(media: &PreparedMedia) -> String {
    let kind = media.kind.as_str().to_owned();
    let address = match &media.source {
        MediaSource::Address(address) => Some(words::one_line(address, 120).into_owned()),
        _ => None,
    };
    let name = Some(media.name.clone()).filter(|name| !name.is_empty());
    let told = [Some(kind), name, media.media_type.clone(), media.size.map(words::bytes), address];
    told.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The name under which it is saved.
fn name(media: &PreparedMedia) -> String {
    if !media.name.is_empty() {
        return media.name.clone();
    }
    let ending = media.media_type.as_deref().and_then(|kind| kind.rsplit('/').next()).unwrap_or("bin");
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("{}.{ending}", media.kind.as_str())
}
