//! Lists of interceptors as values.

use std::any::type_name;
use std::future::Future;
use std::mem::needs_drop;
use std::pin::pin;

use tonic::Status;

use super::entry_name::entry_name;
use crate::chain::{CallFuture, Finish, SharedHookStack, SharedLevel, act, check_tuple, erase_hooks};
use crate::phase::PhaseRange;
use crate::{Call, Hooks, Interceptor, Method};

/// A list of interceptors for a [`layer`](crate::layer()) or a [`client`](crate::client()): a tuple of up to twelve
/// interceptors, outermost first.
///
/// `M` is [`LayerMethod`](crate::server::LayerMethod) in a layer and [`ClientMethod`](crate::client::ClientMethod)
/// on a client. The trait is sealed. Use it as a bound in a function that is generic over lists:
///
/// ```
/// use vestibule::layer;
/// use vestibule::proxy::Interceptors;
/// use vestibule::server::{Layer, LayerMethod};
///
/// fn for_admins<C: Interceptors<LayerMethod>>(interceptors: C) -> Layer<C> {
///     layer(interceptors).nested_under("/admin")
/// }
/// # _ = for_admins(());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of interceptors",
    label = "write a tuple of up to twelve interceptors, as in `(Recover::new(), access_log())`, or `(access_log(),)` for a single one"
)]
pub trait Interceptors<M: Method>: sealed::Sealed<M> + Send + Sync + 'static {
    /// Returns true if an interceptor of the list has hooks that act.
    #[doc(hidden)]
    fn has_hooks() -> bool;

    /// Returns true if hooks run or provided values are dropped at the end of the call. Code that wraps the call does
    /// not count, because `Progress::is_wrapped` knows it.
    #[doc(hidden)]
    fn acts_at_end() -> bool;

    /// Panics if an interceptor stands before one of an earlier phase. A constant of the constructors makes it a compile error.
    #[doc(hidden)]
    const ORDER: ();

    /// Returns the name and the phases of each interceptor.
    #[doc(hidden)]
    fn entries() -> Vec<(&'static str, PhaseRange)>;

    /// Runs the chain, with `innermost` as its innermost part.
    #[doc(hidden)]
    fn run<L: Innermost<M>>(
        &self,
        call: &Call,
        innermost: L,
    ) -> impl Future<Output = Result<(), Status>> + Send;
}

mod sealed {
    pub trait Sealed<M> {}
}

/// Hooks that fit messages which stay encoded: hooks for `M`, or for messages of any type.
///
/// You do not implement this trait. Implement [`Hooks`], as the example of [`proxy`](crate::proxy) does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Hooks<{M}>`",
    label = "these hooks can't run here",
    note = "if the hooks are `ClientOnly`, move the interceptor to a client, `vestibule::client(channel, (...))`",
    note = "for hooks of your own, write `impl<M: vestibule::Method> vestibule::Hooks<M> for {Self}`",
    note = "to see encoded messages, import `vestibule::client::ClientMethod` or `vestibule::server::LayerMethod`, and implement `Hooks<{M}>`",
    note = "to see decoded messages, list the interceptor in `#[interceptor(...)]` on an annotated service"
)]
pub trait EncodedHooks<M: Method>: Hooks<M> {}

#[diagnostic::do_not_recommend]
impl<M: Method, H: Hooks<M>> EncodedHooks<M> for H {}

/// The innermost part of a chain, which calls the service.
pub trait Innermost<M: Method>: Send {
    /// Calls the service and sends its response back. `hooks` are those of all interceptors.
    fn run(
        self,
        call: &Call,
        hooks: &mut impl SharedHookStack<M>,
    ) -> impl Future<Output = Result<(), Status>> + Send;
}

/// Expands to one level for each interceptor. The levels are nested, as those of an annotated service are.
macro_rules! levels {
    ($call:ident $innermost:ident $hooks:ident;) => {
        $innermost.run($call, $hooks).await
    };
    ($call:ident $innermost:ident $hooks:ident; $entry:ident $($inner:ident)*) => {{
        let (provided, hooks) = Interceptor::vestibule_begin($entry, $call).await?;
        let mut level = SharedLevel::new($call, erase_hooks::<M, _>(hooks), $hooks);
        let result = {
            let $hooks = &mut level;
            let rest = pin!(Some(async { levels!($call $innermost $hooks; $($inner)*) }));
            Interceptor::vestibule_guard::<M>($entry, $call, &provided, rest).await
        };
        Finish::<M>::finish(level, result)
    }};
}

macro_rules! chain {
    ($($entry:ident: $type:ident),*) => {
        impl<M: Method, $($type: Interceptor<Hooks: EncodedHooks<M>> + 'static),*> sealed::Sealed<M> for ($($type,)*) {}

        impl<M: Method, $($type: Interceptor<Hooks: EncodedHooks<M>> + 'static),*> Interceptors<M> for ($($type,)*) {
            const ORDER: () = check_tuple(&[$($type::VESTIBULE_PHASES),*]);

            fn entries() -> Vec<(&'static str, PhaseRange)> {
                vec![$((entry_name(type_name::<$type>()), $type::VESTIBULE_PHASES)),*]
            }

            fn has_hooks() -> bool {
                // The compiler turns it into a constant.
                false $(|| act::<$type::Hooks>())*
            }

            fn acts_at_end() -> bool {
                <Self as Interceptors<M>>::has_hooks() $(|| needs_drop::<$type::Provides>())*
            }

            async fn run<L: Innermost<M>>(&self, call: &Call, innermost: L) -> Result<(), Status> {
                let ($($entry,)*) = self;
                let hooks = &mut ();
                let rest = pin!(Some(async { levels!(call innermost hooks; $($entry)*) }));
                CallFuture::new(call, rest).await
            }
        }
    };
}

chain!();
chain!(a: A);
chain!(a: A, b: B);
chain!(a: A, b: B, c: C);
chain!(a: A, b: B, c: C, d: D);
chain!(a: A, b: B, c: C, d: D, e: E);
chain!(a: A, b: B, c: C, d: D, e: E, f: F);
chain!(a: A, b: B, c: C, d: D, e: E, f: F, g: G);
chain!(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H);
chain!(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I);
chain!(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J);
chain!(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J, k: K);
chain!(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J, k: K, l: O);
