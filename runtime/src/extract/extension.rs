use std::any::type_name;

use tonic::Status;

use crate::{Call, FromCall};

/// A clone of a value from the request's extensions, which tower layers and the transport fill.
///
/// If there is no value of type `T`, the call fails with INTERNAL, and the log names the type. If the value may be
/// absent, take `Option<Extension<T>>`.
///
/// tonic's server puts the `ConnectInfo` of the connection there. If you serve a transport of your own, its
/// `ConnectInfo` can hold what the other extractors do not know, such as the protocol that the two sides chose by
/// ALPN.
///
/// ```
/// use vestibule::extract::Extension;
///
/// #[derive(Clone)]
/// struct Region(&'static str);
///
/// fn is_near(Extension(region): Extension<Region>) -> bool {
///     region.0 == "eu-west"
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extension<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromCall<'_> for Extension<T> {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Self::optional_from_call(call)?.ok_or_else(|| {
            tracing::error!(target: "vestibule",
                method = &*call.method().logged_path(),
                extension = type_name::<T>(),
                "missing request extension"
            );
            Status::internal("missing request extension")
        })
    }

    fn optional_from_call(call: &Call) -> Result<Option<Self>, Status> {
        Ok(call.extensions().get::<T>().cloned().map(Extension))
    }
}
