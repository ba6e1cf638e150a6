"""Continues one trace through two services: from a client in Python, and from one in Node, each with its own OpenTelemetry.

Run by .ci/run, which installs what the clients need. The arguments are the folder of Node's packages, if there is Node.
"""

import json
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import grpc
from grpc_tools import protoc
from opentelemetry import trace
from opentelemetry.instrumentation.grpc import GrpcInstrumentorClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

ROOT = Path(__file__).parent.parent
METHODS = ["SayHello", "LotsOfReplies", "LotsOfGreetings", "BidiHello"]


@contextmanager
def served():
    """The address of the first service, and the lines that both services print."""
    command = ["cargo", "run", "--quiet", "--locked", "-p", "vestibule-interceptors", "--example", "traced_relay"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip().removeprefix("listening on "), server.stdout
    finally:
        server.terminate()
        server.wait()


def expect(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def expect_one_trace(client, lines, method):
    """Compares the span of a client, as (trace, id), with the three spans of the services."""
    spans = {}
    for _ in range(3):
        _, trace_id, span_id, parent, kind, name = lines.readline().split()
        expect(trace_id, client[0])
        spans[kind, name] = spans.get((kind, name), []) + [(span_id, parent)]
    [(call, parent_of_call)] = spans["Client", "pb.Greeter/SayHello"]
    servers = [span for (kind, _), of_name in spans.items() if kind == "Server" for span in of_name]
    [first] = [span for span, parent in servers if parent == client[1]]
    expect(parent_of_call, first)
    expect([parent for span, parent in servers if span != first], [call])
    assert ("Server", f"pb.Greeter/{method}") in spans, spans


def python(addr, lines, pb2, pb2_grpc):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    # It changes the functions that make a channel.
    GrpcInstrumentorClient().instrument()

    def calls(stub):
        message = pb2.HelloRequest(name="Ada")
        return {
            "SayHello": lambda: [stub.SayHello(message)],
            "LotsOfReplies": lambda: stub.LotsOfReplies(message),
            "LotsOfGreetings": lambda: [stub.LotsOfGreetings(iter([message]))],
            "BidiHello": lambda: stub.BidiHello(iter([message])),
        }

    with grpc.insecure_channel(addr) as channel:
        stub = pb2_grpc.GreeterStub(channel)
        for method in METHODS:
            expect([reply.reply for reply in calls(stub)[method]()], ["hello Ada"])
            [span] = exporter.get_finished_spans()
            exporter.clear()
            context = span.get_span_context()
            expect_one_trace((f"{context.trace_id:032x}", f"{context.span_id:016x}"), lines, method)


def node(addr, lines, packages):
    script = ROOT / ".ci" / "foreign_trace.cjs"
    command = ["node", str(script), packages, str(ROOT / "proto" / "proto" / "hello.proto"), addr, *METHODS]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    spans = [json.loads(line) for line in output.splitlines()]
    expect([span["method"] for span in spans], METHODS)
    for span in spans:
        expect(span["replies"], ["hello Ada"])
        expect_one_trace((span["trace"], span["id"]), lines, span["method"])


def main():
    # A span that is missing would be waited for without an end.
    signal.alarm(300)
    with tempfile.TemporaryDirectory() as out, served() as (addr, lines):
        arguments = [f"--proto_path={ROOT / 'proto' / 'proto'}", f"--python_out={out}", f"--grpc_python_out={out}"]
        expect(protoc.main(["protoc", *arguments, "hello.proto"]), 0)
        sys.path.insert(0, out)
        import hello_pb2
        import hello_pb2_grpc

        python(addr, lines, hello_pb2, hello_pb2_grpc)
        print("a trace of Python goes through two services")
        if len(sys.argv) > 1:
            node(addr, lines, sys.argv[1])
            print("a trace of Node goes through two services")


if __name__ == "__main__":
    main()
