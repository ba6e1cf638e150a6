use tonic::Status;
use vestibule::client::ClientOnly;
use vestibule::extract::CallDeadline;
use vestibule::{Call, Interceptor, current_deadline};

/// Passes the deadline of the call that is being served on to the calls that are made for it. It stands on a
/// [`client`](vestibule::client()).
///
/// The remaining time becomes the `grpc-timeout` of such a call, unless it has an earlier deadline of its own. When
/// no time remains, the call ends with `DEADLINE_EXCEEDED` and is not sent.
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
/// The handler of an annotated service and everything that it awaits know the deadline of the call, or the earlier
/// one of a [`Deadline`](super::Deadline) in the chain. So does a service behind a [`layer`](vestibule::layer()). A
/// task that the handler spawns does not know it. Pass the deadline to the task, and put it into the extensions of
/// the request:
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
