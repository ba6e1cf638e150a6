//! The `add` command: a client.

use clap::Args;
use proto::calcul::AdditionRequest;
use proto::calcul::calculatrice_client::CalculatriceClient;
use tonic::Request;
use tonic::metadata::errors::InvalidMetadataValue;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use vestibule::details::{self, LocalizedMessage};
use vestibule::{Status, code_name};

use crate::error::CalcError;

/// An addition to ask for, and what is said with it.
#[derive(Args, Clone, Debug)]
pub struct Addition {
    /// The first number
    pub nombre1: i32,
    /// The second number
    pub nombre2: i32,
    /// Sent as "authorization": the static token, or "Bearer ..." with a JWT
    #[arg(long, value_parser = token)]
    pub token: Option<MetadataValue<Ascii>>,
    /// Sent as "client-id": the name the server logs
    #[arg(long)]
    pub client_id: Option<MetadataValue<Ascii>>,
    /// Sent as "locale": the language of error messages, fr-FR or en
    #[arg(long)]
    pub locale: Option<MetadataValue<Ascii>>,
}

impl Addition {
    /// Asks the server.
    ///
    /// # Errors
    ///
    /// The status the server answers with, or UNAVAILABLE if it can't be reached.
    pub async fn send(&self, channel: Channel) -> Result<i32, Status> {
        let mut request = Request::new(AdditionRequest { nombre1: self.nombre1, nombre2: self.nombre2 });
        let entries =
            [("authorization", &self.token), ("client-id", &self.client_id), ("locale", &self.locale)];
        for (key, value) in entries {
            if let Some(value) = value {
                request.metadata_mut().insert(key, value.clone());
            }
        }
        let reply = CalculatriceClient::new(channel).addition(request).await?;
        Ok(reply.into_inner().resultat)
    }
}

/// A token as metadata. Marked as sensitive, it stays out of `Debug` and of HTTP/2's header tables.
///
/// # Errors
///
/// The text can't be the value of metadata.
pub fn token(text: &str) -> Result<MetadataValue<Ascii>, InvalidMetadataValue> {
    let mut token: MetadataValue<Ascii> = text.parse()?;
    token.set_sensitive(true);
    Ok(token)
}

/// A channel to the server at `addr`. It connects when it is first used.
///
/// # Errors
///
/// `addr` is not `host:port`.
pub fn channel(addr: &str) -> Result<Channel, tonic::transport::Error> {
    Ok(Endpoint::from_shared(format!("http://{addr}"))?.connect_lazy())
}

/// `INVALID_ARGUMENT: Numbers must be positive`, and below it what the details say.
#[must_use]
pub fn describe(status: &Status) -> String {
    let mut text = format!("{}: {}", code_name(status.code()), status.message());
    // Every calculator has these errors, and a client need not compare texts to tell them apart.
    match CalcError::try_from(status) {
        Ok(CalcError::Negative { fields, .. }) => {
            for violation in fields {
                text += &format!("\n  {}: {}", violation.field, violation.description);
            }
        }
        Ok(CalcError::Overloaded { retry_in }) => text += &format!("\n  again in {retry_in:?}"),
        // Nothing to add, or no error of the calculator: a token, the network.
        Ok(CalcError::Overflow { .. }) | Err(_) => {}
    }
    // One detail, whatever the error.
    if let Some(hint) = details::find::<LocalizedMessage>(status) {
        text += &format!("\n  {}", hint.message);
    }
    text
}
