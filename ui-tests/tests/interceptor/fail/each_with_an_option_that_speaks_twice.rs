use proto::library::options::ROLES;
use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use vestibule::{Call, Status, interceptor, public};

#[interceptor(phase = Authorize)]
async fn has_role_of(call: &Call) -> Result<(), Status> {
    match call.method().option(ROLES) {
        Some(_) => Ok(()),
        None => Err(Status::permission_denied("not your role")),
    }
}

pub struct Shelves;

#[interceptor(access = has_role_of(), each(access: ROLES))]
#[rpc(default_stubs, unimplemented(r#type, r#return, watch, exchange))]
impl Library for Shelves {
    #[interceptor(access = public())]
    async fn get_url(&self, book: Book) -> Result<Link, Status> {
        Ok(Link { url: book.title })
    }

    async fn v1_get(&self, book: Book) -> Result<Link, Status> {
        Ok(Link { url: book.title })
    }
}

fn main() {
    LibraryServer::new(Shelves);
}
