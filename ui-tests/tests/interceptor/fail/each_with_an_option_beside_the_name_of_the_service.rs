use proto::library::options::ROLES;
use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use vestibule::{Status, interceptor, public};

pub struct Shelves;

#[interceptor(access = public(), each(access: ROLES))]
#[rpc(default_stubs, service = "library.v1.Library")]
impl Library for Shelves {
    async fn get_url(&self, book: Book) -> Result<Link, Status> {
        Ok(Link { url: book.title })
    }
}

fn main() {
    LibraryServer::new(Shelves);
}
