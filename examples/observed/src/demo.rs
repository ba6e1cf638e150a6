//! The demo: some calls, and what was seen of them.

use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use proto::hello::HelloRequest;
use proto::hello::greeter_client::GreeterClient;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tonic::Request;
use tonic::transport::Channel;
use vestibule::code_name;
use vestibule_interceptors::{AuditRecord, AuditSink};

use crate::observers::{Observers, scrape};
use crate::telemetry::Telemetry;
use crate::{serve, table, tree};

/// Serves, makes some calls, and prints what was seen.
pub(crate) async fn run(telemetry: &Telemetry) -> Result<(), Box<dyn Error>> {
    let audit = Lines::default();
    let observers = Observers::new(telemetry, audit.clone());
    let registry = Arc::clone(&observers.registry);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve::serve(observers, listener, async {
        // The sender is dropped when the calls are over.
        let _ = stopped.await;
    });
    let calls = async {
        println!("The calls\n");
        call(GreeterClient::connect(url).await?).await?;
        drop(stop);
        Ok::<_, Box<dyn Error>>(())
    };
    // `serve` returns after all connections have ended and the audit has all records.
    let (served, called) = tokio::join!(server, calls);
    called?;
    served?;

    match telemetry.spans()? {
        Some(spans) => println!("\nThe traces\n\n{}", tree::draw(&spans)),
        None => println!("\nThe collector has the traces.\n"),
    }
    println!("The metrics that Prometheus reads\n\n{}", table::draw(&scrape(&registry)?));
    print!("The audit\n\n{}", audit.read());
    Ok(())
}

/// Makes calls of each shape.
async fn call(mut client: GreeterClient<Channel>) -> Result<(), Box<dyn Error>> {
    let hello = |name: &str| HelloRequest { name: name.to_owned() };
    for request in [of_ada(hello("Ada")), of_ada(hello("")), Request::new(hello("nobody"))] {
        match client.say_hello(request).await {
            Ok(response) => println!("< {}", response.into_inner().reply),
            Err(status) => println!("< {}: {}", code_name(status.code()), status.message()),
        }
    }
    let names = of_ada(tokio_stream::iter(["Grace", "小明"]).map(hello));
    println!("< {}", client.lots_of_greetings(names).await?.into_inner().reply);
    let replies = client.lots_of_replies(of_ada(hello("Edsger"))).await?.into_inner();
    let replies: Result<Vec<_>, _> = replies.map(|response| Ok(response?.reply)).collect().await;
    println!("< {}", replies.map_err(Box::<tonic::Status>::new)?.join(", "));
    Ok(())
}

/// Adds Ada's token.
fn of_ada<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", "Bearer ada-token".parse().expect("it is ASCII"));
    request
}

/// Keeps a line for each record.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

impl Lines {
    fn read(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AuditSink for Lines {
    fn write(&mut self, record: AuditRecord) -> io::Result<()> {
        let caller = record.caller.as_deref().unwrap_or("-");
        let subject = record.subject.as_deref().unwrap_or("-");
        let (decision, code) = (record.decision.as_str(), code_name(record.code));
        let path = record.method.path();
        let line = format!("{decision:<9} {caller:<4} {path:<28} {subject:<18} {code}\n");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
        Ok(())
    }
}
