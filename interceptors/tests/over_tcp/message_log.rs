//! `MessageLog` logs messages up to a limit, without the fields that the .proto file redacts.

use proto::accounts::accounts_client::AccountsClient;
use proto::accounts::accounts_server::{Accounts, AccountsServer};
use proto::accounts::{SignInRequest, SignInResponse};
use tower_layer::Layer;
use tracing::Level;
use vestibule::{Call, Status, interceptor};
use vestibule_interceptors::{MessageLog, SetRequestId};

use super::ended_calls::SECRET;
use super::logged::{lines_with_target, logging};
use crate::support::log::Log;
use crate::support::{Setup, in_every_setup, serve, serve_in};

in_every_setup!(
    sync messages_are_printed_without_redacted_fields,
    a_message_is_cut_at_the_limit,
    responses_may_be_left_out,
    a_message_has_the_id_of_its_request,
    nothing_is_printed_above_the_level_debug
);

/// It is not that of the access log, whose subscriber may not receive messages.
const TARGET: &str = " vestibule::messages: ";

#[derive(Clone)]
struct MyAccounts(MessageLog);

#[interceptor(self.0)]
impl Accounts for MyAccounts {
    async fn sign_in(&self, request: SignInRequest) -> Result<SignInResponse, Status> {
        Ok(SignInResponse { request: Some(request), session: SECRET.to_owned(), ..SignInResponse::default() })
    }
}

fn request() -> SignInRequest {
    let password = SECRET.to_owned();
    SignInRequest { user: "ada\nlovelace".to_owned(), password, ..SignInRequest::default() }
}

async fn sign_in(addr: std::net::SocketAddr) {
    let mut client = AccountsClient::connect(format!("http://{addr}")).await.unwrap();
    client.sign_in(request()).await.unwrap();
}

fn lines_of(setup: Setup, messages: MessageLog, count: usize) -> Vec<String> {
    logging(Level::DEBUG, |log: Log| async move {
        sign_in(serve_in!(setup, AccountsServer::new(MyAccounts(messages)))).await;
        lines_with_target(&log, TARGET, count).await
    })
}

const REQUEST: &str = "SignInRequest { user: \"ada\\nlovelace\", password: [redacted], code: [redacted], \
                       role: Guest, next_role: None, recovery_codes: [redacted], answers: [redacted], \
                       r#type: \"\", proof: None }";

fn messages_are_printed_without_redacted_fields(setup: Setup) {
    let response = format!(
        "SignInResponse {{ request: Some({REQUEST}), earlier: [], keys: {{}}, session: [redacted] }}"
    );
    let line = |kind, payload: &str| {
        format!(
            "DEBUG vestibule::messages: {kind} message method=\"/accounts.Accounts/SignIn\" number=1 payload={payload:?}"
        )
    };
    assert_eq!(
        lines_of(setup, MessageLog::new(1024), 2),
        [line("request", REQUEST), line("response", &response)]
    );
}

fn a_message_is_cut_at_the_limit(setup: Setup) {
    let lines = lines_of(setup, MessageLog::new(17), 2);
    assert!(lines[0].ends_with("payload=\"SignInRequest { u…\""), "{lines:?}");
    assert!(lines[1].ends_with("payload=\"SignInResponse { …\""), "{lines:?}");
}

#[derive(Clone)]
struct WithId;

#[interceptor(_id = SetRequestId::new().trust(|_: &Call| true), MessageLog::new(0))]
impl Accounts for WithId {
    async fn sign_in(&self, _request: SignInRequest) -> Result<SignInResponse, Status> {
        Ok(SignInResponse::default())
    }
}

fn a_message_has_the_id_of_its_request(setup: Setup) {
    let lines = logging(Level::DEBUG, |log: Log| async move {
        let addr = serve_in!(setup, AccountsServer::new(WithId));
        let mut client = AccountsClient::connect(format!("http://{addr}")).await.unwrap();
        let mut request = tonic::Request::new(request());
        request.metadata_mut().insert("x-request-id", "request-7".parse().unwrap());
        client.sign_in(request).await.unwrap();
        lines_with_target(&log, TARGET, 2).await
    });
    for line in lines {
        assert!(line.contains("SignIn\" request_id=\"request-7\" number=1"), "{line}");
    }
}

fn responses_may_be_left_out(setup: Setup) {
    let lines = lines_of(setup, MessageLog::new(100).requests_only(), 1);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("request message"), "{lines:?}");
}

fn nothing_is_printed_above_the_level_debug(setup: Setup) {
    logging(Level::INFO, |log: Log| async move {
        sign_in(serve_in!(setup, AccountsServer::new(MyAccounts(MessageLog::new(100))))).await;
        assert_eq!(log.text(), "");
    });
}

/// A layer does not decode messages. This test runs in one setup only, because it is about a layer.
#[test]
fn a_layer_prints_sizes_alone() {
    logging(Level::DEBUG, |log: Log| async move {
        let service = AccountsServer::new(MyAccounts(MessageLog::new(0).requests_only()));
        sign_in(serve(vestibule::layer((MessageLog::new(100),)).layer(service)).await).await;
        let lines = lines_with_target(&log, TARGET, 3).await;
        let size = prost::Message::encoded_len(&request());
        let payload = format!("payload=\"EncodedMessage {{ len: {size}, is_compressed: false }}\"");
        assert!(lines[0].ends_with(&payload), "{lines:?}");
        assert!(lines[2].contains("response message") && lines[2].contains("EncodedMessage"), "{lines:?}");
    });
}
