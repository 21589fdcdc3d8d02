//! Places that are taken and given back: how many there are in all, and for one client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ClientKey;

/// So many places in all, and so many for one client.
pub struct Places {
    all_max: u32,
    client_max: u32,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: u32,
    clients: HashMap<ClientKey, u32>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// All are taken.
    All,
    /// This client has its share.
    Client,
}

/// A place; it is free again when this is dropped.
pub struct Place {
    places: Arc<Places>,
    client: Option<ClientKey>,
}

impl Places {
    pub fn new(all_max: u32, client_max: u32) -> Arc<Self> {
        Arc::new(Self {
            all_max,
            client_max,
            taken: Mutex::default(),
        })
    }

    /// Takes a place. Without a client, only the number of all counts.
    pub fn take(self: &Arc<Self>, client: Option<ClientKey>) -> Result<Place, Full> {
        let mut taken = self.taken();
        if taken.all >= self.all_max {
            return Err(Full::All);
        }
        if let Some(client) = client {
            let count = taken.clients.entry(client).or_default();
            if *count >= self.client_max {
                return Err(Full::Client);
            }
            *count += 1;
        }
        taken.all += 1;
        Ok(Place {
            places: self.clone(),
            client,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(client) = self.client
            && let Some(count) = taken.clients.get_mut(&client)
        {
            *count -= 1;
            // Nobody is remembered longer than they are here.
            if *count == 0 {
                taken.clients.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_its_share_and_all_have_an_end() {
        let places = Places::new(3, 2);
        let key = |last| Some(ClientKey::of([10, 0, 0, last].into()));
        let first = places.take(key(1)).expect("free");
        let _second = places.take(key(1)).expect("free");
        assert_eq!(places.take(key(1)).err(), Some(Full::Client));
        let _proxy = places.take(None).expect("free");
        assert_eq!(places.take(key(2)).err(), Some(Full::All));
        drop(first);
        assert!(places.take(key(1)).is_ok());
        assert_eq!(places.taken().clients.len(), 1);
    }
}
