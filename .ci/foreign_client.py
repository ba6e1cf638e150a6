"""Calls both examples with grpc's own Python client, and reads their details with its own library.

Run by .ci/run, after the examples were built.
"""

import queue
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from grpc_tools import protoc

ROOT = Path(__file__).parent.parent


@contextmanager
def served(example, *args):
    """A server on a free port, and a channel to it."""
    command = ["cargo", "run", "--quiet", "--locked", "-p", example, "--", "serve", "--addr", "127.0.0.1:0", *args]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        addr = server.stdout.readline().strip().removeprefix("listening on ")
        with grpc.insecure_channel(addr) as channel:
            yield channel
    finally:
        server.terminate()
        server.wait()


def failure(call, *args, **kwargs):
    try:
        reply = call(*args, **kwargs)
    except grpc.RpcError as error:
        return error
    raise AssertionError(f"it succeeded: {reply}")


def details(error):
    """The details by their names. grpc's library refuses those that contradict the status."""
    status = rpc_status.from_call(error)
    assert status is not None, f"no details: {error}"
    found = {}
    for detail in status.details:
        name = detail.TypeName().removeprefix("google.rpc.")
        found[name] = getattr(error_details_pb2, name)()
        assert detail.Unpack(found[name])
    return found


def expect(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def calculator(pb2, pb2_grpc):
    def add(channel, nombre1, nombre2, locale):
        metadata = [("authorization", "mon-secret-token"), ("locale", locale)]
        request = pb2.AdditionRequest(nombre1=nombre1, nombre2=nombre2)
        return pb2_grpc.CalculatriceStub(channel).Addition(request, metadata=metadata)

    with served("calculator") as channel:
        expect(add(channel, 10, 5, "en").resultat, 15)
        error = failure(add, channel, 10, -5, "en")
        expect((error.code(), error.details()), (grpc.StatusCode.INVALID_ARGUMENT, "Numbers must be positive"))
        found = details(error)
        info = found["ErrorInfo"]
        expect((info.reason, info.domain, dict(info.metadata)), ("NEGATIVE", "calculator.example.com", {"locale": "en"}))
        [violation] = found["BadRequest"].field_violations
        expect((violation.field, violation.description), ("nombre2", "-5 is negative"))
        localized = details(failure(add, channel, -1, -1, "fr-FR"))["LocalizedMessage"]
        expect((localized.locale, localized.message), ("fr-FR", "Essayez avec des nombres positifs."))

    with served("calculator", "--max-in-flight", "1", "--work-ms", "10000") as channel:
        stub = pb2_grpc.CalculatriceStub(channel)
        metadata = [("authorization", "mon-secret-token")]
        done = queue.SimpleQueue()
        calls = [stub.Addition.future(pb2.AdditionRequest(), metadata=metadata) for _ in range(2)]
        for call in calls:
            call.add_done_callback(done.put)
        # One is held, so that the other one is done first.
        error = done.get(timeout=9)
        expect(error.code(), grpc.StatusCode.UNAVAILABLE)
        delay = details(error)["RetryInfo"].retry_delay
        expect(delay.ToMilliseconds(), 100)
        for call in calls:
            call.cancel()


def greeter(pb2, pb2_grpc):
    metadata = [("authorization", "Bearer some-secret-token")]

    def hello(channel, name):
        return pb2_grpc.GreeterStub(channel).SayHello(pb2.HelloRequest(name=name), metadata=metadata).reply

    with served("greeter") as channel:
        expect(hello(channel, "小明"), "hello 小明")
        reply, call = pb2_grpc.GreeterStub(channel).SayHello.with_call(pb2.HelloRequest(name="Ada"), metadata=metadata)
        expect(reply.reply, "hello Ada")
        expect(dict(call.initial_metadata())["location"], "BeiJing")
        assert int(dict(call.trailing_metadata())["timestamp"]) > 0
        names = iter([pb2.HelloRequest(name=name) for name in ("七米", "q1mi", "沙河娜扎")])
        reply = pb2_grpc.GreeterStub(channel).LotsOfGreetings(names, metadata=metadata).reply
        expect(reply, "你好：七米q1mi沙河娜扎")
        error = failure(hello, channel, "小明")
        assert int(dict(error.trailing_metadata())["timestamp"]) > 0
        expect((error.code(), error.details()), (grpc.StatusCode.RESOURCE_EXHAUSTED, "Request limit exceeded."))
        found = details(error)
        [violation] = found["QuotaFailure"].violations
        expect((violation.subject, violation.description), ("name:小明", "限制每个name调用一次"))
        expect(dict(found["ErrorInfo"].metadata), {"name": "小明"})
        # Any size arrives, cut where it must be, in a header block that grpc takes.
        for size in [1_000, 1_500, 1_700, 1_800, 1_900, 2_000, 3_000, 5_000, 10_000, 1_000_000]:
            for letter in ["x", "语", "\n"]:
                hello(channel, letter * size)
                error = failure(hello, channel, letter * size)
                expect(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
                assert error.details().startswith("Request limit exceeded."), error.details()
                rpc_status.from_call(error)


def main():
    with tempfile.TemporaryDirectory() as out:
        protos = ROOT / "proto" / "proto"
        arguments = [f"--proto_path={protos}", f"--python_out={out}", f"--grpc_python_out={out}"]
        expect(protoc.main(["protoc", *arguments, "calcul.proto", "hello.proto"]), 0)
        sys.path.insert(0, out)
        import calcul_pb2
        import calcul_pb2_grpc
        import hello_pb2
        import hello_pb2_grpc

        calculator(calcul_pb2, calcul_pb2_grpc)
        greeter(hello_pb2, hello_pb2_grpc)
    print("grpc's Python client reads what was sent")


if __name__ == "__main__":
    main()
