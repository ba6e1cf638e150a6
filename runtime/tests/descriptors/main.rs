//! Services whose code `vestibule-build` has generated.

#[path = "../support/mod.rs"]
mod support;

mod custom_options;
mod exact_methods;
