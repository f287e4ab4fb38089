//! Draws an image: tiles of the level that fits, each put on the graphics card when it is first seen.

use super::decode::DecodedImage;
use super::place::{ImagePlace, Zoom, shown_part, tiles};
use crate::widgets::chips::Chip;
use crate::widgets::theme;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use egui::accesskit::Role;
use egui::{AsIdSalt, ColorImage, EventFilter, IdSalt, Key, Modifiers, Rect, Sense, TextureHandle, TextureOptions, Ui};
use egui::{UiBuilder, pos2, vec2};
use std::collections::HashMap;

/// The side of a tile in pixels.
const TILE: usize = 1_024;
/// No more tiles than this are put on the graphics card in one frame.
const UPLOADS_MOST: usize = 4;

/// What a view of an image remembers; the caller keeps it. It holds the tiles that are seen.
#[derive(Clone, Default)]
pub struct ImageState {
    /// Where the image stands.
    pub place: ImagePlace,
    tiles: HashMap<(usize, usize, usize), TextureHandle>,
    stamp: u64,
}

impl std::fmt::Debug for ImageState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImageState({:?}, {} tiles)", self.place, self.tiles.len())
    }
}

/// A view of an image. It fills the space that is left. Drag to move, scroll with Ctrl to zoom, double-click to see
/// all.
#[must_use = "call `show`"]
pub struct ImageView<'a> {
    id_salt: IdSalt,
    label: &'a str,
    image: &'a DecodedImage,
    height: Option<f32>,
}

impl<'a> ImageView<'a> {
    /// A view of `image`; `label` says what it is, for those who do not see it.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, image: &'a DecodedImage) -> Self {
        Self { id_salt: IdSalt::new(id_salt), label, image, height: None }
    }

    /// A fixed height instead of all that is left.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// Draws the image, and above it its size and how large it is shown.
    pub fn show(self, ui: &mut Ui, state: &mut ImageState) {
        let tokens = Tokens::of(ui);
        let available = ui.available_rect_before_wrap();
        let height = self.height.unwrap_or_else(|| available.height()).max(0.0);
        let outer = Rect::from_min_size(available.min, vec2(available.width(), height));
        let id = ui.make_persistent_id(self.id_salt);
        let head = outer.with_max_y((outer.top() + size::CONTROL).min(outer.bottom()));
        let view = outer.with_min_y(head.bottom() + size::GAP_XS);
        let pixels = self.image.size();
        let own = vec2(pixels[0] as f32, pixels[1] as f32);
        if state.stamp != self.image.stamp() {
            state.tiles.clear();
            state.stamp = self.image.stamp();
        }
        self.head_ui(ui, head, state, own, view);
        ui.advance_cursor_after_rect(outer);
        if !view.is_positive() {
            return;
        }
        let response = ui.interact(view, id, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(Role::Image, true, self.label));
        if response.double_clicked() {
            state.place = ImagePlace::default();
        } else if response.dragged() {
            state.place = state.place.panned(response.drag_delta(), own, view);
        }
        if let Some(at) = response.hover_pos() {
            let (zoom, scroll) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta));
            if zoom != 1.0 {
                state.place = state.place.zoomed(zoom, at, own, view);
            } else if scroll != egui::Vec2::ZERO && !view.contains_rect(state.place.rect(own, view)) {
                ui.input_mut(|input| input.smooth_scroll_delta = egui::Vec2::ZERO);
                state.place = state.place.panned(scroll, own, view);
            }
        }
        if response.has_focus() {
            keys(ui, id, state, own, view);
        }
        self.paint(ui, state, own, view);
        if response.has_focus() {
            theme::focus_ring(ui.painter(), view, tokens);
        }
    }

    fn head_ui(&self, ui: &mut Ui, head: Rect, state: &mut ImageState, own: egui::Vec2, view: Rect) {
        let mut line = ui.new_child(
            UiBuilder::new()
                .id_salt(self.id_salt)
                .max_rect(head)
                .layout(egui::Layout::left_to_right(egui::Align::Center)),
        );
        line.shrink_clip_rect(head.expand(1.0));
        let is_fit = state.place.zoom == Zoom::Fit;
        let scale = state.place.scale(own, view.size());
        let physical = scale * line.pixels_per_point();
        if line.add(Chip::toggle("Fit", is_fit)).clicked() {
            state.place = ImagePlace::default();
        }
        let is_own = !is_fit && (physical - 1.0).abs() < 1e-3;
        if line.add(Chip::toggle("100 %", is_own)).clicked() {
            state.place.zoom = Zoom::Scale(1.0 / line.pixels_per_point());
        }
        let text = format!("{} × {} pixels · {:.0} %", own.x, own.y, physical * 100.0);
        crate::widgets::section::text_ui(&mut line, &text, Type::Small, crate::widgets::tokens::Tone::Muted);
    }

    fn paint(&self, ui: &Ui, state: &mut ImageState, own: egui::Vec2, view: Rect) {
        let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(view));
        let rect = state.place.rect(own, view);
        paint_ground(ui, &painter, rect.intersect(view));
        let scale = state.place.scale(own, view.size()) * ui.pixels_per_point();
        let (level, image) = self.image.level_for(scale);
        let wanted = tiles(image.size, TILE, shown_part(rect, view));
        let mut uploads = 0;
        for &(column, row) in &wanted {
            let key = (level, column, row);
            let from = [column * TILE, row * TILE];
            let to = [(from[0] + TILE).min(image.size[0]), (from[1] + TILE).min(image.size[1])];
            let texture = match state.tiles.get(&key) {
                Some(texture) => texture.id(),
                None if uploads < UPLOADS_MOST => {
                    uploads += 1;
                    let texture = upload(ui, image, from, to, scale);
                    let texture_id = texture.id();
                    state.tiles.insert(key, texture);
                    texture_id
                }
                None => {
                    ui.ctx().request_repaint();
                    continue;
                }
            };
            let part = |at: [usize; 2]| {
                let share = vec2(at[0] as f32 / image.size[0] as f32, at[1] as f32 / image.size[1] as f32);
                rect.min + rect.size() * share
            };
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture, Rect::from_min_max(part(from), part(to)), whole, tint());
        }
        state.tiles.retain(|(l, column, row), _| *l == level && wanted.contains(&(*column, *row)));
    }
}

fn tint() -> egui::Color32 {
    egui::Color32::WHITE
}

fn upload(ui: &Ui, image: &ColorImage, from: [usize; 2], to: [usize; 2], scale: f32) -> TextureHandle {
    // Enlarged pixels are to be seen as pixels.
    let options = if scale >= 2.0 { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
    let size = [to[0] - from[0], to[1] - from[1]];
    let mut pixels = Vec::with_capacity(size[0] * size[1]);
    for y in from[1]..to[1] {
        pixels.extend_from_slice(&image.pixels[y * image.size[0] + from[0]..y * image.size[0] + to[0]]);
    }
    ui.ctx().load_texture("image tile", ColorImage::new(size, pixels), options)
}

/// A checked ground below what is transparent.
fn paint_ground(ui: &Ui, painter: &egui::Painter, rect: Rect) {
    if !rect.is_positive() {
        return;
    }
    const SIDE: f32 = 8.0;
    let tokens = Tokens::of(ui);
    painter.rect_filled(rect, 0.0, tokens.bg_panel);
    let mut mesh = egui::Mesh::default();
    let (columns, rows) = ((rect.width() / SIDE).ceil() as usize, (rect.height() / SIDE).ceil() as usize);
    for row in 0..rows.min(1_000) {
        for column in (row % 2..columns.min(1_000)).step_by(2) {
            let min = rect.min + vec2(column as f32, row as f32) * SIDE;
            mesh.add_colored_rect(Rect::from_min_size(min, vec2(SIDE, SIDE)).intersect(rect), tokens.bg_raised);
        }
    }
    painter.add(mesh);
}

fn keys(ui: &Ui, id: egui::Id, state: &mut ImageState, own: egui::Vec2, view: Rect) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let step = 40.0;
    for (key, by) in [
        (Key::ArrowLeft, vec2(step, 0.0)),
        (Key::ArrowRight, vec2(-step, 0.0)),
        (Key::ArrowUp, vec2(0.0, step)),
        (Key::ArrowDown, vec2(0.0, -step)),
    ] {
        if pressed(key) {
            state.place = state.place.panned(by, own, view);
        }
    }
    for (key, factor) in [(Key::Plus, 1.25), (Key::Equals, 1.25), (Key::Minus, 0.8)] {
        if pressed(key) {
            state.place = state.place.zoomed(factor, view.center(), own, view);
        }
    }
    if pressed(Key::Num0) {
        state.place = ImagePlace::default();
    }
}
