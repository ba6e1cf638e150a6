use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use tokio_stream::Stream;
use vestibule::{Status, interceptor};

#[derive(Clone)]
pub struct Shelves;

#[interceptor]
#[rpc(default_stubs, unimplemented(v1_get, r#type, r#return, watch, exchange))]
impl Library for Shelves {
    async fn get_url(&self, _book: Book) -> Result<impl Stream<Item = Result<Link, Status>>, Status> {
        Ok(tokio_stream::once(Ok(Link::default())))
    }
}

fn main() {
    LibraryServer::new(Shelves);
}
