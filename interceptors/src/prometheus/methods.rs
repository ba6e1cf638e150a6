//! The series of all methods.

use std::sync::Arc;

use vestibule::MethodInfo;

use super::series::Series;

/// The series of the methods in the list, and those of all other methods together.
#[derive(Debug)]
pub(super) struct Methods {
    /// Sorted by path, without the methods that the list has twice.
    listed: Vec<(&'static MethodInfo, Arc<Series>)>,
    other: Arc<Series>,
    bounds: Vec<f64>,
}

impl Methods {
    pub(super) fn new(methods: &[&'static MethodInfo], bounds: Vec<f64>) -> Self {
        let mut methods = methods.to_vec();
        methods.sort_unstable_by_key(|method| method.path());
        methods.dedup();
        let series = |method| (method, Arc::new(Series::new(Some(method), &bounds)));
        let listed = methods.into_iter().map(series).collect();
        Self { listed, other: Arc::new(Series::new(None, &bounds)), bounds }
    }

    /// Returns the methods of the list.
    pub(super) fn list(&self) -> Vec<&'static MethodInfo> {
        self.listed.iter().map(|(method, _)| *method).collect()
    }

    pub(super) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Returns the series of a method.
    #[inline]
    pub(super) fn series(&self, method: &MethodInfo) -> &Arc<Series> {
        match self.listed.binary_search_by_key(&method.path(), |(method, _)| method.path()) {
            Ok(index) => &self.listed[index].1,
            Err(_) => &self.other,
        }
    }

    /// Returns all series to be shown.
    ///
    /// Those of other methods are shown from the first call. In a service whose methods are all in the list there is none.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Series> {
        let listed = self.listed.iter().map(|(_, series)| &**series);
        listed.chain((self.other.started() > 0).then_some(&*self.other))
    }
}
