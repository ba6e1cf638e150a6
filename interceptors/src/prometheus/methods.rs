//! The series of all methods.

use std::fmt;
use std::sync::Arc;

use vestibule::MethodInfo;

use super::names::{OTHER_METHODS, labels};
use super::series::Series;
use crate::method_table::{MethodTable, Named};

/// The series of each method.
pub(super) struct Methods {
    table: MethodTable<Series>,
    bounds: Vec<f64>,
}

impl Methods {
    pub(super) fn new(methods: &[&'static MethodInfo], bounds: Vec<f64>) -> Self {
        let series = {
            let bounds = bounds.clone();
            move |named| match named {
                Named::Method(path, shape) => Series::new(labels(path, shape), shape, &bounds),
                Named::Other => Series::new(OTHER_METHODS, None, &bounds),
            }
        };
        Self { table: MethodTable::new(methods, series), bounds }
    }

    pub(super) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Returns the series of a method.
    #[inline]
    pub(super) fn series(&self, method: &MethodInfo) -> Arc<Series> {
        self.table.get(method)
    }

    /// Returns all series to be shown: those of the list first.
    ///
    /// Those of other methods are shown from the first call. In a service whose methods are all known there is none.
    pub(super) fn shown(&self) -> Vec<Arc<Series>> {
        let mut shown = self.table.known();
        let other = self.table.other();
        shown.extend((other.started() > 0).then(|| Arc::clone(other)));
        shown
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)
    }
}
