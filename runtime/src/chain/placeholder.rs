use std::marker::PhantomData;

use tonic::Status;

use super::interceptor::Interceptor;
use crate::Call;

/// An interceptor, and a server, in place of those that the macros cannot expand because of a mistake.
///
/// With it, the compiler reports that mistake and no other. It is part of no program that compiles.
#[derive(Debug)]
pub struct Placeholder<P>(PhantomData<fn() -> P>);

impl<P> Placeholder<P> {
    /// Creates a placeholder for an interceptor that provides a `P`.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P: Send + Sync> Interceptor for Placeholder<P> {
    type Provides = P;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(P, ()), Status> {
        unreachable!("a placeholder comes with a compile error")
    }
}
