//! An application with an upload button, and a list of what is stored.

use leptos::prelude::*;
use plimsoll::{Options, use_upload};

#[component]
fn App() -> impl IntoView {
    let upload = use_upload(Options {
        cloud_name: Some("demo".to_owned()),
        upload_preset: Some("unsigned".to_owned()),
        ..Options::default()
    });
    let addresses = move || {
        let assets = upload.assets();
        let address = |asset: &plimsoll::Asset| asset.secure_url().map(str::to_owned);
        assets.iter().filter_map(address).collect::<Vec<_>>()
    };
    view! {
        <button type="button" on:click=move |_| upload.open()>"Upload files"</button>
        <ul id="results">
            {move || addresses().into_iter().map(|url| view! { <li>{url}</li> }).collect_view()}
        </ul>
    }
}

fn main() {
    leptos::mount::mount_to_body(App);
}
