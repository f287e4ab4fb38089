//! Puts the tokens into egui's styles, so that egui's own widgets look like ours.

use super::tokens::{Palette, Tokens, size};
use egui::style::{ScrollAnimation, ScrollStyle, WidgetVisuals, Widgets};
use egui::{
    Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, ThemePreference, Vec2,
    Visuals, vec2,
};

/// No animation is longer than this.
pub const MOTION_SECONDS: f32 = 0.1;

/// Installs the fonts and both styles, and follows the system's choice of dark or light.
pub fn apply(ctx: &Context) {
    super::fonts::install(ctx);
    apply_palette(ctx, Palette::default());
    ctx.set_theme(ThemePreference::System);
}

/// Sets both styles anew with another pair of colours for good and bad.
pub fn apply_palette(ctx: &Context, palette: Palette) {
    for (theme, is_dark) in [(Theme::Dark, true), (Theme::Light, false)] {
        ctx.set_style_of(theme, style(Tokens::get(is_dark, palette)));
    }
}

/// egui's style of one theme.
pub fn style(tokens: &Tokens) -> Style {
    let mut style = Style {
        visuals: visuals(tokens),
        animation_time: MOTION_SECONDS,
        scroll_animation: ScrollAnimation::none(),
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Small, size::TYPE_CAPTION, FontFamily::Proportional),
        (TextStyle::Body, size::TYPE_BODY, FontFamily::Proportional),
        (TextStyle::Button, size::TYPE_BODY, FontFamily::Proportional),
        (TextStyle::Monospace, size::TYPE_SMALL, FontFamily::Monospace),
        (TextStyle::Heading, size::TYPE_TITLE, super::fonts::semi_bold()),
    ]
    .into_iter()
    .map(|(name, points, family)| (name, FontId::new(points, family)))
    .collect();

    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(size::GAP_S, size::GAP_XS);
    spacing.button_padding = vec2(size::GAP_S + 2.0, size::GAP_XS);
    spacing.interact_size = Vec2::new(size::CONTROL, size::CONTROL);
    spacing.window_margin = Margin::same(12);
    spacing.menu_margin = Margin::same(4);
    spacing.indent = size::INDENT;
    spacing.icon_width = size::ICON;
    spacing.tooltip_width = 420.0;
    spacing.menu_width = 260.0;
    spacing.scroll = ScrollStyle { bar_width: size::SCROLL_BAR - 2.0, ..ScrollStyle::thin() };
    style.interaction.tooltip_delay = 0.4;
    // Selectable labels are laid out a second time for accessibility: views ask for them where text is to be taken.
    style.interaction.selectable_labels = false;
    style
}

fn visuals(t: &Tokens) -> Visuals {
    let base = if t.is_dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(size::RADIUS);
    let shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.shadow };
    let mut visuals = Visuals {
        dark_mode: t.is_dark,
        override_text_color: None,
        weak_text_color: Some(t.text2),
        widgets: widgets(t),
        hyperlink_color: t.accent,
        faint_bg_color: t.bg_panel,
        extreme_bg_color: t.bg_window,
        text_edit_bg_color: Some(t.bg_window),
        code_bg_color: t.bg_raised,
        warn_fg_color: t.warn,
        // `Tokens::of` recognizes the palette by this colour.
        error_fg_color: t.bad,
        window_corner_radius: radius,
        window_shadow: shadow,
        window_fill: t.bg_panel,
        window_stroke: Stroke::new(size::RULE, t.line),
        window_highlight_topmost: false,
        menu_corner_radius: radius,
        panel_fill: t.bg_window,
        popup_shadow: shadow,
        indent_has_left_vline: false,
        image_loading_spinners: false,
        ..base
    };
    visuals.selection.bg_fill = t.bg_selected;
    visuals.selection.stroke = Stroke::new(size::RULE, t.accent);
    visuals.text_cursor.stroke = Stroke::new(1.5, t.accent);
    visuals.text_cursor.blink = false;
    visuals
}

fn widgets(t: &Tokens) -> Widgets {
    let radius = CornerRadius::same(size::RADIUS);
    let visuals = |fill, border, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(size::RULE, border),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.2, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: visuals(t.bg_panel, t.line, t.text1),
        inactive: visuals(t.bg_raised, t.bg_raised, t.text2),
        hovered: visuals(t.bg_raised, t.text3, t.text1),
        // egui shows focus with this one: the border is the focus ring.
        active: visuals(t.bg_raised, t.accent, t.text1),
        open: visuals(t.bg_raised, t.line, t.text1),
    }
}

/// The focus ring around `rect`, inside it so that nothing clips it.
pub fn focus_ring(painter: &egui::Painter, rect: egui::Rect, tokens: &Tokens) {
    painter.rect_stroke(
        rect,
        CornerRadius::same(size::RADIUS_CELL),
        Stroke::new(size::RULE, tokens.accent),
        egui::StrokeKind::Inside,
    );
}

/// The width of the line that marks the row with the keyboard.
pub const FOCUS_LINE: f32 = 3.0;

/// The line at the left edge of a row that has the keyboard.
pub fn focus_line(painter: &egui::Painter, row: egui::Rect, tokens: &Tokens) {
    let line = row.with_max_x(row.left() + FOCUS_LINE.min(row.width()));
    painter.rect_filled(line.shrink2(vec2(0.0, 1.0)), 1.0, tokens.accent);
}

#[cfg(test)]
mod tests {
    use super::{apply, apply_palette};
    use crate::widgets::tokens::{Palette, Tokens};
    use egui::{Context, Theme};

    #[test]
    fn tokens_follow_theme_and_palette() {
        let ctx = Context::default();
        apply(&ctx);
        for (theme, is_dark) in [(Theme::Dark, true), (Theme::Light, false)] {
            ctx.set_theme(theme);
            for palette in [Palette::GreenRed, Palette::BlueOrange] {
                apply_palette(&ctx, palette);
                assert_eq!(Tokens::of(&ctx), Tokens::get(is_dark, palette));
            }
        }
    }
}
