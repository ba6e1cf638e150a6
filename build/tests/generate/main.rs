//! What the build script writes, and the sentence that it fails with.

mod bad_sets;
mod code;
mod redacted;
mod support;
