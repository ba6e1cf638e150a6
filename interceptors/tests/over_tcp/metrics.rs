//! `Metrics` and `GrpcMetrics` have a point for each method and code, whose every attribute is as the standard says.

use std::collections::BTreeMap;

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use proto::hello::HelloResponse;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use tonic::transport::Endpoint;
use tonic::{Code, Request};
use tower_layer::Layer;
use vestibule::descriptor::DescribedService;
use vestibule::{MethodInfo, client};
use vestibule_interceptors::{GrpcMetrics, Metrics, Recover, Retry};

use super::ended_calls::{End, call};
use super::observed::{METHODS, Observed};
use super::retry_server::{Act, Server};
use crate::support::untimed::connect_untimed;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve, serve_in, surely};

in_every_setup!(each_call_is_a_point_with_its_method_and_code, each_call_is_measured_as_grpc_does);

const GREETER: &[&MethodInfo] = GreeterServer::<()>::INFO.methods();

/// A provider whose points are kept in memory.
pub(crate) struct Meters {
    exporter: InMemoryMetricExporter,
    pub(crate) provider: SdkMeterProvider,
}

/// A metric with its unit, and its points by their attributes: the count of a histogram and its sum, or a value twice.
type Points = BTreeMap<String, BTreeMap<String, (u64, f64)>>;

impl Meters {
    pub(crate) fn new() -> Self {
        let exporter = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(exporter.clone()).build();
        Self { exporter, provider: SdkMeterProvider::builder().with_reader(reader).build() }
    }

    /// Returns all points since the start.
    pub(crate) fn points(&self) -> Points {
        self.exporter.reset();
        self.provider.force_flush().unwrap();
        let finished = self.exporter.get_finished_metrics().unwrap();
        let mut points = Points::new();
        for metric in finished.iter().flat_map(ResourceMetrics::scope_metrics).flat_map(ScopeMetrics::metrics)
        {
            let name = format!("{} {}", metric.name(), metric.unit());
            points.insert(name, points_of(metric.data()));
        }
        points
    }

    /// Waits until the histogram has this number of calls.
    pub(crate) async fn wait(&self, name: &str, calls: u64) -> Points {
        surely(async {
            loop {
                let points = self.points();
                if points
                    .get(name)
                    .is_some_and(|points| points.values().map(|(count, _)| count).sum::<u64>() >= calls)
                {
                    return points;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }
}

fn points_of(data: &AggregatedMetrics) -> BTreeMap<String, (u64, f64)> {
    let text = |attributes: &mut dyn Iterator<Item = &opentelemetry::KeyValue>| {
        let mut attributes: Vec<_> = attributes.map(|it| format!("{}={}", it.key, it.value)).collect();
        attributes.sort();
        attributes.join(" ")
    };
    match data {
        AggregatedMetrics::F64(MetricData::Histogram(histogram)) => histogram
            .data_points()
            .map(|point| (text(&mut point.attributes()), (point.count(), point.sum())))
            .collect(),
        AggregatedMetrics::U64(MetricData::Histogram(histogram)) => histogram
            .data_points()
            .map(|point| (text(&mut point.attributes()), (point.count(), point.sum() as f64)))
            .collect(),
        AggregatedMetrics::U64(MetricData::Sum(sum)) => sum
            .data_points()
            .map(|point| (text(&mut point.attributes()), (point.value(), point.value() as f64)))
            .collect(),
        other => panic!("no instrument of ours makes {other:?}"),
    }
}

/// Returns the points without their sums, which are times.
fn counts(points: &BTreeMap<String, (u64, f64)>) -> Vec<(&str, u64)> {
    points.iter().map(|(attributes, (count, _))| (attributes.as_str(), *count)).collect()
}

const SERVER: &str = "rpc.server.call.duration s";
const CLIENT: &str = "rpc.client.call.duration s";

fn expected(method: &str, code: Code, is_failure: bool) -> String {
    let code = vestibule::code_name(code);
    let error = if is_failure { format!("error.type={code} ") } else { String::new() };
    format!("{error}rpc.method={method} rpc.status_code={code} rpc.system.name=grpc")
}

async fn each_call_is_a_point_with_its_method_and_code(setup: Setup) {
    // The methods of an annotated service are known without a list.
    for methods in [GREETER, &[]] {
        let meters = Meters::new();
        let service = Observed::new(Metrics::server(methods).meter_provider(&meters.provider));
        let hanging = service.hanging.clone();
        let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
        let mut points = Vec::new();
        for method in METHODS {
            for end in End::ALL {
                call(client.clone(), method, end, &hanging).await;
                let is_failure = matches!(end, End::Failure | End::Panic | End::Deadline);
                points.push(expected(method, end.code(), is_failure));
            }
        }
        let calls = points.len() as u64;
        points.sort();
        let measured = meters.wait(SERVER, calls).await;
        assert_eq!(measured.len(), 1);
        let once: Vec<_> = points.iter().map(|attributes| (attributes.as_str(), 1)).collect();
        assert_eq!(counts(&measured[SERVER]), once);
    }
}

async fn each_call_is_measured_as_grpc_does(setup: Setup) {
    let meters = Meters::new();
    let service = Observed::new(GrpcMetrics::server(GREETER).meter_provider(&meters.provider));
    let hanging = service.hanging.clone();
    let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
    for method in METHODS {
        for end in End::ALL {
            call(client.clone(), method, end, &hanging).await;
        }
    }
    const DURATION: &str = "grpc.server.call.duration s";
    let calls = (METHODS.len() * End::ALL.len()) as u64;
    let points = meters.wait(DURATION, calls).await;
    let mut started: Vec<_> = METHODS.map(|method| format!("grpc.method={method}")).into();
    started.sort();
    let started: Vec<_> = started.iter().map(|method| (method.as_str(), End::ALL.len() as u64)).collect();
    assert_eq!(counts(&points["grpc.server.call.started {call}"]), started);

    let with_code = |method: &str, end: End| {
        format!("grpc.method={method} grpc.status={}", vestibule::code_name(end.code()))
    };
    let mut ended: Vec<_> =
        METHODS.iter().flat_map(|method| End::ALL.map(|end| with_code(method, end))).collect();
    ended.sort();
    let ended: Vec<_> = ended.iter().map(|attributes| (attributes.as_str(), 1)).collect();
    let [sent, received] = ["sent", "rcvd"]
        .map(|direction| &points[&format!("grpc.server.call.{direction}_total_compressed_message_size By")]);
    for points in [&points[DURATION], sent, received] {
        assert_eq!(counts(points), ended);
    }
    let bytes =
        |points: &BTreeMap<String, (u64, f64)>, method: &str| points[&with_code(method, End::Ok)].1 as u64;
    // A message is its text, a tag and a length: of "first", "second" and "ada".
    let all = METHODS.map(|method| (bytes(received, method), bytes(sent, method)));
    assert_eq!(all, [(5, 5), (5, 20), (20, 5), (20, 20)]);
    assert_eq!(sent[&with_code(METHODS[0], End::Refused)].1, 0.0);
    assert_eq!(points.len(), 4);
}

#[tokio::test]
async fn a_caller_cannot_make_a_series() {
    let meters = Meters::new();
    let listed = &[GREETER[0]];
    let layer = vestibule::layer((
        Metrics::server(listed).meter_provider(&meters.provider),
        GrpcMetrics::server(listed).meter_provider(&meters.provider),
    ));
    let service = Observed::new(None::<Recover>);
    let addr = serve(layer.layer(GreeterServer::new(service))).await;
    let mut greeter = connect_greeter(addr).await;
    greeter.say_hello(hello("ada")).await.unwrap();
    greeter.lots_of_replies(hello("ada")).await.unwrap();
    // A path that no service has.
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect().await.unwrap();
    for i in 0..100 {
        let mut grpc = tonic::client::Grpc::new(channel.clone());
        grpc.ready().await.unwrap();
        let path = format!("/pb.Greeter/Unknown{i}").parse().unwrap();
        let codec = tonic_prost::ProstCodec::<_, HelloResponse>::default();
        let status = grpc.unary(Request::new(hello("ada")), path, codec).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
    }
    let points = meters.wait(SERVER, 102).await;
    assert_eq!(
        counts(&points[SERVER]),
        [
            (expected("_OTHER", Code::Unimplemented, true).as_str(), 100),
            (expected("_OTHER", Code::Ok, false).as_str(), 1),
            (expected("pb.Greeter/SayHello", Code::Ok, false).as_str(), 1),
        ],
    );
    assert_eq!(
        counts(&points["grpc.server.call.duration s"]),
        [
            ("grpc.method=other grpc.status=OK", 1),
            ("grpc.method=other grpc.status=UNIMPLEMENTED", 100),
            ("grpc.method=pb.Greeter/SayHello grpc.status=OK", 1),
        ],
    );
}

#[tokio::test]
async fn a_client_measures_a_call_once_however_often_it_is_tried() {
    let meters = Meters::new();
    let server = Server::new([Act::Fail(Code::Unavailable), Act::Fail(Code::Unavailable)]);
    let addr = serve(GreeterServer::new(server)).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let chain = (
        Metrics::client(GREETER).meter_provider(&meters.provider).server_address("greeter.example.com", 443),
        GrpcMetrics::client(GREETER)
            .meter_provider(&meters.provider)
            .target("dns:///greeter.example.com:443"),
        Retry::new(3),
    );
    let mut greeter = GreeterClient::new(client(channel, chain));
    greeter.say_hello(hello("ada")).await.unwrap();
    let points = meters.points();
    let attributes = "rpc.method=pb.Greeter/SayHello rpc.status_code=OK rpc.system.name=grpc \
                      server.address=greeter.example.com server.port=443";
    assert_eq!(counts(&points[CLIENT]), [(attributes, 1)]);
    let attributes =
        "grpc.method=pb.Greeter/SayHello grpc.status=OK grpc.target=dns:///greeter.example.com:443";
    assert_eq!(counts(&points["grpc.client.call.duration s"]), [(attributes, 1)]);
    assert_eq!(points.len(), 2);
}

#[tokio::test]
async fn a_client_has_the_address_of_its_origin() {
    let meters = Meters::new();
    let addr = serve(GreeterServer::new(Observed::new(None::<Recover>))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let client = client(channel, (Metrics::client(GREETER).meter_provider(&meters.provider),));
    for origin in ["http://a.example.com:81", "http://[::1]:82", "http://a.example.com:81"] {
        let mut greeter = GreeterClient::new(client.clone().origin(origin.parse().unwrap()));
        greeter.say_hello(hello("ada")).await.unwrap();
    }
    let point = |address| {
        let of_call = expected("pb.Greeter/SayHello", Code::Ok, false);
        format!("{of_call} {address}")
    };
    let [first, second] =
        ["server.address=::1 server.port=82", "server.address=a.example.com server.port=81"].map(point);
    assert_eq!(counts(&meters.points()[CLIENT]), [(first.as_str(), 1), (second.as_str(), 2)]);
}

#[tokio::test]
async fn every_code_but_ok_is_an_error_of_a_client() {
    let meters = Meters::new();
    let addr = serve(GreeterServer::new(Observed::new(None::<Recover>))).await;
    let channel = Endpoint::new(format!("http://{addr}")).unwrap().connect_lazy();
    let mut greeter =
        GreeterClient::new(client(channel, (Metrics::client(GREETER).meter_provider(&meters.provider),)));
    greeter.say_hello(hello("ada")).await.unwrap();
    greeter.say_hello(hello("not found")).await.unwrap_err();
    let method = "pb.Greeter/SayHello";
    assert_eq!(
        counts(&meters.points()[CLIENT]),
        [
            (expected(method, Code::NotFound, true).as_str(), 1),
            (expected(method, Code::Ok, false).as_str(), 1),
        ],
    );
}

#[tokio::test]
async fn the_time_of_a_stream_lasts_to_its_last_message() {
    let meters = Meters::new();
    let service = Observed::new(Metrics::server(GREETER).meter_provider(&meters.provider));
    let hanging = service.hanging.clone();
    let addr = serve(GreeterServer::new(service)).await;
    let mut stream = connect_greeter(addr).await.lots_of_replies(hello("hang")).await.unwrap().into_inner();
    stream.message().await.unwrap();
    surely(hanging.notified()).await;
    assert!(meters.points().is_empty(), "the stream goes on");
    drop(stream);
    let points = meters.wait(SERVER, 1).await;
    let cancelled = expected("pb.Greeter/LotsOfReplies", Code::Cancelled, false);
    assert_eq!(counts(&points[SERVER]), [(cancelled.as_str(), 1)]);
}

#[tokio::test]
async fn the_bounds_are_those_that_the_conventions_advise() {
    let meters = Meters::new();
    let service = Observed::new(Metrics::server(GREETER).meter_provider(&meters.provider));
    service.say_hello(Request::new(hello("ada"))).await.unwrap();
    meters.provider.force_flush().unwrap();
    let finished = meters.exporter.get_finished_metrics().unwrap();
    let metric = finished[0].scope_metrics().next().unwrap().metrics().next().unwrap();
    let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else {
        panic!("{metric:?}")
    };
    let bounds: Vec<f64> = histogram.data_points().next().unwrap().bounds().collect();
    let advised = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
    assert_eq!(bounds, advised);
    assert_eq!(metric.description(), "Measures the duration of an incoming Remote Procedure Call (RPC).");
}
