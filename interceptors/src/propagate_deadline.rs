use tonic::Status;
use vestibule::client::ClientOnly;
use vestibule::extract::CallDeadline;
use vestibule::{Call, Interceptor, current_deadline};

/// Hands the deadline of the call that is being served on to the calls that are made for it, on a
/// [`client`](vestibule::client()).
///
/// What is left of it becomes their `grpc-timeout`, unless they have an earlier deadline of their own. When
/// nothing is left, they end with `DEADLINE_EXCEEDED` and are not sent.
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
/// A handler of an annotated service, and whatever it awaits, has the deadline of its call, or the earlier
/// one of a [`Deadline`](super::Deadline) in its chain; so has a service behind a [`layer`](vestibule::layer()).
/// A task that it spawns has not. There, the request takes it along, which the handler has as a parameter:
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
    /// The deadline of the call that is being served.
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
