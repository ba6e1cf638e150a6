"""Checks what rust-analyzer shows in an annotated service: hover, completion, definitions and diagnostics.

Run with: python3 ui-tests/ide/check.py [rust-analyzer]

It needs rust-analyzer, for example from `cargo install ra_ap_rust-analyzer --version 0.0.326`, and takes some minutes. With
that version and rustc 1.95.0 all checks pass. One thing is known to be wrong: "go to definition" at the function of an
entry, such as `authenticate`, also lists functions of the runtime, because the code for an entry has the span of that name.
rustc needs that span for its errors.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from lsp import Server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MANIFEST = f"""
[package]
name = "annotated"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
proto = {{ path = "{ROOT}/proto" }}
tokio-stream = "0.1"
vestibule = {{ path = "{ROOT}/runtime" }}
"""
HANDLER = "let count = self.store.lookup(&request.name);"


def check(name, expected, found):
    is_well = expected(found)
    print(f"{'ok  ' if is_well else 'FAIL'} {name}{'' if is_well else f': {found!r}'}")
    return is_well


def contains(text):
    return lambda found: text in found


def equals(expected):
    return lambda found: found == expected


def navigation(server):
    """What works in a handler, whatever is wrong elsewhere in the impl."""
    yield "hover: the message", contains("request: HelloRequest"), server.hover("lookup(&|request.name)")
    yield "hover: a field of the message", contains("name: String"), server.hover("lookup(&request.|name)")
    yield "hover: a bound name", contains("caller: &Caller"), server.hover('{count}", |caller.name)')
    yield "hover: self", contains("self: &MyGreeter"), server.hover("let count = |self")
    yield "definition: a method", equals((["pub fn lookup(&self, name: &str) -> usize {"], 0)), server.definitions(
        "self.store.|lookup(&"
    )


def completion(server, text):
    for place, member in [("request.", "name"), ("caller.", "name"), ("self.store.", "prefix")]:
        server.change(text.replace(HANDLER, f"{HANDLER} {place};"))
        yield f"completion: {place}", contains(member), server.completions(f"{place}|;")


def all_checks(server, text):
    yield from navigation(server)
    yield "hover: the type of a local variable", contains("count: usize"), server.hover("let |count")
    yield "hover: the binding in the list", contains("caller: &Caller"), server.hover("(|caller = authenticate")
    yield "diagnostics: none", equals([]), server.diagnostics()
    yield from completion(server, text)
    server.change(text.replace("let count =", "let count: String ="))
    yield "diagnostics: a wrong type", equals(["expected String, found usize"]), server.diagnostics()
    mistaken = text.replace("caller = authenticate", "callr = authenticate")
    server.change(mistaken)
    message = "nothing provides `caller`; did you mean `callr`?"
    yield "diagnostics: a mistake in the list", equals([message]), server.diagnostics()
    for name, expected, found in navigation(server):
        yield f"with a mistake, {name}", expected, found
    for name, expected, found in completion(server, mistaken):
        yield f"with a mistake, {name}", expected, found


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "rust-analyzer"
    with tempfile.TemporaryDirectory() as folder:
        text = (HERE / "service.rs").read_text()
        Path(folder, "src").mkdir()
        Path(folder, "src", "lib.rs").write_text(text)
        Path(folder, "Cargo.toml").write_text(MANIFEST)
        shutil.copy(ROOT / "Cargo.lock", folder)
        env = {"CARGO_TARGET_DIR": str(ROOT / "target" / "ide")} | os.environ
        server = Server(program, folder, env)
        try:
            server.open(text)
            results = [check(*row) for row in all_checks(server, text)]
        finally:
            server.close()
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
