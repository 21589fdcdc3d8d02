//! What a row tells of a film or a sound.

use plimsoll_core::item::Kind;
use plimsoll_core::units::ItemId;
use web_sys::HtmlCanvasElement;

use crate::parts::{El, el};
use crate::shell::{Engine, film, late_dressed};

/// Twice the widest tile, and more for what is wider than high, of which a part is shown.
const SIDE: u32 = 256;

/// Appends to `meta` how long it lasts, empty until that is known; `canvas` gets a picture of a
/// film. Nothing for what has no length.
pub fn told(meta: El, engine: Engine, id: ItemId, kind: Kind, canvas: HtmlCanvasElement) -> El {
    if !matches!(kind, Kind::Video | Kind::Audio) {
        return meta;
    }
    let place = el("span").class("length");
    meta.child(place.live(Box::new(move |place| {
        // What is sent from its address has none.
        let Some(file) = engine.file(id) else { return };
        let (place, canvas) = (place.clone(), canvas.clone());
        let act = {
            let place = place.clone();
            move |here| {
                if here {
                    film::show(file.into(), SIDE, canvas, place);
                }
            }
        };
        late_dressed(&place, Box::new(act));
    })))
}
