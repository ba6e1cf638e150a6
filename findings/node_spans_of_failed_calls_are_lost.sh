#!/usr/bin/env bash
# @opentelemetry/instrumentation-grpc 0.223.0 with @opentelemetry/sdk-trace-node 2.12.1 and @grpc/grpc-js 1.14.7 (npm), seen on
# 2026-12-01.
#
# The span of a server's stream ends with the last message or with an error of the handler. A handler that merely stops when
# its client leaves ends neither, so its span never ends and no exporter ever sees it. The span of a handler that throws is lost
# in the same way, although grpc-js catches the exception and the client receives UNKNOWN. (If the handler of a single response
# answers after its client has left, its span says code 0.)
#
# Guess: each call that a server has accepted has one span, with code 1 for a client that leaves, and 2 for an exception.
#
# Output, of all spans that have ended when a later call's spans have ended:
#   leave: CLIENT 1
#   throw: CLIENT 2
#   answer: SERVER 0, CLIENT 0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7 @opentelemetry/api@1.9.1 \
    @opentelemetry/instrumentation@0.223.0 @opentelemetry/instrumentation-grpc@0.223.0 @opentelemetry/sdk-trace-node@2.12.1

cat >spans.js <<'JS'
const { NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { GrpcInstrumentation } = require('@opentelemetry/instrumentation-grpc');
const { SpanKind } = require('@opentelemetry/api');
const { EventEmitter, once } = require('events');

const ended = [];
const news = new EventEmitter();
const exporter = {
  export(spans, done) {
    for (const span of spans) {
      ended.push({ method: span.attributes['rpc.method'], text: `${SpanKind[span.kind]} ${span.attributes['rpc.grpc.status_code']}` });
    }
    done({ code: 0 });
    news.emit('span');
  },
  shutdown: async () => {},
};
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
registerInstrumentations({ tracerProvider: provider, instrumentations: [new GrpcInstrumentation()] });
const grpc = require('@grpc/grpc-js');

const bytes = (value) => value;
const method = (name, responseStream) => ({
  path: `/shop.Books/${name}`, requestStream: false, responseStream,
  requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes,
});
const service = { answer: method('answer', false), throw: method('throw', false), leave: method('leave', true) };
const stopped = new EventEmitter();
const server = new grpc.Server();
server.addService(service, {
  answer: (call, respond) => respond(null, call.request),
  throw: () => { throw new Error('a bug'); },
  leave: (call) => { call.write(call.request); call.on('cancelled', () => stopped.emit('stopped')); },
});

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), async (error, port) => {
  if (error) throw error;
  const client = new (grpc.makeGenericClientConstructor(service, 'Books'))(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const stream = client.leave(Buffer.from('x'));
  stream.on('error', () => {});
  await once(stream, 'data');
  const handlerStopped = once(stopped, 'stopped');
  stream.cancel();
  await handlerStopped;
  await new Promise((done) => client.throw(Buffer.from('x'), done));
  await new Promise((done) => client.answer(Buffer.from('x'), done));
  const of = (name) => ended.filter((span) => span.method === name).map((span) => span.text);
  while (of('answer').length < 2) await once(news, 'span');
  for (const name of ['leave', 'throw', 'answer']) console.log(`${name}: ${of(name).join(', ')}`);
  client.close();
  server.forceShutdown();
});
JS

seen=$(node spans.js)
expected='leave: CLIENT 1
throw: CLIENT 2
answer: SERVER 0, CLIENT 0'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'it has changed; it was:\n%s\n' "$expected"; exit 1; }
