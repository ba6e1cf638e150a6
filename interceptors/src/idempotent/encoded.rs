//! The end of a call as bytes, for other servers.

use bytes::Bytes;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use super::answer::Answer;
use crate::store::BoxError;

/// The bytes of an answer. Servers of several versions read them, so a number never gets another meaning.
#[derive(Clone, PartialEq, prost::Message)]
struct Encoded {
    #[prost(oneof = "End", tags = "1, 2, 3")]
    end: Option<End>,
    #[prost(message, repeated, tag = "4")]
    metadata: Vec<Entry>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum End {
    #[prost(bytes, tag = "1")]
    Response(Vec<u8>),
    #[prost(message, tag = "2")]
    Failure(Failure),
    #[prost(bool, tag = "3")]
    NotKept(bool),
}

#[derive(Clone, PartialEq, prost::Message)]
struct Failure {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(bytes = "bytes", tag = "3")]
    details: Bytes,
}

/// A value as it is on the wire, so that of a `-bin` key in base64.
#[derive(Clone, PartialEq, prost::Message)]
struct Entry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(bytes, tag = "2")]
    value: Vec<u8>,
}

pub(super) fn encode(answer: &Answer) -> Vec<u8> {
    let (end, metadata) = match answer {
        Answer::Response(metadata, message) => (End::Response(message.clone()), Some(metadata)),
        Answer::Failure(status) => {
            let (code, message) = (status.code().into(), status.message().to_owned());
            let details = Bytes::copy_from_slice(status.details());
            (End::Failure(Failure { code, message, details }), Some(status.metadata()))
        }
        Answer::NotKept => (End::NotKept(true), None),
    };
    let entries = metadata.into_iter().flat_map(AsRef::as_ref);
    let metadata = entries
        .map(|(key, value)| Entry { key: key.as_str().to_owned(), value: value.as_bytes().to_vec() })
        .collect();
    Encoded { end: Some(end), metadata }.encode_to_vec()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Answer, BoxError> {
    let Encoded { end, metadata } = Encoded::decode(bytes)?;
    let metadata = decode_metadata(metadata)?;
    match end.ok_or("a response of another version")? {
        End::Response(message) => Ok(Answer::Response(metadata, message)),
        End::Failure(Failure { code, message, details }) => {
            let status = Status::with_details_and_metadata(Code::from(code), message, details, metadata);
            Ok(Answer::Failure(status))
        }
        End::NotKept(_) => Ok(Answer::NotKept),
    }
}

fn decode_metadata(entries: Vec<Entry>) -> Result<MetadataMap, BoxError> {
    let mut headers = http::HeaderMap::with_capacity(entries.len());
    for Entry { key, value } in entries {
        let value = http::HeaderValue::from_bytes(&value)?;
        headers.append(http::HeaderName::try_from(key)?, value);
    }
    Ok(MetadataMap::from_headers(headers))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the answer as another server reads it.
    fn passed_on(answer: &Answer) -> Answer {
        decode(&encode(answer)).unwrap()
    }

    fn metadata(texts: &[String], bytes: &[Vec<u8>]) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        for text in texts {
            metadata.append("x-text", text.parse().unwrap());
        }
        for bytes in bytes {
            metadata.append_bin("x-bytes-bin", tonic::metadata::MetadataValue::from_bytes(bytes));
        }
        metadata
    }

    proptest! {
        #[test]
        fn another_server_reads_what_was_remembered(
            texts in prop::collection::vec("[ -~]{0,5}", 0..3),
            bytes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5), 0..3),
            message in prop::collection::vec(any::<u8>(), 0..9),
            code in 1..17,
            text in ".{0,5}",
        ) {
            let metadata = metadata(&texts, &bytes);
            let read = passed_on(&Answer::Response(metadata.clone(), message.clone()));
            let Answer::Response(read_metadata, read_message) = read else { panic!("a response") };
            prop_assert_eq!((read_metadata.as_ref(), &read_message), (metadata.as_ref(), &message));

            let details = Bytes::from(message.clone());
            let status = Status::with_details_and_metadata(Code::from(code), &text, details, metadata.clone());
            let Answer::Failure(read) = passed_on(&Answer::Failure(status)) else { panic!("a failure") };
            prop_assert_eq!((read.code(), read.message(), read.details()), (Code::from(code), &*text, &*message));
            prop_assert_eq!(read.metadata().as_ref(), metadata.as_ref());
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn a_response_without_room_has_bytes() {
        assert!(!encode(&Answer::NotKept).is_empty());
        assert!(matches!(passed_on(&Answer::NotKept), Answer::NotKept));
        assert!(!encode(&Answer::Response(MetadataMap::new(), Vec::new())).is_empty());
        assert!(decode(&[]).is_err());
    }
}
