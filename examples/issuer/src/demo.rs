//! The demo: an issuer, a service, and calls with right and wrong tokens.

use jsonwebtoken::get_current_timestamp;
use proto::calcul::AdditionRequest;
use proto::calcul::calculatrice_client::CalculatriceClient;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tonic::Request;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use vestibule::code_name;
use vestibule_interceptors::KeySourceError;

use crate::https_keys::HttpsKeys;
use crate::issuer::Issuer;
use crate::service::{AUDIENCE, Calculator};

/// Prints each step and its answer.
///
/// # Errors
///
/// Fails if a server can't be started, or if an answer is not the expected one.
pub async fn run() -> Result<(), KeySourceError> {
    let (issuer, stranger) = (Issuer::new("2026-12")?, Issuer::new("2026-12")?);
    let jwks_uri = issuer.serve().await?;
    println!("The issuer publishes its keys at {jwks_uri}\n");
    let client = serve(Calculator::new(HttpsKeys::new(&jwks_uri)?)).await?;

    let adds = claims(&json!({}));
    let invalid = "UNAUTHENTICATED: invalid token";
    let steps = [
        ("a token of the issuer", issuer.sign("2026-12", &adds)?, "15"),
        (
            "without the scope",
            issuer.sign("2026-12", &claims(&json!({ "scope": "calculator:see" })))?,
            "PERMISSION_DENIED: needs the scope `calculator:add`",
        ),
        (
            "that has expired",
            issuer.sign("2026-12", &claims(&json!({ "exp": 1_000_000_000 })))?,
            "UNAUTHENTICATED: the token has expired",
        ),
        ("for another service", issuer.sign("2026-12", &claims(&json!({ "aud": "greeter" })))?, invalid),
        ("of somebody else", stranger.sign("2026-12", &adds)?, invalid),
        ("with a key that is not known", issuer.sign("2027-01", &adds)?, invalid),
        ("a hundred times", issuer.sign("2026-12", &adds)?, "15"),
    ];
    for (what, token, expected) in steps {
        let times = if what == "a hundred times" { 100 } else { 1 };
        let mut answer = String::new();
        for _ in 0..times {
            answer = add(&client, &token).await?;
        }
        println!("  {what:<30} {answer}");
        if answer != expected {
            return Err(format!("expected was {expected}").into());
        }
    }
    println!("\nThe service has fetched the keys {} time(s).", issuer.fetches());
    Ok(())
}

/// Returns claims of a token that is right, with some of them replaced.
fn claims(changes: &Value) -> Value {
    let exp = get_current_timestamp() + 600;
    let mut claims = json!({ "aud": AUDIENCE, "exp": exp, "scope": "calculator:add calculator:see" });
    for (name, value) in changes.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

/// Serves on a free port until the program ends, and returns a client.
///
/// # Errors
///
/// Fails if there is no free port.
pub async fn serve(calculator: Calculator) -> Result<CalculatriceClient<Channel>, KeySourceError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    let server = Server::builder().add_service(calculator.into_service());
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    Ok(CalculatriceClient::new(Endpoint::from_shared(format!("http://{addr}"))?.connect_lazy()))
}

/// Returns the sum of 10 and 5, or the status.
///
/// # Errors
///
/// Fails if the token is no value of metadata.
pub async fn add(client: &CalculatriceClient<Channel>, token: &str) -> Result<String, KeySourceError> {
    let mut request = Request::new(AdditionRequest { nombre1: 10, nombre2: 5 });
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse()?);
    Ok(match client.clone().addition(request).await {
        Ok(response) => response.into_inner().resultat.to_string(),
        Err(status) => format!("{}: {}", code_name(status.code()), status.message()),
    })
}
