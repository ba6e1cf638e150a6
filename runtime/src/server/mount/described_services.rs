//! The services of a descriptor set, compared with those that are mounted.

use prost::Message;
use prost_types::FileDescriptorSet;

/// The services that a server must have.
pub(super) struct DescribedServices {
    names: Vec<String>,
    elsewhere: Vec<String>,
}

impl DescribedServices {
    /// Reads an encoded descriptor set. Returns an error if it is not valid.
    pub(super) fn decode(encoded: &[u8], elsewhere: &[&str]) -> Result<Self, prost::DecodeError> {
        let set = FileDescriptorSet::decode(encoded)?;
        let names = set.file.iter().flat_map(|file| {
            let package = file.package();
            let dot = if package.is_empty() { "" } else { "." };
            file.service.iter().map(move |service| format!("{package}{dot}{}", service.name()))
        });
        Ok(Self {
            names: names.collect(),
            elsewhere: elsewhere.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// Returns what differs, in both directions, or `None` if nothing does.
    pub(super) fn difference(&self, mounted: &[&str]) -> Option<String> {
        let missing = self.names.iter().map(String::as_str);
        let missing = missing.filter(|name| !mounted.contains(name) && !contains(&self.elsewhere, name));
        let unknown = mounted.iter().copied().filter(|name| !contains(&self.names, name));
        let twice = mounted.iter().copied().filter(|name| contains(&self.elsewhere, name));
        let texts = [
            ("not mounted, but in the descriptor set: ", list(missing)),
            ("mounted, but not in the descriptor set: ", list(unknown)),
            ("mounted, but named as served elsewhere: ", list(twice)),
        ];
        let texts = texts.into_iter().filter_map(|(text, names)| Some(format!("{text}{}", names?)));
        let texts: Vec<_> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

fn contains(names: &[String], name: &str) -> bool {
    names.iter().any(|other| other == name)
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
