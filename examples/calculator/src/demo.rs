//! The demo: a server, and a client that tries each of its answers.

use std::error::Error;
use std::sync::Arc;

use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use vestibule::Status;
use vestibule_interceptors::JwtKey;

use crate::auth::{AUDIENCE, Auth, Role, STATIC_TOKEN};
use crate::client::{Addition, channel, describe, token};
use crate::serve::serve;
use crate::server::Calculator;
use crate::work::{Gate, Work};

const NEGATIVE_FR: &str = "INVALID_ARGUMENT: Les nombres doivent être positifs
  nombre2: -5 est négatif
  Essayez avec des nombres positifs.";
const NEGATIVE_EN: &str = "INVALID_ARGUMENT: Numbers must be positive
  nombre2: -5 is negative
  Try positive numbers.";
const OVERFLOW_FR: &str = "OUT_OF_RANGE: La somme dépasse 2147483647
  Essayez avec des nombres plus petits.";
const OVERLOADED: &str = "UNAVAILABLE: too many calls in flight
  again in 100ms";

const NO_CLERK: &str = "PERMISSION_DENIED: needs another role";

const JWT_SECRET: &[u8] = b"the secret of the demo has 32 bytes";

/// Prints each step and its answer.
///
/// # Errors
///
/// Fails if the server can't be started or stopped, or if an answer is not the expected one.
pub async fn run() -> Result<(), Box<dyn Error>> {
    let gate = Arc::new(Gate::default());
    let calculator =
        Calculator::new(Auth::new(Some(JwtKey::hs256(JWT_SECRET)?)), 1, Work::Gate(gate.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, calculator, async { stopped.await.unwrap_or_default() }));
    println!("The calculator listens on {addr} and accepts one call at a time.\n");

    let mut demo = Demo { channel: channel(&addr.to_string())?, steps: 0, surprises: 0 };
    demo.tokens().await?;
    demo.numbers().await?;
    demo.overload(&gate).await?;

    let _ = stop.send(());
    server.await??;
    demo.verdict()
}

struct Demo {
    channel: Channel,
    steps: u32,
    surprises: u32,
}

impl Demo {
    async fn tokens(&mut self) -> Result<(), Box<dyn Error>> {
        println!("Tokens and roles:");
        let good = addition(10, 5)?;
        self.step("10 + 5", &good, "15").await;
        let with_jwt = Addition { token: Some(jwt(Role::Clerk)?), ..good.clone() };
        self.step("10 + 5 with a clerk's JWT", &with_jwt, "15").await;
        let of_auditor = Addition { token: Some(jwt(Role::Auditor)?), ..good.clone() };
        self.step("10 + 5 with an auditor's", &of_auditor, NO_CLERK).await;
        let no_token = Addition { token: None, ..good.clone() };
        self.step("10 + 5 with no token", &no_token, "UNAUTHENTICATED: invalid token").await;
        let wrong = Addition { token: Some(token("not-the-token")?), ..good };
        self.step("10 + 5 with a wrong token", &wrong, "UNAUTHENTICATED: invalid token").await;
        Ok(())
    }

    async fn numbers(&mut self) -> Result<(), Box<dyn Error>> {
        println!("\nValidation:");
        let negative = addition(10, -5)?;
        self.step("10 + -5", &negative, NEGATIVE_FR).await;
        let in_english = Addition { locale: Some("en".parse()?), ..negative };
        self.step("10 + -5 in English", &in_english, NEGATIVE_EN).await;
        let too_much = addition(i32::MAX, 1)?;
        self.step("2147483647 + 1", &too_much, OVERFLOW_FR).await;
        Ok(())
    }

    async fn overload(&mut self, gate: &Gate) -> Result<(), Box<dyn Error>> {
        println!("\nOverload:");
        gate.close();
        let (first, channel) = (addition(1, 2)?, self.channel.clone());
        let mut first = tokio::spawn(async move { first.send(channel).await });
        tokio::select! {
            () = gate.arrival() => {}
            answer = &mut first => return Err(format!("1 + 2 was not held: {:?}", answer?).into()),
        }
        let second = addition(10, 5)?;
        self.step("10 + 5 while 1 + 2 runs", &second, OVERLOADED).await;
        gate.open();
        self.check("1 + 2, which was running", &first.await?, "3");
        self.step("10 + 5 once more", &second, "15").await;
        Ok(())
    }

    async fn step(&mut self, what: &str, addition: &Addition, expected: &str) {
        let answer = addition.send(self.channel.clone()).await;
        self.check(what, &answer, expected);
    }

    fn check(&mut self, what: &str, answer: &Result<i32, Status>, expected: &str) {
        let answer = answer.as_ref().map_or_else(describe, ToString::to_string);
        println!("  {what:<26} {}", answer.replace('\n', &format!("\n{:27}", "")));
        self.steps += 1;
        if answer != expected {
            self.surprises += 1;
            println!("  {:<26} {expected}", "  but expected was");
        }
    }

    fn verdict(&self) -> Result<(), Box<dyn Error>> {
        let Self { steps, surprises, .. } = self;
        if *surprises > 0 {
            return Err(format!("\n{surprises} of {steps} answers were not as expected.").into());
        }
        println!("\nAll {steps} answers were as expected.");
        Ok(())
    }
}

/// Makes an addition with the static token.
fn addition(nombre1: i32, nombre2: i32) -> Result<Addition, Box<dyn Error>> {
    let token = Some(token(STATIC_TOKEN)?);
    Ok(Addition { nombre1, nombre2, token, client_id: Some("demo".parse()?), locale: None })
}

/// Makes the value of `authorization` with a JWT that is valid for a minute.
fn jwt(role: Role) -> Result<MetadataValue<Ascii>, Box<dyn Error>> {
    let claims = serde_json::json!({
        "sub": "ada",
        "aud": AUDIENCE,
        "exp": get_current_timestamp() + 60,
        "roles": [role],
    });
    let jwt = encode(&Header::default(), &claims, &EncodingKey::from_secret(JWT_SECRET)?)?;
    Ok(token(&format!("Bearer {jwt}"))?)
}
