//! A server that counts the bytes that it holds. It is a program of its own, because an allocator that counts costs more than
//! many an interceptor.

use std::sync::Arc;
use std::{env, io, thread};

use tokio::sync::Notify;

/// Serves the calls of the driver. For each line of the input, prints the bytes that it holds more than at the line before.
fn main() {
    let name = env::args().nth(1).expect("the argument is the name of a server");
    let (runtime, server) = vestibule_peers::open_calls::start(&name);
    runtime.spawn(server);
    let asked = Arc::new(Notify::new());
    let asks = Arc::clone(&asked);
    // The allocator counts for each thread, so this thread changes nothing.
    thread::spawn(move || io::stdin().lines().for_each(|_| asks.notify_one()));
    loop {
        let held = allocation_counter::measure(|| runtime.block_on(asked.notified()));
        println!("{}", held.bytes_current);
    }
}
