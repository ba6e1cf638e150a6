//! The generated code. The tests of the runtime compile and run it.

use vestibule_build::{Builder, configure, tonic_prost_build};

use crate::support::Protos;

const GREETER: &str = r#"
    syntax = "proto3";
    package pb;
    service Greeter { rpc SayHello(Hello) returns (Hello); }
    message Hello {}
"#;

fn tonic_builder(protos: &Protos) -> tonic_prost_build::Builder {
    tonic_prost_build::configure().out_dir(protos.path())
}

fn with(tonic: tonic_prost_build::Builder) -> Builder {
    configure().tonic(tonic)
}

/// Returns what tonic-prost-build itself generates.
fn tonics_own(protos: &Protos, tonic: tonic_prost_build::Builder) -> String {
    let fds = protox::compile(["greeter.proto"], [protos.path()]).expect("the file is valid");
    let folder = tempfile::tempdir().expect("a folder for a test");
    let mut prost = tonic_prost_build::Config::new();
    prost.type_attribute(".", "#[allow(clippy::all)]");
    tonic.out_dir(folder.path()).compile_fds_with_config(fds, prost).expect("the file is valid");
    std::fs::read_to_string(folder.path().join("pb.rs")).expect("the code has been written")
}

#[test]
fn tonics_code_is_that_of_tonic_prost_build() {
    let tonic = tonic_prost_build::configure;
    for tonic in [
        tonic(),
        tonic().build_client(false),
        tonic().build_server(false),
        tonic().use_arc_self(true),
        tonic().generate_default_stubs(true),
        tonic().server_mod_attribute("pb", r#"#[cfg(feature = "server")]"#),
        tonic().message_attribute(".", "#[derive(Eq)]").build_transport(false),
    ] {
        let protos = Protos::new(&[("greeter.proto", GREETER)]);
        let code = protos.code(with(tonic.clone().out_dir(protos.path())), "pb.rs");
        let (theirs, _) =
            code.split_once("/// The methods of `pb.Greeter`, as constants.").expect("ours is last");
        assert_eq!(theirs, tonics_own(&protos, tonic));
    }
}

#[test]
fn a_service_has_a_module_of_methods_and_an_impl_for_its_server() {
    let protos = Protos::new(&[("greeter.proto", GREETER)]);
    let code = protos.code(protos.builder(), "pb.rs");
    assert!(code.contains("pub mod greeter_methods {"), "{code}");
    assert!(code.contains("pub const SAY_HELLO: &::vestibule::MethodInfo"), "{code}");
    assert!(
        code.contains(
            "impl<T> ::vestibule::descriptor::DescribedService for greeter_server::GreeterServer<T>"
        ),
        "{code}"
    );
}

#[test]
fn without_a_server_there_is_no_impl_for_it() {
    let protos = Protos::new(&[("greeter.proto", GREETER)]);
    let code = protos.code(with(tonic_builder(&protos).build_server(false)), "pb.rs");
    assert!(code.contains("pub mod greeter_methods {"));
    assert!(!code.contains("DescribedService"));
}

#[test]
fn without_a_client_and_a_server_there_are_methods() {
    let protos = Protos::new(&[("greeter.proto", GREETER)]);
    let code = protos.code(with(tonic_builder(&protos).build_server(false).build_client(false)), "pb.rs");
    assert!(code.contains("pub mod greeter_methods {"));
    assert!(!code.contains("greeter_client") && !code.contains("greeter_server"));
}

#[test]
fn the_impl_has_the_condition_of_the_servers_module() {
    let protos = Protos::new(&[("greeter.proto", GREETER)]);
    let tonic = tonic_builder(&protos).server_mod_attribute("pb", r#"#[cfg(feature = "server")]"#);
    let code = protos.code(with(tonic), "pb.rs");
    let condition = "#[cfg(feature = \"server\")]\nimpl<T> ::vestibule::descriptor::DescribedService";
    assert!(code.contains(condition), "{code}");
}

#[test]
fn the_crate_may_have_another_path() {
    let protos = Protos::new(&[("greeter.proto", GREETER)]);
    let code = protos.code(protos.builder().crate_path("crate::toolbox::vestibule"), "pb.rs");
    assert!(code.contains("&crate::toolbox::vestibule::MethodInfo"));
    assert!(!code.contains("::vestibule::MethodInfo = &::vestibule"));
}

#[test]
fn an_include_file_names_a_package_that_has_options_alone() {
    let options = r#"
        syntax = "proto2";
        package a.options;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.MethodOptions { optional string role = 50001; }
    "#;
    let protos = Protos::new(&[("options.proto", options), ("greeter.proto", GREETER)]);
    let include = protos.code(with(tonic_builder(&protos).include_file("all.rs")), "all.rs");
    assert!(include.contains("pub mod options"), "{include}");
    assert!(include.contains("pub mod pb"), "{include}");
    let code = protos.read("a.options.rs");
    assert!(code.contains("pub const ROLE: ::vestibule::descriptor::CustomOption"), "{code}");
    assert!(!code.contains("custom options"), "{code}");
}

#[test]
fn several_files_and_services_of_a_package_are_in_one_file() {
    let second = r#"
        syntax = "proto2";
        package pb;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.ServiceOptions { optional string team = 50001; }
        service HTTPGate { rpc Open(Key) returns (Key); }
        service Door { option (team) = "doors"; rpc Open(Key) returns (Key); }
        message Key {}
    "#;
    let protos = Protos::new(&[("greeter.proto", GREETER), ("door.proto", second)]);
    let code = protos.code(protos.builder(), "pb.rs");
    for module in ["greeter_methods", "http_gate_methods", "door_methods"] {
        assert_eq!(code.matches(&format!("pub mod {module} {{")).count(), 1, "{code}");
    }
    assert!(code.contains("http_gate_server::HttpGateServer<T>"), "{code}");
    assert!(code.contains("pub const TEAM:"), "{code}");
}

#[test]
fn a_file_may_have_no_package() {
    let text =
        r#"syntax = "proto3"; service Greeter { rpc SayHello(Hello) returns (Hello); } message Hello {}"#;
    let protos = Protos::new(&[("greeter.proto", text)]);
    let code = protos.code(protos.builder(), "_.rs");
    assert!(code.contains(r#""/Greeter/SayHello""#), "{code}");
    assert!(code.contains(r#"messages("Hello", "Hello")"#), "{code}");
}

#[test]
fn a_message_of_another_crate_is_named_by_its_path() {
    let text = r#"
        syntax = "proto2";
        package pb;
        import "google/protobuf/descriptor.proto";
        import "limits.proto";
        extend google.protobuf.MethodOptions { optional limits.Limit limit = 50001; }
    "#;
    let limits = r#"syntax = "proto3"; package limits; message Limit { uint32 calls = 1; }"#;
    let protos = Protos::new(&[("pb.proto", text), ("limits.proto", limits)]);
    let code = protos.code(protos.builder(), "pb.rs");
    assert!(code.contains("super::limits::Limit"), "{code}");
    let tonic = tonic_builder(&protos).extern_path(".limits", "::shared::limits");
    let code = protos.code(with(tonic), "pb.rs");
    assert!(code.contains("::shared::limits::Limit"), "{code}");
}

#[test]
fn a_descriptor_set_is_written_with_its_options() {
    let text = r#"
        syntax = "proto2";
        package pb;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.MethodOptions { optional string role = 50001; }
        service Greeter { rpc SayHello(Hello) returns (Hello) { option (role) = "guest"; } }
        message Hello {}
    "#;
    let protos = Protos::new(&[("greeter.proto", text)]);
    let set = protos.path().join("set.bin");
    let code = protos.code(protos.builder().file_descriptor_set_path(&set), "pb.rs");
    assert!(code.contains(r#"OptionValue::Str("guest")"#), "{code}");

    let again = tempfile::tempdir().expect("a folder for a test");
    let builder = configure().tonic(tonic_prost_build::configure().out_dir(again.path()));
    builder
        .compile_encoded_fds(&std::fs::read(&set).expect("the set has been written"))
        .expect("it is valid");
    let same = std::fs::read_to_string(again.path().join("pb.rs")).expect("the code has been written");
    // `compile_protos` turns clippy off for messages, as tonic-prost-build does.
    assert_eq!(same, code.replace("#[allow(clippy::all)]\n", ""));
}

#[test]
fn a_code_fence_in_a_comment_is_no_test_of_rust() {
    let text = r#"
        syntax = "proto3";
        service Greeter {
            // Says hello. */
            //
            // ```
            // let x = panic!();
            // ```
            //
            // ~~~rust
            // panic!()
            // ~~~
            rpc SayHello(Hello) returns (Hello);
        }
        message Hello {}
    "#;
    let protos = Protos::new(&[("greeter.proto", text)]);
    let code = protos.code(protos.builder(), "_.rs");
    let (_, methods) = code.split_once("pub mod greeter_methods {").expect("there are methods");
    assert!(methods.contains("/// Says hello. \\*/") || methods.contains("/// Says hello. */"), "{methods}");
    assert!(!methods.contains("/// ```\n    /// let"), "{methods}");
    assert!(methods.contains("/// ```text\n    /// let x = panic!();\n    /// ```"), "{methods}");
}
