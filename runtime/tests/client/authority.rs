//! A call knows the authority that it is addressed to, on a client with an origin and in a layer.

use std::sync::{Arc, Mutex};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tower_layer::Layer;
use vestibule::{Call, Interceptor, Rest, Status, client, layer};

use super::server::{Server, channel};
use crate::support::{hello, serve};

/// Notes the authority of a call, before and after the rest has run.
#[derive(Clone, Default)]
struct Note(Arc<Mutex<Vec<Option<String>>>>);

impl Note {
    fn note(&self, call: &Call) {
        self.0.lock().unwrap().push(call.authority().map(|authority| authority.to_string()));
    }

    fn take(&self) -> Vec<Option<String>> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Interceptor for Note {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        self.note(call);
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        self.note(call);
        result
    }
}

#[tokio::test]
async fn a_client_knows_its_origin_and_a_layer_what_it_passes_on() {
    let (on_client, on_server) = (Note::default(), Note::default());
    let service = layer((on_server.clone(),)).layer(GreeterServer::new(Server::default()));
    let addr = serve(service).await;
    let channel = channel(addr);

    let plain = client(channel.clone(), (on_client.clone(),));
    GreeterClient::new(plain.clone()).say_hello(hello("a")).await.unwrap();
    assert_eq!(on_client.take(), [None, None], "a channel does not expose its endpoint");
    // The service behind a layer has the request afterwards.
    let sent = [Some(addr.to_string()), None];
    assert_eq!(on_server.take(), sent);

    let origin = "http://greeter.example.com:81";
    let expected = vec![Some("greeter.example.com:81".to_owned()); 2];
    let with_origin = plain.clone().origin(origin.parse().unwrap());
    GreeterClient::new(with_origin).say_hello(hello("a")).await.unwrap();
    assert_eq!(on_client.take(), expected);
    assert_eq!(on_server.take(), sent, "an origin does not change where a call is sent");

    GreeterClient::with_origin(plain, origin.parse().unwrap()).say_hello(hello("a")).await.unwrap();
    assert_eq!(on_client.take(), expected);
}
