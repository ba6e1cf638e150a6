//! What the .proto file says of a method is there at run time, with the types of Rust.

use proto::library::options::{self as options, Access, Limit};
use proto::library::v1::library_methods::{GET_URL, TYPE, V1_GET};
use proto::library::v1::library_server::LibraryServer;
use vestibule::descriptor::{DescribedService, Idempotency, ServiceInfo};
use vestibule::{MethodInfo, Shape};

const LIBRARY: &ServiceInfo = <LibraryServer<()> as DescribedService>::INFO;

fn limit(calls: u32, per: Option<&str>) -> Limit {
    Limit { calls: Some(calls), per: per.map(str::to_owned) }
}

#[test]
fn an_option_of_each_type_has_the_value_of_the_proto_file() {
    assert_eq!(GET_URL.option(options::ROLES), Some(vec!["reader", "librarian"]));
    assert_eq!(GET_URL.option(options::ACCESS), Some(Access::SignedIn));
    assert_eq!(GET_URL.option(options::WEIGHT), Some(-7));
    assert_eq!(GET_URL.option(options::OFFSET), Some(-9_000_000_000));
    assert_eq!(GET_URL.option(options::SMALL), Some(4_000_000_000));
    assert_eq!(GET_URL.option(options::LARGE), Some(18_000_000_000_000_000_000));
    assert_eq!(GET_URL.option(options::RATIO), Some(0.1));
    assert_eq!(GET_URL.option(options::PRECISE), Some(1e300));
    assert_eq!(GET_URL.option(options::KEY), Some(&[0, 255][..]));
    assert_eq!(GET_URL.option(options::ACCESSES), Some(vec![Access::SignedIn, Access::Public]));
    assert_eq!(GET_URL.option(options::NUMBERS), Some(vec![1, 2]));
    assert_eq!(TYPE.option(options::OPEN), Some(true));
}

#[test]
fn an_option_that_is_a_message_is_decoded() {
    assert_eq!(GET_URL.option(options::LIMIT), Some(limit(3, Some("second"))));
    assert_eq!(GET_URL.option(options::LIMITS), Some(vec![limit(1, None), limit(2, None)]));
    assert_eq!(GET_URL.option(options::LIMIT_BURST), Some(limit(9, None)));
    assert_eq!(GET_URL.option(options::TIMEOUT).map(|timeout| timeout.seconds), Some(5));
}

#[test]
fn an_option_that_is_not_set_is_none() {
    assert_eq!(GET_URL.option(options::OPEN), None);
    assert_eq!(TYPE.option(options::ROLES), None);
    let undescribed = MethodInfo::new("/library.v1.Library/GetURL", Shape::Unary);
    assert_eq!(undescribed.option(options::ROLES), None);
}

#[test]
fn a_service_has_options_too() {
    assert_eq!(LIBRARY.option(options::OWNER), Some("lending"));
}

#[test]
fn a_descriptor_has_all_methods_with_their_names_and_shapes() {
    assert_eq!(LIBRARY.name(), "library.v1.Library");
    let methods = LIBRARY.methods().iter().map(|method| (method.path(), method.shape().unwrap()));
    let expected = [
        ("/library.v1.Library/GetURL", Shape::Unary),
        ("/library.v1.Library/V1_get", Shape::Unary),
        ("/library.v1.Library/type", Shape::Unary),
        ("/library.v1.Library/Return", Shape::ClientStreaming),
        ("/library.v1.Library/Watch", Shape::ServerStreaming),
        ("/library.v1.Library/Exchange", Shape::Bidirectional),
    ];
    assert_eq!(methods.collect::<Vec<_>>(), expected);
    assert_eq!(GET_URL.request_type(), Some("library.v1.Book"));
    assert_eq!(GET_URL.response_type(), Some("library.v1.Link"));
}

#[test]
fn the_options_that_protobuf_defines_are_read() {
    assert_eq!(GET_URL.idempotency(), Idempotency::NoSideEffects);
    assert_eq!(V1_GET.idempotency(), Idempotency::Idempotent);
    assert_eq!(TYPE.idempotency(), Idempotency::Unknown);
    assert!(V1_GET.is_deprecated());
    assert!(!GET_URL.is_deprecated());
}
