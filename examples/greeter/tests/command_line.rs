//! The program: what it prints, and how it ends.

mod support;

use support::program::{Ended, Running, run};

const TOKEN: [&str; 2] = ["--token", "some-secret-token"];

fn chat(addr: &str, args: &[&str]) -> Running {
    Running::start(&[&["chat", "--addr", addr], args].concat())
}

#[test]
fn the_demo_goes_as_expected() {
    let Ended { status, stdout, stderr } = run(&[]);
    assert_eq!((status, &*stderr), (Some(0), ""), "{stdout}");
    assert!(stdout.ends_with("All 22 answers were as expected.\n"), "{stdout}");
}

#[test]
fn serve_prints_the_port_it_was_given() {
    let (_server, addr) = Running::serve(&[]);
    assert!(addr.starts_with("127.0.0.1:") && addr != "127.0.0.1:0", "{addr}");
}

#[test]
fn a_chat_answers_each_line_and_ends_with_the_input() {
    let (_server, addr) = Running::serve(&[]);
    let mut chat = chat(&addr, &TOKEN);
    for (line, answer) in [("你好", "我好"), ("在吗？", "在!"), ("", ""), ("ok?", "ok!")] {
        chat.type_line(line);
        assert_eq!(chat.line(), answer);
    }
    chat.end_input();
    assert_eq!(chat.ended(), Ended::well(""));
}

#[test]
fn a_chat_prints_all_answers_to_what_is_piped_into_it() {
    let (_server, addr) = Running::serve(&[]);
    let mut chat = chat(&addr, &TOKEN);
    let mut answers = String::new();
    for n in 0..1000 {
        chat.type_line(&format!("{n}?"));
        answers.push_str(&format!("{n}!\n"));
    }
    chat.end_input();
    assert_eq!(chat.ended(), Ended::well(&answers));
}

#[test]
fn a_chat_without_the_token_ends_before_a_line_is_typed() {
    let (_server, addr) = Running::serve(&[]);
    for args in [&[][..], &["--token", "not-the-token"]] {
        // The input of the chat stays open.
        assert_eq!(chat(&addr, args).ended(), Ended::badly("UNAUTHENTICATED: invalid token"), "{args:?}");
    }
}

#[test]
fn a_chat_fails_if_its_input_is_no_text() {
    let (_server, addr) = Running::serve(&[]);
    let mut chat = chat(&addr, &TOKEN);
    chat.type_bytes(b"ok?\n\xff\n");
    assert_eq!(chat.line(), "ok!");
    assert_eq!(chat.ended(), Ended::badly("stream did not contain valid UTF-8"));
}

#[test]
fn a_chat_fails_if_nobody_serves() {
    let Ended { status, stdout, stderr } = chat("127.0.0.1:1", &TOKEN).ended();
    assert_eq!((status, &*stdout), (Some(1), ""));
    assert!(stderr.starts_with("UNAVAILABLE: "), "{stderr}");
}

#[test]
fn serve_fails_if_the_address_is_taken() {
    let (_server, addr) = Running::serve(&[]);
    let Ended { status, stdout, stderr } = run(&["serve", "--addr", &addr]);
    assert_eq!((status, &*stdout), (Some(1), ""));
    assert!(stderr.starts_with("can't listen on 127.0.0.1:"), "{stderr}");
}

#[test]
fn arguments_that_make_no_sense_are_usage_errors() {
    for args in [["--max-calls", "0"], ["--max-streams", "0"], ["--tls-cert", "x"], ["--tls-key", "x"]] {
        assert_eq!(run(&[&["serve"], &args[..]].concat()).status, Some(2), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_chat_and_the_server_and_the_log_has_no_token() {
    let (server, addr) = Running::serve(&[]);
    let mut chat = chat(&addr, &TOKEN);
    chat.type_line("你好");
    assert_eq!(chat.line(), "我好");
    server.ctrl_c();
    // The input of the chat stays open. Neither the chat nor the server waits for it.
    assert_eq!(chat.ended(), Ended::badly("UNAVAILABLE: the server is shutting down"));

    let Ended { status, stdout, stderr: log } = server.ended();
    assert_eq!((status, &*stdout), (Some(0), ""));
    let parts = ["/pb.Greeter/BidiHello", "peer=127.0.0.1:", "code=\"UNAVAILABLE\"", "duration_ms="];
    assert!(log.lines().any(|line| parts.iter().all(|part| line.contains(part))), "{log}");
    assert!(!log.contains("some-secret"), "{log}");
}
