//! Each type of a metadata value is read, and missing, repeated and malformed values are refused.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use bytes::Bytes;
use tonic::metadata::MetadataValue;
use vestibule::metadata::{Ascii, Basic, Bearer, Binary, InvalidValue, Protobuf, Values};
use vestibule::{Call, Code, FromMetadata, MethodInfo, Shape, Status};

const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);

/// Returns a call with these values of `key`.
fn call(key: &'static str, values: &[&str]) -> Call {
    let mut request = tonic::Request::new(());
    for value in values {
        let value = http::HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        request.metadata_mut().as_mut().append(key, value);
    }
    Call::new(ECHO, request)
}

fn text<T: for<'a> FromMetadata<'a>>(values: &[&str]) -> Result<T, (Code, String)> {
    call("x-key", values).get("x-key").map_err(code_and_message)
}

fn binary<T: for<'a> FromMetadata<'a, Binary>>(values: &[&str]) -> Result<T, (Code, String)> {
    call("x-key-bin", values).get_bin("x-key-bin").map_err(code_and_message)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` wants")]
fn code_and_message(status: Status) -> (Code, String) {
    (status.code(), status.message().to_owned())
}

fn invalid<T>(message: &str) -> Result<T, (Code, String)> {
    Err((Code::InvalidArgument, format!("metadata {message}")))
}

#[test]
fn a_plain_type_is_exactly_one_value() {
    assert_eq!(text::<String>(&["a"]), Ok("a".to_owned()));
    assert_eq!(text::<String>(&[""]), Ok(String::new()));
    assert_eq!(text::<String>(&[]), invalid("`x-key` is missing"));
    assert_eq!(text::<String>(&["a", "a"]), invalid("`x-key` must be given once"));
}

#[test]
fn an_option_is_none_or_one_value() {
    assert_eq!(text::<Option<i32>>(&["1"]), Ok(Some(1)));
    assert_eq!(text::<Option<i32>>(&[]), Ok(None));
    assert_eq!(text::<Option<i32>>(&["1", "2"]), invalid("`x-key` must be given once"));
    assert_eq!(text::<Option<i32>>(&["one"]), invalid("`x-key` is malformed: expected a 32-bit integer"));
}

/// One number at least, and their sum.
#[derive(Debug, PartialEq)]
struct Sum(i32);

impl FromMetadata<'_> for Sum {
    fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
        <i32 as FromMetadata<'_>>::from_metadata(value).map(Sum)
    }

    fn from_values(mut values: Values<'_, Ascii>) -> Result<Self, InvalidValue> {
        if values.is_empty() {
            return Err(InvalidValue::missing());
        }
        values.try_fold(Sum(0), |Sum(sum), value| {
            let Sum(value) = Sum::from_metadata(value?)?;
            Ok(Sum(sum + value))
        })
    }
}

#[test]
fn a_type_may_read_all_values() {
    assert_eq!(text::<Sum>(&["3", "1", "2"]), Ok(Sum(6)));
    assert_eq!(text::<Sum>(&[]), invalid("`x-key` is missing"));
    assert_eq!(text::<Sum>(&["1", "one"]), invalid("`x-key` is malformed: expected a 32-bit integer"));
    assert_eq!(text::<Option<Sum>>(&[]), Ok(None));
    assert_eq!(text::<Option<Sum>>(&["1", "2"]), Ok(Some(Sum(3))));
    assert_eq!(text::<Vec<Sum>>(&["1", "2"]), Ok(vec![Sum(1), Sum(2)]));
    assert_eq!(text::<Result<Sum, InvalidValue>>(&[]), Ok(Err(InvalidValue::missing())));
}

#[test]
fn a_vec_is_all_values_in_order() {
    assert_eq!(text::<Vec<i32>>(&["3", "1", "2"]), Ok(vec![3, 1, 2]));
    assert_eq!(text::<Vec<i32>>(&[]), Ok(vec![]));
    assert_eq!(text::<Vec<i32>>(&["1", "x"]), invalid("`x-key` is malformed: expected a 32-bit integer"));
    // A text header is not split: a comma is part of its value.
    assert_eq!(text::<Vec<String>>(&["a,b"]), Ok(vec!["a,b".to_owned()]));
}

#[test]
fn a_result_is_never_refused() {
    let invalid = |reason| Ok(Err(InvalidValue::new(reason)));
    assert_eq!(text::<Result<i32, _>>(&["1"]), Ok(Ok(1)));
    assert_eq!(text::<Result<i32, _>>(&["x"]), invalid("expected a 32-bit integer"));
    assert_eq!(text::<Result<i32, _>>(&[]), invalid("it is missing"));
    assert_eq!(text::<Result<Option<i32>, _>>(&[]), Ok(Ok(None)));
    assert_eq!(
        text::<Result<Option<i32>, InvalidValue>>(&["1", "2"]),
        Ok(Err(InvalidValue::new("it must be given once")))
    );
}

#[test]
fn a_str_is_borrowed_from_the_call() {
    let call = call("x-key", &["borrowed"]);
    let value: &str = call.get("x-key").unwrap();
    let values: Vec<&str> = call.get("x-key").unwrap();
    assert_eq!((value, values), ("borrowed", vec!["borrowed"]));
}

#[test]
fn text_that_is_no_printable_ascii_is_malformed() {
    for value in ["\u{e9}", "tab\tinside"] {
        assert_eq!(text::<String>(&[value]), invalid("`x-key` is malformed: expected printable ASCII"));
    }
}

macro_rules! integers {
    ($($test:ident: $ty:ty, $expected:literal;)*) => {$(
        #[test]
        fn $test() {
            assert_eq!(text::<$ty>(&["7"]), Ok(7));
            assert_eq!(text::<$ty>(&[&<$ty>::MAX.to_string()]), Ok(<$ty>::MAX));
            assert_eq!(text::<$ty>(&[&<$ty>::MIN.to_string()]), Ok(<$ty>::MIN));
            assert_eq!(text::<$ty>(&[]), invalid("`x-key` is missing"));
            assert_eq!(text::<$ty>(&["1", "2"]), invalid("`x-key` must be given once"));
            let too_large = format!("{}0", <$ty>::MAX);
            for malformed in ["", "x", "1.5", " 1", "0x1", &too_large] {
                assert_eq!(text::<$ty>(&[malformed]), invalid(concat!("`x-key` is malformed: expected ", $expected)));
            }
        }
    )*};
}

integers! {
    an_i8_is_an_integer: i8, "an 8-bit integer";
    an_i16_is_an_integer: i16, "a 16-bit integer";
    an_i32_is_an_integer: i32, "a 32-bit integer";
    an_i64_is_an_integer: i64, "a 64-bit integer";
    an_i128_is_an_integer: i128, "a 128-bit integer";
    an_isize_is_an_integer: isize, "an integer";
    a_u16_is_an_unsigned_integer: u16, "an unsigned 16-bit integer";
    a_u32_is_an_unsigned_integer: u32, "an unsigned 32-bit integer";
    a_u64_is_an_unsigned_integer: u64, "an unsigned 64-bit integer";
    a_u128_is_an_unsigned_integer: u128, "an unsigned 128-bit integer";
    a_usize_is_an_unsigned_integer: usize, "an unsigned integer";
}

#[test]
fn a_float_is_a_decimal_number() {
    assert_eq!(text::<f64>(&["-1.5e3"]), Ok(-1500.0));
    assert_eq!(text::<f32>(&["0.25"]), Ok(0.25));
    for malformed in ["", "one", "1,5"] {
        assert_eq!(text::<f64>(&[malformed]), invalid("`x-key` is malformed: expected a number"));
    }
    assert_eq!(text::<f32>(&[]), invalid("`x-key` is missing"));
    assert_eq!(text::<f32>(&["1", "2"]), invalid("`x-key` must be given once"));
}

#[test]
fn a_bool_is_true_or_false() {
    assert_eq!(text::<bool>(&["true"]), Ok(true));
    assert_eq!(text::<bool>(&["false"]), Ok(false));
    for malformed in ["", "True", "1", "yes"] {
        assert_eq!(text::<bool>(&[malformed]), invalid("`x-key` is malformed: expected `true` or `false`"));
    }
    assert_eq!(text::<bool>(&[]), invalid("`x-key` is missing"));
    assert_eq!(text::<bool>(&["true", "true"]), invalid("`x-key` must be given once"));
}

#[test]
fn a_duration_has_the_form_of_grpc() {
    assert_eq!(text::<Duration>(&["100m"]), Ok(Duration::from_millis(100)));
    assert_eq!(text::<Duration>(&["2H"]), Ok(Duration::from_secs(7200)));
    for malformed in ["", "100", "100ms", "-1S", "123456789S"] {
        assert_eq!(
            text::<Duration>(&[malformed]),
            invalid("`x-key` is malformed: expected a duration such as `100m`")
        );
    }
    assert_eq!(text::<Duration>(&[]), invalid("`x-key` is missing"));
    assert_eq!(text::<Duration>(&["1S", "1S"]), invalid("`x-key` must be given once"));
}

#[test]
fn a_metadata_value_of_tonic_is_taken_unchanged() {
    assert_eq!(text::<MetadataValue<Ascii>>(&["a b"]), Ok(MetadataValue::from_static("a b")));
    assert_eq!(text::<MetadataValue<Ascii>>(&[]), invalid("`x-key` is missing"));
    assert_eq!(text::<MetadataValue<Ascii>>(&["a", "b"]), invalid("`x-key` must be given once"));
    let value = binary::<MetadataValue<Binary>>(&["AAEC"]).unwrap();
    assert_eq!(value.to_bytes().unwrap(), Bytes::from_static(&[0, 1, 2]));
    assert_eq!(binary::<MetadataValue<Binary>>(&["?"]), invalid("`x-key-bin` is malformed: expected base64"));
}

#[test]
fn bytes_may_be_padded_or_not() {
    for value in ["AAE=", "AAE"] {
        assert_eq!(binary::<Bytes>(&[value]), Ok(Bytes::from_static(&[0, 1])));
        assert_eq!(binary::<Vec<u8>>(&[value]), Ok(vec![0, 1]));
    }
    assert_eq!(binary::<Bytes>(&[""]), Ok(Bytes::new()));
    assert_eq!(binary::<Bytes>(&[]), invalid("`x-key-bin` is missing"));
    assert_eq!(binary::<Vec<u8>>(&["AA", "AA"]), invalid("`x-key-bin` must be given once"));
    for malformed in ["A", "AAE==", "A*==", "AA E="] {
        assert_eq!(binary::<Bytes>(&[malformed]), invalid("`x-key-bin` is malformed: expected base64"));
    }
}

#[test]
fn a_binary_header_is_split_at_commas() {
    let all = |values: &[&str]| binary::<Vec<Bytes>>(values);
    let [zero, one, two] = [&[0u8][..], &[1], &[2]].map(Bytes::from_static);
    assert_eq!(all(&["AA==,AQ==", "Ag"]), Ok(vec![zero.clone(), one.clone(), two]));
    assert_eq!(all(&["AA, AQ"]), Ok(vec![zero.clone(), one]));
    assert_eq!(all(&["AA,"]), Ok(vec![zero, Bytes::new()]));
    assert_eq!(all(&["AA,?"]), invalid("`x-key-bin` is malformed: expected base64"));
    // A comma joins two values.
    assert_eq!(binary::<Bytes>(&["AA==,AQ=="]), invalid("`x-key-bin` must be given once"));
    assert_eq!(binary::<Option<Bytes>>(&["AA==,AQ=="]), invalid("`x-key-bin` must be given once"));
}

#[test]
fn a_protobuf_message_is_decoded() {
    use prost::Message as _;

    let message = proto::probe::Ping { text: "inside".to_owned() };
    let encoded = message.encode_to_vec();
    for value in [BASE64_STANDARD.encode(&encoded), BASE64_STANDARD_NO_PAD.encode(&encoded)] {
        let Protobuf(read) = binary::<Protobuf<proto::probe::Ping>>(&[&value]).unwrap();
        assert_eq!(read, message);
    }
    let malformed = BASE64_STANDARD.encode([0xff]);
    assert_eq!(
        binary::<Protobuf<proto::probe::Ping>>(&[&malformed]),
        invalid("`x-key-bin` is malformed: expected a protobuf message")
    );
    assert_eq!(binary::<Protobuf<proto::probe::Ping>>(&[]), invalid("`x-key-bin` is missing"));
    let twice: &[&str] = &["", ""];
    assert_eq!(binary::<Protobuf<proto::probe::Ping>>(twice), invalid("`x-key-bin` must be given once"));
}

/// Returns what a client reads about its `authorization`, which is no part of it.
fn refused<T>(message: &str) -> Result<T, (Code, String)> {
    Err((Code::Unauthenticated, format!("metadata `authorization` {message}")))
}

#[test]
fn a_bearer_token_is_the_text_after_its_scheme() {
    let bearer = |values: &[&str]| {
        call("authorization", values)
            .get::<Bearer<'_>>("authorization")
            .map(|b| b.token().to_owned())
            .map_err(code_and_message)
    };
    assert_eq!(bearer(&["Bearer abc.def-_~+/="]), Ok("abc.def-_~+/=".to_owned()));
    assert_eq!(bearer(&["bearer abc"]), Ok("abc".to_owned()));
    assert_eq!(bearer(&["BEARER  abc "]), Ok("abc".to_owned()));
    assert_eq!(bearer(&[]), refused("is missing"));
    assert_eq!(bearer(&["Bearer a", "Bearer b"]), refused("must be given once"));
    for malformed in ["", "Bearer", "Bearer ", "Digest abc", "abc", "Bearer a b", "Bearerabc"] {
        assert_eq!(bearer(&[malformed]), refused("is malformed"), "{malformed}");
    }
}

#[test]
fn basic_credentials_are_decoded() {
    let basic = |values: &[&str]| {
        let call = call("authorization", values);
        let basic = call.get::<Basic>("authorization").map_err(code_and_message)?;
        Ok((basic.username().to_owned(), basic.password().to_owned()))
    };
    let pair = |name: &str, password: &str| Ok((name.to_owned(), password.to_owned()));
    assert_eq!(basic(&["Basic YTpiOmM="]), pair("a", "b:c"));
    assert_eq!(basic(&["basic Og=="]), pair("", ""));
    assert_eq!(basic(&[]), refused("is missing"));
    assert_eq!(basic(&["Basic YTpi", "Basic YTpi"]), refused("must be given once"));
    for malformed in ["", "Basic", "Basic YQ==", "Basic *", "Token YTpi", "Basic /zo="] {
        assert_eq!(basic(&[malformed]), refused("is malformed"), "{malformed}");
    }
}

#[test]
fn a_credential_does_not_show_in_debug() {
    let call = call("authorization", &["Bearer s3cret"]);
    let bearer: Bearer<'_> = call.get("authorization").unwrap();
    let basic = Basic::from_metadata("Basic bmFtZTpzM2NyZXQ=").unwrap();
    for shown in [format!("{bearer:?}"), format!("{basic:?}"), format!("{call:?}")] {
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn the_reason_why_a_credential_is_refused_is_not_sent() {
    #[derive(Debug, PartialEq)]
    struct Picky;

    impl FromMetadata<'_> for Picky {
        fn from_metadata(value: &str) -> Result<Self, InvalidValue> {
            Err(InvalidValue::new(format!("`{value}` is not allowed")))
        }
    }

    assert_eq!(text::<Picky>(&["a"]), invalid("`x-key` is malformed: `a` is not allowed"));
    let status = call("authorization", &["s3cret"]).get::<Picky>("authorization").unwrap_err();
    assert_eq!(
        code_and_message(status),
        (Code::Unauthenticated, "metadata `authorization` is malformed".to_owned())
    );
}

#[test]
fn a_key_of_the_other_kind_is_a_bug_of_the_server() {
    let call = call("x-key-bin", &["AA=="]);
    assert_eq!(call.get::<&str>("x-key-bin").unwrap_err().code(), Code::Internal);
    assert_eq!(call.get_bin::<Bytes>("x-key").unwrap_err().code(), Code::Internal);
    for key in ["", "X-Key", "x key"] {
        assert_eq!(call.get::<Option<&str>>(key).unwrap_err().code(), Code::Internal, "{key}");
    }
}
