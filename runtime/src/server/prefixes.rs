use std::sync::Arc;

use crate::MethodInfo;

/// The prefixes under which a router has services, each with a slash before it and none behind.
#[derive(Clone, Default)]
pub(super) struct Prefixes(Arc<Vec<Box<str>>>);

impl Prefixes {
    pub(super) fn add(&mut self, prefix: &str) {
        let prefix = format!("/{}", prefix.trim_matches('/'));
        Arc::make_mut(&mut self.0).push(prefix.into());
    }

    /// Returns the method that is called, whose path may have one of the prefixes.
    pub(super) fn method_of(&self, path: &str) -> Option<MethodInfo> {
        let method = MethodInfo::called(path)?;
        if !method.is_nested() {
            return Some(method);
        }
        let nested = self.0.iter().filter_map(|prefix| MethodInfo::called(path.strip_prefix(&**prefix)?));
        Some(nested.into_iter().find(|nested| !nested.is_nested()).unwrap_or(method))
    }
}
