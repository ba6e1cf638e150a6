//! The series of all methods.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use vestibule::MethodInfo;

use super::names::{OTHER_METHODS, labels};
use super::series::Series;

/// The series of each method, by its path.
pub(super) struct Methods {
    /// Sorted by path, without the methods that the list has twice.
    listed: Vec<(&'static str, Arc<Series>)>,
    /// The methods of annotated services that are not in the list. There are only as many as the program has, so no caller
    /// can make this larger.
    unlisted: RwLock<BTreeMap<&'static str, Arc<Series>>>,
    other: Arc<Series>,
    bounds: Vec<f64>,
}

impl Methods {
    pub(super) fn new(methods: &[&'static MethodInfo], bounds: Vec<f64>) -> Self {
        let series = |method: &&'static MethodInfo| {
            let path = method.path();
            (path, Arc::new(Series::new(labels(path, method.shape()), method.shape(), &bounds)))
        };
        let listed: BTreeMap<_, _> = methods.iter().map(series).collect();
        Self {
            listed: listed.into_iter().collect(),
            unlisted: RwLock::default(),
            other: Arc::new(Series::new(OTHER_METHODS, None, &bounds)),
            bounds,
        }
    }

    pub(super) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Returns the series of a method. A method that is neither listed nor a constant of the program is an other one.
    #[inline]
    pub(super) fn series(&self, method: &MethodInfo) -> Arc<Series> {
        match self.listed.binary_search_by_key(&method.path(), |(path, _)| path) {
            Ok(index) => Arc::clone(&self.listed[index].1),
            Err(_) => self.unlisted_series(method),
        }
    }

    #[cold]
    fn unlisted_series(&self, method: &MethodInfo) -> Arc<Series> {
        let Some(path) = method.static_path() else { return Arc::clone(&self.other) };
        if let Some(series) = self.unlisted.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(series);
        }
        let series = || Arc::new(Series::new(labels(path, method.shape()), method.shape(), &self.bounds));
        let mut unlisted = self.unlisted.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(unlisted.entry(path).or_insert_with(series))
    }

    /// Returns all series to be shown: those of the list first.
    ///
    /// Those of other methods are shown from the first call. In a service whose methods are all known there is none.
    pub(super) fn shown(&self) -> Vec<Arc<Series>> {
        let listed = self.listed.iter().map(|(_, series)| series);
        let unlisted = self.unlisted.read().unwrap_or_else(PoisonError::into_inner);
        let other = (self.other.started() > 0).then_some(&self.other);
        listed.chain(unlisted.values()).chain(other).cloned().collect()
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.listed.iter().map(|(path, _)| path)).finish()
    }
}
