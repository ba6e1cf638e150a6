//! The setups in which an annotated service must behave the same, and how a test runs in each of them.

/// The setups in which the chain of an annotated service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    /// tonic's generated server calls the methods of the trait.
    GeneratedServer,
    /// A `Mount` runs the chain before it reads the body.
    Mount,
    /// A layer without interceptors stands in front of the generated server.
    Layer,
}

/// Serves an annotated service over TCP in the given setup, and evaluates to its address.
/// A third argument is the `tonic::transport::Server` to serve it by.
macro_rules! serve_in {
    ($setup:expr, $server:ident::$new:ident($service:expr)) => {
        $crate::support::serve_in!($setup, $server::$new($service), tonic::transport::Server::builder())
    };
    ($setup:expr, $server:ident::$new:ident($service:expr), $builder:expr) => {{
        use $crate::support::{Setup, serve_by};

        match $setup {
            Setup::GeneratedServer => serve_by($builder, $server::$new($service)).await,
            Setup::Mount => serve_by($builder, vestibule::Mount::<_, $server<_>>::$new($service)).await,
            Setup::Layer => {
                let layer = vestibule::layer(());
                serve_by($builder, tower_layer::Layer::layer(&layer, $server::$new($service))).await
            }
        }
    }};
}

pub(crate) use serve_in;

/// Serves an annotated `Probe` in the given setup, and evaluates to a client of it.
macro_rules! probe_in {
    ($setup:expr, $service:expr) => {{
        use proto::probe::probe_server::ProbeServer;

        $crate::support::connect($crate::support::serve_in!($setup, ProbeServer::new($service))).await
    }};
}

pub(crate) use probe_in;

/// Makes three tests of each function named: `<function>::{generated_server,mount,layer}`.
///
/// The functions are `async` and take the `Setup`. After `multi_thread`, they run in a runtime of several threads;
/// after `sync`, they are ordinary functions. rustc warns of a function that is not named: it would never run.
macro_rules! in_every_setup {
    (multi_thread $($name:ident),+ $(,)?) => {
        $($crate::support::in_every_setup! {
            @ $name [#[tokio::test(flavor = "multi_thread")] async] [.await]
        })+
    };
    (sync $($name:ident),+ $(,)?) => {
        $($crate::support::in_every_setup!(@ $name [#[test]] []);)+
    };
    ($($name:ident),+ $(,)?) => {
        $($crate::support::in_every_setup!(@ $name [#[tokio::test] async] [.await]);)+
    };
    (@ $name:ident [$($test:tt)*] [$($await:tt)*]) => {
        mod $name {
            use $crate::support::Setup;

            $($test)* fn generated_server() {
                super::$name(Setup::GeneratedServer)$($await)*;
            }

            $($test)* fn mount() {
                super::$name(Setup::Mount)$($await)*;
            }

            $($test)* fn layer() {
                super::$name(Setup::Layer)$($await)*;
            }
        }
    };
}

pub(crate) use in_every_setup;
