//! `serve` and `chat` over TLS, with certificates made for the test.

mod support;

use std::fs;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use support::program::{Ended, Running, run};

/// Writes a certificate for `localhost` and 127.0.0.1, and its key. Returns the two files.
fn certificate(name: &str) -> (String, String) {
    let names = ["localhost", "127.0.0.1"].map(str::to_owned);
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("valid names");
    let write = |kind, pem| {
        let file = format!("{}/{name}-{kind}.pem", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&file, pem).expect("cargo makes the folder");
        file
    };
    (write("cert", cert.pem()), write("key", signing_key.serialize_pem()))
}

fn serve(cert: &str, key: &str) -> (Running, String) {
    Running::serve(&["--tls-cert", cert, "--tls-key", key])
}

fn chat(addr: &str, args: &[&str]) -> Running {
    Running::start(&[&["chat", "--addr", addr, "--token", "some-secret-token"], args].concat())
}

#[test]
fn a_chat_with_a_server_whose_certificate_is_known() {
    let (cert, key) = certificate("known");
    let (_server, addr) = serve(&cert, &key);
    let (_, port) = addr.split_once(':').expect("a port");
    for addr in [&*addr, &format!("localhost:{port}")] {
        let mut chat = chat(addr, &["--tls-ca", &cert]);
        chat.type_line("在吗？");
        assert_eq!(chat.line(), "在!");
        chat.end_input();
        assert_eq!(chat.ended(), Ended::well(""));
    }
}

#[test]
fn a_token_is_asked_for_over_tls_too() {
    let (cert, key) = certificate("token");
    let (_server, addr) = serve(&cert, &key);
    let chat = Running::start(&["chat", "--addr", &addr, "--tls-ca", &cert]);
    assert_eq!(chat.ended(), Ended::badly("UNAUTHENTICATED: invalid token"));
}

#[test]
fn no_chat_with_a_server_that_is_not_known() {
    let (cert, key) = certificate("unknown");
    let (other, _) = certificate("other");
    let (_server, addr) = serve(&cert, &key);
    let Ended { status, stdout, stderr } = chat(&addr, &["--tls-ca", &other]).ended();
    assert_eq!((status, &*stdout), (Some(1), ""));
    assert!(stderr.starts_with("UNAVAILABLE: invalid peer certificate"), "{stderr}");
    // Without TLS the call fails, so nothing answers a token that is sent in plain text.
    let Ended { status, stdout, .. } = chat(&addr, &[]).ended();
    assert_eq!((status, &*stdout), (Some(1), ""));
}

#[test]
fn serve_tells_what_is_wrong_with_its_files_before_it_listens() {
    let (cert, _) = certificate("mixed");
    let (_, other_key) = certificate("mixed-other");
    for (cert, key, reason) in [
        (&*cert, &*other_key, "KeyMismatch"),
        (&cert, &cert, "private key"),
        ("no-such-file", &other_key, "can't read no-such-file"),
    ] {
        let Ended { status, stdout, stderr } =
            run(&["serve", "--addr", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key]);
        assert_eq!((status, &*stdout), (Some(1), ""), "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
    }
}
