use std::marker::PhantomData;

use tonic::Status;

use super::interceptor::Interceptor;
use crate::Call;

/// The interceptor that a function with mistakes returns, and the server of a service with mistakes, so that these
/// mistakes are all the user reads. It is in no program that compiles.
#[derive(Debug)]
pub struct Placeholder<P>(PhantomData<fn() -> P>);

impl<P> Placeholder<P> {
    /// Stands in for an interceptor that provides a `P`.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P: Send + Sync> Interceptor for Placeholder<P> {
    type Provides = P;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(P, ()), Status> {
        unreachable!("it comes with a compile error")
    }
}
