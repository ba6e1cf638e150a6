use std::fmt;

use tonic::{Request, Response, Status};

use super::{BUG, Finish};
use crate::{Call, Hooks, MethodInfo, Rpc};

/// The message and the reply of a unary call, kept in one place while the chain runs.
///
/// Handed on from level to level they would be copied at each of them.
pub struct Exchange<Req, Res> {
    message: Option<Req>,
    reply: Option<Response<Res>>,
}

impl<Req: Send + 'static, Res: Send + 'static> Exchange<Req, Res> {
    /// Takes a request apart: what interceptors see, and the message.
    #[inline]
    pub fn new(method: &'static MethodInfo, request: Request<Req>) -> (Call, Self) {
        let (metadata, extensions, message) = request.into_parts();
        let call = Call::new(method, Request::from_parts(metadata, extensions, ()));
        (call, Self { message: Some(message), reply: None })
    }

    /// Shows the message to one interceptor.
    #[inline]
    pub fn on_request<H: Hooks<Rpc<Req, Res>>>(
        &mut self,
        hooks: &mut Finish<Rpc<Req, Res>, H>,
    ) -> Result<(), Status> {
        self.message.as_mut().map_or(Ok(()), |message| hooks.on_request(message))
    }

    /// The message, for a handler that takes it bare.
    ///
    /// # Panics
    ///
    /// The second time. The expansion calls it once, and a future cannot run twice.
    #[inline]
    pub fn message(&mut self) -> Req {
        self.message.take().expect("the handler is called once")
    }

    /// The message, for a handler that takes tonic's `Request`.
    #[inline]
    pub fn request(&mut self, call: &Call) -> Request<Req> {
        call.to_request(self.message())
    }

    /// Keeps the handler's reply.
    #[inline]
    pub fn reply(&mut self, reply: Response<Res>) {
        self.reply = Some(reply);
    }

    /// Shows the reply to one interceptor.
    #[inline]
    pub fn on_response<H: Hooks<Rpc<Req, Res>>>(
        &mut self,
        hooks: &mut Finish<Rpc<Req, Res>, H>,
    ) -> Result<(), Status> {
        self.reply.as_mut().map_or(Ok(()), |reply| hooks.on_response(reply.get_mut()))
    }

    /// What the trait method returns, once the chain has ended.
    #[inline]
    pub fn end(self, call: &Call, result: Result<(), Status>) -> Result<Response<Res>, Status> {
        match (result, self.reply) {
            (Ok(()), Some(mut reply)) => {
                call.move_reply_metadata(reply.metadata_mut());
                Ok(reply)
            }
            (Ok(()), None) => Err(without_reply(call)),
            (Err(mut status), _) => {
                call.move_reply_metadata(status.metadata_mut());
                Err(status)
            }
        }
    }
}

/// An interceptor said `Ok` and never awaited the rest, or turned its error into `Ok`.
#[cold]
fn without_reply(call: &Call) -> Status {
    tracing::error!(target: "vestibule",
        method = call.method().path(),
        "an interceptor ended the call with `Ok`, but there is no reply"
    );
    Status::internal(BUG)
}

impl<Req, Res> fmt::Debug for Exchange<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("replied", &self.reply.is_some()).finish_non_exhaustive()
    }
}
