//! What the `TraceLayer` of tower-http sees of a stream, as the guide `see_every_call` says; an interceptor sees its end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, Response};
use tower_http::classify::GrpcFailureClass;
use tower_http::trace::{OnEos, OnFailure, OnResponse, TraceLayer};
use tower_layer::Stack;
use tracing::Span;
use vestibule::layer;
use vestibule_interceptors::Prometheus;

use super::prometheus::{methods, registered, scraped};
use crate::support::http_layers::{LIMIT, behind, stream};
use crate::support::{hello, surely};

/// Notes what the layer tells of.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<&'static str>>>);

impl Told {
    fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<B> OnResponse<B> for Told {
    fn on_response(self, _: &Response<B>, latency: Duration, _: &Span) {
        assert!(latency < LIMIT * 4, "it is the time to the headers");
        self.note("response");
    }
}

impl OnEos for Told {
    fn on_eos(self, _: Option<&HeaderMap>, _: Duration, _: &Span) {
        self.note("end");
    }
}

impl OnFailure<GrpcFailureClass> for Told {
    fn on_failure(&mut self, _: GrpcFailureClass, _: Duration, _: &Span) {
        self.note("failure");
    }
}

#[tokio::test]
async fn a_trace_layer_does_not_tell_of_a_stream_whose_client_is_gone() {
    let told = Told::default();
    let trace =
        TraceLayer::new_for_grpc().on_response(told.clone()).on_eos(told.clone()).on_failure(told.clone());
    let prometheus = Prometheus::server(methods());
    let registry = registered(&prometheus);
    let mut client = behind!(Stack::new(trace, layer((prometheus,))));
    stream(&mut client).await;
    assert_eq!(told.take(), ["response", "end"]);

    let mut begun = client.lots_of_replies(hello("")).await.unwrap().into_inner();
    begun.message().await.unwrap();
    drop(begun);
    let canceled = r#"grpc_method="LotsOfReplies",grpc_code="Canceled"} 1"#;
    surely(async {
        while !scraped(&registry).contains(canceled) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(told.take(), ["response"]);
}
