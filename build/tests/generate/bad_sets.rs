//! A descriptor set or a .proto file that cannot be used is an error in one sentence, and never a panic.

use std::sync::OnceLock;

use proptest::prelude::*;
use protox::prost::Message;
use vestibule_build::{FileDescriptorSet, configure, tonic_prost_build};

use crate::support::Protos;

const VALID: &str = r#"
    syntax = "proto3";
    package pb;
    import "google/protobuf/descriptor.proto";
    extend google.protobuf.MethodOptions { repeated string roles = 50001; Limit limit = 50002; }
    // Greets.
    service Greeter {
        // Says hello.
        rpc SayHello(Hello) returns (stream Hello) { option (roles) = "guest"; option (limit) = { calls: 2 }; }
        rpc Bye(Hello) returns (Hello) { option deprecated = true; }
    }
    message Hello { string name = 1; map<string, Limit> limits = 2; oneof kind { bool a = 3; Mood b = 4; } }
    message Limit { uint32 calls = 1; }
    enum Mood { GOOD = 0; BAD = 1; }
"#;

fn valid_set() -> Vec<u8> {
    let protos = Protos::new(&[("greeter.proto", VALID)]);
    let set = protos.path().join("set.bin");
    protos.compile(protos.builder().file_descriptor_set_path(&set)).expect("the file is valid");
    std::fs::read(set).expect("the set has been written")
}

/// Generates the code of a set, and returns the text of the error if there is one.
fn error_of(encoded: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder for a test");
    let builder = configure().tonic(tonic_prost_build::configure().out_dir(folder.path()));
    builder.compile_encoded_fds(encoded).err().map(|error| error.to_string())
}

fn changed(change: impl FnOnce(&mut FileDescriptorSet)) -> String {
    let mut set = FileDescriptorSet::decode(valid_set().as_slice()).expect("the set is valid");
    change(&mut set);
    error_of(&set.encode_to_vec()).expect("the set is not valid")
}

fn greeter(set: &mut FileDescriptorSet) -> &mut protox::prost_reflect::prost_types::FileDescriptorProto {
    set.file.last_mut().expect("the last file is that of the test")
}

#[test]
fn a_valid_set_has_no_error() {
    assert_eq!(error_of(&valid_set()), None);
}

#[test]
fn a_file_that_does_not_exist_is_named() {
    let error = configure().compile_protos(&["no/such.proto"], &["."]).expect_err("there is no such file");
    assert_eq!(error.to_string(), "there is no file `no/such.proto`");
    // `main` shows the `Debug` format.
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[test]
fn a_mistake_in_a_file_has_its_place() {
    let protos = Protos::new(&[("a.proto", "syntax = \"proto3\";\nmessage A { B b = 1; }")]);
    assert_eq!(protos.error(), "a.proto:2:13: name 'B' is not defined");
    let protos = Protos::new(&[("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";")]);
    assert_eq!(protos.error(), "a.proto:2:1: import 'b.proto' not found");
}

#[test]
fn editions_are_refused() {
    let error = changed(|set| greeter(set).syntax = Some("editions".to_owned()));
    assert_eq!(
        error,
        "`greeter.proto` has the syntax `editions`, for which prost generates no code; write it in `proto3`"
    );
}

#[test]
fn a_truncated_set_is_refused() {
    let set = valid_set();
    let error = error_of(&set[..set.len() - 3]).expect("the set is cut");
    assert!(error.starts_with("the descriptor set is not valid: "), "{error}");
}

#[test]
fn a_set_without_its_imports_is_refused() {
    let error = changed(|set| drop(set.file.remove(0)));
    assert!(error.contains("google/protobuf/descriptor.proto"), "{error}");
}

#[test]
fn a_name_that_is_defined_twice_is_refused() {
    let error = changed(|set| {
        let message = greeter(set).message_type[0].clone();
        greeter(set).message_type.push(message);
    });
    assert!(error.contains("pb.Hello"), "{error}");
}

#[test]
fn an_option_that_is_not_resolved_is_named() {
    use protox::prost_reflect::prost_types::UninterpretedOption;
    use protox::prost_reflect::prost_types::uninterpreted_option::NamePart;

    let part = NamePart { name_part: "acme.role".to_owned(), is_extension: true };
    let error = changed(|set| {
        let options = greeter(set).service[0].method[0].options.get_or_insert_default();
        options.uninterpreted_option.push(UninterpretedOption { name: vec![part], ..Default::default() });
    });
    assert_eq!(
        error,
        "the option `acme.role` of `Greeter` in `greeter.proto` is not resolved; compile the set with the file that declares it"
    );
}

#[test]
fn rpcs_with_one_name_in_rust_are_refused() {
    let text = r#"syntax = "proto3"; package pb;
        service Links { rpc GetURL(Link) returns (Link); rpc GetUrl(Link) returns (Link); } message Link {}"#;
    assert_eq!(
        Protos::new(&[("a.proto", text)]).error(),
        "the rpcs `GetURL` and `GetUrl` of `pb.Links` have the same name in Rust, `get_url`; rename one"
    );
}

#[test]
fn services_with_one_module_in_rust_are_refused() {
    let text = r#"syntax = "proto3"; service HttpGate {} service http_gate {}"#;
    assert_eq!(
        Protos::new(&[("a.proto", text)]).error(),
        "the services `HttpGate` and `http_gate` have the same modules in Rust, such as `http_gate_server`; rename one"
    );
}

#[test]
fn a_message_with_a_module_of_a_service_is_refused() {
    let service = r#"syntax = "proto3"; package pb; import "b.proto"; service Orders {}"#;
    let message =
        |name: &str, text: &str| format!(r#"syntax = "proto3"; package pb; message {name} {{ {text} }}"#);
    let error = |message: &str| {
        let protos = Protos::new(&[("a.proto", service), ("b.proto", message)]);
        protos.compile(protos.builder()).err().map(|error| error.to_string())
    };
    let same = |module| {
        Some(format!(
            "the service `Orders` and a message have the same module in Rust, `{module}`; rename one"
        ))
    };
    assert_eq!(error(&message("OrdersMethods", "enum Kind { SMALL = 0; }")), same("orders_methods"));
    assert_eq!(error(&message("OrdersServer", "oneof kind { bool a = 1; }")), same("orders_server"));
    // prost makes no module for this message, and another module for the others.
    assert_eq!(error(&message("OrdersMethods", "bool is_small = 1;")), None);
    assert_eq!(error(&message("OrderMethods", "message Inner {}")), None);
    assert_eq!(error(&message("Outer", "message OrdersMethods { message Inner {} }")), None);
}

#[test]
fn options_with_one_constant_in_rust_are_refused() {
    let text = r#"syntax = "proto2"; import "google/protobuf/descriptor.proto";
        extend google.protobuf.MethodOptions { optional bool role = 50001; optional bool ROLE = 50002; }"#;
    assert_eq!(
        Protos::new(&[("a.proto", text)]).error(),
        "the extensions `role` and `ROLE` have the same constant in Rust, `ROLE`; rename one"
    );
}

#[test]
fn a_path_of_the_crate_that_is_none_is_refused() {
    let protos = Protos::new(&[("greeter.proto", VALID)]);
    let error = protos.compile(protos.builder().crate_path("not a path")).expect_err("this is no path");
    assert!(error.to_string().starts_with("`not a path` is not the path of a crate: "), "{error}");
}

#[test]
fn a_set_without_a_location_is_refused() {
    let error = changed(|set| {
        let info = greeter(set).source_code_info.get_or_insert_default();
        info.location.retain(|location| location.path != [6, 0, 2, 1]);
    });
    assert!(
        error.starts_with(
            "generating the code failed, because the descriptor set is none that protoc makes: "
        ),
        "{error}"
    );
}

#[test]
fn a_map_without_its_fields_is_refused() {
    let error = changed(|set| greeter(set).message_type[0].nested_type[0].field.clear());
    assert!(error.contains("failed, because the descriptor set is none that protoc makes: "), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// No byte of a file, changed, removed or added, makes a library panic through ours, and each error is one line.
    #[test]
    fn no_set_is_a_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..3)) {
        let (mut set, mut file) = imports_and_file();
        for (index, byte, kind) in changes {
            let at = index.index(file.len());
            match kind {
                0 => file[at] = byte,
                1 => file[at] ^= 1 << (byte % 8),
                2 => drop(file.remove(at)),
                _ => file.insert(at, byte),
            }
        }
        // Field 1 of a descriptor set: a file with its length.
        set.push(0x0a);
        protox::prost::encode_length_delimiter(file.len(), &mut set).expect("a vector has room");
        set.extend(file);
        if let Some(error) = error_of(&set) {
            prop_assert!(!error.contains('\n') && !error.is_empty());
        }
    }
}

/// Returns the encoded set of the imports, and the encoded file of the test without comments.
fn imports_and_file() -> (Vec<u8>, Vec<u8>) {
    static SET: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    let set = SET.get_or_init(|| {
        let mut set = FileDescriptorSet::decode(valid_set().as_slice()).expect("the set is valid");
        let mut file = set.file.pop().expect("the last file is that of the test");
        file.source_code_info = None;
        (set.encode_to_vec(), file.encode_to_vec())
    });
    set.clone()
}
