//! The Upload API as data: what a request holds, what an answer means, where an asset is
//! delivered. Nothing here sends or waits.

pub mod address;
pub mod delivery;
pub mod http_date;
pub mod parameters;
pub mod public_id;
pub mod range;
pub mod request;
pub mod response;
#[cfg(feature = "signing")]
pub mod signing;
pub mod transformation;
pub mod value;
