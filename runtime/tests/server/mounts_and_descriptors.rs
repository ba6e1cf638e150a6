//! A server starts only if its services are those of its descriptor set, rpc by rpc.

use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message;
use prost_types::{FileDescriptorSet, MethodDescriptorProto, ServiceDescriptorProto};
use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::library_stubs::library_server::{Library, LibraryServer};
use proto::library_stubs::{Book, Link};
use tokio_stream::Stream;
use tonic::service::Routes;
use vestibule::server::Mounts;
use vestibule::{Code, Mount, Status, interceptor};

use crate::mounts::serve;
use crate::support::{connect_greeter, hello, traceable::Traceable};

struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

/// A service without a descriptor. Stubs supply two of its rpcs.
#[derive(Clone)]
struct Forgetful;

#[interceptor]
#[rpc(default_stubs)]
impl Greeter for Forgetful {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

/// A service that says which rpcs it leaves out.
struct Small;

#[interceptor]
#[rpc(default_stubs, unimplemented(v1_get, r#type, r#return, watch, exchange))]
impl Library for Small {
    async fn get_url(&self, _book: Book) -> Result<Link, Status> {
        Ok(Link::default())
    }
}

/// Returns the set of the examples, in which the services have been changed. `change` sees the full name of each service.
fn set(change: impl Fn(&str, &mut ServiceDescriptorProto)) -> Vec<u8> {
    let mut set = FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
    for file in &mut set.file {
        let package = file.package().to_owned();
        for service in &mut file.service {
            let name = format!("{package}.{}", service.name());
            change(&name, service);
        }
    }
    set.encode_to_vec()
}

/// Returns the set with another rpc `Addition`, or with other rpcs beside it.
fn set_with(change: impl Fn(&mut Vec<MethodDescriptorProto>)) -> Vec<u8> {
    set(|name, service| {
        if name == "calcul.Calculatrice" {
            change(&mut service.method);
        }
    })
}

/// Returns the lines of the panic below the first one.
fn differences(mounts: Mounts) -> Vec<String> {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(mounts.into_service()))) else {
        return Vec::new();
    };
    let text = panic.downcast_ref::<String>().unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("the server differs from its descriptor set:"));
    lines.map(|line| line.strip_prefix("- ").unwrap().to_owned()).collect()
}

fn calculator() -> Mounts {
    Mounts::new().mount_all::<(CalculatriceServer<()>,)>(Calculator)
}

fn differences_of_calculator(set: &[u8]) -> Vec<String> {
    differences(calculator().require_file_descriptor_set(set, &["pb.Greeter"]))
}

#[tokio::test]
async fn a_server_with_the_services_of_its_set_serves_them() {
    let mounts = calculator().require_file_descriptor_set(proto::FILE_DESCRIPTOR_SET, &["pb.Greeter"]);
    let routes = Routes::new(proto::hello::greeter_server::GreeterServer::new(Traceable::default()));
    let addr = serve(mounts.fallback_service(routes.prepare())).await;
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let sum = client.addition(AdditionRequest { nombre1: 1, nombre2: 2 }).await.unwrap();
    assert_eq!(sum.into_inner().resultat, 3);
    assert_eq!(connect_greeter(addr).await.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
}

#[test]
fn services_differ_in_both_directions_and_all_are_listed() {
    assert_eq!(
        differences(calculator().require_file_descriptor_set(proto::FILE_DESCRIPTOR_SET, &[])),
        [
            "the descriptor set has the service `pb.Greeter`, which is not mounted; mount it, or name it as one that is served elsewhere"
        ]
    );
    let mounts = calculator().add_service(Mount::<_, LibraryServer<()>>::new(Small));
    let elsewhere = ["pb.Greeter", "calcul.Calculatrice"];
    assert_eq!(
        differences(mounts.require_file_descriptor_set(proto::FILE_DESCRIPTOR_SET, &elsewhere)),
        [
            "the service `calcul.Calculatrice` is mounted, and is also named as one that is served elsewhere; remove one of the two",
            "the service `library.v1.Library` is mounted, and the descriptor set does not have it; add its .proto file to the set",
        ]
    );
}

#[test]
fn a_name_that_no_set_has_is_a_difference() {
    let elsewhere = ["pb.Greeter", "grpc.health.v1.Health"];
    assert_eq!(
        differences(calculator().require_file_descriptor_set(proto::FILE_DESCRIPTOR_SET, &elsewhere)),
        [
            "the service `grpc.health.v1.Health` is named as one that is served elsewhere, and no descriptor set has it; remove the name, or add the set that has it"
        ]
    );
}

#[test]
fn several_sets_count_as_one() {
    let first = set(|name, service| {
        if name == "pb.Greeter" {
            service.name = Some("Gone".to_owned());
        }
    });
    let mounts = calculator()
        .require_file_descriptor_set(&first, &["pb.Gone"])
        .require_file_descriptor_set(proto::FILE_DESCRIPTOR_SET, &["pb.Greeter"]);
    assert_eq!(differences(mounts), Vec::<String>::new());
}

/// The compiler cannot see that a stub supplies the method.
#[tokio::test]
async fn an_rpc_that_only_a_stub_implements_stops_the_server() {
    let mounts = || Mounts::new().add_service(Mount::<_, GreeterServer<()>>::new(Forgetful));
    let addr = serve(mounts().into_service()).await;
    let status = connect_greeter(addr).await.bidi_hello(tokio_stream::empty()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);

    let set = proto::FILE_DESCRIPTOR_SET;
    let missing = |rpc| {
        format!(
            "the impl of `pb.Greeter` has no method for the rpc `{rpc}`; write the method, or generate the code with `vestibule-build` and write `#[rpc(unimplemented(...))]`"
        )
    };
    assert_eq!(
        differences(mounts().require_file_descriptor_set(set, &["calcul.Calculatrice"])),
        ["LotsOfGreetings", "BidiHello"].map(missing)
    );
}

#[test]
fn an_rpc_that_is_stated_as_unimplemented_is_no_difference() {
    let rpc = |name: &str, client, server| MethodDescriptorProto {
        name: Some(name.to_owned()),
        input_type: Some(".library.v1.Book".to_owned()),
        output_type: Some(".library.v1.Link".to_owned()),
        client_streaming: Some(client),
        server_streaming: Some(server),
        ..MethodDescriptorProto::default()
    };
    let set = set(|name, service| {
        if name == "calcul.Calculatrice" {
            service.name = Some("Library".to_owned());
            service.method =
                vec![rpc("GetURL", false, false), rpc("type", false, false), rpc("Watch", false, true)];
        }
    });
    let mut set = FileDescriptorSet::decode(set.as_slice()).unwrap();
    set.file.retain(|file| file.package() == "calcul");
    set.file[0].package = Some("library.v1".to_owned());
    let mounts = Mounts::new().add_service(Mount::<_, LibraryServer<()>>::new(Small));
    let mounts = mounts.require_file_descriptor_set(&set.encode_to_vec(), &[]);
    assert_eq!(differences(mounts), Vec::<String>::new());
}

#[test]
fn an_rpc_that_only_the_set_or_only_the_impl_has_is_a_difference() {
    let renamed = set_with(|rpcs| rpcs[0].name = Some("Subtraction".to_owned()));
    assert_eq!(
        differences_of_calculator(&renamed),
        [
            "the impl of `calcul.Calculatrice` has no method for the rpc `Subtraction`; write the method, or generate the code with `vestibule-build` and write `#[rpc(unimplemented(...))]`",
            "the impl of `calcul.Calculatrice` has a method for the rpc `Addition`, and the descriptor set does not have it; generate the code and the set from the same .proto file",
        ]
    );
}

#[test]
fn another_shape_or_message_type_is_a_difference() {
    let streaming = set_with(|rpcs| rpcs[0].server_streaming = Some(true));
    assert_eq!(
        differences_of_calculator(&streaming),
        [
            "the rpc `Addition` of `calcul.Calculatrice` is unary in the impl, and server streaming in the descriptor set; generate the code and the set from the same .proto file"
        ]
    );
    let other_request = set_with(|rpcs| rpcs[0].input_type = Some(".calcul.Numbers".to_owned()));
    assert_eq!(
        differences_of_calculator(&other_request),
        [
            "the rpc `Addition` of `calcul.Calculatrice` takes `calcul.AdditionRequest` in the impl, and `calcul.Numbers` in the descriptor set; generate the code and the set from the same .proto file"
        ]
    );
    let other_response = set_with(|rpcs| rpcs[0].output_type = Some(".calcul.Sum".to_owned()));
    assert_eq!(
        differences_of_calculator(&other_response),
        [
            "the rpc `Addition` of `calcul.Calculatrice` returns `calcul.AdditionResponse` in the impl, and `calcul.Sum` in the descriptor set; generate the code and the set from the same .proto file"
        ]
    );
}

#[test]
#[should_panic(expected = "the descriptor set is not valid: ")]
fn a_descriptor_set_that_is_cut_stops_the_server() {
    let set = proto::FILE_DESCRIPTOR_SET;
    let _ = Mounts::new().require_file_descriptor_set(&set[..set.len() - 1], &[]);
}
