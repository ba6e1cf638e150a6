use std::sync::Arc;

use super::mounted::Mounted;
use super::tuples::for_tuples;
use crate::server::mount::Mount;
use crate::server::mount::codec::Prost;
use crate::server::mount::serve::Serve;

/// A type that implements several annotated services, which a tuple of generated servers names:
/// `(GreeterServer<()>, CalculatriceServer<()>)`.
///
/// You do not implement this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be mounted as `{N}`",
    label = "not an annotated service for each of these generated servers",
    note = "put `#[interceptor]` above the impl of each of these services",
    note = "write a tuple of up to twelve generated servers, as in `(GreeterServer<()>, CalculatriceServer<()>)`"
)]
pub trait ServeAll<N>: Sized {
    /// Mounts the services.
    #[doc(hidden)]
    fn mount(service: Arc<Self>) -> Vec<Mounted>;
}

macro_rules! implement {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<S, $($name),*> ServeAll<($($name,)*)> for S
        where
            $(S: Serve<$name, Prost, Mount = Mount<S, $name>>, $name: 'static,)*
        {
            fn mount(service: Arc<S>) -> Vec<Mounted> {
                let _ = &service;
                vec![$(Mounted::new(<S as Serve<$name, Prost>>::mount(Arc::clone(&service)))),*]
            }
        }
    };
}

for_tuples!(implement);
