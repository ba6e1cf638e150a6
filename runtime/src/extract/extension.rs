use std::any::type_name;

use tonic::Status;

use crate::{Call, FromCall};

/// What a tower layer or the transport left in the request's extensions, cloned.
///
/// Without it the call fails with INTERNAL, and the log names the type. Take
/// `Option<Extension<T>>` if it may be absent.
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
        call.extract::<Option<Self>>()?.ok_or_else(|| {
            tracing::error!(target: "vestibule",
                method = call.method().path(),
                extension = type_name::<T>(),
                "missing request extension"
            );
            Status::internal("missing request extension")
        })
    }
}

impl<T: Clone + Send + Sync + 'static> FromCall<'_> for Option<Extension<T>> {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(call.extensions().get::<T>().cloned().map(Extension))
    }
}
