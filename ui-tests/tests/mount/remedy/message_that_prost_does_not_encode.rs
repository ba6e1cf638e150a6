use bytes::{Buf, BufMut};
use std::sync::Arc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use vestibule::{CodecFor, Mount, Shape, Status, interceptor};

pub struct Note(pub String);

/// A note is encoded as its text.
#[derive(Default)]
pub struct Text;

pub enum MyCodec {}

impl CodecFor<Note, Note> for MyCodec {
    type Codec = Text;

    fn codec(_shape: Shape) -> Text {
        Text
    }
}

impl Codec for Text {
    type Encode = Note;
    type Decode = Note;
    type Encoder = Text;
    type Decoder = Text;

    fn encoder(&mut self) -> Text {
        Text
    }

    fn decoder(&mut self) -> Text {
        Text
    }
}

impl Encoder for Text {
    type Item = Note;
    type Error = Status;

    fn encode(&mut self, note: Note, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(note.0.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = Note;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Note>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        Ok(Some(Note(String::from_utf8_lossy(&bytes).into_owned())))
    }
}

/// The service as tonic-build writes it for another codec.
mod notes_server {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::task::{Context, Poll};
    use tonic::codec::CompressionEncoding;
    use tonic::codegen::{Body, BoxFuture, Service, http};

    #[tonic::async_trait]
    pub trait Notes: Send + Sync + 'static {
        async fn add(&self, request: tonic::Request<super::Note>) -> Result<tonic::Response<super::Note>, tonic::Status>;
    }

    pub struct NotesServer<T>(#[allow(dead_code)] Arc<T>);

    #[allow(unused_mut)]
    impl<T> NotesServer<T> {
        pub fn from_arc(inner: Arc<T>) -> Self {
            Self(inner)
        }

        pub fn accept_compressed(mut self, _encoding: CompressionEncoding) -> Self {
            self
        }

        pub fn send_compressed(mut self, _encoding: CompressionEncoding) -> Self {
            self
        }

        pub fn max_decoding_message_size(mut self, _limit: usize) -> Self {
            self
        }

        pub fn max_encoding_message_size(mut self, _limit: usize) -> Self {
            self
        }
    }

    impl<T, B: Body> Service<http::Request<B>> for NotesServer<T> {
        type Response = http::Response<tonic::body::Body>;
        type Error = Infallible;
        type Future = BoxFuture<Self::Response, Self::Error>;

        fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _request: http::Request<B>) -> Self::Future {
            Box::pin(std::future::ready(Ok(tonic::Status::unimplemented("").into_http())))
        }
    }

    impl<T> tonic::server::NamedService for NotesServer<T> {
        const NAME: &'static str = "pkg.Notes";
    }
}

use notes_server::{Notes, NotesServer};

pub struct Shop;

#[interceptor]
impl Notes for Shop {
    async fn add(&self, request: Note) -> Result<Note, Status> {
        Ok(request)
    }
}

fn main() {
    tonic::transport::Server::builder().add_service(Mount::<_, _, MyCodec>::with_codec(Arc::new(Shop)));
}
