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

/// Sends each line of stdin as a message, and prints each answer. The end of the input ends the call.
///
/// # Errors
///
/// The status with which the server ends the call, as `CODE: message`; or stdin or stdout fail.
pub async fn chat(mut client: Client) -> Result<(), Box<dyn Error>> {
    let (lines, mut failure) = lines();
    let requests = lines.map(|name| HelloRequest { name });
    let replies = client.bidi_hello(requests).await.map_err(|status| describe(&status))?;
    let mut replies = replies.into_inner();
    if io::stdin().is_terminal() {
        eprintln!("Connected. Each line is a message, Ctrl-D ends the chat.");
    }
    while let Some(message) = replies.message().await.map_err(|status| describe(&status))? {
        // Unlike `println!`, this does not panic when nobody reads it any more.
        writeln!(io::stdout(), "{}", message.reply)?;
    }
    failure.try_recv().map_or(Ok(()), |error| Err(error.into()))
}

/// The lines of stdin, and then why they ended, unless it was the end of the input.
fn lines() -> (ReceiverStream<String>, oneshot::Receiver<io::Error>) {
    let (sender, lines) = mpsc::channel(1);
    let (failed, failure) = oneshot::channel();
    // A thread that nobody waits for. tokio does wait for its own: with its stdin, a call that the
    // server ends would not end the program before the next line.
    thread::spawn(move || {
        if let Err(error) = send_lines(&sender) {
            // Before the sender is dropped: it is there when the call has ended.
            let _ = failed.send(error);
        }
    });
    (ReceiverStream::new(lines), failure)
}

/// Until the input or the call has ended.
fn send_lines(sender: &mpsc::Sender<String>) -> io::Result<()> {
    for line in io::stdin().lines() {
        if sender.blocking_send(line?).is_err() {
            break;
        }
    }
    Ok(())
}
