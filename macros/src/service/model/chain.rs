//! The entries that stand in the chain of a method, and their order.

use syn::Ident;

use super::method::Method;
use super::service::Service;
use crate::args::entry::Entry;

impl Service {
    /// Returns the entries of a method's chain, outermost first. The guards are the last ones.
    pub(crate) fn chain<'a>(&'a self, method: &'a Method) -> impl Iterator<Item = &'a Entry> {
        self.levels(method).into_iter().chain(&method.guards)
    }

    /// Returns the entries of a method's chain that run before the message has arrived, outermost first: those of the impl,
    /// then those of the method. An entry of the method that `each(...)` demands stands among those of the impl.
    pub(crate) fn levels<'a>(&'a self, method: &'a Method) -> Vec<&'a Entry> {
        let mut levels = Vec::new();
        for place in 0..=self.entries.len() {
            let demanded = self.each.iter().filter(|each| each.place == place).flat_map(|each| &each.names);
            let without_entry = demanded.map(|demanded| &demanded.name).filter(|name| !self.binds(name));
            levels.extend(without_entry.filter_map(|name| method.entry(name)));
            let Some(entry) = self.entries.get(place) else { continue };
            if self.applies(entry, method) {
                levels.push(entry);
            } else {
                levels.extend(
                    entry.name().filter(|name| self.demands(name)).and_then(|name| method.entry(name)),
                );
            }
        }
        let is_last = |entry: &&Entry| entry.name().is_none_or(|name| !self.demands(name));
        levels.extend(method.entries.iter().filter(is_last));
        levels
    }

    /// Returns true if an entry of the impl stands in the chain of a method, which neither skips nor replaces it.
    pub(crate) fn applies(&self, entry: &Entry, method: &Method) -> bool {
        entry.name().is_none_or(|name| !method.skips.contains(name) && !self.is_replaced(name, method))
    }

    /// Returns true if a method binds a name of `each(...)` itself. Its entry replaces that of the impl.
    pub(crate) fn is_replaced(&self, name: &Ident, method: &Method) -> bool {
        self.demands(name) && method.binds(name)
    }

    /// Returns true if `each(...)` demands an entry with the name.
    pub(crate) fn demands(&self, name: &Ident) -> bool {
        self.each.iter().any(|each| each.demands(name))
    }

    /// Returns true if an entry of the impl binds the name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        self.entries.iter().any(|entry| entry.name() == Some(name))
    }
}
