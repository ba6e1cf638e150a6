//! The services of the examples and tests, as tonic's ordinary generated code.

#[cfg(feature = "rules")]
mod rules;

/// `calcul.proto`: the calculator of `examples/calculator`.
pub mod calcul {
    tonic::include_proto!("calcul");
}

/// `hello.proto`: the greeter of `examples/greeter`, with all four shapes of rpc.
pub mod hello {
    tonic::include_proto!("pb");
}

/// The descriptors of `calcul.proto` and `hello.proto`, as the reflection service takes them.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.bin"));

/// `probe.proto`: the service that the tests of the runtime call.
pub mod probe {
    tonic::include_proto!("probe");
}

/// `hello.proto`, generated with `use_arc_self`.
pub mod hello_arc {
    include!(concat!(env!("OUT_DIR"), "/arc_self/pb.rs"));
}

/// `hello.proto`, generated with `generate_default_stubs`.
pub mod hello_stubs {
    include!(concat!(env!("OUT_DIR"), "/default_stubs/pb.rs"));
}

/// `probe.proto`, generated with `use_arc_self`.
pub mod probe_arc {
    include!(concat!(env!("OUT_DIR"), "/arc_self/probe.rs"));
}

/// The files in `library/`: a service with unusual names and custom options.
pub mod library {
    /// `library/options.proto`: custom options, in a package without services.
    pub mod options {
        tonic::include_proto!("library.options");
    }

    /// `library/library.proto`.
    pub mod v1 {
        tonic::include_proto!("library.v1");
    }
}

/// `library/library.proto`, generated with `generate_default_stubs`.
pub mod library_stubs {
    include!(concat!(env!("OUT_DIR"), "/described_stubs/library.v1.rs"));
}

/// The files in `accounts/`: messages with fields that no `{:?}` prints.
pub mod accounts {
    tonic::include_proto!("accounts");

    /// `accounts/secret.proto`: proto2, in a package without services.
    pub mod v2 {
        tonic::include_proto!("accounts.v2");
    }
}

include!(concat!(env!("OUT_DIR"), "/greeter_here.rs"));
