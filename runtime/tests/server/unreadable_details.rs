//! Details that can not be read reach no client of tonic, which would panic.

use http_body_util::{BodyExt, Full};
use proto::hello::greeter_server::GreeterServer;
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Status, client, layer};

use super::header_services::{Adds, Headers, Plain, Way, answers};
use crate::support::log::log_of;
use crate::support::{PATHS, hello, raw};

/// The details are in each place where they would make tonic's client panic. The test looks at what the layer and the
/// client
/// let pass.
#[tokio::test]
async fn details_that_can_not_be_read_pass_nowhere() {
    const BAD: (&str, &[u8]) = ("grpc-status-details-bin", b"!");
    const GOOD: (&str, &[u8]) = ("grpc-status-details-bin", b"AAAA");
    const OK: (&str, &[u8]) = ("grpc-status", b"0");
    const FAILED: (&str, &[u8]) = ("grpc-status", b"5");
    let places: [(u16, Headers, Option<Headers>); 12] = [
        (200, &[BAD], Some(&[OK])),
        (200, &[OK, BAD], None),
        (200, &[OK], Some(&[BAD])),
        (200, &[OK], Some(&[FAILED, BAD])),
        (200, &[FAILED, BAD], None),
        (200, &[], Some(&[OK, BAD])),
        (200, &[], Some(&[FAILED, BAD])),
        (200, &[], Some(&[BAD])),
        (503, &[BAD], None),
        (503, &[BAD], Some(&[BAD])),
        (200, &[GOOD, BAD], Some(&[OK, GOOD, BAD])),
        (200, &[FAILED, GOOD, BAD], None),
    ];
    for (number, (http, head, trailers)) in places.into_iter().enumerate() {
        let service = answers(http, head, trailers);
        let mut guards = (layer(()).layer(service.clone()), client(service, ()));
        for is_layer in [true, false] {
            let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
            let answer = if is_layer {
                guards.0.call(request).await.map_err(|never| match never {})
            } else {
                guards.1.call(request).await
            };
            let mut passed = Vec::new();
            match answer {
                Err::<_, Status>(status) => passed.push(status.metadata().as_ref().clone()),
                Ok(response) => {
                    passed.push(response.headers().clone());
                    let mut body = response.into_body();
                    while let Some(frame) = body.frame().await {
                        match frame {
                            Ok(frame) => passed.extend(frame.into_trailers().ok()),
                            Err(status) => passed.push(status.metadata().as_ref().clone()),
                        }
                    }
                }
            }
            let details = passed.iter().find(|headers| headers.contains_key(BAD.0));
            assert!(details.is_none(), "{number} {is_layer}: {details:?}");
        }
    }
}

#[test]
fn details_that_are_dropped_are_warned_of() {
    let (log, ()) = log_of(async {
        let service = answers(200, &[("grpc-status-details-bin", b"!")], Some(&[("grpc-status", b"0")]));
        let mut client = client(service, ());
        let request = raw::request(PATHS[0]).body(Body::empty()).unwrap();
        assert_eq!(
            client.call(request).await.unwrap().into_body().collect().await.unwrap().to_bytes().len(),
            8
        );
    });
    assert!(log.starts_with("WARN vestibule: "), "{log}");
    assert!(log.contains("method=\"/pb.Greeter/SayHello\" key=\"grpc-status-details-bin\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

/// The same holds for the details that an interceptor adds.
#[tokio::test]
async fn details_that_an_interceptor_adds_pass_nowhere() {
    for way in [Way::Reply, Way::LateReply, Way::Trailers] {
        let adds = Adds(way, vec![("grpc-status-details-bin", "!".to_owned())]);
        let mut client = client(GreeterServer::new(Plain::default()), (adds,));
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let response = client.call(raw::request(PATHS[0]).body(body).unwrap()).await.unwrap();
        assert!(!response.headers().contains_key("grpc-status-details-bin"));
        let body = response.into_body().collect().await.unwrap();
        assert!(!body.trailers().unwrap().contains_key("grpc-status-details-bin"), "{way:?}");
    }
}
