//! The services of a descriptor set, compared with those that are mounted.

use prost::Message;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};

use crate::method::ServiceInfo;
use crate::report::ServiceTable;
use crate::{MethodInfo, Shape};

/// The services that a server must have.
#[derive(Default)]
pub(super) struct DescribedServices {
    services: Vec<DescribedService>,
    elsewhere: Vec<String>,
}

/// A service of a descriptor set.
struct DescribedService {
    name: String,
    rpcs: Vec<MethodDescriptorProto>,
}

/// A service that is mounted, and what its impl says of itself.
pub(super) struct MountedService {
    pub(super) name: &'static str,
    pub(super) table: ServiceTable,
}

impl DescribedServices {
    /// Adds the services of an encoded descriptor set. Returns an error if it is not valid.
    pub(super) fn add(&mut self, encoded: &[u8], elsewhere: &[&str]) -> Result<(), prost::DecodeError> {
        for file in FileDescriptorSet::decode(encoded)?.file {
            let package = file.package();
            let dot = if package.is_empty() { "" } else { "." };
            let services = file.service.iter().map(|service| {
                let name = format!("{package}{dot}{}", service.name());
                DescribedService { name, rpcs: service.method.clone() }
            });
            self.services.extend(services);
        }
        self.elsewhere.extend(elsewhere.iter().map(|name| (*name).to_owned()));
        Ok(())
    }

    /// Returns a sentence for each difference, in both directions.
    pub(super) fn differences(&self, mounted: &[MountedService]) -> Vec<String> {
        let mut differences: Vec<_> = self.services.iter().flat_map(|it| self.missing(it, mounted)).collect();
        for service in mounted {
            let name = service.name;
            if self.elsewhere.iter().any(|other| other == name) {
                differences.push(format!(
                    "the service `{name}` is mounted, and is also named as one that is served elsewhere; remove one of the two"
                ));
            }
            let mut described = self.services.iter().filter(|described| described.name == name).peekable();
            if described.peek().is_none() {
                differences.push(format!(
                    "the service `{name}` is mounted, and the descriptor set does not have it; add its .proto file to the set"
                ));
            }
            differences.extend(described.flat_map(|described| described.differences(&service.table)));
        }
        differences.extend(self.unknown_names());
        // Two sets may have the same service.
        let mut seen = std::collections::HashSet::new();
        differences.retain(|difference| seen.insert(difference.clone()));
        differences
    }

    /// Returns a sentence for each name in `elsewhere` that has become wrong, so that a service which is renamed later is not
    /// taken for the one that was meant.
    fn unknown_names(&self) -> impl Iterator<Item = String> {
        let is_unknown = |name: &&String| self.services.iter().all(|described| described.name != **name);
        self.elsewhere.iter().filter(is_unknown).map(|name| {
            format!(
                "the service `{name}` is named as one that is served elsewhere, and no descriptor set has it; remove the name, or add the set that has it"
            )
        })
    }

    fn missing(&self, described: &DescribedService, mounted: &[MountedService]) -> Option<String> {
        let name = &described.name;
        let is_known = mounted.iter().any(|mounted| mounted.name == name) || self.elsewhere.contains(name);
        (!is_known).then(|| {
            format!(
                "the descriptor set has the service `{name}`, which is not mounted; mount it, or name it as one that is served elsewhere"
            )
        })
    }
}

impl DescribedService {
    /// Returns a sentence for each rpc that is not the same in the impl.
    fn differences(&self, table: &ServiceTable) -> Vec<String> {
        let service = &self.name;
        let written = || table.rpcs.iter().map(|(method, ..)| *method);
        // The compiler has checked that `#[rpc(unimplemented(...))]` names these, or that there is a method.
        let known = || written().chain(table.descriptor.into_iter().flat_map(ServiceInfo::methods).copied());
        let mut differences = Vec::new();
        for rpc in &self.rpcs {
            match known().find(|method| method.name() == rpc.name()) {
                Some(method) => differences.extend(difference(service, rpc, method)),
                None => differences.push(format!(
                    "the impl of `{service}` has no method for the rpc `{}`; write the method, or generate the code with `vestibule-build` and write `#[rpc(unimplemented(...))]`",
                    rpc.name()
                )),
            }
        }
        for method in written().filter(|method| self.rpcs.iter().all(|rpc| rpc.name() != method.name())) {
            differences.push(format!(
                "the impl of `{service}` has a method for the rpc `{}`, and the descriptor set does not have it; generate the code and the set from the same .proto file",
                method.name()
            ));
        }
        differences
    }
}

/// Returns a sentence if the shape of an rpc or the types of its messages differ.
fn difference(service: &str, rpc: &MethodDescriptorProto, method: &MethodInfo) -> Option<String> {
    let in_set = Shape::of_streams(rpc.client_streaming(), rpc.server_streaming());
    let messages = || {
        let (request, response) = (method.request_type()?, method.response_type()?);
        let pairs = [("takes", request, rpc.input_type()), ("returns", response, rpc.output_type())];
        let pairs = pairs.map(|(verb, in_impl, in_set)| (verb, in_impl, in_set.trim_start_matches('.')));
        pairs.into_iter().find(|(_, in_impl, in_set)| in_impl != in_set)
    };
    let differs = match method.shape() {
        Some(shape) if shape != in_set => {
            format!("is {} in the impl, and {} in the descriptor set", shape.in_words(), in_set.in_words())
        }
        _ => {
            let (verb, in_impl, in_set) = messages()?;
            format!("{verb} `{in_impl}` in the impl, and `{in_set}` in the descriptor set")
        }
    };
    let name = rpc.name();
    Some(format!(
        "the rpc `{name}` of `{service}` {differs}; generate the code and the set from the same .proto file"
    ))
}
