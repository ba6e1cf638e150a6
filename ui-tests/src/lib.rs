//! This crate is empty. Its tests are in `tests/`.
