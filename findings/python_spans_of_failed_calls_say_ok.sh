#!/usr/bin/env bash
# opentelemetry-instrumentation-grpc 0.66b2 with opentelemetry-sdk 1.45.2 and grpcio 1.85.3 (PyPI), seen on 2026-12-01.
#
# Of all calls that end without a response, only those that the handler ends with `context.abort` have their code in the
# server's span. If a handler raises any other exception, the client receives UNKNOWN and the server's span says
# `rpc.grpc.status_code = 0`, with the status UNSET and the same exception as two events. If the client leaves a stream, or its
# deadline passes, the server's span says 0 as well, and if the client leaves, so does its own span.
#
# Guess: the code of the span is the code that the client receives: 2 for an exception, 1 for a client that leaves, 4 for a
# deadline; one event for one exception.
#
# Output, of both spans of each call:
#   abort: client ERROR 5, server UNSET 5, events 1
#   raise: client ERROR 2, server UNSET 0, events 2
#   leave: client UNSET 0, server UNSET 0, events 0
#   deadline: client ERROR 4, server UNSET 0, events 0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check grpcio==1.85.3 opentelemetry-sdk==1.45.2 \
    opentelemetry-instrumentation-grpc==0.66b2

cat >spans.py <<'PY'
import logging
import threading
from concurrent import futures

import grpc
from opentelemetry.instrumentation.grpc import client_interceptor, grpcext, server_interceptor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

logging.disable(logging.CRITICAL)  # grpcio logs the exception of a handler


class Spans(SpanExporter):
    def __init__(self):
        self.ended, self.changed = {}, threading.Condition()

    def export(self, spans):
        with self.changed:
            self.ended |= {span.kind.name: span for span in spans}
            self.changed.notify_all()
        return SpanExportResult.SUCCESS

    def of_one_call(self):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.ended) == 2, timeout=30)
            ended, self.ended = self.ended, {}
        return ended["CLIENT"], ended["SERVER"]


left = threading.Event()


def answer(request, context):
    if request == b"abort":
        context.abort(grpc.StatusCode.NOT_FOUND, "no such book")
    if request == b"raise":
        raise ValueError("a bug")
    assert context.add_callback(left.set)
    left.wait(30)
    return b""


def count(request, context):
    assert context.add_callback(left.set)
    yield b"1"
    left.wait(30)
    yield b"2"


spans = Spans()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
server = grpc.server(futures.ThreadPoolExecutor(), interceptors=(server_interceptor(provider),))
methods = {
    "Answer": grpc.unary_unary_rpc_method_handler(answer),
    "Count": grpc.unary_stream_rpc_method_handler(count),
}
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("shop.Books", methods),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
channel = grpcext.intercept_channel(grpc.insecure_channel(f"127.0.0.1:{port}"), client_interceptor(provider))


def report(name):
    client, at_server = spans.of_one_call()
    one = lambda span: f"{span.status.status_code.name} {span.attributes['rpc.grpc.status_code']}"
    print(f"{name}: client {one(client)}, server {one(at_server)}, events {len(at_server.events)}")


def fail(name, timeout):
    try:
        channel.unary_unary("/shop.Books/Answer")(name.encode(), timeout=timeout)
    except grpc.RpcError:
        report(name)


fail("abort", 30)
fail("raise", 30)
numbers = channel.unary_stream("/shop.Books/Count")(b"")
next(numbers)
numbers.close()
report("leave")
left.clear()
fail("deadline", 1)
server.stop(None).wait()
PY

seen=$(GRPC_VERBOSITY=NONE python/bin/python spans.py)
expected='abort: client ERROR 5, server UNSET 5, events 1
raise: client ERROR 2, server UNSET 0, events 2
leave: client UNSET 0, server UNSET 0, events 0
deadline: client ERROR 4, server UNSET 0, events 0'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'it has changed; it was:\n%s\n' "$expected"; exit 1; }
