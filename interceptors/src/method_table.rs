//! What an observer keeps for each method, found by the path of a call.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use vestibule::{MethodInfo, Shape};

/// One `T` for each method, and one that all other methods share.
pub(crate) struct MethodTable<T> {
    make: Box<dyn Fn(Named) -> T + Send + Sync>,
    /// Sorted by path, without the methods that the list has twice.
    listed: Box<[(&'static str, Arc<T>)]>,
    /// The methods of annotated services that are not listed. There are only as many as the program has, so no caller can
    /// make this larger.
    unlisted: RwLock<BTreeMap<&'static str, Arc<T>>>,
    other: Arc<T>,
}

/// The method for which a `T` is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Named {
    /// The method with this path, which no caller has chosen.
    Method(
        &'static str,
        #[cfg_attr(
            not(feature = "prometheus"),
            expect(dead_code, reason = "only Prometheus has a label for the shape")
        )]
        Option<Shape>,
    ),
    /// All methods that are not known.
    Other,
}

impl<T> MethodTable<T> {
    /// Makes the table of `methods`.
    pub(crate) fn new(
        methods: &[&'static MethodInfo],
        make: impl Fn(Named) -> T + Send + Sync + 'static,
    ) -> Self {
        let of_method = |method: &&'static MethodInfo| {
            (method.path(), Arc::new(make(Named::Method(method.path(), method.shape()))))
        };
        let listed: BTreeMap<_, _> = methods.iter().map(of_method).collect();
        Self {
            listed: listed.into_iter().collect(),
            unlisted: RwLock::default(),
            other: Arc::new(make(Named::Other)),
            make: Box::new(make),
        }
    }

    /// Returns what is kept for a method. A method that is neither listed nor a constant of the program is an other one.
    #[inline]
    pub(crate) fn get(&self, method: &MethodInfo) -> Arc<T> {
        match self.listed.binary_search_by_key(&method.path(), |(path, _)| path) {
            Ok(index) => Arc::clone(&self.listed[index].1),
            Err(_) => self.get_unlisted(method),
        }
    }

    #[cold]
    fn get_unlisted(&self, method: &MethodInfo) -> Arc<T> {
        let Some(path) = method.static_path() else { return Arc::clone(&self.other) };
        if let Some(known) = self.unlisted.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(known);
        }
        let make = || Arc::new((self.make)(Named::Method(path, method.shape())));
        let mut unlisted = self.unlisted.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(unlisted.entry(path).or_insert_with(make))
    }

    /// Returns what is kept for all methods that are known by now: those of the list first.
    #[cfg(feature = "prometheus")]
    pub(crate) fn known(&self) -> Vec<Arc<T>> {
        let listed = self.listed.iter().map(|(_, known)| known);
        let unlisted = self.unlisted.read().unwrap_or_else(PoisonError::into_inner);
        listed.chain(unlisted.values()).cloned().collect()
    }

    /// Returns what all other methods share.
    #[cfg(feature = "prometheus")]
    pub(crate) const fn other(&self) -> &Arc<T> {
        &self.other
    }
}

impl<T> fmt::Debug for MethodTable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.listed.iter().map(|(path, _)| path)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_program_can_name_a_method() {
        static PING: MethodInfo = MethodInfo::new("/a.B/Ping", Shape::Unary);
        static PONG: MethodInfo = MethodInfo::new("/a.B/Pong", Shape::Unary);
        let table = MethodTable::new(&[&PING, &PING], |named| match named {
            Named::Method(path, shape) => format!("{path} {shape:?}"),
            Named::Other => "other".to_owned(),
        });
        assert_eq!(format!("{table:?}"), "{\"/a.B/Ping\"}");
        assert_eq!(*table.get(&PING), "/a.B/Ping Some(Unary)");
        assert!(Arc::ptr_eq(&table.get(&PONG), &table.get(&PONG)), "it is made once");
    }
}
