//! No `{:?}` prints the value of a field with `debug_redact`, wherever its message is.

use proto::accounts::sign_in_request::{Key, Proof, Role};
use proto::accounts::v2::{Secret, secret::Part};
use proto::accounts::{SignInRequest, SignInResponse};

const HIDDEN: &str = "hidden";

fn hidden() -> String {
    HIDDEN.to_owned()
}

fn key(id: u32) -> Key {
    Key { id, secret: HIDDEN.into(), previous: None }
}

fn request() -> SignInRequest {
    SignInRequest {
        user: "ada".to_owned(),
        password: hidden(),
        code: Some(hidden()),
        role: Role::Admin.into(),
        next_role: Some(Role::Guest.into()),
        recovery_codes: vec![hidden()],
        answers: [(hidden(), hidden())].into(),
        r#type: "user".to_owned(),
        proof: Some(Proof::Token(hidden())),
    }
}

#[test]
fn a_message_prints_all_but_its_redacted_fields() {
    assert_eq!(
        format!("{:?}", request()),
        "SignInRequest { user: \"ada\", password: [redacted], code: [redacted], role: Admin, \
         next_role: Some(Guest), recovery_codes: [redacted], answers: [redacted], r#type: \"user\", \
         proof: Some(Token([redacted])) }"
    );
    let previous = Some(Box::new(key(1)));
    let proof = Some(Proof::Key(Key { previous, ..key(2) }));
    assert_eq!(
        format!("{:?}", SignInRequest { proof, ..SignInRequest::default() }),
        "SignInRequest { user: \"\", password: [redacted], code: [redacted], role: Guest, next_role: None, \
         recovery_codes: [redacted], answers: [redacted], r#type: \"\", \
         proof: Some(Key(Key { id: 2, secret: [redacted], previous: Some(Key { id: 1, secret: [redacted], \
         previous: None }) })) }"
    );
}

#[test]
fn a_number_that_no_enum_has_is_printed() {
    let request = SignInRequest { role: 7, next_role: Some(8), ..SignInRequest::default() };
    let printed = format!("{request:?}");
    assert!(printed.contains("role: 7, next_role: Some(8)"), "{printed}");
}

#[test]
fn a_message_inside_of_others_prints_no_redacted_field() {
    let response = SignInResponse {
        request: Some(request()),
        earlier: vec![request()],
        keys: [("k".to_owned(), key(1))].into(),
        session: hidden(),
    };
    for printed in [format!("{response:?}"), format!("{response:#?}"), format!("{:?}", Some(&response))] {
        assert!(!printed.contains(HIDDEN), "{printed}");
        // Bytes are printed as numbers or as text.
        assert!(!printed.contains(&format!("{:?}", HIDDEN.as_bytes())), "{printed}");
        assert!(printed.contains("ada"), "{printed}");
    }
}

#[test]
fn a_field_of_proto2_is_redacted() {
    let secret = Secret {
        name: "database".to_owned(),
        value: Some(hidden()),
        part: Some(Part { half: Some(hidden()) }),
    };
    assert_eq!(
        format!("{secret:?}"),
        "Secret { name: \"database\", value: [redacted], part: Some(Part { half: [redacted] }) }"
    );
}
