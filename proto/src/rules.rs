//! The rules of messages, for the tests of `Validation`. An interceptor asks them only where it stands in a list.

use vestibule_interceptors::{Validate, Violations};

use crate::hello::{HelloRequest, HelloResponse};

/// The longest name, in characters.
const MAX_NAME: usize = 32;

impl Validate for HelloRequest {
    fn validate(&self) -> Result<(), Violations> {
        if self.name == "the rules are broken" {
            return Err(Violations::failed("a secret reason"));
        }
        let mut violations = Violations::new();
        if self.name.is_empty() {
            violations.add("name", "string.min_len", "must be at least 1 character");
        }
        if self.name.chars().count() > MAX_NAME {
            violations.add("name", "string.max_len", "must be at most 32 characters");
        }
        if self.name.contains(char::is_control) {
            violations.add("name", "name.printable", "must have no control characters");
        }
        violations.into_result()
    }
}

impl Validate for HelloResponse {
    fn validate(&self) -> Result<(), Violations> {
        let mut violations = Violations::new();
        if self.reply.is_empty() {
            violations.add("reply", "string.min_len", "must be at least 1 character");
        }
        violations.into_result()
    }
}
