//! The instruments of each method.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use vestibule::MethodInfo;

use crate::conventions::name_of_path;

/// The instruments of each method, by its path.
pub(super) struct MethodTable<T> {
    make: Box<dyn Fn(&'static str) -> T + Send + Sync>,
    listed: HashMap<&'static str, Arc<T>>,
    /// The methods of annotated services that are not listed. There are only as many as the program has, so no caller can
    /// make this larger.
    unlisted: RwLock<HashMap<&'static str, Arc<T>>>,
    other: Arc<T>,
}

impl<T> MethodTable<T> {
    /// Makes the instruments of `methods`, and those that all other methods share, whose name is `other`.
    pub(super) fn new(
        methods: &[&'static MethodInfo],
        other: &'static str,
        make: impl Fn(&'static str) -> T + Send + Sync + 'static,
    ) -> Self {
        let of_method =
            |method: &&'static MethodInfo| (method.path(), Arc::new(make(name_of_path(method.path()))));
        Self {
            listed: methods.iter().map(of_method).collect(),
            unlisted: RwLock::default(),
            other: Arc::new(make(other)),
            make: Box::new(make),
        }
    }

    /// Returns the instruments of a method. A method that is neither listed nor a constant of the program is an other one.
    #[inline]
    pub(super) fn get(&self, method: &MethodInfo) -> Arc<T> {
        match (self.listed.get(method.path()), method.static_path()) {
            (Some(instruments), _) => Arc::clone(instruments),
            (None, Some(path)) => self.get_unlisted(path),
            (None, None) => Arc::clone(&self.other),
        }
    }

    #[cold]
    fn get_unlisted(&self, path: &'static str) -> Arc<T> {
        if let Some(instruments) = self.unlisted.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(instruments);
        }
        let mut unlisted = self.unlisted.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(unlisted.entry(path).or_insert_with(|| Arc::new((self.make)(name_of_path(path)))))
    }
}

impl<T> fmt::Debug for MethodTable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.listed.keys()).finish()
    }
}
