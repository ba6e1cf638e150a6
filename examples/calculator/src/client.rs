//! The `add` command, which is a client.

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

/// An addition to ask for, and the metadata that is sent with it.
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
    /// Sends the addition to the server, and returns the sum.
    ///
    /// # Errors
    ///
    /// Fails with the status of the server, or with UNAVAILABLE if it can't be reached.
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

/// Makes a metadata value of a token. It is marked as sensitive, which keeps it out of `Debug` and of
/// HTTP/2's header tables.
///
/// # Errors
///
/// Fails if the text is not a valid metadata value.
pub fn token(text: &str) -> Result<MetadataValue<Ascii>, InvalidMetadataValue> {
    let mut token: MetadataValue<Ascii> = text.parse()?;
    token.set_sensitive(true);
    Ok(token)
}

/// Makes a channel to the server at `addr`. It connects when it is first used.
///
/// # Errors
///
/// Fails if `addr` is not `host:port`.
pub fn channel(addr: &str) -> Result<Channel, tonic::transport::Error> {
    Ok(Endpoint::from_shared(format!("http://{addr}"))?.connect_lazy())
}

/// Prints a status as `INVALID_ARGUMENT: Numbers must be positive`, with its details below it.
#[must_use]
pub fn describe(status: &Status) -> String {
    let mut text = format!("{}: {}", code_name(status.code()), status.message());
    // The client matches on the server's own error type, and compares no texts.
    match CalcError::try_from(status) {
        Ok(CalcError::Negative { fields, .. }) => {
            for violation in fields {
                text += &format!("\n  {}: {}", violation.field, violation.description);
            }
        }
        Ok(CalcError::Overloaded { retry_in }) => text += &format!("\n  again in {retry_in:?}"),
        // An overflow needs no more text. Other statuses are no `CalcError`: a wrong token, the network.
        Ok(CalcError::Overflow { .. }) | Err(_) => {}
    }
    // Any error may have this detail.
    if let Some(hint) = details::find::<LocalizedMessage>(status) {
        text += &format!("\n  {}", hint.message);
    }
    text
}
