//! The order between layers, and between a layer and the lists of the services behind it.

use std::collections::HashSet;

use crate::phase::Position;
use crate::report::{LayerRow, ServiceTable};

/// Returns a sentence for each interceptor of a layer that stands before one of an earlier phase. `layers` has the interceptors
/// of all layers, outermost first. The compiler has checked the order inside of each layer.
pub(super) fn mistakes(
    layers: &[LayerRow],
    services: impl Iterator<Item = (&'static str, ServiceTable)>,
) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (index, outer) in layers.iter().enumerate() {
        mistakes.extend(layers[index + 1..].iter().filter_map(|inner| {
            let order = wrong_order(outer, inner)?;
            Some(format!("{order} of the layer behind it; exchange the layers"))
        }));
    }
    for (name, table) in services {
        let entries = table.rpcs.iter().flat_map(|rpc| table.entries_of(rpc));
        for (source, _, _, phases) in entries.map(|(entry, _)| *entry) {
            mistakes.extend(layers.iter().filter_map(|outer| {
                let order = wrong_order(outer, &(source, phases))?;
                Some(format!("{order} of the service `{name}`; {}", remedy(outer)))
            }));
        }
    }
    // Many rpcs have the same entry.
    let mut seen = HashSet::new();
    mistakes.retain(|mistake| seen.insert(mistake.clone()));
    mistakes
}

/// Returns the beginning of a sentence if `inner` must not stand behind `outer`.
fn wrong_order(outer: &LayerRow, inner: &LayerRow) -> Option<String> {
    let (&(outer, Some((_, last))), &(inner, Some((first, _)))) = (outer, inner) else { return None };
    last.is_after(first).then(|| format!("`{outer}` ({last}) of a layer stands before `{inner}` ({first})"))
}

fn remedy(outer: &LayerRow) -> &'static str {
    match outer {
        (_, Some((_, Position::User))) => "move it into the list of the service, or state its phase",
        _ => "move it into the list of the service, behind that entry",
    }
}
