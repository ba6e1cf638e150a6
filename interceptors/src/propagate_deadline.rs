use tonic::Status;
use vestibule::client::ClientOnly;
use vestibule::extract::CallDeadline;
use vestibule::{Call, Interceptor, current_deadline};

/// Passes the deadline of the call that is being served on to the calls that are made for it. It stands on a
/// [`client`](vestibule::client()).
///
/// The remaining time becomes the `grpc-timeout` of the new call, unless that call has an earlier deadline of its
/// own. When no time remains, the call ends with `DEADLINE_EXCEEDED` and is not sent.
///
/// ```
/// use tonic::transport::Endpoint;
/// use vestibule_interceptors::PropagateDeadline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
/// let channel = vestibule::client(channel, (PropagateDeadline::new(),));
/// # }
/// ```
///
/// The deadline is known inside the handler of an annotated service and in all futures that the handler awaits. If
/// the chain has a [`Deadline`](super::Deadline) with an earlier limit, that limit is known instead. The same is true
/// for a service behind a [`layer`](vestibule::layer()). In a task that the handler spawns, the deadline is not
/// known. Pass the deadline to the task, and put it into the extensions of the request:
///
/// ```
/// use proto::hello::HelloRequest;
/// use proto::hello::greeter_client::GreeterClient;
/// use tonic::Request;
/// use tonic::transport::Channel;
/// use vestibule::Client;
/// use vestibule::extract::CallDeadline;
///
/// fn greet_later(mut client: GreeterClient<Client<Channel>>, deadline: CallDeadline) {
///     tokio::spawn(async move {
///         let mut request = Request::new(HelloRequest { name: "Ada".to_owned() });
///         request.extensions_mut().insert(deadline);
///         client.say_hello(request).await
///     });
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct PropagateDeadline(());

impl PropagateDeadline {
    /// Creates the interceptor. The example of [`PropagateDeadline`] calls it.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Interceptor for PropagateDeadline {
    type Provides = ();
    type Hooks = ClientOnly;

    async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
        let with_request = call.extensions().get::<CallDeadline>().and_then(CallDeadline::instant);
        for deadline in [with_request, current_deadline()].into_iter().flatten() {
            call.limit_deadline(deadline);
        }
        call.check_deadline()?;
        Ok(((), ClientOnly))
    }
}
