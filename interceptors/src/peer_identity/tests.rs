use http::{HeaderMap, HeaderValue};

use super::forwarded::identity;
use super::identity::PeerIdentity;

fn headers(values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("x-forwarded-client-cert", HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

/// Returns the names as one text, with the SPIFFE id first.
fn text(identity: &PeerIdentity) -> String {
    let id = identity.spiffe_id().map(ToString::to_string).unwrap_or_default();
    let subject = identity.subject().unwrap_or_default();
    format!("{id}|{}|{subject}", identity.dns_names().collect::<Vec<_>>().join(" "))
}

fn find(values: &[&str], number: usize) -> Result<Option<String>, &'static str> {
    Ok(identity(&headers(values), number)?.as_ref().map(text))
}

/// Each row of the table in the docs of `IdentifyPeer`, and the forms in which values may be written.
#[test]
fn the_last_element_is_that_of_the_nearest_proxy() {
    for (values, expected) in [
        (&["URI=spiffe://example.org/web"][..], "spiffe://example.org/web||"),
        (&["URI=spiffe://example.org/a,URI=spiffe://example.org/b"], "spiffe://example.org/b||"),
        (&["URI=spiffe://example.org/a", "URI=spiffe://example.org/b"], "spiffe://example.org/b||"),
        (&[r#"Subject="CN=a,O=b;c";DNS=x;DNS=y"#], "|x y|CN=a,O=b;c"),
        (&["By=spiffe://example.org/proxy;Hash=00"], "||"),
        (&["By=spiffe://example.org/proxy;Hash=00;URI=spiffe://example.org/a"], "spiffe://example.org/a||"),
        (&["uri=spiffe://example.org/a;dns=x;SUBJECT=CN"], "spiffe://example.org/a|x|CN"),
        (&[r#"URI="spiffe://example.org/a""#], "spiffe://example.org/a||"),
        (&[r#"Subject="CN=\"a\\,b\"";URI=spiffe://example.org/a"#], r#"spiffe://example.org/a||CN="a\,b""#),
        (&[" URI=spiffe://example.org/a ; DNS=x , ,"], "spiffe://example.org/a|x|"),
        (&["URI=;DNS=x"], "|x|"),
        (&["URI=https://example.org/a;URI=urn:b"], "||"),
        (
            &[r#"Cert="-----BEGIN%20CERTIFICATE-----,;=";URI=spiffe://example.org/a"#],
            "spiffe://example.org/a||",
        ),
        // A client can't hide an element behind its own quote: the proxy starts a new header, or refuses.
        (&[r"URI=spiffe://example.org/a\,URI=spiffe://example.org/b"], "spiffe://example.org/b||"),
    ] {
        assert_eq!(find(values, 1), Ok(Some(expected.to_owned())), "{values:?}");
    }
}

#[test]
fn what_can_not_be_read_is_refused() {
    for value in [
        r#"URI="spiffe://example.org/a"#,
        r#"Subject="a\";URI=spiffe://example.org/a"#,
        r#"URI=spiffe://example.org/"a""#,
        r#"URI="spiffe://example.org/a"b"#,
        r#"URI=x"y"#,
        "spiffe://example.org/a",
        "URI=spiffe://example.org/a;x",
        "Subject=a;Subject=b",
        "URI=spiffe://example.org/a;URI=spiffe://example.org/b",
        "URI=spiffe://example.org/a;URI=https://example.org",
        "URI=SPIFFE://example.org/a",
        "URI=spiffe://example.org/a/",
        "DNS=é",
        &"a".repeat(64 * 1024 + 1),
    ] {
        assert!(find(&[value], 1).is_err(), "{value}");
    }
    // A part that no trusted proxy has written may break the header all the same: then nobody knows where the last one begins.
    assert!(find(&[r#"URI=""#, "URI=spiffe://example.org/a"], 1).is_err());
}

#[test]
fn the_number_of_proxies_chooses_the_element() {
    let values = &["URI=spiffe://example.org/a,URI=spiffe://example.org/b", "URI=spiffe://example.org/c"];
    for (number, expected) in [(1, Some("c")), (2, Some("b")), (3, Some("a")), (4, None)] {
        let expected = expected.map(|name| format!("spiffe://example.org/{name}||"));
        assert_eq!(find(values, number), Ok(expected), "{number}");
    }
    for values in [&[][..], &[""], &[" , "]] {
        assert_eq!(find(values, 1), Ok(None), "{values:?}");
    }
}
