//! The greeter, which asks the calculator for the number of each guest.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use proto::calcul::AdditionRequest;
use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Channel;
use vestibule::metadata::Bearer;
use vestibule::{Client, Mount, Status, Streaming, client, interceptor};
use vestibule_interceptors::{
    AccessLog, Audit, Deadline, PropagateDeadline, PropagateRequestId, Retry, SetRequestId,
};

use crate::observers::{Observers, Side, observe};

/// A greeter that numbers its guests.
#[derive(Clone)]
pub(crate) struct MyGreeter {
    side: Side,
    audit: Audit,
    calculator: CalculatriceClient<Client<Channel>>,
    guests: Arc<AtomicI32>,
}

impl MyGreeter {
    pub(crate) fn new(observers: &Observers, calculator: Channel) -> Mount<Self, GreeterServer<()>> {
        let Side { trace, metrics, prometheus } = observers.client.clone();
        // What observes stands before `Retry`: it sees one call, however many attempts that takes.
        let chain = (
            trace,
            AccessLog::client(),
            metrics,
            prometheus,
            PropagateRequestId::new(),
            PropagateDeadline::new(),
            Retry::new(3),
        );
        let calculator = CalculatriceClient::new(client(calculator, chain));
        let (side, audit) = (observers.server.clone(), observers.audit.clone());
        Mount::new(Self { side, audit, calculator, guests: Arc::default() })
    }

    async fn greet(&self, name: &str) -> Result<HelloResponse, Status> {
        if name.is_empty() {
            return Err(Status::invalid_argument("who are you?"));
        }
        let request = AdditionRequest { nombre1: self.guests.load(Ordering::Relaxed), nombre2: 1 };
        let guest = self.calculator.clone().addition(request).await?.into_inner().resultat;
        self.guests.store(guest, Ordering::Relaxed);
        Ok(HelloResponse { reply: format!("hello {name}, you are guest {guest}") })
    }
}

/// Accepts a token that is the name of the caller. A real service verifies a signature.
#[interceptor(phase = Authenticate)]
async fn authenticate(#[metadata("authorization")] token: Bearer<'_>) -> Result<String, Status> {
    match token.token().strip_suffix("-token") {
        Some(name) => Ok(name.to_owned()),
        None => Err(Status::unauthenticated("invalid token")),
    }
}

#[interceptor(
    SetRequestId::new(),
    log = observe(&self.side),
    audit = &self.audit,
    caller = authenticate(),
    log.caller(caller),
    audit.caller(caller),
    Deadline::at_most(Duration::from_secs(10))
)]
impl Greeter for MyGreeter {
    #[interceptor(audit.subject(|request: &HelloRequest| format!("hello to {:?}", request.name)))]
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.greet(&request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let replies = ["hello", "bonjour", "你好"].map(|word| format!("{word} {}", request.name));
        Ok(tokio_stream::iter(replies).map(|reply| Ok(HelloResponse { reply })))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = None;
        while let Some(request) = requests.message().await? {
            last = Some(self.greet(&request.name).await?);
        }
        last.ok_or_else(|| Status::invalid_argument("nobody is there"))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(async |request| self.greet(&request?.name).await))
    }
}
