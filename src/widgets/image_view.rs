//! Images: decoded on a worker into halved sizes, drawn in tiles, so that no image is too large to look at.

mod decode;
mod encode;
mod place;
mod view;

pub use decode::{DecodedImage, ImageError, MAX_PIXELS, decode_image};
pub use encode::encode_png;
pub use place::{ImagePlace, Zoom};
pub use view::{ImageState, ImageView};
