//! Delete tokens: whoever has just uploaded an asset may take it back, without a key. A token is
//! 128 random bits behind the name of its asset; the asset's record holds their hash, so a token is
//! gone with what it was for, and a stolen store gives none away.

use std::io;

use plimsoll_core::protocol::signing;

use crate::clock;
use crate::error::ApiError;
use crate::limits::DELETE_TOKEN_SECONDS;
use crate::random;
use crate::store::{AssetKey, Deletion, Store, hash};

/// Digits of a key as a text.
const KEY_DIGITS: usize = 64;

/// A token, and what the asset's record is to hold of it.
pub fn token(key: &AssetKey) -> io::Result<(String, Deletion)> {
    let secret = random::hex_32()?;
    let deletion = Deletion {
        token_hash: hash(&[&secret]),
        until: clock::now_seconds() + DELETE_TOKEN_SECONDS,
    };
    Ok((format!("{}{secret}", key.as_str()), deletion))
}

/// Deletes the asset that a token is for; false when it is wrong, old or used.
pub async fn redeem(store: &Store, cloud: &str, token: &str) -> Result<bool, ApiError> {
    let split = token.split_at_checked(KEY_DIGITS);
    let Some((key, secret)) = split.and_then(|(key, rest)| Some((AssetKey::parse(key)?, rest)))
    else {
        return Ok(false);
    };
    let Some(record) = store.find(&key).await? else {
        return Ok(false);
    };
    let Some(deletion) = &record.extras.deletion else {
        return Ok(false);
    };
    let is_right = signing::is_same(&deletion.token_hash, &hash(&[secret]));
    let is_young = clock::now_seconds() <= deletion.until;
    if !is_right || !is_young || record.cloud != cloud {
        return Ok(false);
    }
    let removed = store.remove(&record).await?;
    if removed {
        tracing::info!(public_id = ?record.public_id, "deleted by its token");
    }
    Ok(removed)
}
