//! `require` and its policies, for callers with other rights.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::{Code, Request};
use tracing::Level;
use vestibule::{FromMetadata, Status, Streaming, interceptor, metadata::InvalidValue};
use vestibule_interceptors::{
    HasRole, HasScope, Policies, Policy, Scopes, all, any, owner, require, role, scope,
};

use super::logged::logging;
use super::slow::reply;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_policy_allows_or_names_what_is_missing,
    a_policy_of_a_method_replaces_that_of_the_service,
    an_owner_is_found_by_the_message,
);
in_every_setup!(sync an_operator_learns_which_role_is_missing);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Admin,
    Clerk,
}

/// A caller, as `name scope scope` in the metadata.
#[derive(Debug)]
struct Caller(String);

impl FromMetadata<'_> for Caller {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        Ok(Self(value.to_owned()))
    }
}

impl HasScope for Caller {
    fn has_scope(&self, scope: &str) -> bool {
        self.0.split(' ').skip(1).any(|it| it == scope)
    }
}

impl HasRole<Role> for Caller {
    fn has_role(&self, role: &Role) -> bool {
        let name = self.name();
        matches!((role, name), (Role::Admin, "root") | (Role::Clerk, "ben"))
    }
}

impl Caller {
    fn name(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }
}

#[interceptor(phase = Authenticate)]
async fn authenticate(#[metadata("caller")] caller: Caller) -> Result<Caller, Status> {
    Ok(caller)
}

#[derive(Clone)]
struct Guarded;

#[interceptor(caller = authenticate(), access = require(caller, scope("hello:read")), each(access))]
impl Greeter for Guarded {
    #[interceptor(access = require(caller, any((role(Role::Admin), owner(caller.name() == request.name)))))]
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(&request.name))
    }

    async fn lots_of_replies(
        &self,
        _: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply("read"))))
    }

    #[interceptor(access = require(caller, role(Role::Admin)))]
    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(reply("admin"))
    }

    #[interceptor(access = require(caller, all((scope("hello:read"), any((role(Role::Clerk), scope("hello:write")))))))]
    async fn bidi_hello(
        &self,
        _: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply("write"))))
    }
}

fn of<T>(caller: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("caller", caller.parse().unwrap());
    request
}

/// Returns the text for a call that a policy has refused, and `Ok` for one that it has allowed.
fn allowed<T>(result: Result<T, Status>) -> Result<(), String> {
    let refused = |status: Status| {
        assert_eq!(status.code(), Code::PermissionDenied, "{status:?}");
        status.message().to_owned()
    };
    result.map(|_| ()).map_err(refused)
}

fn missing(text: &str) -> Result<(), String> {
    Err(text.to_owned())
}

async fn a_policy_allows_or_names_what_is_missing(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Guarded))).await;
    let names = || tokio_stream::once(hello("a"));
    for (caller, expected) in [
        ("ada hello:read", Ok(())),
        ("ada", missing("needs the scope `hello:read`")),
        ("ada hello:reads hello", missing("needs the scope `hello:read`")),
    ] {
        assert_eq!(allowed(client.lots_of_replies(of(caller, hello("a"))).await), expected, "{caller}");
    }
    let either = "needs another role or the scope `hello:write`";
    for (caller, expected) in [
        ("ada hello:read hello:write", Ok(())),
        ("ben hello:read", Ok(())),
        ("ben", missing("needs the scope `hello:read`")),
        ("ada hello:read", missing(either)),
    ] {
        assert_eq!(allowed(client.bidi_hello(of(caller, names())).await), expected, "{caller}");
    }
}

async fn a_policy_of_a_method_replaces_that_of_the_service(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Guarded))).await;
    let names = || tokio_stream::once(hello("a"));
    let only_admins = missing("needs another role");
    assert_eq!(allowed(client.lots_of_greetings(of("root", names())).await), Ok(()));
    assert_eq!(allowed(client.lots_of_greetings(of("ada hello:read", names())).await), only_admins);
}

async fn an_owner_is_found_by_the_message(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Guarded))).await;
    for (caller, name, expected) in [
        ("ada", "ada", Ok(())),
        ("root", "ada", Ok(())),
        ("ben", "ada", missing("needs another role or to own it")),
    ] {
        assert_eq!(allowed(client.say_hello(of(caller, hello(name))).await), expected, "{caller} {name}");
    }
}

fn an_operator_learns_which_role_is_missing(setup: Setup) {
    logging(Level::DEBUG, async |log| {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Guarded))).await;
        client.say_hello(of("ben", hello("ada"))).await.unwrap_err();
        let line = log.text();
        let line = line.lines().find(|line| line.contains("a policy refused a call")).unwrap();
        assert!(line.contains("needs=the role Admin or to own it"), "{line}");
        assert!(line.contains("/pb.Greeter/SayHello"), "{line}");
    });
}

#[test]
fn eight_policies_are_asked_in_order_until_one_decides() {
    #[derive(Clone)]
    struct Counted<'a>(&'a std::cell::Cell<u32>, bool);

    impl Policy<()> for Counted<'_> {
        fn allows(&self, (): &()) -> bool {
            self.0.set(self.0.get() + 1);
            self.1
        }

        fn needs(&self, (): &(), _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Ok(())
        }
    }

    fn asked<P: Policies<()>>(policies: impl Fn(bool) -> P, count: &std::cell::Cell<u32>) {
        for (first, any_asks, all_asks) in [(true, 1, 8), (false, 8, 1)] {
            count.set(0);
            assert_eq!(any(policies(first)).allows(&()), first);
            assert_eq!(count.replace(0), any_asks);
            assert_eq!(all(policies(first)).allows(&()), first);
            assert_eq!(count.get(), all_asks);
        }
    }
    let count = std::cell::Cell::new(0);
    let policies = |answer| {
        let policy = || Counted(&count, answer);
        (policy(), policy(), policy(), policy(), policy(), policy(), policy(), policy())
    };
    asked(policies, &count);
}

#[test]
fn scopes_are_one_text_or_a_list() {
    for json in [r#""a b:c""#, r#"" a  b:c ""#, r#"["a", "b:c"]"#] {
        let scopes: Scopes = serde_json::from_str(json).unwrap();
        assert!(scopes.has_scope("a") && scopes.has_scope("b:c"), "{json}");
        assert!(!["", "b", "c", "a b:c", "A"].iter().any(|it| scopes.has_scope(it)), "{json}");
    }
    for json in ["7", "{}", "[7]", "null"] {
        assert!(serde_json::from_str::<Scopes>(json).is_err(), "{json}");
    }
}
