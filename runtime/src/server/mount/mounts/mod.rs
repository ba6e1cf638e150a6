//! Several mounts as one service.

mod layer_order;
mod mounted;
mod named_list;
mod serve_all;
mod tuples;
mod unimplemented;

use std::any::{TypeId, type_name};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use tonic::body::Body;
use tower_layer::{Identity, Stack};
use tower_service::Service;

pub use named_list::NamedList;
pub use serve_all::ServeAll;

use mounted::{Mounted, MountedServices};
use unimplemented::Unimplemented;

use super::Mount;
use super::described_services::{DescribedServices, MountedService};
use super::serve::{HttpRequest, Serve};
use crate::proxy::Interceptors;
use crate::report::{LayerRow, Report};
use crate::server::{Layer, LayerMethod};

/// Several mounts that a server serves without tonic's router, and lists that each of them must have.
///
/// ```no_run
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// use tonic::service::Routes;
/// use tonic::transport::Server;
/// use vestibule::server::Mounts;
/// use vestibule::{Call, Status, interceptor};
///
/// #[interceptor]
/// async fn access_log(call: &Call) -> Result<(), Status> {
///     println!("{}", call.method().path());
///     Ok(())
/// }
///
/// /// In front of every service of ours.
/// #[interceptor(access_log())]
/// async fn base() -> Result<(), Status> {
///     Ok(())
/// }
///
/// struct Calculator;
///
/// #[interceptor(base())]
/// impl Calculatrice for Calculator {
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// # async fn serve() -> Result<(), tonic::transport::Error> {
/// let (_, health) = tonic_health::server::health_reporter();
/// let mounts = Mounts::new().require(base).mount_all::<(CalculatriceServer<()>,)>(Calculator);
/// let service = mounts.fallback_service(Routes::new(health).prepare());
/// Server::builder().serve("[::1]:50051".parse().unwrap(), service).await
/// # }
/// ```
///
/// The layers of the server see all calls. [`Mounts::layer`] adds a layer that sees the same calls, and whose phases are
/// compared with those of the services.
#[must_use = "mounts serve nothing until a server has them"]
pub struct Mounts<L = Identity> {
    layer: L,
    /// The interceptors of the layers, outermost first.
    layer_entries: Vec<LayerRow>,
    mounted: Vec<Mounted>,
    required: Vec<Required>,
    described: Option<DescribedServices>,
}

/// A list that each service must have.
struct Required {
    name: &'static str,
    list: TypeId,
}

impl Mounts {
    /// Creates an empty set. See [`Mounts`] for an example.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Default for Mounts {
    fn default() -> Self {
        Self {
            layer: Identity::new(),
            layer_entries: Vec::new(),
            mounted: Vec::new(),
            required: Vec::new(),
            described: None,
        }
    }
}

impl<L> Mounts<L> {
    /// Puts a layer in front of all services and of the fallback. The first layer is the outermost one, as on tonic's
    /// `Server`.
    ///
    /// It runs at the same moments as a layer of the server. In addition, the [phases](crate::phase) of its interceptors are
    /// compared with the lists of the mounted services when the server starts, and [`report`](Self::report) has them.
    ///
    /// ```
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use vestibule::{Mount, Status, interceptor, server::Mounts};
    /// # struct Calculator;
    /// # #[interceptor]
    /// # impl Calculatrice for Calculator {
    /// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
    /// # }
    /// use vestibule_interceptors::Recover;
    ///
    /// let mounts = Mounts::new().layer(vestibule::layer((Recover::new(),))).add_service(Mount::new(Calculator));
    /// assert_eq!(mounts.report().rpcs()[0].entries()[0].to_string(), "Recover");
    /// let service = mounts.into_service();
    /// ```
    pub fn layer<C>(mut self, layer: Layer<C>) -> Mounts<Stack<Layer<C>, L>>
    where
        C: Interceptors<LayerMethod>,
    {
        self.layer_entries.extend(Layer::<C>::entries());
        let Self { layer: outer, layer_entries, mounted, required, described } = self;
        Mounts { layer: Stack::new(layer, outer), layer_entries, mounted, required, described }
    }

    /// Adds a mount, which may have settings of its own.
    ///
    /// ```
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use vestibule::{Mount, Status, interceptor, server::Mounts};
    /// # struct Calculator;
    /// # #[interceptor]
    /// # impl Calculatrice for Calculator {
    /// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
    /// # }
    /// let mounts = Mounts::new().add_service(Mount::new(Calculator).max_decoding_message_size(16 << 20));
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a service of the same name was added before.
    #[track_caller]
    pub fn add_service<S, N, C>(self, mount: Mount<S, N, C>) -> Self
    where
        S: Serve<N, C>,
        N: 'static,
        C: 'static,
    {
        self.add(Mounted::new(mount))
    }

    #[track_caller]
    fn add(mut self, mounted: Mounted) -> Self {
        let name = mounted.name;
        assert!(self.mounted.iter().all(|other| other.name != name), "the service `{name}` is mounted twice");
        self.mounted.push(mounted);
        self
    }

    #[track_caller]
    fn add_all(mut self, all: Vec<Mounted>) -> Self {
        for mounted in all {
            self = self.add(mounted);
        }
        self
    }

    /// Mounts several services that one type implements: a tuple of up to twelve generated servers names them.
    ///
    /// ```
    /// # use proto::calcul::{AdditionRequest, AdditionResponse};
    /// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    /// # use proto::probe::probe_server::{Probe, ProbeServer};
    /// # use proto::probe::{Ping, Pong};
    /// # use vestibule::{Mount, Status, interceptor, server::Mounts};
    /// # struct MyServer;
    /// # #[interceptor]
    /// # impl Calculatrice for MyServer {
    /// #     async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
    /// # }
    /// # #[interceptor]
    /// # impl Probe for MyServer {
    /// #     async fn echo(&self, _: Ping) -> Result<Pong, Status> { Err(Status::unknown("")) }
    /// #     #[rpc(name = "GetURL")]
    /// #     async fn get_url(&self, _: Ping) -> Result<Pong, Status> { Err(Status::unknown("")) }
    /// # }
    /// let mounts = Mounts::new().mount_all::<(CalculatriceServer<()>, ProbeServer<()>)>(MyServer);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a service of the same name was added before.
    #[track_caller]
    pub fn mount_all<N>(self, service: impl ServeAll<N>) -> Self {
        self.add_all(ServeAll::mount(Arc::new(service)))
    }

    /// Mounts several services of a shared value. Otherwise it does the same as [`mount_all`](Self::mount_all).
    ///
    /// # Panics
    ///
    /// Panics if a service of the same name was added before.
    #[track_caller]
    pub fn mount_all_from_arc<N>(self, service: Arc<impl ServeAll<N>>) -> Self {
        self.add_all(ServeAll::mount(service))
    }

    /// Requires that each of these services has a named list in front of all its methods. It does not matter whether a
    /// service is added before or after this call.
    ///
    /// `list` is the name of the function, without arguments. The list must be an entry of the impl, or of a
    /// list that is one. If a method skips it, the service does not have it. See [`Mounts`] for an example.
    #[expect(clippy::needless_pass_by_value, reason = "the name of a function is a value of its own type")]
    pub fn require<F, A>(mut self, list: F) -> Self
    where
        F: NamedList<A>,
    {
        let _ = list;
        self.required.push(Required { name: type_name::<F>(), list: F::id() });
        self
    }

    /// Requires that the mounted services are those of a descriptor set, rpc by rpc and in both directions. `elsewhere` names
    /// the services of the set that the fallback serves, such as health and reflection.
    ///
    /// `vestibule-build` and tonic-prost-build write the set, and the reflection service takes the same one. These differences
    /// stop the server before it listens, and the panic lists all of them:
    ///
    /// - The set has a service that is neither mounted nor named in `elsewhere`, or a service is mounted that the set does
    ///   not have, or that is also named in `elsewhere`.
    /// - `elsewhere` names a service that no set has. The crates of health and reflection have sets of their own, such as
    ///   `tonic_health::pb::FILE_DESCRIPTOR_SET`.
    /// - The set has an rpc for which the impl has no method, and `#[rpc(unimplemented(...))]` does not name it. The stubs
    ///   of `generate_default_stubs` hide such an rpc from the compiler if the service has no descriptor.
    /// - The impl has a method for an rpc that the set does not have.
    /// - The shape of an rpc differs. The types of its messages differ, which is known if `vestibule-build` has generated the
    ///   code.
    ///
    /// A server with several sets calls this function once for each of them. The sets count as one.
    ///
    /// ```
    /// # use vestibule::server::Mounts;
    /// # const FILE_DESCRIPTOR_SET: &[u8] = &[];
    /// // const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("services");
    /// let mounts = Mounts::new().require_file_descriptor_set(FILE_DESCRIPTOR_SET, &["grpc.health.v1.Health"]);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the set is not valid. If the services differ, [`into_service`](Self::into_service) and
    /// [`fallback_service`](Self::fallback_service) panic.
    #[track_caller]
    pub fn require_file_descriptor_set(mut self, encoded: &[u8], elsewhere: &[&str]) -> Self {
        if let Err(error) = self.described.get_or_insert_default().add(encoded, elsewhere) {
            panic!("the descriptor set is not valid: {error}");
        }
        self
    }

    /// Returns what guards each rpc of these services: see [`report`](crate::report()).
    ///
    /// The interceptors of [layers](Self::layer) stand before the entries of each rpc. The services of a fallback are not part
    /// of the report, and neither are the layers of the server.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(&self.layer_entries, self.mounted.iter().map(|mounted| (mounted.table)()))
    }

    /// Returns the service for a server. Calls of other services end with UNIMPLEMENTED.
    ///
    /// ```no_run
    /// # use vestibule::server::Mounts;
    /// # async fn serve(mounts: Mounts) -> Result<(), tonic::transport::Error> {
    /// tonic::transport::Server::builder().serve("[::1]:50051".parse().unwrap(), mounts.into_service()).await
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a service lacks a list that [`require`](Self::require) demands, if the services are not those of
    /// [`require_file_descriptor_set`](Self::require_file_descriptor_set), or if an interceptor of a [layer](Self::layer)
    /// stands before an entry of an earlier phase.
    #[track_caller]
    pub fn into_service(
        self,
    ) -> impl Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
    where
        L: tower_layer::Layer<
                MountedServices<Unimplemented>,
                Service: Service<
                    HttpRequest,
                    Response = http::Response<Body>,
                    Error = Infallible,
                    Future: Send,
                > + Clone
                             + Send
                             + Sync
                             + 'static,
            > + 'static,
    {
        self.fallback_service(Unimplemented)
    }

    /// Returns the service for a server. Another service gets the calls of all other services. See [`Mounts`] for an
    /// example.
    ///
    /// # Panics
    ///
    /// Panics if a service lacks a list that [`require`](Self::require) demands, if the services are not those of
    /// [`require_file_descriptor_set`](Self::require_file_descriptor_set), or if an interceptor of a [layer](Self::layer)
    /// stands before an entry of an earlier phase.
    #[track_caller]
    pub fn fallback_service<R>(
        self,
        fallback: R,
    ) -> impl Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + use<L, R>
    where
        R: Service<HttpRequest, Response = http::Response<Body>, Error = Infallible, Future: Send> + Clone,
        L: tower_layer::Layer<
                MountedServices<R>,
                Service: Service<
                    HttpRequest,
                    Response = http::Response<Body>,
                    Error = Infallible,
                    Future: Send,
                > + Clone,
            >,
    {
        self.check_layers();
        self.check_lists();
        self.check_descriptors();
        self.layer.layer(MountedServices::new(self.mounted, fallback))
    }

    #[track_caller]
    fn check_layers(&self) {
        let services = self.mounted.iter().map(|mounted| (mounted.name, (mounted.table)()));
        let mistakes = layer_order::mistakes(&self.layer_entries, services);
        assert!(
            mistakes.is_empty(),
            "a layer stands before what must run earlier:\n- {}",
            mistakes.join("\n- ")
        );
    }

    #[track_caller]
    fn check_lists(&self) {
        for Mounted { name, lists, .. } in &self.mounted {
            for Required { name: list, list: id } in &self.required {
                assert!(
                    lists.contains(id),
                    "the service `{name}` is mounted without the list `{list}`; write the list in the `#[interceptor(...)]` of its impl, and skip it in no method"
                );
            }
        }
    }

    #[track_caller]
    fn check_descriptors(&self) {
        let Some(described) = &self.described else { return };
        let services = self.mounted.iter();
        let services: Vec<_> =
            services.map(|it| MountedService { name: it.name, table: (it.table)() }).collect();
        let differences = described.differences(&services);
        assert!(
            differences.is_empty(),
            "the server differs from its descriptor set:\n- {}",
            differences.join("\n- ")
        );
    }
}

impl<L> fmt::Debug for Mounts<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.mounted.iter().map(|mounted| mounted.name);
        f.debug_list().entries(names).finish()
    }
}
