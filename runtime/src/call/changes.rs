//! The methods by which interceptors change the request and the response of a call.

use tonic::Request;

use super::Call;
use super::added_metadata::{MetadataMut, Part};
use super::retry_policy::RetryPolicy;
use crate::{Shape, metadata};

impl Call {
    /// Returns the metadata to send at the beginning of the response, gRPC's initial metadata.
    ///
    /// The client receives this metadata whether the call succeeds or fails. It replaces metadata of the handler with
    /// the same keys. The chain drops keys of gRPC and HTTP (`grpc-...`, `connection`) and logs a warning.
    ///
    /// Metadata that is added after the headers were sent goes into the trailers:
    ///
    /// - A single response is sent when the call ends.
    /// - The headers of a response stream are sent before its first message.
    /// - A layer and a client cannot tell these shapes apart. They send the headers as soon as the service has responded,
    ///   which is before `rest` ends.
    ///
    /// The returned guard is not `Send`, so the compiler rejects code that holds it across an `.await`.
    ///
    /// While a guard is alive, it owns the metadata, and gives it back when it is dropped. So a second guard of this
    /// method does not see what the first one has added. Both are sent.
    ///
    /// ```
    /// # use vestibule::{Call, Status, interceptor};
    /// #[interceptor]
    /// async fn echo_request_id(call: &Call, #[metadata("request-id")] id: &str) -> Result<(), Status> {
    ///     let id = id.parse().map_err(|_| Status::invalid_argument("bad request-id"))?;
    ///     call.response_metadata().insert("request-id", id);
    ///     Ok(())
    /// }
    /// ```
    pub fn response_metadata(&self) -> MetadataMut<'_> {
        self.added_metadata.get(Part::Response)
    }

    /// Returns the metadata to send at the end of the response, gRPC's trailing metadata.
    ///
    /// The client receives this metadata after a response stream and with every failure. After a single successful
    /// response, a [`Mount`](crate::Mount) and a [`layer`](crate::layer()) send it. tonic's own server cannot send
    /// it, so in that server, an annotated service drops it and logs a warning. The chain drops keys of gRPC and HTTP
    /// and logs a warning.
    ///
    /// In a layer and on a client, after `rest` has ended, it also contains the trailers of the service.
    ///
    /// ```
    /// # use vestibule::{Call, Rest, Status, interceptor};
    /// #[interceptor]
    /// async fn cost(call: &Call, rest: impl Rest) -> Result<(), Status> {
    ///     let result = rest.await;
    ///     call.trailers().insert("x-cost", "3".parse().expect("a number is ASCII"));
    ///     result
    /// }
    /// ```
    pub fn trailers(&self) -> MetadataMut<'_> {
        self.added_metadata.get(Part::Trailers)
    }

    /// Returns true if a client receives [`trailers`](Self::trailers) also if the call succeeds.
    ///
    /// It is false for a single response of an annotated service in tonic's own server. There, an interceptor that adds
    /// trailers to each call would have a warning for each call.
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// const WATCH: &MethodInfo = &MethodInfo::new("/probe.Probe/Watch", Shape::ServerStreaming);
    ///
    /// assert!(!Call::new(ECHO, tonic::Request::new(())).sends_trailers());
    /// assert!(Call::new(WATCH, tonic::Request::new(())).sends_trailers());
    /// ```
    #[must_use]
    pub fn sends_trailers(&self) -> bool {
        let has_single_response =
            matches!(self.method().shape(), Some(Shape::Unary | Shape::ClientStreaming));
        !(has_single_response && self.loses_trailers())
    }

    /// Returns the metadata to add to the request that is passed on.
    ///
    /// A [`client`](crate::client()) sends it to the server. A [`layer`](crate::layer()) passes it to the service. In
    /// an annotated service, a handler that takes tonic's `Request` finds it there. It replaces metadata of the
    /// request with the same keys, but [`metadata`](Self::metadata) does not return it. The chain drops keys of gRPC
    /// and HTTP (`grpc-...`, `te`, `content-type`) and logs a warning.
    ///
    /// Call this method before the request is passed on: in [`start`](crate::Interceptor::start), or before
    /// `rest.await`.
    ///
    /// ```
    /// # use vestibule::{Call, Status, interceptor};
    /// #[interceptor]
    /// async fn tenant(tenant: &str, call: &Call) -> Result<(), Status> {
    ///     let tenant = tenant.parse().map_err(|_| Status::internal("the tenant is not ASCII"))?;
    ///     call.outgoing_metadata().insert("x-tenant", tenant);
    ///     Ok(())
    /// }
    /// ```
    pub fn outgoing_metadata(&self) -> MetadataMut<'_> {
        self.added_metadata.get(Part::Request)
    }

    /// Removes the metadata with this key from the request that is passed on: that of the request itself, and what
    /// interceptors have added so far.
    ///
    /// [`metadata`](Self::metadata) still returns it. Keys of gRPC and HTTP stay. Call this method before the request is
    /// passed on, like [`outgoing_metadata`](Self::outgoing_metadata).
    ///
    /// ```
    /// # use vestibule::{Call, Status, interceptor};
    /// /// A service behind this entry never sees the token.
    /// #[interceptor]
    /// async fn without_token(call: &Call) -> Result<(), Status> {
    ///     call.remove_outgoing_metadata("authorization");
    ///     Ok(())
    /// }
    /// ```
    pub fn remove_outgoing_metadata(&self, key: &str) {
        if let Some(key) = metadata::removable(key) {
            self.added_metadata.remove_from_request(key);
        }
    }

    /// Adds a value to the extensions of the request that is passed on. It replaces a value of the same type.
    ///
    /// - A [`layer`](crate::layer()) passes it to the service. A handler of an annotated service takes it as an
    ///   [`Extension`](crate::extract::Extension).
    /// - A [`client`](crate::client()) passes it to the tower services between the client and the channel.
    /// - In an annotated service, a handler that takes tonic's `Request` finds it there. Other handlers take the value that
    ///   an interceptor provides, which needs no extension.
    ///
    /// Call this method before the request is passed on, like [`outgoing_metadata`](Self::outgoing_metadata).
    /// [`extensions`](Self::extensions) does not return the value.
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor, layer};
    ///
    /// #[derive(Clone)]
    /// struct Tenant(String);
    ///
    /// #[interceptor]
    /// async fn tenant(call: &Call, #[metadata("x-tenant")] tenant: &str) -> Result<(), Status> {
    ///     call.add_extension(Tenant(tenant.to_owned()));
    ///     Ok(())
    /// }
    ///
    /// // A handler behind it has a parameter `Extension(tenant): Extension<Tenant>`.
    /// let layer = layer((tenant(),));
    /// ```
    pub fn add_extension<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.added_metadata.add_extension(value);
    }

    /// Sets the policy by which a client retries this call. The first policy that is set wins.
    ///
    /// Call this method on a [`client`](crate::client()), before the request is sent: in
    /// [`start`](crate::Interceptor::start), or before `rest.await`. On a server it has no effect. See
    /// [`RetryPolicy`] for an example.
    pub fn set_retry_policy(&self, policy: impl RetryPolicy + 'static) {
        self.added_metadata.set_retry_policy(policy);
    }

    /// Takes the policy by which a client retries this call, if one is set. A client does so when it sends the request; use it
    /// to test an interceptor.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use vestibule::client::{FailedAttempt, RetryPolicy};
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// # struct Never;
    /// # impl RetryPolicy for Never {
    /// #     fn retry_after(&mut self, _: &FailedAttempt) -> Option<Duration> { None }
    /// #     fn max_message_size(&self) -> usize { 0 }
    /// # }
    /// let call = Call::new(ECHO, tonic::Request::new(()));
    /// assert!(call.take_retry_policy().is_none());
    /// call.set_retry_policy(Never);
    /// assert!(call.take_retry_policy().is_some());
    /// ```
    pub fn take_retry_policy(&self) -> Option<Box<dyn RetryPolicy>> {
        self.added_metadata.take_retry_policy()
    }

    /// Returns how many times a [`client`](crate::client()) has made another attempt of this call. It is zero on a server.
    ///
    /// An attempt counts even if the one before it was not sent. Ask after `rest.await`, when no further attempt can be made:
    ///
    /// ```
    /// use vestibule::{Call, Rest, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn log_retries(call: &Call, rest: impl Rest) -> Result<(), Status> {
    ///     let result = rest.await;
    ///     println!("{}: {} retries", call.method().path(), call.retries());
    ///     result
    /// }
    /// ```
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.added_metadata.retries()
    }

    /// Counts another attempt.
    pub(crate) fn count_retry(&self) {
        self.added_metadata.count_retry();
    }

    /// Returns a request with `message`, copies of the metadata and the extensions, and what was added to them.
    #[doc(hidden)]
    pub fn to_request<T>(&self, message: T) -> Request<T> {
        let (mut metadata, mut extensions) = (self.metadata().clone(), self.extensions().clone());
        self.added_metadata.change_request(self.method(), metadata.as_mut());
        self.added_metadata.move_extensions(&mut extensions);
        Request::from_parts(metadata, extensions, message)
    }
}
