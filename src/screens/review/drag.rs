//! Moving a row by its handle, with mouse, pen or finger. The row follows the pointer, the others
//! make room, and the order changes when it is let go; Escape leaves all as it was. Only the handle
//! keeps a finger from scrolling.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::Desk;
use crate::parts::{El, style};
use crate::shell::get;

/// So near to an edge of the list, in pixels, it scrolls.
const EDGE_PX: f64 = 40.0;

/// And by so many pixels a frame.
const SCROLL_PX: i32 = 8;

/// A row on its way.
#[derive(Clone, Copy)]
struct Drag {
    id: ItemId,
    pointer: i32,
    /// Where it began: the pointer, and how far the list was scrolled.
    y: f64,
    top: i32,
    /// The pointer now.
    now: f64,
    /// Its place, and how many there are.
    from: usize,
    of: usize,
    /// Height of a row.
    height: f64,
}

impl Drag {
    /// How far it was taken, with what the list has scrolled meanwhile.
    fn way(self, list: &HtmlElement) -> f64 {
        self.now - self.y + f64::from(list.scroll_top() - self.top)
    }

    /// The place that it would have now.
    fn to(self, list: &HtmlElement) -> usize {
        // Rows are few and high, so that both numbers are small.
        let rows = (self.way(list) / self.height).round() as i64;
        let last = i64::try_from(self.of.saturating_sub(1)).unwrap_or(i64::MAX);
        let at = i64::try_from(self.from).unwrap_or_default() + rows;
        usize::try_from(at.clamp(0, last)).unwrap_or_default()
    }
}

/// Makes the rows of a list movable by their handles.
pub fn draggable(rows: El, desk: Desk, list: HtmlElement) -> El {
    let drag: Rc<Cell<Option<Drag>>> = Rc::default();
    let (moving, ending, lost, keys) = (drag.clone(), drag.clone(), drag.clone(), drag.clone());
    let (on_move, on_end, on_lost, on_key) =
        (list.clone(), list.clone(), list.clone(), list.clone());
    let begin = move |event: Event| {
        let Some(started) = started(desk, &event, &list) else {
            return;
        };
        event.prevent_default();
        // The list has the pointer, for the row may be taken out of the document and put back.
        let _ = list.set_pointer_capture(started.pointer);
        drag.set(Some(started));
        show(&list, Some(started));
        scroll(list.clone(), drag.clone());
    };
    let go = move |event: Event| {
        let Some(mut at) = moving.get() else { return };
        at.now = number(&event, "clientY");
        moving.set(Some(at));
        show(&on_move, Some(at));
    };
    let end = move |_| {
        let Some(at) = ending.take() else { return };
        let to = at.to(&on_end);
        show(&on_end, None);
        if to != at.from {
            desk.move_to(at.id, to);
        }
    };
    let leave = move |list: &HtmlElement, drag: &Cell<Option<Drag>>| {
        let was = drag.take();
        if was.is_some() {
            show(list, None);
        }
        was
    };
    let escape = move |event: Event| {
        if get(&event, "key") == "Escape"
            && let Some(was) = leave(&on_key, &keys)
        {
            // Not the dialog's end.
            event.prevent_default();
            event.stop_propagation();
            let _ = on_key.release_pointer_capture(was.pointer);
        }
    };
    rows.on("pointerdown", begin)
        .on("pointermove", go)
        .on("pointerup", end)
        .on("lostpointercapture", move |_| {
            leave(&on_lost, &lost);
        })
        .on("keydown", escape)
}

/// What a press on a handle begins.
fn started(desk: Desk, event: &Event, list: &HtmlElement) -> Option<Drag> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(".handle").ok().flatten()?;
    // Of a mouse only its first button.
    if number(event, "button") != 0.0 {
        return None;
    }
    let row: HtmlElement = target.closest("li").ok().flatten()?.unchecked_into();
    let id: u32 = row.get_attribute("data-item")?.parse().ok()?;
    let ids = untrack(|| desk.engine.reviewed_ids());
    let from = ids.iter().position(|other| *other == id)?;
    let y = number(event, "clientY");
    if let Ok(Some(handle)) = row.query_selector(".handle") {
        // What is taken hold of is what keys go on with. Focusing it can't fail.
        let _ = handle.unchecked_into::<HtmlElement>().focus();
    }
    Some(Drag {
        id: ItemId(id),
        pointer: number(event, "pointerId") as i32,
        y,
        top: list.scroll_top(),
        now: y,
        from,
        of: ids.len(),
        height: f64::from(row.offset_height().max(1)),
    })
}

/// Shows where the row would be, or all as it is.
fn show(list: &HtmlElement, drag: Option<Drag>) {
    let rows = list.children();
    // Nothing is animated when it is over: all is in its place already.
    // The name of an attribute that exists is valid.
    let _ = list.toggle_attribute_with_force("data-moving", drag.is_some());
    let own = drag.map(|drag| drag.id.0.to_string());
    let mut own_at = None;
    for at in 0..rows.length() {
        let item = rows.item(at).and_then(|row| row.get_attribute("data-item"));
        if item.is_some() && item == own {
            own_at = Some(i64::from(at));
        }
    }
    for at in 0..rows.length() {
        let Some(row) = rows.item(at) else { continue };
        let is_own = own_at == Some(i64::from(at));
        let _ = row.toggle_attribute_with_force("data-held", is_own);
        let shift = match (drag, own_at) {
            (Some(drag), _) if is_own => drag.way(list),
            (Some(drag), Some(own_at)) => {
                // Places count from the first one that is there.
                let by = drag.to(list) as i64 - drag.from as i64;
                let away = i64::from(at) - own_at;
                if by > 0 && (1..=by).contains(&away) {
                    -drag.height
                } else if by < 0 && (by..0).contains(&away) {
                    drag.height
                } else {
                    0.0
                }
            }
            _ => 0.0,
        };
        let shift = shift.round() as i32;
        let text = if shift == 0 {
            String::new()
        } else {
            ["0 ", &shift.to_string(), "px"].concat()
        };
        style(&row, "translate", &text);
    }
}

/// Scrolls the list while a row is held at its edge.
fn scroll(list: HtmlElement, drag: Rc<Cell<Option<Drag>>>) {
    request_animation_frame(move || {
        let Some(at) = drag.get() else { return };
        let bounds = list.get_bounding_client_rect();
        let by = if at.now < bounds.top() + EDGE_PX {
            -SCROLL_PX
        } else if at.now > bounds.bottom() - EDGE_PX {
            SCROLL_PX
        } else {
            0
        };
        if by != 0 {
            list.set_scroll_top(list.scroll_top() + by);
            show(&list, Some(at));
        }
        scroll(list, drag);
    });
}

fn number(event: &Event, name: &str) -> f64 {
    get(event, name).as_f64().unwrap_or_default()
}
