//! Services in the form that tonic's examples have, before and after `#[interceptor]` is put above them.
//!
//! Each file has a service after the pattern of one of tonic's examples. `moved!` compiles it twice: as tonic has it, and
//! with the attribute as the only change. The same calls are made to both over a socket.

#[path = "../support/mod.rs"]
mod support;

mod aliases;
mod authentication;
mod cancellation;
mod compression;
mod dynamic;
mod hello_world;
mod impl_for_arc;
mod interceptor;
mod richer_error;
mod route_guide;
mod streaming_echo;
#[cfg(unix)]
mod uds;

use tonic::metadata::MetadataMap;
use vestibule::{Call, Rest, Status, interceptor};

/// Marks the response of each call with the path of its method, so that a client can tell that the chain has run.
#[interceptor]
async fn log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let path = call.method().path().parse().expect("a path is ASCII");
    call.response_metadata().insert("x-logged", path);
    rest.await
}

/// Says if the service that is called has the list.
#[derive(Clone, Copy)]
struct HasList(bool);

impl HasList {
    /// Checks that the chain has run in front of this method, if there is a chain.
    #[track_caller]
    fn check(self, path: &str, metadata: &MetadataMap) {
        let logged = metadata.get("x-logged").map(|path| path.to_str().expect("ASCII"));
        assert_eq!(logged, self.0.then_some(path));
    }
}

/// Compiles the items and the impls of services twice, and makes a test of each version.
///
/// The items have a function `serve`, which serves the services until the test ends and returns their address. The file
/// has a function `check`, which makes the calls.
macro_rules! moved {
    ({ $($item:item)* } $(#[tonic::async_trait] impl $service:ident for $ty:ty { $($method:tt)* })+) => {
        #[allow(clippy::unused_async, reason = "`serve` awaits in some files")]
        mod before {
            use super::*;
            $($item)*
            $(#[tonic::async_trait] impl $service for $ty { $($method)* })+
        }

        #[allow(clippy::unused_async, reason = "`serve` awaits in some files")]
        mod after {
            use super::*;
            $($item)*
            $(#[vestibule::interceptor($crate::log())] #[tonic::async_trait] impl $service for $ty { $($method)* })+
        }

        #[tokio::test]
        async fn before_the_move() {
            let served = before::serve().await;
            $crate::support::surely(check(served, $crate::HasList(false))).await;
        }

        #[tokio::test]
        async fn after_the_move() {
            let served = after::serve().await;
            $crate::support::surely(check(served, $crate::HasList(true))).await;
        }
    };
}

use moved;
