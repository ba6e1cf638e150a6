use std::any::type_name;
use std::fmt;

use tonic::Status;

use super::guard::StartsOnly;
use super::interceptor::{Interceptor, Rest};
use super::rest::{RestRef, UnguardedRest};
use super::stateful::Stateful;
use crate::phase::{InPhase, PhaseRange};
use crate::{Call, Method, MethodInfo};

/// Applies an interceptor to these methods only. All other calls pass it as if it were not there.
///
/// It may stand wherever an interceptor may stand: in the list of an impl, in a named list, in the tuple of a
/// [`layer`](crate::layer()) or a [`client`](crate::client()).
///
/// ```
/// use vestibule::metadata::Bearer;
/// use vestibule::{MethodInfo, Shape, Status, interceptor, layer, only};
///
/// const DELETE: &MethodInfo = &MethodInfo::new("/pb.Library/Delete", Shape::Unary);
/// const IMPORT: &MethodInfo = &MethodInfo::new("/pb.Library/Import", Shape::ClientStreaming);
///
/// #[interceptor]
/// async fn administrator(#[metadata("authorization")] token: Bearer<'_>) -> Result<(), Status> {
///     if token.token() == "secret" { Ok(()) } else { Err(Status::permission_denied("not an administrator")) }
/// }
///
/// let guard = layer((only([DELETE, IMPORT], administrator()),));
/// # _ = guard;
/// ```
///
/// `vestibule-build` makes a constant of each rpc, such as `pb::library_methods::DELETE`: see
/// [descriptors](crate::guide::descriptors). A constant that does not exist is a compile error.
///
/// 1. It provides an `Option`, which is `None` for all other methods.
/// 2. Two methods are the same if their paths are equal. The shape does not count.
/// 3. In the list of an impl whose service has no [descriptor](crate::guide::descriptors), the macro guesses the names of rpcs.
///    If it guesses wrong, `only` does not apply. There, write the entry above the method instead.
/// 4. Behind a layer, a path may have a prefix that the layer does not know. Then the interceptor runs, whatever the name of
///    the method is, so that a prefix does not avoid a guard.
/// 5. It is [`Stateful`] if the interceptor is. So a list takes a limit by reference: `only([DELETE], &self.limit)`.
///
/// In the list of an annotated impl, an entry above the method itself says the same with fewer words. See [`except`] for the
/// opposite.
#[must_use = "an interceptor does nothing unless it stands in a chain"]
pub const fn only<I, const N: usize>(methods: [&'static MethodInfo; N], interceptor: I) -> ForMethods<I, N> {
    ForMethods { methods, are_exempt: false, interceptor }
}

/// Applies an interceptor to all methods but these, which pass it as if it were not there.
///
/// ```
/// use vestibule::metadata::Bearer;
/// use vestibule::{MethodInfo, Shape, Status, except, interceptor, layer};
///
/// const CHECK: &MethodInfo = &MethodInfo::new("/grpc.health.v1.Health/Check", Shape::Unary);
/// const WATCH: &MethodInfo = &MethodInfo::new("/grpc.health.v1.Health/Watch", Shape::ServerStreaming);
///
/// #[interceptor]
/// async fn authenticate(#[metadata("authorization")] token: Bearer<'_>) -> Result<String, Status> {
///     if token.token() == "s3cret" { Ok("ada".to_owned()) } else { Err(Status::unauthenticated("invalid token")) }
/// }
///
/// let guard = layer((except([CHECK, WATCH], authenticate()),));
/// # _ = guard;
/// ```
///
/// It provides an `Option`, which is `None` for the methods that are exempt. A path with a prefix that the layer does not know
/// is never exempt. For everything else, see [`only`].
#[must_use = "an interceptor does nothing unless it stands in a chain"]
pub const fn except<I, const N: usize>(
    methods: [&'static MethodInfo; N],
    interceptor: I,
) -> ForMethods<I, N> {
    ForMethods { methods, are_exempt: true, interceptor }
}

/// An interceptor that applies to some methods only. [`only`] and [`except`] make it.
///
/// ```
/// # use vestibule::{MethodInfo, Shape, Status, interceptor};
/// use vestibule::{ForMethods, Interceptor, only};
///
/// # const DELETE: &MethodInfo = &MethodInfo::new("/pb.Library/Delete", Shape::Unary);
/// # #[interceptor]
/// # async fn audit() -> Result<(), Status> { Ok(()) }
/// fn audited_delete() -> ForMethods<impl Interceptor, 1> {
///     only([DELETE], audit())
/// }
/// # _ = audited_delete();
/// ```
#[derive(Clone)]
#[must_use = "an interceptor does nothing unless it stands in a chain"]
pub struct ForMethods<I, const N: usize> {
    methods: [&'static MethodInfo; N],
    /// True if the interceptor applies to all other methods.
    are_exempt: bool,
    interceptor: I,
}

impl<I, const N: usize> ForMethods<I, N> {
    /// Returns true if the interceptor applies to the method. In doubt it does: a name behind a prefix is not safe to compare.
    fn applies_to(&self, method: &MethodInfo) -> bool {
        method.is_nested() || self.methods.contains(&method) != self.are_exempt
    }
}

#[diagnostic::do_not_recommend]
impl<I: Interceptor, const N: usize> Interceptor for ForMethods<I, N> {
    type Provides = Option<I::Provides>;
    type Hooks = Option<I::Hooks>;

    const VESTIBULE_PHASES: PhaseRange = I::VESTIBULE_PHASES;

    async fn start(&self, call: &Call) -> Result<(Self::Provides, Self::Hooks), Status> {
        if !self.applies_to(call.method()) {
            return Ok((None, None));
        }
        let (provided, hooks) = self.interceptor.start(call).await?;
        Ok((Some(provided), Some(hooks)))
    }

    async fn around<R: Rest>(&self, call: &Call, provided: &Self::Provides, rest: R) -> Result<(), Status> {
        match provided {
            Some(provided) => self.interceptor.around(call, provided, rest).await,
            None => rest.await,
        }
    }

    async fn vestibule_begin(&self, call: &Call) -> Result<(Self::Provides, Self::Hooks), Status> {
        if !self.applies_to(call.method()) {
            return Ok((None, None));
        }
        let (provided, hooks) = self.interceptor.vestibule_begin(call).await?;
        Ok((Some(provided), Some(hooks)))
    }

    async fn vestibule_guard<'a, M: Method>(
        &'a self,
        call: &'a Call,
        provided: &'a Self::Provides,
        rest: RestRef<'a>,
    ) -> Result<(), Status> {
        match provided {
            Some(provided) => self.interceptor.vestibule_guard::<M>(call, provided, rest).await,
            None => UnguardedRest::new(rest).await,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<I: StartsOnly, const N: usize> StartsOnly for ForMethods<I, N> {}

impl<I: InPhase, const N: usize> InPhase for ForMethods<I, N> {
    type Phase = I::Phase;
}

impl<I: Stateful, const N: usize> Stateful for ForMethods<I, N> {}

impl<I, const N: usize> fmt::Debug for ForMethods<I, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = if self.are_exempt { "except" } else { "only" };
        f.debug_struct("ForMethods")
            .field(methods, &self.methods)
            .field("interceptor", &type_name::<I>())
            .finish()
    }
}
