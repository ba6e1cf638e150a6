//! An interceptor whose hooks change every message.

use proto::hello::{HelloRequest, HelloResponse};
use vestibule::{Call, Hooks, Interceptor, Method, Status};

pub(crate) fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// Adds an exclamation mark to each request, and a question mark to each response.
pub(crate) struct Loud;

pub(crate) trait Text {
    fn text(&mut self) -> &mut String;
}

impl Text for HelloRequest {
    fn text(&mut self) -> &mut String {
        &mut self.name
    }
}

impl Text for HelloResponse {
    fn text(&mut self) -> &mut String {
        &mut self.reply
    }
}

impl Interceptor for Loud {
    type Provides = &'static str;
    type Hooks = Loud;

    async fn start(&self, _call: &Call) -> Result<(&'static str, Loud), Status> {
        Ok(("loud", Loud))
    }
}

impl<M: Method<Request: Text, Response: Text>> Hooks<M> for Loud {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        message.text().push('!');
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        message.text().push('?');
        Ok(())
    }
}
