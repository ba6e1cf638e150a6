//! What the chat and the demo share: a client that shows its token with every call.

use std::str::FromStr;

use proto::hello::greeter_client::GreeterClient;
use tonic::Request;
use tonic::metadata::errors::InvalidMetadataValue;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use vestibule::Status;

/// A client whose calls carry [`Credentials`].
pub type Client = GreeterClient<InterceptedService<Channel, Credentials>>;

/// What is sent as `authorization`: a token, or nothing by default.
///
/// Parsed from the token alone. Marked as sensitive, it stays out of `Debug` and of HTTP/2's header
/// tables.
#[derive(Clone, Debug, Default)]
pub struct Credentials(Option<MetadataValue<Ascii>>);

impl FromStr for Credentials {
    type Err = InvalidMetadataValue;

    fn from_str(token: &str) -> Result<Self, InvalidMetadataValue> {
        let mut value: MetadataValue<Ascii> = format!("Bearer {token}").parse()?;
        value.set_sensitive(true);
        Ok(Self(Some(value)))
    }
}

/// tonic's own, which on the side of the client is the right thing: it has a header to add.
impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// A channel to the server at `addr`; over TLS if there is a certificate to know the server by. It
/// connects when it is first used.
///
/// # Errors
///
/// `addr` is not `host:port`, or the certificate can't be read.
pub fn channel(addr: &str, tls_ca: Option<Certificate>) -> Result<Channel, tonic::transport::Error> {
    let endpoint = match tls_ca {
        None => Endpoint::from_shared(format!("http://{addr}"))?,
        Some(ca) => Endpoint::from_shared(format!("https://{addr}"))?
            .tls_config(ClientTlsConfig::new().ca_certificate(ca))?,
    };
    Ok(endpoint.connect_lazy())
}
