//! The log warns of metadata that is too large for some clients.

use std::sync::Arc;

use super::header_services::{Adds, Way, behind, server_streaming, unary};
use crate::support::log::log_of;

#[test]
fn metadata_that_is_too_large_for_clients_is_warned_of_once() {
    for mount in ["generated", "mount", "layer"] {
        for way in [Way::Reply, Way::Trailers, Way::Status] {
            for (size, is_warned) in [(9_000, true), (7_000, false)] {
                let adds = Adds(way, vec![("x-large", "x".repeat(size))]);
                let (log, _) = log_of(async {
                    let mut client = behind(mount, &adds, &Arc::default()).await;
                    (unary(&mut client).await, server_streaming(&mut client).await)
                });
                for (method, is_sent) in
                    [("SayHello", (mount, way) != ("generated", Way::Trailers)), ("LotsOfReplies", true)]
                {
                    let warnings: Vec<_> = log
                        .lines()
                        .filter(|line| {
                            line.contains("8 KiB") && line.contains(&format!("/pb.Greeter/{method}\""))
                        })
                        .collect();
                    let expected = usize::from(is_warned && is_sent);
                    assert_eq!(warnings.len(), expected, "{mount} {way:?} {method} {size}: {log}");
                    assert!(
                        warnings.iter().all(|line| line.contains("WARN") && line.contains("size=9")),
                        "{log}"
                    );
                }
            }
        }
    }
}
