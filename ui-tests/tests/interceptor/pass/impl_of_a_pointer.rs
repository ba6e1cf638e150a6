//! An annotated impl for an `Arc`, a `Box` or a reference, with names that the expansion must not take, triggers no lint.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::Stream;
use tonic::{Request, Response, Status};
use vestibule::interceptor;

type BoxStream = Pin<Box<dyn Stream<Item = Result<String, Status>> + Send>>;

#[tonic::async_trait]
trait Echo: Send + Sync + 'static {
    async fn echo(&self, request: Request<String>) -> Result<Response<String>, Status>;
    async fn other(self: Arc<Self>, request: Request<String>) -> Result<Response<String>, Status>;

    type ManyStream: Stream<Item = Result<String, Status>> + Send;

    async fn many(&self, request: Request<String>) -> Result<Response<Self::ManyStream>, Status>;
}

struct Handlers {
    name: String,
}

struct Chains<T, const N: usize> {
    value: T,
}

#[interceptor]
async fn log() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log())]
#[rpc(service = "test.Echo")]
impl Echo for Arc<Handlers> {
    async fn echo(&self, request: String) -> Result<String, Status> {
        let handlers: &Handlers = self;
        Ok(format!("{} {request}", handlers.name))
    }

    async fn other(self: Arc<Self>, mut request: String) -> Result<String, Status> {
        request.push_str(&self.name);
        Ok(request)
    }

    async fn many(&self, mut request: String) -> Result<impl Stream<Item = Result<String, Status>>, Status> {
        request.push_str(&self.name);
        Ok(tokio_stream::iter([Ok(request)]))
    }
}

#[interceptor(log())]
#[rpc(service = "test.Echo")]
impl<T, const N: usize> Echo for Arc<Chains<T, N>>
where
    T: ToString + Send + Sync + 'static,
{
    async fn echo(&self, request: String) -> Result<String, Status> {
        Ok(format!("{} {N} {request}", self.value.to_string()))
    }

    async fn other(self: Arc<Self>, request: String) -> Result<String, Status> {
        Ok(request)
    }

    type ManyStream = BoxStream;

    async fn many(&self, request: String) -> Result<Self::ManyStream, Status> {
        Ok(Box::pin(tokio_stream::iter([Ok(request)])))
    }
}

trait Backend: Send + Sync {
    fn name(&self) -> String;
}

#[tonic::async_trait]
trait Single: Send + Sync + 'static {
    async fn single(&self, request: Request<String>) -> Result<Response<String>, Status>;
}

#[interceptor(log())]
#[rpc(service = "test.Single")]
impl Single for Box<dyn Backend> {
    async fn single(&self, request: String) -> Result<String, Status> {
        Ok(format!("{} {request}", self.name()))
    }
}

#[interceptor(log())]
#[rpc(service = "test.Single")]
impl Single for &'static Handlers {
    async fn single(&self, request: String) -> Result<String, Status> {
        Ok(format!("{} {request}", self.name))
    }
}

struct Stored<B>(B);

#[interceptor(log())]
#[rpc(service = "test.Single")]
impl Single for Stored<Arc<dyn Backend>> {
    async fn single(&self, request: String) -> Result<String, Status> {
        Ok(format!("{} {request}", self.0.name()))
    }
}

fn serves<E: Echo>(_: E) {}

fn main() {
    struct Named;

    impl Backend for Named {
        fn name(&self) -> String {
            String::new()
        }
    }

    fn serves_single<S: Single>(_: S) {}

    serves(Arc::new(Handlers { name: String::new() }));
    serves(Arc::new(Chains::<_, 3> { value: 7 }));
    serves_single(Box::new(Named) as Box<dyn Backend>);
    serves_single(Stored(Arc::new(Named) as Arc<dyn Backend>));
    serves_single(&*Box::leak(Box::new(Handlers { name: String::new() })));
}
