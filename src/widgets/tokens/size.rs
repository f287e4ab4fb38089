//! Sizes, gaps and type: the same in every theme.

use crate::widgets::fonts;
use egui::{FontFamily, FontId};

/// The smallest gap, within a thing.
pub const GAP_XS: f32 = 4.0;
/// Between things that belong together.
pub const GAP_S: f32 = 8.0;
/// The padding of cards and chips.
pub const GAP_M: f32 = 12.0;
/// Between cards; the margin of panels.
pub const GAP_L: f32 = 16.0;
/// Between sections.
pub const GAP_XL: f32 = 24.0;

/// Corners of cards, fields and buttons.
pub const RADIUS: u8 = 6;
/// Corners of chips.
pub const RADIUS_CHIP: u8 = 10;
/// Corners of cells and small marks.
pub const RADIUS_CELL: u8 = 4;
/// Rules and borders.
pub const RULE: f32 = 1.0;

/// One row of a tree or a list.
pub const ROW: f32 = 26.0;
/// One row of a table.
pub const TABLE_ROW: f32 = 28.0;
/// One line of text.
pub const LINE: f32 = 18.0;
/// How far a child stands to the right of its parent.
pub const INDENT: f32 = 16.0;
/// The side of an icon.
pub const ICON: f32 = 14.0;
/// The side of the square that says a kind.
pub const KIND_SQUARE: f32 = 8.0;
/// The height of a bar in a tree row.
pub const MINI_BAR: f32 = 4.0;
/// The height of a bar in a waterfall.
pub const BAR: f32 = 10.0;
/// The width of a scroll bar.
pub const SCROLL_BAR: f32 = 10.0;
/// The height of buttons, fields and chips.
pub const CONTROL: f32 = 26.0;

/// Captions.
pub const TYPE_CAPTION: f32 = 11.0;
/// Small text and values.
pub const TYPE_SMALL: f32 = 12.0;
/// Everything.
pub const TYPE_BODY: f32 = 13.0;
/// A figure.
pub const TYPE_FIGURE: f32 = 16.0;
/// A title.
pub const TYPE_TITLE: f32 = 18.0;
/// The figure of a headline.
pub const TYPE_HEADLINE: f32 = 22.0;

/// The cuts of type that the window uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Type {
    /// 11, regular.
    Caption,
    /// 12, regular.
    Small,
    /// 13, regular.
    #[default]
    Body,
    /// 13, medium: names that lead a row.
    BodyMedium,
    /// 13, semi-bold: headings of cards, the selected tab.
    BodyStrong,
    /// 12, monospace: values, ids, code, numbers in columns.
    Value,
    /// 11, monospace: values beside captions.
    ValueSmall,
    /// 16, medium: a figure in a card.
    Figure,
    /// 18, semi-bold: the title of a place.
    Title,
    /// 22, medium: the figure of a headline.
    Headline,
}

impl Type {
    /// Every cut.
    pub const ALL: [Self; 10] = [
        Self::Caption,
        Self::Small,
        Self::Body,
        Self::BodyMedium,
        Self::BodyStrong,
        Self::Value,
        Self::ValueSmall,
        Self::Figure,
        Self::Title,
        Self::Headline,
    ];

    /// The font of this cut.
    pub fn font(self) -> FontId {
        let (size, family) = match self {
            Self::Caption => (TYPE_CAPTION, FontFamily::Proportional),
            Self::Small => (TYPE_SMALL, FontFamily::Proportional),
            Self::Body => (TYPE_BODY, FontFamily::Proportional),
            Self::BodyMedium => (TYPE_BODY, fonts::medium()),
            Self::BodyStrong => (TYPE_BODY, fonts::semi_bold()),
            Self::Value => (TYPE_SMALL, FontFamily::Monospace),
            Self::ValueSmall => (TYPE_CAPTION, FontFamily::Monospace),
            Self::Figure => (TYPE_FIGURE, fonts::medium()),
            Self::Title => (TYPE_TITLE, fonts::semi_bold()),
            Self::Headline => (TYPE_HEADLINE, fonts::medium()),
        };
        FontId::new(size, family)
    }
}
