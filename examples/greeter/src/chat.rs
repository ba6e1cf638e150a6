//! The `chat` command: a conversation over `BidiHello`.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::thread;

use proto::hello::HelloRequest;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::client::Client;
use crate::status::describe;

/// Sends each line of stdin as a message and prints each answer. The end of the input ends the call.
///
/// # Errors
///
/// Fails with `CODE: message` if the server ends the call with a status. Fails if stdin or stdout do.
pub async fn chat(mut client: Client) -> Result<(), Box<dyn Error>> {
    let (lines, mut failure) = lines();
    let requests = lines.map(|name| HelloRequest { name });
    let replies = client.bidi_hello(requests).await.map_err(|status| describe(&status))?;
    let mut replies = replies.into_inner();
    if io::stdin().is_terminal() {
        eprintln!("Connected. Each line is a message, Ctrl-D ends the chat.");
    }
    while let Some(message) = replies.message().await.map_err(|status| describe(&status))? {
        // Unlike `println!`, this does not panic when the reader of stdout has gone.
        writeln!(io::stdout(), "{}", message.reply)?;
    }
    failure.try_recv().map_or(Ok(()), |error| Err(error.into()))
}

/// Returns the lines of stdin, and a receiver for the error that ends them. Nothing is sent to it at
/// the end of the input.
fn lines() -> (ReceiverStream<String>, oneshot::Receiver<io::Error>) {
    let (sender, lines) = mpsc::channel(1);
    let (failed, failure) = oneshot::channel();
    // tokio's own stdin is read by a thread of the runtime, and the runtime waits for it. A chat that
    // the server ends would then last until the next line. Nothing waits for this thread.
    thread::spawn(move || {
        if let Err(error) = send_lines(&sender) {
            // The error is sent before the line sender is dropped, so it is there when the call ends.
            let _ = failed.send(error);
        }
    });
    (ReceiverStream::new(lines), failure)
}

/// Sends lines until the input or the call ends.
fn send_lines(sender: &mpsc::Sender<String>) -> io::Result<()> {
    for line in io::stdin().lines() {
        if sender.blocking_send(line?).is_err() {
            break;
        }
    }
    Ok(())
}
