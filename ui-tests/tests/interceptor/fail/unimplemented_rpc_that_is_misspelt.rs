use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use vestibule::{Status, interceptor};

pub struct Shelves;

#[interceptor]
#[rpc(default_stubs, unimplemented(v1_get, r#type, r#return, wach, exchange))]
impl Library for Shelves {
    async fn get_url(&self, _book: Book) -> Result<Link, Status> {
        Ok(Link::default())
    }
}

fn main() {
    LibraryServer::new(Shelves);
}
