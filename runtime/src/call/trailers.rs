use tonic::metadata::MetadataMap;

/// The trailers that a chain leaves with its single response, without reserved keys. tonic's `Response` has no place for
/// them, so that they go to the mount as an extension.
#[derive(Clone, Debug)]
pub(crate) struct Trailers(pub(crate) MetadataMap);
