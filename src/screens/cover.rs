//! A screen over the rest of the panel: what lies below can't be reached meanwhile, and the focus
//! goes back into it afterwards. Late.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use web_sys::Element;

use super::focus;
use crate::parts::El;
use crate::shell;

/// Makes `whole` such a screen, inside the element of this class, which stays. The focus goes to
/// what `first` finds: what is read there should say what this is. Afterwards it goes to what has
/// `back` in `back`'s selector, or to what files are added by.
pub fn over(whole: El, place: &'static str, first: &'static str, back: Back) -> El {
    let leaving = Rc::new(Leaving {
        place: RefCell::default(),
        back,
    });
    let entered = Rc::downgrade(&leaving);
    whole
        .live(Box::new(move |whole| enter(whole, place, first, &entered)))
        .hold(leaving)
}

/// What gets the focus back, by a selector in the panel.
pub type Back = String;

/// Gives the dialog back when the screen goes, so that nobody is thrown out of it.
struct Leaving {
    /// What the screen was in, which stays.
    place: RefCell<Option<Element>>,
    back: Back,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let Some(place) = self.place.take() else {
            return;
        };
        cover(&place, false);
        let panel = place.closest(".panel").ok().flatten();
        let back = panel.and_then(|panel| {
            let found = panel.query_selector(&self.back);
            found.ok().flatten()
        });
        match back {
            Some(back) => focus::later(back),
            None => focus::chooser(&place),
        }
    }
}

fn enter(whole: &Element, place: &'static str, first: &'static str, leaving: &Weak<Leaving>) {
    let (whole, leaving) = (whole.clone(), leaving.clone());
    // After it is in its place.
    shell::later(Box::new(move || {
        let place = whole.closest(place).ok().flatten();
        if let (Some(place), Some(leaving)) = (place, leaving.upgrade()) {
            cover(&place, true);
            leaving.place.replace(Some(place));
        }
        if let Ok(Some(title)) = whole.query_selector(first) {
            focus::later(title);
        }
    }));
}

/// Makes the rest of the panel inert, or not any longer.
fn cover(place: &Element, covered: bool) {
    let mut place = place.clone();
    while let Some(parent) = place.parent_element() {
        let parts = parent.children();
        for at in 0..parts.length() {
            if let Some(part) = parts.item(at).filter(|part| *part != place) {
                // The name of an attribute that exists is valid.
                let _ = part.toggle_attribute_with_force("inert", covered);
            }
        }
        if parent.class_name() == "panel" {
            return;
        }
        place = parent;
    }
}
