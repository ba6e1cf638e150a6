//! Errors: what a client reads of them, what the log holds, and how a client gets them back.
//!
//! The tests that make calls run in three setups: see `in_every_setup!` and `support/setup.rs`. The others look at the
//! statuses that `#[grpc_error]` makes, and need no chain.

#[path = "../support/mod.rs"]
mod support;

mod cut_statuses;
mod details_on_a_client;
mod ends_of_errors;
mod error_details;
mod error_messages;
mod error_sources;
mod errors_from_statuses;
mod errors_of_other_types;
mod errors_on_a_client;
mod forms_of_errors;
mod hostile_details;
mod hygiene;
mod large;
mod leaky;
mod panicking_texts;
mod panics_and_bugs;
mod redacted_errors_in_the_log;
mod redaction;
mod run_time_codes;
mod shop;
mod sources_in_the_log;
mod status_size;
mod storage;
mod texts_of_errors;
mod transparent_errors;
mod types_that_are_no_errors;
mod wrapped_statuses;
