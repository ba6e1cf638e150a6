//! Authentication in all four shapes: which calls are accepted, and what the others read.

mod support;

use greeter::auth::{TOKEN, Token};
use greeter::client::Credentials;
use greeter::server::MyGreeter;
use support::{answer, answers, greeter, hello, stranger, with_metadata};

const REFUSED: &str = "UNAUTHENTICATED: invalid token";

/// Returns the answers of all four rpcs to this metadata. The client streams never send a message, so a
/// greeter that waited for one would not answer.
async fn silent_calls(metadata: &[(&'static str, &str)]) -> [Vec<String>; 4] {
    let mut client = stranger(greeter().await);
    let silence = || with_metadata(tokio_stream::pending(), metadata);
    [
        vec![answer(client.say_hello(with_metadata(hello("a"), metadata)).await)],
        answers(client.lots_of_replies(with_metadata(hello("a"), metadata)).await).await,
        vec![answer(client.lots_of_greetings(silence()).await)],
        answers(client.bidi_hello(silence()).await).await,
    ]
}

async fn assert_refused(metadata: &[(&'static str, &str)]) {
    assert_eq!(silent_calls(metadata).await, [[REFUSED]; 4], "{metadata:?}");
}

#[tokio::test]
async fn the_token_is_accepted() {
    let mut client = stranger(greeter().await);
    // The name of a scheme is compared without case: RFC 9110, section 11.1.
    for value in ["Bearer some-secret-token", "bearer some-secret-token"] {
        let metadata = [("authorization", value)];
        let names = || with_metadata(tokio_stream::iter(["a", "b"].map(hello)), &metadata);
        assert_eq!(answer(client.say_hello(with_metadata(hello("a"), &metadata)).await), "hello a");
        let received = answers(client.lots_of_replies(with_metadata(hello("a"), &metadata)).await).await;
        assert_eq!(received.len(), 4);
        assert_eq!(answer(client.lots_of_greetings(names()).await), "你好：ab");
        assert_eq!(answers(client.bidi_hello(names()).await).await, ["a", "b"]);
    }
}

#[tokio::test]
async fn a_missing_token_is_refused_before_the_first_message() {
    assert_refused(&[]).await;
    assert_refused(&[("x-authorization", "Bearer some-secret-token")]).await;
}

#[tokio::test]
async fn a_wrong_token_is_refused_before_the_first_message() {
    for wrong in ["not-the-token", "some-secret-toke", "some-secret-token2", "Some-secret-token"] {
        assert_refused(&[("authorization", &format!("Bearer {wrong}"))]).await;
    }
}

#[tokio::test]
async fn a_malformed_value_is_refused_before_the_first_message() {
    for malformed in [
        "",
        "Bearer",
        "Bearer ",
        "some-secret-token",
        "Bearersome-secret-token",
        "Bearer some-secret-token x",
        "Bearer some-secret-token, Bearer some-secret-token",
        "Basic some-secret-token",
        "Bearer clé",
    ] {
        assert_refused(&[("authorization", malformed)]).await;
    }
}

#[tokio::test]
async fn a_repeated_token_is_refused_before_the_first_message() {
    let token = ("authorization", "Bearer some-secret-token");
    assert_refused(&[token, token]).await;
    assert_refused(&[token, ("authorization", "x")]).await;
}

#[test]
fn no_secret_shows_in_debug() {
    let token = Token::new(TOKEN);
    assert_eq!(format!("{token:?}"), "Token(..)");
    assert_eq!(format!("{:?}", TOKEN.parse::<Credentials>().expect("ASCII")), "Credentials(Some(Sensitive))");
    assert!(!format!("{:?}", MyGreeter::new(token, 1, 1)).contains("secret"));
}
