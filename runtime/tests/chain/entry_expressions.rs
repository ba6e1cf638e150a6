//! The expression of an entry may have variables, texts and an early end of its own, and a name may replace another one.

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Code, Status, interceptor};

use crate::support::tracer::{Traced, Tracer};
use crate::support::{Setup, in_every_setup, serve_in};

in_every_setup!(
    a_format_string_names_the_message,
    a_guard_looks_into_the_message_in_a_block,
    a_variable_of_the_entry_is_not_the_message,
    a_guard_may_return_an_error,
    an_entry_may_return_an_error,
    an_entry_that_returns_ok_leaves_the_call_without_a_response,
    a_method_replaces_the_entry_that_it_skips,
    later_entries_of_a_method_use_the_value_that_replaces
);

/// Rejects every call, and tells its client the text.
#[interceptor]
async fn tell(text: String) -> Result<(), Status> {
    Err(Status::permission_denied(text))
}

#[interceptor]
async fn name(name: &'static str) -> Result<&'static str, Status> {
    Ok(name)
}

/// Responds with the first number and the length of the name.
fn respond(tracer: &Tracer, request: AdditionRequest, who: &str) -> Result<AdditionResponse, Status> {
    tracer.event("H")?;
    Ok(AdditionResponse { resultat: 10 * request.nombre1 + i32::try_from(who.len()).expect("it is short") })
}

/// Serves a service, makes one call, and evaluates to its trace and what the client sees.
macro_rules! play {
    ($setup:expr, $service:ident, $number:expr) => {{
        let tracer = Tracer::default();
        let addr = serve_in!($setup, CalculatriceServer::new($service(tracer.clone())));
        let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
        let result = client.addition(AdditionRequest { nombre1: $number, nombre2: 5 }).await;
        let result = result.map(|response| response.into_inner().resultat);
        (tracer.trace(), result.map_err(|status| (status.code(), status.message().to_owned())))
    }};
}

/// Returns the trace of a call that a rejection ends, and what its client sees.
fn denied(trace: &str, text: &str) -> (String, Result<i32, (Code, String)>) {
    (format!("{trace} A.f(PermissionDenied)"), Err((Code::PermissionDenied, text.to_owned())))
}

/// Has a guard that names the message in a format string alone.
struct Formats(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for Formats {
    #[interceptor(tell(format!("{request:?}")))]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn a_format_string_names_the_message(setup: Setup) {
    let text = "AdditionRequest { nombre1: 1, nombre2: 5 }";
    assert_eq!(play!(setup, Formats, 1), denied("A.s A.r", text));
}

/// Has a guard with a block and a variable.
struct Looks(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for Looks {
    #[interceptor({
        let number = request.nombre1;
        match number {
            0 => Some(tell(format!("refused {}", request.nombre2))),
            _ => None,
        }
    })]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn a_guard_looks_into_the_message_in_a_block(setup: Setup) {
    assert_eq!(play!(setup, Looks, 0), denied("A.s A.r", "refused 5"));
    assert_eq!(play!(setup, Looks, 1), ("A.s A.r H A.w A.f(ok)".to_owned(), Ok(17)));
}

/// Has an entry with a variable that has the name of the message.
struct Shadows(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for Shadows {
    #[interceptor({
        let request = "not the message";
        tell(format!("{request}!"))
    })]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn a_variable_of_the_entry_is_not_the_message(setup: Setup) {
    // The entry runs before the message is read.
    assert_eq!(play!(setup, Shadows, 1), denied("A.s", "not the message!"));
}

/// Has a guard that returns early.
struct GuardReturns(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for GuardReturns {
    #[interceptor({
        if request.nombre1 == 0 {
            return Err(Status::permission_denied("returned"));
        }
        name("guard")
    })]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn a_guard_may_return_an_error(setup: Setup) {
    assert_eq!(play!(setup, GuardReturns, 0), denied("A.s A.r", "returned"));
    assert_eq!(play!(setup, GuardReturns, 1), ("A.s A.r H A.w A.f(ok)".to_owned(), Ok(17)));
}

/// Has an entry that returns an error.
struct Returns(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for Returns {
    #[interceptor({
        if !self.0.trace().is_empty() {
            return Err(Status::permission_denied("returned"));
        }
        name("entry")
    })]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn an_entry_may_return_an_error(setup: Setup) {
    assert_eq!(play!(setup, Returns, 1), denied("A.s", "returned"));
}

/// Has an entry that returns `Ok`, which is a mistake.
struct ReturnsOk(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for ReturnsOk {
    #[interceptor({
        if !self.0.trace().is_empty() {
            return Ok(());
        }
        name("entry")
    })]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn an_entry_that_returns_ok_leaves_the_call_without_a_response(setup: Setup) {
    let error = Err((Code::Internal, "internal error".to_owned()));
    assert_eq!(play!(setup, ReturnsOk, 1), ("A.s A.f(Internal)".to_owned(), error));
}

/// Has a method that binds the name which it skips.
struct Replaces(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for Replaces {
    #[skip(who)]
    #[interceptor(who = name("method"))]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn a_method_replaces_the_entry_that_it_skips(setup: Setup) {
    assert_eq!(play!(setup, Replaces, 1), ("A.s A.r H A.w A.f(ok)".to_owned(), Ok(16)));
}

/// Has a method whose second entry uses the name that the first one replaces.
struct ReplacesForLater(Tracer);

#[interceptor(Traced("A", &self.0), who = name("service"))]
impl Calculatrice for ReplacesForLater {
    #[skip(who)]
    #[interceptor(who = name("method"), tell((*who).to_owned()))]
    async fn addition(&self, request: AdditionRequest, who: &&str) -> Result<AdditionResponse, Status> {
        respond(&self.0, request, who)
    }
}

async fn later_entries_of_a_method_use_the_value_that_replaces(setup: Setup) {
    assert_eq!(play!(setup, ReplacesForLater, 1), denied("A.s", "method"));
}
