//! The client that the chat and the demo share. It sends its token with every call.

use std::str::FromStr;

use proto::hello::greeter_client::GreeterClient;
use tonic::Request;
use tonic::metadata::errors::InvalidMetadataValue;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use vestibule::Status;

/// A client that adds [`Credentials`] to each call.
pub type Client = GreeterClient<InterceptedService<Channel, Credentials>>;

/// The value of `authorization`: a token, or nothing by default.
///
/// A token alone is parsed into it. The value is marked as sensitive, which keeps it out of `Debug`
/// and of HTTP/2's header tables.
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

/// This is tonic's own trait. It is enough here, because the client only adds a header.
impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// Makes a channel to the server at `addr`. It uses TLS if there is a certificate of the server's CA.
/// The channel connects when it is first used.
///
/// # Errors
///
/// Fails if `addr` is not `host:port`, or if the certificate can't be read.
pub fn channel(addr: &str, tls_ca: Option<Certificate>) -> Result<Channel, tonic::transport::Error> {
    let endpoint = match tls_ca {
        None => Endpoint::from_shared(format!("http://{addr}"))?,
        Some(ca) => Endpoint::from_shared(format!("https://{addr}"))?
            .tls_config(ClientTlsConfig::new().ca_certificate(ca))?,
    };
    Ok(endpoint.connect_lazy())
}
