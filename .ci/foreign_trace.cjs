// Makes one call of each method, and prints the ids of its span. Run by foreign_trace.py, with the folder of the packages, the
// .proto file, the address of the server, and the methods.

const { createRequire } = require("node:module");
const path = require("node:path");

const [packages, proto, address, ...methods] = process.argv.slice(2);
const load = createRequire(path.resolve(packages, "package.json"));

const { NodeTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = load("@opentelemetry/sdk-trace-node");
const { registerInstrumentations } = load("@opentelemetry/instrumentation");
const { GrpcInstrumentation } = load("@opentelemetry/instrumentation-grpc");

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new GrpcInstrumentation()] });

// The instrumentation changes the package when it is loaded.
const grpc = load("@grpc/grpc-js");
const { pb } = grpc.loadPackageDefinition(load("@grpc/proto-loader").loadSync(proto));
const client = new pb.Greeter(address, grpc.credentials.createInsecure());

function replies(method) {
  return new Promise((resolve, reject) => {
    const message = { name: "Ada" };
    const all = [];
    const once = (error, reply) => (error ? reject(error) : resolve([reply.reply]));
    const { requestStream, responseStream } = client[method];
    const args = requestStream ? [] : [message];
    const call = responseStream ? client[method](...args) : client[method](...args, once);
    if (responseStream) {
      call.on("data", (reply) => all.push(reply.reply));
      call.on("end", () => resolve(all));
      call.on("error", reject);
    }
    if (requestStream) {
      call.write(message);
      call.end();
    }
  });
}

async function main() {
  for (const method of methods) {
    const all = await replies(method);
    // A stream's span ends with its status, after the last message.
    while (exporter.getFinishedSpans().length === 0) await new Promise(setImmediate);
    const [span] = exporter.getFinishedSpans();
    exporter.reset();
    const { traceId, spanId } = span.spanContext();
    console.log(JSON.stringify({ method, replies: all, trace: traceId, id: spanId }));
  }
  client.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
