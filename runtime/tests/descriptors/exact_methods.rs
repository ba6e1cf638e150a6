//! An annotated impl takes the names of its rpcs from the descriptor.
#![expect(deprecated, reason = "an rpc of the service is deprecated, to test that the descriptor says so")]

use proto::library::options;
use proto::library::v1::library_client::LibraryClient;
use proto::library::v1::library_server::{Library, LibraryServer};
use proto::library::v1::{Book, Link, library_methods};
use proto::library_stubs;
use tokio_stream::Stream;
use tonic::transport::{Channel, Endpoint};
use vestibule::{Call, Code, Status, Streaming, interceptor};

use crate::support::{Setup, in_every_setup, serve_in};

in_every_setup!(
    rpcs_with_unusual_names_are_served_without_an_attribute,
    an_interceptor_reads_the_options_of_the_rpc,
    an_rpc_that_is_left_out_is_unimplemented
);

/// Rejects a caller whose role is not among those of the .proto file.
#[interceptor]
async fn role(call: &Call) -> Result<(), Status> {
    let Some(roles) = call.method().option(options::ROLES) else { return Ok(()) };
    match call.metadata().get("x-role") {
        Some(role) if roles.iter().any(|allowed| role == allowed) => Ok(()),
        _ => Err(Status::permission_denied("not your role")),
    }
}

#[derive(Clone)]
struct Shelves;

fn link(call: &Call) -> Link {
    Link { url: call.method().path().to_owned() }
}

#[interceptor(role())]
impl Library for Shelves {
    async fn get_url(&self, _book: Book, call: &Call) -> Result<Link, Status> {
        assert_eq!(call.method(), library_methods::GET_URL);
        Ok(link(call))
    }

    async fn v1_get(&self, _book: Book, call: &Call) -> Result<Link, Status> {
        Ok(link(call))
    }

    async fn r#type(&self, _book: Book, call: &Call) -> Result<Link, Status> {
        Ok(link(call))
    }

    async fn r#return(&self, _books: Streaming<Book>, call: &Call) -> Result<Link, Status> {
        Ok(link(call))
    }

    async fn watch(
        &self,
        _book: Book,
        call: &Call,
    ) -> Result<impl Stream<Item = Result<Link, Status>> + use<>, Status> {
        Ok(tokio_stream::once(Ok(link(call))))
    }

    async fn exchange(
        &self,
        _books: Streaming<Book>,
        call: &Call,
    ) -> Result<impl Stream<Item = Result<Link, Status>> + use<>, Status> {
        Ok(tokio_stream::once(Ok(link(call))))
    }
}

async fn client_of(address: std::net::SocketAddr) -> LibraryClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    LibraryClient::new(endpoint.connect().await.unwrap())
}

fn book(role: &str) -> tonic::Request<Book> {
    let mut request = tonic::Request::new(Book::default());
    request.metadata_mut().insert("x-role", role.parse().unwrap());
    request
}

async fn rpcs_with_unusual_names_are_served_without_an_attribute(setup: Setup) {
    let mut client = client_of(serve_in!(setup, LibraryServer::new(Shelves))).await;
    let paths = [
        client.get_url(book("reader")).await.unwrap().into_inner().url,
        client.v1_get(book("")).await.unwrap().into_inner().url,
        client.r#type(book("")).await.unwrap().into_inner().url,
        client.r#return(tokio_stream::empty()).await.unwrap().into_inner().url,
        client.watch(book("")).await.unwrap().into_inner().message().await.unwrap().unwrap().url,
        client
            .exchange(tokio_stream::empty())
            .await
            .unwrap()
            .into_inner()
            .message()
            .await
            .unwrap()
            .unwrap()
            .url,
    ];
    let names = ["GetURL", "V1_get", "type", "Return", "Watch", "Exchange"];
    assert_eq!(paths, names.map(|name| format!("/library.v1.Library/{name}")));
}

async fn an_interceptor_reads_the_options_of_the_rpc(setup: Setup) {
    let mut client = client_of(serve_in!(setup, LibraryServer::new(Shelves))).await;
    assert!(client.get_url(book("librarian")).await.is_ok());
    let status = client.get_url(book("thief")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "not your role"));
    assert!(client.v1_get(book("thief")).await.is_ok());
}

#[derive(Clone)]
struct Small;

#[interceptor]
#[rpc(default_stubs, unimplemented(v1_get, r#type, r#return, watch, exchange))]
impl library_stubs::library_server::Library for Small {
    async fn get_url(&self, _book: library_stubs::Book) -> Result<library_stubs::Link, Status> {
        Ok(library_stubs::Link::default())
    }
}

async fn an_rpc_that_is_left_out_is_unimplemented(setup: Setup) {
    use library_stubs::library_server::LibraryServer;

    let mut client = client_of(serve_in!(setup, LibraryServer::new(Small))).await;
    assert!(client.get_url(book("")).await.is_ok());
    assert_eq!(client.v1_get(book("")).await.unwrap_err().code(), Code::Unimplemented);
    assert_eq!(client.watch(book("")).await.unwrap_err().code(), Code::Unimplemented);
}
