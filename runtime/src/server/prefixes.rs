use std::sync::Arc;

use crate::MethodInfo;

/// The prefixes under which a router nests services. Each begins with a slash and does not end with one.
#[derive(Clone, Default)]
pub(super) struct Prefixes(Arc<Vec<Box<str>>>);

impl Prefixes {
    pub(super) fn add(&mut self, prefix: &str) {
        let prefix = format!("/{}", prefix.trim_matches('/'));
        Arc::make_mut(&mut self.0).push(prefix.into());
    }

    /// Returns the method of a path, without the prefix if the path has one of these. Returns `None` if the path is
    /// not that of a method.
    pub(super) fn method_of(&self, path: &str) -> Option<MethodInfo> {
        let method = MethodInfo::from_path(path)?;
        if !method.is_nested() {
            return Some(method);
        }
        let nested = self.0.iter().filter_map(|prefix| MethodInfo::from_path(path.strip_prefix(&**prefix)?));
        Some(nested.into_iter().find(|nested| !nested.is_nested()).unwrap_or(method))
    }
}
