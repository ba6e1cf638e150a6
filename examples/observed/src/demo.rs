//! The demo: some calls, and what was seen of them.

use std::error::Error;

use proto::hello::HelloRequest;
use proto::hello::greeter_client::GreeterClient;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tonic::transport::Channel;
use vestibule::code_name;

use crate::observers::Observers;
use crate::telemetry::Telemetry;
use crate::{serve, table, tree};

/// Serves, makes some calls, and prints what was seen.
pub(crate) async fn run(telemetry: &Telemetry, observers: &Observers) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve::serve(observers, listener, async {
        // The sender is dropped when the calls are over.
        let _ = stopped.await;
    });
    let calls = async {
        let client = GreeterClient::connect(url).await?;
        call(client).await?;
        drop(stop);
        Ok::<_, Box<dyn Error>>(())
    };
    // The server ends after all connections have ended, so all calls have been seen then.
    let (served, called) = tokio::join!(server, calls);
    called?;
    served?;

    match telemetry.spans()? {
        Some(spans) => println!("\nThe traces\n\n{}", tree::draw(&spans)),
        None => println!("\nThe collector has the traces.\n"),
    }
    print!("The metrics that Prometheus reads\n\n{}", table::draw(&observers.scrape()?));
    Ok(())
}

/// Makes calls of each shape.
async fn call(mut client: GreeterClient<Channel>) -> Result<(), Box<dyn Error>> {
    println!("The calls\n");
    let hello = |name: &str| HelloRequest { name: name.to_owned() };
    for name in ["Ada", ""] {
        match client.say_hello(hello(name)).await {
            Ok(response) => println!("  {}", response.into_inner().reply),
            Err(status) => println!("  {}: {}", code_name(status.code()), status.message()),
        }
    }
    let names = tokio_stream::iter(["Grace", "小明"]).map(hello);
    println!("  {}", client.lots_of_greetings(names).await?.into_inner().reply);
    let mut replies = client.lots_of_replies(hello("Edsger")).await?.into_inner();
    while let Some(response) = replies.message().await? {
        println!("  {}", response.reply);
    }
    Ok(())
}
