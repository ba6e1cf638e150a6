//! `/metrics` beside gRPC on one port, read by hand and by Prometheus itself.

mod support;

use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use proto::hello::HelloRequest;
use proto::hello::greeter_client::GreeterClient;
use support::{Killed, get, serve, surely};
use tonic::Request;

async fn greet(addr: SocketAddr) {
    let mut client = GreeterClient::connect(format!("http://{addr}")).await.unwrap();
    for (name, is_ok) in [("Ada", true), ("", false)] {
        let mut request = Request::new(HelloRequest { name: name.to_owned() });
        request.metadata_mut().insert("authorization", "Bearer ada-token".parse().unwrap());
        assert_eq!(client.say_hello(request).await.is_ok(), is_ok);
    }
}

#[tokio::test]
async fn one_port_serves_grpc_and_the_metrics() {
    let (_server, addr) = serve();
    greet(addr).await;
    let (kind, text) = get(addr, "/metrics").await.unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let labels = r#"{grpc_type="unary",grpc_service="pb.Greeter",grpc_method="SayHello""#;
    for line in [
        format!("grpc_server_started_total{labels}}} 2\n"),
        format!("grpc_server_handled_total{labels},grpc_code=\"InvalidArgument\"}} 1\n"),
        r#"grpc_client_retries_total{grpc_type="unary",grpc_service="calcul.Calculatrice",grpc_method="Addition"} 1"#
            .to_owned(),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
    let missing = get(addr, "/nothing").await.unwrap_err().to_string();
    assert!(missing.starts_with("404"), "{missing}");
}

/// Returns the first value that Prometheus has for a query. It is refused until Prometheus is ready.
async fn query(prometheus: SocketAddr, query: &str) -> Option<String> {
    let query: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let (_, text) = get(prometheus, &format!("/api/v1/query?query={query}")).await.ok()?;
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    Some(answer["data"]["result"][0]["value"][1].as_str()?.to_owned())
}

/// Waits until Prometheus has a value for a query.
async fn value(prometheus: SocketAddr, series: &str) -> String {
    surely(async {
        loop {
            match query(prometheus, series).await {
                Some(value) => return value,
                None => tokio::task::yield_now().await,
            }
        }
    })
    .await
}

/// Starts Prometheus, which keeps all its files in `dir`. Returns `None` if it is not installed.
fn start_prometheus(dir: &Path, target: SocketAddr) -> Option<(Killed, SocketAddr)> {
    let config = dir.join("prometheus.yml");
    let scrape = format!(
        "global: {{ scrape_interval: 1s }}\n\
         scrape_configs:\n  - job_name: observed\n    static_configs: [{{ targets: ['{target}'] }}]\n"
    );
    fs::write(&config, scrape).unwrap();
    // Prometheus does not say which port it took, so it gets one that was free a moment ago.
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new("prometheus");
    command.arg("--config.file").arg(config).arg("--storage.tsdb.path").arg(dir.join("data"));
    command.arg(format!("--web.listen-address={addr}")).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        started => Some((Killed(started.unwrap()), addr)),
    }
}

#[tokio::test]
async fn prometheus_reads_the_metrics() {
    let (_server, addr) = serve();
    greet(addr).await;
    let dir = tempfile::tempdir().unwrap();
    let Some((_prometheus, prometheus)) = start_prometheus(dir.path(), addr) else {
        eprintln!("NOT tried: Prometheus is not installed");
        return;
    };
    for (series, expected) in [
        ("up", "1"),
        (r#"grpc_server_started_total{grpc_method="SayHello"}"#, "2"),
        (r#"grpc_server_handled_total{grpc_method="SayHello",grpc_code="InvalidArgument"}"#, "1"),
        (r#"grpc_server_handled_total{grpc_method="SayHello",grpc_code="Canceled"}"#, "0"),
        (r#"grpc_server_handling_seconds_count{grpc_method="SayHello"}"#, "2"),
        (r#"count(grpc_server_handling_seconds_bucket{grpc_method="SayHello"})"#, "12"),
        (
            r#"histogram_quantile(0.99, grpc_server_handling_seconds_bucket{grpc_method="SayHello"}) > bool 0"#,
            "1",
        ),
        ("sum(grpc_client_retries_total)", "1"),
        // Two for the greeter, and two attempts of its one call of the calculator.
        ("sum(grpc_server_msg_received_total)", "4"),
        ("sum(grpc_server_in_flight)", "0"),
    ] {
        assert_eq!(value(prometheus, series).await, expected, "{series}");
    }
}
