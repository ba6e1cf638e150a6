//! The quota: each name is greeted once.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use vestibule::grpc_error;

/// The names that were greeted. Clones share them.
///
/// A name stays here until the server ends. A real quota would forget its names each day.
#[derive(Clone, Debug, Default)]
pub struct Quota {
    /// The hashes of the names. A name may have 4 MB, so the names themselves would fill the memory.
    greeted: Arc<Mutex<HashSet<u64>>>,
    /// The seed is random, so a client cannot choose names of the same hash.
    hasher: Arc<RandomState>,
}

impl Quota {
    /// Counts a greeting of `name`.
    ///
    /// # Errors
    ///
    /// Fails if the name was greeted before.
    pub fn take(&self, name: &str) -> Result<(), QuotaExceeded> {
        let mut greeted = self.greeted.lock().unwrap_or_else(PoisonError::into_inner);
        if greeted.insert(self.hasher.hash_one(name)) {
            Ok(())
        } else {
            Err(QuotaExceeded { name: name.to_owned() })
        }
    }
}

/// The error for a name that was greeted before.
#[grpc_error(domain = "greeter.example.com")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Request limit exceeded.")]
#[status(ResourceExhausted, quota_failure(subject = "name:{name}", description = "限制每个name调用一次"))]
pub struct QuotaExceeded {
    /// The name.
    #[status(metadata)]
    pub name: String,
}
