//! A code that an expression decides for each error.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, Status, domain_error, grpc_error, interceptor};

use super::error_messages::code_and_message;
use super::leaky::{id, say};
use super::shop::over_the_wire;
use crate::support::log::{log_in, log_of};
use crate::support::{Setup, answer, in_every_setup, pong, probe_in};

in_every_setup!(sync
    what_the_client_reads_follows_the_code,
);

// The other tests run in one setup only, because they make a status without a call.

#[derive(Debug, thiserror::Error)]
#[error("driver: {0:?}")]
struct DriverError(Code);

fn code_of(error: &DriverError) -> Code {
    error.0
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("query failed")]
enum QueryError {
    #[status(code = code_of(_0))]
    Driver(#[from] DriverError),
    #[status(code = code_of(_0), expose)]
    Exposed(#[source] DriverError),
    #[status(code = *code, message = "it says {number}", log = false)]
    Field { code: Code, number: u8 },
    #[status(code = if *is_busy { Code::Unavailable } else { Code::Aborted }, retry_info = "1s")]
    Condition { is_busy: bool },
    #[status(NotFound)]
    Missing,
}

struct Queries;

#[interceptor]
impl Probe for Queries {
    async fn echo(&self, request: Ping) -> Result<Pong, QueryError> {
        let (name, code) = request.text.split_once(' ').unwrap();
        let code = Code::from(code.parse::<i32>().unwrap());
        Err(match name {
            "driver" => DriverError(code).into(),
            "exposed" => QueryError::Exposed(DriverError(code)),
            _ => QueryError::Field { code, number: 7 },
        })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, QueryError> {
        Ok(pong(""))
    }
}

/// For each code: the fixed text, if the client reads one.
fn fixed_text(code: Code) -> Option<&'static str> {
    match code {
        Code::Ok | Code::Internal => Some("internal error"),
        Code::Unknown => Some("unknown error"),
        Code::DataLoss => Some("data loss"),
        _ => None,
    }
}

fn what_the_client_reads_follows_the_code(setup: Setup) {
    for number in 0..=16 {
        let code = Code::from(number);
        let sent = if code == Code::Ok { Code::Internal } else { code };
        let ask = |name: &str| {
            let request = say(&format!("{name} {number}"));
            let (log, reply) = log_of(async { probe_in!(setup, Queries).echo(request).await });
            let answer = answer(reply).unwrap_err();
            assert_eq!(answer.0, sent);
            assert!(log.lines().count() <= 1, "{log}");
            (log, answer.1)
        };
        let ok = if code == Code::Ok { "an error with the code OK: " } else { "" };
        let ((log, message), fixed) = (ask("driver"), fixed_text(code));
        match fixed {
            Some(text) => {
                let id = id(&message, text);
                let expected = format!("id=\"{id}\" error=\"{ok}query failed: driver: {code:?}\"");
                assert!(log.contains(" kept from the client") && log.ends_with(&expected), "{log}");
            }
            None => {
                assert_eq!(message, "query failed");
                let expected = format!("error=\"query failed: driver: {code:?}\"");
                assert!(log.contains("not sent to the client in full") && log.ends_with(&expected), "{log}");
            }
        }
        let (log, message) = ask("exposed");
        assert_eq!(message == "query failed", code != Code::Ok, "{message}");
        assert!(log.ends_with(&format!("error=\"{ok}query failed: driver: {code:?}\"")), "{log}");
        let (log, message) = ask("field");
        match fixed {
            // Nobody would read the text if the log did not have it.
            Some(text) => {
                let id = id(&message, text);
                let expected = format!("id=\"{id}\" error=\"{ok}it says 7: query failed\"");
                assert!(log.ends_with(&expected), "{log}");
            }
            None => assert_eq!((message.as_str(), log.as_str()), ("it says 7", "")),
        }
    }
}

#[test]
fn an_expression_uses_the_fields_as_references() {
    let busy = QueryError::Condition { is_busy: true };
    assert_eq!(code_and_message(busy), (Code::Unavailable, "query failed".to_owned()));
    assert_eq!(code_and_message(QueryError::Condition { is_busy: false }).0, Code::Aborted);
    assert_eq!(code_and_message(QueryError::Missing).0, Code::NotFound);
    let (_, ()) = log_in(|| {
        let status = Status::from(QueryError::Driver(DriverError(Code::Aborted)));
        assert!(domain_error::<QueryError>(&status).is_some());
    });
}

/// A code above the enum is that of all variants which have none of their own.
#[test]
fn an_expression_above_the_enum_uses_the_error() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[status(code = self.code())]
    enum Shared {
        #[error("first {0}")]
        First(u8),
        #[error("second {name}")]
        Second { name: &'static str },
        #[error("third")]
        #[status(Aborted)]
        Third,
        #[error(transparent)]
        #[status(transparent)]
        Status(#[from] Status),
        #[cfg(any())]
        #[error("absent")]
        Absent(Nothing),
    }

    impl Shared {
        fn code(&self) -> Code {
            match self {
                Self::First(number) => Code::from(i32::from(*number)),
                _ => Code::OutOfRange,
            }
        }
    }

    assert_eq!(code_and_message(Shared::First(5)), (Code::NotFound, "first 5".to_owned()));
    assert_eq!(code_and_message(Shared::Second { name: "n" }), (Code::OutOfRange, "second n".to_owned()));
    assert_eq!(code_and_message(Shared::Third).0, Code::Aborted);
    assert_eq!(code_and_message(Shared::from(Status::cancelled("c"))).0, Code::Cancelled);
}

#[test]
fn a_struct_and_a_generic_error_decide_their_codes() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("generic")]
    #[status(code = self.kind.into())]
    struct Generic<T: std::fmt::Debug> {
        kind: Kind,
        value: T,
    }

    #[derive(Clone, Copy, Debug)]
    struct Kind;

    impl From<Kind> for Code {
        fn from(_: Kind) -> Self {
            Self::Aborted
        }
    }

    assert_eq!(code_and_message(Generic { kind: Kind, value: 1 }).0, Code::Aborted);
}

/// A field that is the code comes back from the code of the status. Other fields come back as they always do.
#[test]
fn an_error_comes_back_with_its_code() {
    #[grpc_error(domain = "codes.example.com")]
    #[derive(Debug, PartialEq, thiserror::Error)]
    #[error("failed")]
    enum CodeError {
        #[status(code = *code)]
        Field {
            code: Code,
            #[status(metadata)]
            number: u8,
        },
        #[status(code = *_0)]
        Tuple(Code),
        #[status(code = if *is_busy { Code::Unavailable } else { Code::Internal })]
        Computed {
            #[status(metadata)]
            is_busy: bool,
        },
    }

    for code in [Code::NotFound, Code::Internal, Code::Unauthenticated] {
        let field = || CodeError::Field { code, number: 3 };
        let status = over_the_wire(field());
        assert_eq!(status.code(), code);
        assert_eq!(CodeError::try_from(&status).unwrap(), field());
        assert_eq!(
            CodeError::try_from(&over_the_wire(CodeError::Tuple(code))).unwrap(),
            CodeError::Tuple(code)
        );
    }
    for is_busy in [true, false] {
        let status = over_the_wire(CodeError::Computed { is_busy });
        assert_eq!(status.code(), if is_busy { Code::Unavailable } else { Code::Internal });
        assert_eq!(CodeError::try_from(&status).unwrap(), CodeError::Computed { is_busy });
    }
    // OK is sent as INTERNAL, so it comes back as that.
    let ok = CodeError::try_from(&over_the_wire(CodeError::Tuple(Code::Ok))).unwrap();
    assert_eq!(ok, CodeError::Tuple(Code::Internal));
}
