//! The demo: a server, and a client that calls each of its rpcs.

use std::error::Error;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::{HelloRequest, HelloResponse};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;
use tonic::{Response, Streaming};
use vestibule::Status;

use crate::auth::{TOKEN, Token};
use crate::client::{Client, Credentials, channel};
use crate::serve::{serve, transport};
use crate::server::MyGreeter;
use crate::status::describe;

const QUOTA_EXCEEDED: &str = "RESOURCE_EXHAUSTED: Request limit exceeded.
    name:world: 限制每个name调用一次";

/// The text that is printed for the end of a stream.
const END: &str = "(end)";

/// Prints each message and its answer.
///
/// # Errors
///
/// Fails if the server can't be started or stopped, or if an answer is not the expected one.
pub async fn run() -> Result<(), Box<dyn Error>> {
    let greeter = MyGreeter::new(Token::new(TOKEN), 100, 100);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let server = tokio::spawn(serve(transport(None)?, listener, greeter, shutdown));
    println!("The greeter listens on {addr}.");

    let channel = channel(&addr.to_string(), None)?;
    let client = |credentials| GreeterClient::with_interceptor(channel.clone(), credentials);
    let mut demo = Demo::default();
    demo.play(client(TOKEN.parse()?)).await.map_err(|status| describe(&status))?;
    println!("\nAll four without a token, which client streams learn before they send a message");
    demo.refusals(client(Credentials::default())).await;
    println!("\nAll four with a wrong token");
    demo.refusals(client("not-the-token".parse()?)).await;

    let _ = stop.send(());
    server.await??;
    demo.verdict()
}

#[derive(Default)]
struct Demo {
    answers: u32,
    surprises: u32,
}

impl Demo {
    async fn play(&mut self, mut client: Client) -> Result<(), Status> {
        println!("\nSayHello: one message, one response");
        let reply = client.say_hello(say("world")).await?;
        self.hear(&entry(reply.metadata(), "location"), "location: BeiJing");
        // tonic's client puts the trailers of a single response into its metadata.
        let timestamp = entry(reply.metadata(), "timestamp");
        self.hear(&reply.into_inner().reply, "hello world");
        println!("  < {timestamp}");
        let status = client.say_hello(say("world")).await.expect_err("each name is greeted once");
        self.hear(&describe(&status), QUOTA_EXCEEDED);

        println!("\nLotsOfReplies: one message, a stream of responses");
        let mut replies = client.lots_of_replies(say("小明")).await?.into_inner();
        for expected in ["你好小明", "hello小明", "こんにちは小明", "안녕하세요小明", END]
        {
            self.hear(&next(&mut replies).await, expected);
        }
        let trailers = replies.trailers().await?.unwrap_or_default();
        println!("  < {}", entry(&trailers, "timestamp"));

        println!("\nLotsOfGreetings: a stream of messages, one response");
        let names = tokio_stream::iter(["七米", "q1mi", "沙河娜扎"].map(say));
        let reply = client.lots_of_greetings(names).await?;
        self.hear(&reply.into_inner().reply, "你好：七米q1mi沙河娜扎");

        println!("\nBidiHello: a stream each way, and each message is answered at once");
        let (messages, requests) = mpsc::channel(1);
        let mut replies = client.bidi_hello(ReceiverStream::new(requests)).await?.into_inner();
        for (message, expected) in
            [("你好", "我好"), ("在吗？", "在!"), ("你会说中文吗?", "我会说中文!"), ("走吧", "走")]
        {
            // This fails if the call has ended. The answer then tells why.
            let _ = messages.send(say(message)).await;
            self.hear(&next(&mut replies).await, expected);
        }
        drop(messages);
        self.hear(&next(&mut replies).await, END);
        Ok(())
    }

    async fn refusals(&mut self, mut client: Client) {
        let message = HelloRequest::default;
        self.refusal("SayHello", client.say_hello(message()).await);
        self.refusal("LotsOfReplies", client.lots_of_replies(message()).await);
        self.refusal("LotsOfGreetings", client.lots_of_greetings(tokio_stream::pending()).await);
        self.refusal("BidiHello", client.bidi_hello(tokio_stream::pending()).await);
    }

    fn refusal<T>(&mut self, rpc: &str, answer: Result<Response<T>, Status>) {
        let answer = answer.map_or_else(|status| describe(&status), |_| "let in".to_owned());
        print!("  {rpc:<15}");
        self.hear(&answer, "UNAUTHENTICATED: invalid token");
    }

    fn hear(&mut self, answer: &str, expected: &str) {
        println!("  < {answer}");
        self.answers += 1;
        if answer != expected {
            self.surprises += 1;
            println!("    but expected was {expected}");
        }
    }

    fn verdict(&self) -> Result<(), Box<dyn Error>> {
        let Self { answers, surprises } = self;
        if *surprises > 0 {
            return Err(format!("\n{surprises} of {answers} answers were not as expected.").into());
        }
        println!("\nAll {answers} answers were as expected.");
        Ok(())
    }
}

/// Prints a message that is about to be sent.
fn say(name: &str) -> HelloRequest {
    println!("  > {name}");
    HelloRequest { name: name.to_owned() }
}

/// Returns an entry of the metadata of a response, as it is printed.
fn entry(metadata: &MetadataMap, key: &str) -> String {
    let value = metadata.get(key).and_then(|value| value.to_str().ok());
    format!("{key}: {}", value.unwrap_or("(none)"))
}

/// Returns the next response, or how the stream ended.
async fn next(replies: &mut Streaming<HelloResponse>) -> String {
    match replies.message().await {
        Ok(Some(message)) => message.reply,
        Ok(None) => END.to_owned(),
        Err(status) => describe(&status),
    }
}
