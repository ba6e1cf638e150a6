//! A macro that writes the whole impl may write its methods too: the chain guards them. The macro puts them together from
//! fragments here.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, Mount, Status, interceptor};

#[interceptor]
async fn authenticate(#[metadata("authorization")] token: &str) -> Result<String, Status> {
    Ok(token.to_owned())
}

macro_rules! service {
    ($name:ident { $($method:tt)* }) => {
        pub struct $name;

        #[interceptor(caller = authenticate())]
        impl Probe for $name {
            $($method)*

            async fn get_url(&self, request: Ping, caller: &String) -> Result<Pong, Status> {
                Ok(Pong { text: format!("{caller} {}", request.text) })
            }
        }
    };
}

service!(ByTokens {
    async fn echo(&self, request: Ping, caller: &String) -> Result<Pong, Status> {
        Ok(Pong { text: format!("{caller} {}", request.text) })
    }
});

macro_rules! by_types {
    ($name:ident, $request:ty, $caller:ty, $call:ty, $reply:ty, $body:block) => {
        pub struct $name;

        #[rustfmt::skip]
        #[interceptor(caller = authenticate())]
        #[rustfmt::skip]
        #[allow(clippy::unit_arg)]
        #[cfg_attr(test, allow(unused))]
        #[cfg(not(test))]
        #[doc(hidden)]
        #[tonic::async_trait]
        impl Probe for $name {
            async fn echo(&self, _request: $request, _caller: $caller, _call: $call) -> $reply $body

            async fn get_url(&self, _request: $request, caller: $caller, call: $call) -> $reply {
                Ok(Pong { text: format!("{caller} {}", call.method().path()) })
            }
        }
    };
}

by_types!(ByTypes, Ping, &String, &Call, Result<Pong, Status>, { Ok(Pong::default()) });

fn main() {
    let _ = (Mount::new(ByTokens), Mount::new(ByTypes));
    let _ = (ProbeServer::new(ByTokens), ProbeServer::new(ByTypes));
}
