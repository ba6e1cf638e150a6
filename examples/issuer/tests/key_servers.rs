//! What a service does with the answers of a key server, over TCP.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use issuer::demo::{add, serve};
use issuer::https_keys::HttpsKeys;
use issuer::issuer::Issuer;
use issuer::service::{AUDIENCE, Calculator};
use jsonwebtoken::get_current_timestamp;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use vestibule_interceptors::KeySource;

const UNAVAILABLE: &str = "UNAVAILABLE: the keys for tokens are not available";

/// Answers each request with these bytes, and returns its address.
async fn answering(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            // The whole request is read, because closing with unread bytes would reset the connection.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(connection.read_u8().await.unwrap());
            }
            let _ = connection.write_all(&answer).await;
        }
    });
    format!("http://{addr}/jwks.json")
}

fn ok(body: &str, headers: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}").into()
}

fn token(issuer: &Issuer) -> String {
    let exp = get_current_timestamp() + 600;
    issuer.sign("a", &json!({ "aud": AUDIENCE, "exp": exp, "scope": "calculator:add" })).unwrap()
}

/// Returns the answer of a service to a right token, if its key server is at this address.
async fn answer_with(issuer: &Issuer, jwks_uri: &str) -> String {
    let client = serve(Calculator::new(HttpsKeys::new(jwks_uri).unwrap())).await.unwrap();
    add(&client, &token(issuer)).await.unwrap()
}

#[tokio::test]
async fn the_keys_of_the_issuer_are_fetched_once() {
    let issuer = Issuer::new("a").unwrap();
    let client =
        serve(Calculator::new(HttpsKeys::new(&issuer.serve().await.unwrap()).unwrap())).await.unwrap();
    for _ in 0..5 {
        assert_eq!(add(&client, &token(&issuer)).await.unwrap(), "15");
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_key_server_that_is_down_or_wrong_makes_calls_unavailable() {
    let issuer = Issuer::new("a").unwrap();
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/jwks.json", listener.local_addr().unwrap())
    };
    assert_eq!(answer_with(&issuer, &nobody).await, UNAVAILABLE);
    for answer in [
        b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_vec(),
        b"no HTTP".to_vec(),
        ok("no JSON", ""),
        ok("{}", ""),
        ok(r#"{ "keys": [] }"#, ""),
        // A set that ends too early.
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\n{".to_vec(),
    ] {
        let jwks_uri = answering(answer.clone()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(answer_with(&issuer, &jwks_uri).await, UNAVAILABLE, "{answer}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let issuer = Issuer::new("a").unwrap();
    let target = issuer.serve().await.unwrap();
    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
    let jwks_uri = answering(redirect.into()).await;
    assert_eq!(answer_with(&issuer, &jwks_uri).await, UNAVAILABLE);
    assert_eq!(issuer.fetches(), 0);
}

#[tokio::test]
async fn a_set_that_does_not_end_is_given_up() {
    static PARTS: AtomicU32 = AtomicU32::new(0);
    let issuer = Issuer::new("a").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let jwks_uri = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while connection.write_all(&[b' '; 4096]).await.is_ok() {
            PARTS.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert_eq!(answer_with(&issuer, &jwks_uri).await, UNAVAILABLE);
    // The buffers of the connection hold some megabytes.
    assert!(PARTS.load(Ordering::Relaxed) < 10_000);
}

#[tokio::test]
async fn the_age_comes_from_cache_control() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (header, expected) in [
        ("", None),
        ("cache-control: max-age=600\r\n", seconds(600)),
        ("cache-control: public, max-age=60, must-revalidate\r\n", seconds(60)),
        ("cache-control: no-store\r\n", None),
        ("cache-control: max-age=soon\r\n", None),
        ("cache-control: s-maxage=5\r\n", None),
    ] {
        let source = HttpsKeys::new(&answering(ok("{}", header)).await).unwrap();
        assert_eq!(source.fetch().await.unwrap().max_age, expected, "{header}");
    }
}

#[test]
fn keys_come_over_https_or_from_this_machine() {
    for uri in
        ["https://login.example.com/jwks.json", "http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost/"]
    {
        HttpsKeys::new(uri).unwrap();
    }
    for uri in
        ["http://login.example.com/", "http://127.0.0.1.example.com/", "http://10.0.0.1/", "file:///keys", ""]
    {
        HttpsKeys::new(uri).unwrap_err();
    }
}
