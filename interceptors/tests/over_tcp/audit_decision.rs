//! `Audit` calls a call allowed only if it has a response.

use proto::accounts::accounts_client::AccountsClient;
use proto::accounts::accounts_server::{Accounts, AccountsServer};
use proto::accounts::{SignInRequest, SignInResponse};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Status, interceptor};
use vestibule_interceptors::Audit;

use super::logged::audit_to;
use crate::support::log::Log;
use crate::support::{Setup, in_every_setup, serve_in, surely};

in_every_setup!(a_call_is_allowed_only_if_it_has_a_response);

#[derive(Clone)]
struct Audited(Audit);

/// Rejects the message of the user `hooks`.
#[derive(Clone, Copy)]
struct RejectMessage;

impl Interceptor for RejectMessage {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), *self))
    }
}

impl<M: Method<Request = SignInRequest>> Hooks<M> for RejectMessage {
    fn on_request(&mut self, message: &mut SignInRequest) -> Result<(), Status> {
        reject("hooks", &message.user, Code::InvalidArgument)
    }
}

#[interceptor]
async fn check_user(user: &str) -> Result<(), Status> {
    reject("guard", user, Code::FailedPrecondition)?;
    reject("denied", user, Code::PermissionDenied)
}

fn reject(rejected: &str, user: &str, code: Code) -> Result<(), Status> {
    if user == rejected { Err(Status::new(code, "rejected")) } else { Ok(()) }
}

#[interceptor(&self.0, RejectMessage)]
impl Accounts for Audited {
    #[interceptor(check_user(&request.user))]
    async fn sign_in(&self, request: SignInRequest) -> Result<SignInResponse, Status> {
        reject("handler", &request.user, Code::NotFound)?;
        Ok(SignInResponse::default())
    }
}

async fn a_call_is_allowed_only_if_it_has_a_response(setup: Setup) {
    let sink = Log::default();
    let addr = serve_in!(setup, AccountsServer::new(Audited(audit_to(&sink))));
    let mut client = AccountsClient::connect(format!("http://{addr}")).await.unwrap();
    let rows = [
        ("hooks", "undecided", "INVALID_ARGUMENT"),
        ("guard", "undecided", "FAILED_PRECONDITION"),
        ("denied", "denied", "PERMISSION_DENIED"),
        // The record does not tell a handler that fails from an interceptor that rejects.
        ("handler", "undecided", "NOT_FOUND"),
        ("ada", "allowed", "OK"),
    ];
    for (index, (user, decision, code)) in rows.into_iter().enumerate() {
        let request = SignInRequest { user: user.to_owned(), ..SignInRequest::default() };
        // The record says how the call has ended.
        let _ = client.sign_in(request).await;
        let line = surely(async {
            loop {
                match sink.text().lines().nth(index) {
                    Some(line) => return line.to_owned(),
                    None => tokio::task::yield_now().await,
                }
            }
        })
        .await;
        let expected = format!("\"decision\":\"{decision}\",\"code\":\"{code}\"");
        assert!(line.contains(&expected), "{user}: {line}");
    }
}
