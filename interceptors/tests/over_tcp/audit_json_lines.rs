//! `JsonLines` writes whole lines of a limited length.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::time::Duration;

use proto::accounts::accounts_server::{Accounts, AccountsServer};
use proto::accounts::{SignInRequest, SignInResponse};
use tonic::Request;
use vestibule::{Status, interceptor};
use vestibule_interceptors::{Audit, CallAudit, JsonLines, WhenFull};

use crate::support::log::{Log, log_of};
use crate::support::surely;

// These tests run in one setup only, because they are about the sink.

struct Audited(Audit);

#[interceptor(audit = &self.0)]
impl Accounts for Audited {
    async fn sign_in(&self, request: SignInRequest, audit: &CallAudit) -> Result<SignInResponse, Status> {
        audit.set_caller(&request.user);
        audit.set_subject(&request.user);
        Ok(SignInResponse::default())
    }
}

/// Returns what two calls of a user leave in a file.
fn file_after_two_calls(user: &str, file: &Log, writer: impl Write + Send + 'static) -> String {
    log_of(async {
        let audit =
            Audit::new(JsonLines::new(writer), NonZeroUsize::MIN, WhenFull::Block(Duration::from_secs(20)));
        let service = Audited(audit.clone());
        for _ in 0..2 {
            let request = SignInRequest { user: user.to_owned(), ..SignInRequest::default() };
            service.sign_in(Request::new(request)).await.unwrap();
        }
        surely(audit.shutdown(Duration::from_secs(20))).await.unwrap();
        file.text()
    })
    .1
}

/// A disk that is full after the first bytes, and has space again later.
struct FullOnce {
    file: Log,
    writes: u32,
}

impl Write for FullOnce {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        match self.writes {
            1 => self.file.write(&bytes[..10]),
            2 => Err(io::ErrorKind::StorageFull.into()),
            _ => self.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn after_half_a_line_the_next_record_begins_on_a_new_line() {
    let file = Log::default();
    let text = file_after_two_calls("ada", &file, FullOnce { file: file.clone(), writes: 0 });
    let lines: Vec<_> = text.split('\n').collect();
    assert_eq!((lines.len(), lines[0], lines[2]), (3, "{\"started_", ""), "{text}");
    assert!(lines[1].starts_with("{\"started_ms\":") && lines[1].ends_with('}'), "{text}");
}

#[test]
fn a_text_cannot_reverse_what_stands_around_it() {
    let file = Log::default();
    let text = file_after_two_calls("a\u{202e}b\u{2066}c\u{feff}é", &file, file.clone());
    let line = text.lines().last().unwrap();
    assert!(line.contains("\"caller\":\"a\\u202eb\\u2066c\\ufeffé\""), "{line}");
}

#[test]
fn a_caller_and_a_subject_have_256_bytes_at_most() {
    let file = Log::default();
    let text = file_after_two_calls(&"x".repeat(300), &file, file.clone());
    let cut = "x".repeat(256) + "…";
    let line = text.lines().last().unwrap();
    for key in ["caller", "subject"] {
        assert!(line.contains(&format!("\"{key}\":\"{cut}\"")), "{line}");
    }
}
