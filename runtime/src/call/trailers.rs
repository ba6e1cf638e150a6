use tonic::metadata::MetadataMap;

/// The extension of a single response that holds its trailers, without reserved keys.
///
/// tonic's `Response` has no field for trailers, so the chain passes them to the mount in this extension.
#[derive(Clone, Debug)]
pub(crate) struct Trailers(pub(crate) MetadataMap);
