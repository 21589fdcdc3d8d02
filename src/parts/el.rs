//! Elements built by hand, kept up to date by Leptos's effects. One concrete type for every
//! element: `view!` compiles a type per element with its attributes and children, which weighed
//! 30 KB (brotli) more for the same dialog. Only DOM calls that an enforced Trusted Types policy
//! and a strict style policy allow: no markup is ever parsed.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::RenderEffect;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, HtmlElement, Node};

use crate::look::words::Words;

/// An element with what keeps it alive: effects, listeners, children. Dropping it stops them; it
/// stays in the document until it is removed.
pub struct El {
    node: Element,
    held: Vec<Held>,
}

/// Kept for its drop.
#[expect(dead_code, reason = "kept for its drop")]
enum Held {
    Effect(RenderEffect<()>),
    Listener(Listener),
    Child(El),
    Other(Rc<dyn Any>),
}

struct Listener {
    node: Element,
    name: &'static str,
    act: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let act = self.act.as_ref().unchecked_ref();
        // Removing a listener that was added can't fail.
        let _ = self
            .node
            .remove_event_listener_with_callback(self.name, act);
    }
}

/// A new element of this tag.
pub fn el(tag: &str) -> El {
    El::of(document().create_element(tag))
}

/// A new SVG element of this tag.
pub fn svg(tag: &str) -> El {
    El::of(document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag))
}

impl El {
    fn of(made: Result<Element, wasm_bindgen::JsValue>) -> Self {
        // Our own tags are valid names; the other arm is for the compiler.
        let node = made.unwrap_or_else(JsCast::unchecked_into);
        Self {
            node,
            held: Vec::new(),
        }
    }

    /// The element itself.
    pub fn node<T: JsCast>(&self) -> T {
        self.node.clone().unchecked_into()
    }

    /// Sets the class.
    pub fn class(self, name: &str) -> Self {
        self.node.set_class_name(name);
        self
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set(&self.node, name, Some(value));
        self
    }

    /// Sets the text.
    pub fn text(self, text: &str) -> Self {
        self.node.set_text_content(Some(text));
        self
    }

    /// Appends a child.
    pub fn child(mut self, child: El) -> Self {
        // Appending a new element to another can't fail.
        let _ = self.node.append_child(&child.node);
        self.held.push(Held::Child(child));
        self
    }

    /// Keeps something for as long as the element is kept.
    pub fn hold(mut self, other: Rc<dyn Any>) -> Self {
        self.held.push(Held::Other(other));
        self
    }

    /// Does something now, and again whenever a signal changes that it read.
    pub fn live(mut self, mut write: Box<dyn FnMut(&Element)>) -> Self {
        let node = self.node.clone();
        let words = Words::here();
        let effect = RenderEffect::new(move |_| words.during(|| write(&node)));
        self.held.push(Held::Effect(effect));
        self
    }

    /// A text that follows what it reads.
    pub fn live_text(self, read: impl Fn() -> String + 'static) -> Self {
        self.live_text_boxed(Box::new(read))
    }

    fn live_text_boxed(self, read: Box<dyn Fn() -> String>) -> Self {
        let mut last = None;
        self.live(Box::new(move |node| {
            let text = Some(read());
            if text != last {
                node.set_text_content(text.as_deref());
                last = text;
            }
        }))
    }

    /// An attribute that follows what it reads; absent for `None`.
    pub fn live_attr(
        self,
        name: &'static str,
        read: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        self.live_attr_boxed(name, Box::new(read))
    }

    fn live_attr_boxed(self, name: &'static str, read: Box<dyn Fn() -> Option<String>>) -> Self {
        let mut last = None;
        self.live(Box::new(move |node| {
            let value = read();
            if value != last {
                set(node, name, value.as_deref());
                last = value;
            }
        }))
    }

    /// Shown while `read` is true.
    pub fn shown_if(self, read: impl Fn() -> bool + 'static) -> Self {
        self.live_attr(
            "hidden",
            move || if read() { None } else { Some(String::new()) },
        )
    }

    /// Calls `act` for each event of this name.
    pub fn on(self, name: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        self.on_boxed(name, Box::new(act))
    }

    fn on_boxed(mut self, name: &'static str, mut act: Box<dyn FnMut(Event)>) -> Self {
        let words = Words::here();
        let act = Closure::wrap(
            Box::new(move |event| words.during(|| act(event))) as Box<dyn FnMut(Event)>
        );
        let node = self.node.clone();
        // Adding a listener to an element can't fail.
        let _ = node.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        self.held.push(Held::Listener(Listener { node, name, act }));
        self
    }

    /// One child per key, in the order of `keys`, made once by `make` and kept while its key is.
    /// Keys are small numbers: a table as long as the largest is made at each change.
    pub fn each(
        self,
        keys: impl Fn() -> Vec<u32> + 'static,
        make: impl Fn(u32) -> El + 'static,
    ) -> Self {
        self.each_boxed(Box::new(keys), Box::new(make))
    }

    fn each_boxed(self, keys: Box<dyn Fn() -> Vec<u32>>, make: Box<dyn Fn(u32) -> El>) -> Self {
        let have = Rc::new(RefCell::new(Vec::new()));
        self.live(Box::new(move |node| {
            arrange(node, &mut have.borrow_mut(), &keys(), &*make)
        }))
    }
}

/// Makes the children of `node` those of `want`, moving and making as few as it can.
fn arrange(node: &Element, have: &mut Vec<(u32, El)>, want: &[u32], make: &dyn Fn(u32) -> El) {
    // Keys are small numbers, so a table of flags is cheaper than sorting: in time, and in wasm.
    let mut wanted = vec![false; want.iter().max().map_or(0, |last| *last as usize + 1)];
    for key in want {
        wanted[*key as usize] = true;
    }
    have.retain(|(key, child)| {
        let stays = wanted.get(*key as usize) == Some(&true);
        if !stays {
            child.node.remove();
        }
        stays
    });
    for (at, key) in want.iter().enumerate() {
        if have.get(at).is_some_and(|(other, _)| other == key) {
            continue;
        }
        let found = have.iter().skip(at).position(|(other, _)| other == key);
        let entry = match found {
            Some(ahead) => have.remove(at + ahead),
            None => (*key, make(*key)),
        };
        let before: Option<&Node> = have.get(at).map(|(_, next)| next.node.as_ref());
        // Inserting before a child of this element can't fail.
        let _ = node.insert_before(&entry.1.node, before);
        have.insert(at, entry);
    }
}

/// Sets an attribute, or removes it.
fn set(node: &Element, name: &str, value: Option<&str>) {
    // Our own attribute names are valid.
    let _ = match value {
        Some(value) => node.set_attribute(name, value),
        None => node.remove_attribute(name),
    };
}

/// Sets a style property by the object model, which a strict style policy allows.
pub fn style(node: &Element, name: &str, value: &str) {
    let node: &HtmlElement = node.unchecked_ref();
    // A property that the browser does not know is ignored.
    let _ = node.style().set_property(name, value);
}

fn document() -> Document {
    leptos::prelude::document()
}
