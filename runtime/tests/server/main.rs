//! Mounts and layers: what they do beyond the server that tonic generates.
//!
//! These tests run in the setup that they are about. The tests that hold in each setup are in `chain`, `streams`,
//! `errors`, `params` and `interceptors`.

#[path = "../support/mod.rs"]
mod support;

mod browsers;
mod buffered_requests;
mod connection_settings;
mod gate;
mod header_services;
mod large_metadata;
mod layer_bodies;
mod layer_lists;
mod layer_messages;
mod layer_metadata;
mod layer_methods;
mod layer_neighbours;
mod layer_order;
mod layer_paths;
mod layer_responses;
mod layer_uploads;
mod mount_answers_as_tonic;
mod mount_bodies;
mod mount_clock;
mod mount_deadlines;
mod mount_fallback;
mod mount_frames;
mod mount_order;
mod mount_protocol;
mod mount_service;
mod mount_trailers;
mod mount_uploads;
mod mounted;
mod mounted_traits;
mod mounts;
mod mounts_and_descriptors;
mod mounts_and_layers;
mod passed_headers;
mod plain_service;
mod reports;
mod reserved_headers;
mod server_settings;
mod unreadable_details;
mod waiting_starts;
