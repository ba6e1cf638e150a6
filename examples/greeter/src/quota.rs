//! How often a name is greeted: once.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use vestibule::grpc_error;

/// The names that were greeted. Clones are one quota.
///
/// It forgets nothing until the server ends; a real one would, day by day.
#[derive(Clone, Debug, Default)]
pub struct Quota {
    /// Their hashes, seeded at random: a name may have 4 MB, of which nobody is to fill the memory.
    greeted: Arc<Mutex<HashSet<u64>>>,
    hasher: Arc<RandomState>,
}

impl Quota {
    /// Counts a greeting of `name`.
    ///
    /// # Errors
    ///
    /// It was greeted before.
    pub fn take(&self, name: &str) -> Result<(), QuotaExceeded> {
        let mut greeted = self.greeted.lock().unwrap_or_else(PoisonError::into_inner);
        if greeted.insert(self.hasher.hash_one(name)) {
            Ok(())
        } else {
            Err(QuotaExceeded { name: name.to_owned() })
        }
    }
}

/// A name that was greeted before.
#[grpc_error(domain = "greeter.example.com")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Request limit exceeded.")]
#[status(ResourceExhausted, quota_failure(subject = "name:{name}", description = "限制每个name调用一次"))]
pub struct QuotaExceeded {
    /// Which.
    #[status(metadata)]
    pub name: String,
}
