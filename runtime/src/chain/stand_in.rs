use std::marker::PhantomData;

use tonic::Status;

use crate::{Call, Interceptor};

/// What a function with mistakes in its `#[interceptor]` returns, so that they are all the user
/// reads. It is in no program that compiles.
#[derive(Debug)]
pub struct StandIn<P>(PhantomData<fn() -> P>);

impl<P> StandIn<P> {
    /// Stands in for an interceptor that provides a `P`.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P: Send + Sync> Interceptor for StandIn<P> {
    type Provides = P;
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<(P, ()), Status> {
        unreachable!("it comes with a compile error")
    }
}
