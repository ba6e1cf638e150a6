//! One server process.

use std::error::Error;
use std::time::Duration;

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tokio::io::{AsyncReadExt, stdin};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use vestibule::{Call, Mount, Status, interceptor};
use vestibule_interceptors::{OnFailure, Quota, RateLimit, RedisLimits};

/// The additions of one caller.
const ADDITIONS: Quota = Quota::new(10, Duration::from_secs(60 * 60));

/// Adds, for each caller ten times an hour.
struct Calculator {
    additions: RateLimit,
}

/// The name that a caller gives itself. A real service takes the name from a token.
struct Caller(String);

#[interceptor(phase = Authenticate)]
async fn caller(call: &Call) -> Result<Caller, Status> {
    Ok(Caller(call.get::<&str>("x-caller")?.to_owned()))
}

#[interceptor(caller = caller(), self.additions.key(&caller.0))]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

/// Makes the limit: of this process, or of all processes with this Redis.
fn additions(redis: Option<&str>) -> Result<RateLimit, Box<dyn Error>> {
    let additions = RateLimit::new("additions", ADDITIONS);
    Ok(match redis {
        None => additions,
        // While Redis is away, each server still has its own limit.
        Some(url) => additions.shared(RedisLimits::open(url)?, OnFailure::Allow),
    })
}

/// Serves on a free port, which it prints, until its input ends.
pub(crate) async fn serve(redis: Option<&str>) -> Result<(), Box<dyn Error>> {
    let calculator = Calculator { additions: additions(redis)? };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let until_input_ends = async { drop(stdin().read_to_end(&mut Vec::new()).await) };
    let service = Mount::<_, CalculatriceServer<_>>::new(calculator);
    let incoming = TcpIncoming::from(listener);
    Ok(Server::builder()
        .add_service(service)
        .serve_with_incoming_shutdown(incoming, until_input_ends)
        .await?)
}
