//! Services with all that a report can tell.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use tokio_stream::Stream;
use vestibule::{Code, Status, Streaming, grpc_error, interceptor, out_of_order, public, require_metadata};

pub(super) struct Caller;

#[interceptor(phase = Edge)]
async fn real_address() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Observe)]
async fn access_log(_target: &str) -> Result<(), Status> {
    Ok(())
}

/// A named list.
#[interceptor(phase = Edge, real_address(), access_log("calls"))]
async fn base() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor(phase = Authenticate)]
async fn authenticate_in(_tenant: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor(phase = Authorize)]
async fn member(_caller: &Caller) -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authorize)]
async fn named(_caller: &Caller, _name: &str) -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Limit)]
async fn limit() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn plain() -> Result<(), Status> {
    Ok(())
}

/// An error with two codes of its own, and those of another one.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub(super) enum GreetingError {
    #[error("no name")]
    #[status(InvalidArgument)]
    NoName,
    #[error("no such greeting")]
    #[status(NotFound)]
    NoGreeting,
    #[error("another greeting")]
    #[status(NotFound)]
    OtherGreeting,
    #[error(transparent)]
    #[status(transparent)]
    Store(#[from] StoreError),
    #[cfg(not(test))]
    #[error("never compiled")]
    #[status(DataLoss)]
    Absent,
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("the store is away")]
#[status(Unavailable)]
pub(super) struct StoreError;

/// An error whose code is not known before it is there.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("failed")]
#[status(code = self.0)]
pub(super) struct AnyError(Code);

type GreetingResult<T> = Result<T, GreetingError>;

#[derive(Clone)]
pub(super) struct MyGreeter;

/// A named list, required metadata, a demanded policy, a name to skip, and an entry out of order.
#[interceptor(base())]
#[require_metadata(tenant: &str = "x-tenant")]
#[interceptor(caller = authenticate_in(tenant), access = member(caller), each(access), quota = limit())]
#[interceptor(out_of_order(
    "it counts accepted calls",
    access_log("a line break\nand \"quotes\" and | bars")
))]
impl Greeter for MyGreeter {
    /// It inherits the policy.
    #[skip(quota)]
    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
        #[metadata("locale")] _locale: Option<&str>,
        #[metadata("x-id-bin")] _id: Option<Vec<u8>>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, StoreError>>, GreetingError> {
        Ok(tokio_stream::empty())
    }

    /// It is open.
    #[interceptor(access = public())]
    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, AnyError> {
        Err(AnyError(Code::Aborted))
    }

    /// Its policy is a guard.
    #[interceptor(plain(), access = named(caller, &request.name))]
    async fn say_hello(&self, request: HelloRequest) -> GreetingResult<HelloResponse> {
        match request.name.as_str() {
            "" => Err(GreetingError::NoName),
            "nobody" => Err(GreetingError::NoGreeting),
            "another" => Err(GreetingError::OtherGreeting),
            _ => Err(StoreError.into()),
        }
    }

    #[interceptor(access = vestibule::public())]
    #[cfg(test)]
    async fn bidi_hello(
        &self,
        _: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

/// A generic service without a policy.
pub(super) struct Calculator<T>(pub(super) T);

#[interceptor(caller = authenticate(), plain())]
impl<T: Send + Sync + 'static> Calculatrice for Calculator<T> {
    async fn addition(&self, _: AdditionRequest, caller: &Caller) -> Result<AdditionResponse, Status> {
        let Caller = caller;
        Err(Status::unknown(""))
    }
}

/// A service of a pointer, whose method is compiled or not.
pub(super) struct Shared;

#[interceptor(authenticate(), plain())]
impl Calculatrice for Box<Shared> {
    #[cfg(test)]
    async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> {
        Err(Status::unknown(""))
    }
}

/// A service that leaves out rpcs, and has a policy without a name.
pub(super) struct Shelves;

#[interceptor(caller = authenticate(), member(caller))]
#[rpc(default_stubs, unimplemented(r#type, r#return, watch, exchange))]
impl Library for Shelves {
    async fn get_url(&self, _: Book) -> Result<Link, Status> {
        Err(Status::unknown(""))
    }

    async fn v1_get(&self, _: Book) -> Result<Link, Status> {
        Err(Status::unknown(""))
    }
}

pub(super) type LibrariesServer = LibraryServer<()>;
