#!/usr/bin/env bash
# grpcio-health-checking 1.85.0 with grpcio 1.85.1 (PyPI), seen on 2026-11-30.
#
# `Watch` of grpc.health.v1 sends a message for each `HealthServicer.set`, whether the status changes by it or not. A service
# that reports its health every second wakes each of its watchers every second. (So does grpc-health-check 2.1.0 of npm.)
#
# Guess: one message for each change, as the comment in health.proto has it ("subsequently send a new message whenever the
# service's serving status changes").
#
# Output, of SERVING set four times, then NOT_SERVING:
#   SERVING SERVING SERVING SERVING NOT_SERVING
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check grpcio==1.85.1 grpcio-health-checking==1.85.0

cat >watch.py <<'PY'
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

Status = health_pb2.HealthCheckResponse
servicer = health.HealthServicer()
server = grpc.server(futures.ThreadPoolExecutor())
health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()

servicer.set("shop", Status.SERVING)
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    request = health_pb2.HealthCheckRequest(service="shop")
    updates = health_pb2_grpc.HealthStub(channel).Watch(request, timeout=30)
    seen = [next(updates).status]
    for status in (Status.SERVING, Status.SERVING, Status.SERVING, Status.NOT_SERVING):
        servicer.set("shop", status)
    while seen[-1] != Status.NOT_SERVING:
        seen.append(next(updates).status)
    updates.cancel()
server.stop(None).wait()
print(*map(Status.ServingStatus.Name, seen))
PY

seen=$(python/bin/python watch.py)
expected='SERVING SERVING SERVING SERVING NOT_SERVING'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'it has changed; it was:\n%s\n' "$expected"; exit 1; }
