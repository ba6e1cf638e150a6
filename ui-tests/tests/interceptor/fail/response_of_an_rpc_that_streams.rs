use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use vestibule::{Status, interceptor};

#[derive(Clone)]
pub struct Shelves;

#[interceptor]
#[rpc(default_stubs, unimplemented(v1_get, r#type, r#return, get_url, exchange))]
impl Library for Shelves {
    async fn watch(&self, _book: Book) -> Result<Link, Status> {
        Ok(Link::default())
    }
}

fn main() {
    LibraryServer::new(Shelves);
}
