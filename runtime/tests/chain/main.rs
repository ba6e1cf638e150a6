//! The chain: its order, the effect of each failure, and what interceptors can and can not do.
//!
//! Most tests run in three setups: see `in_every_setup!` and `support/setup.rs`. Each file says which tests do not, and
//! why. `expired_deadlines` calls services without a server, in each setup and on a client.

#[path = "../support/mod.rs"]
mod support;

mod entry_expressions;
mod expired_deadlines;
mod faulty_interceptors;
mod functions_that_require_metadata;
mod guards;
mod interceptors;
mod interrupted_calls;
mod long_chains;
mod named_lists;
mod only_and_except;
mod out_of_order;
mod policies;
mod polling_after_the_end;
mod providing;
mod unary_calls;
