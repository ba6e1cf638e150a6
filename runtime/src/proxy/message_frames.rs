use bytes::{Bytes, BytesMut};
use tonic::Status;

use super::message::EncodedMessage;

/// Finds where messages begin in a body, which comes in pieces of any size.
#[derive(Debug, Default)]
pub(crate) struct MessageFrames {
    /// The beginning of a prefix of five bytes. It goes on with the rest of it: a message that is
    /// rejected must leave nothing.
    held: Bytes,
    /// How much of the last message is to come.
    left: usize,
}

impl MessageFrames {
    /// Shows each message that begins in `data`. What may go on is returned: up to the message that is
    /// rejected.
    pub(crate) fn pass(
        &mut self,
        data: Bytes,
        mut admit: impl FnMut(&mut EncodedMessage) -> Result<(), Status>,
    ) -> (Bytes, Result<(), Status>) {
        let mut data = join(std::mem::take(&mut self.held), data);
        let mut at = self.take_left(data.len());
        while at < data.len() {
            let Some(prefix) = data[at..].first_chunk() else {
                self.held = data.split_off(at);
                break;
            };
            let mut message = EncodedMessage::read(*prefix);
            let len = message.len();
            if let Err(status) = admit(&mut message) {
                data.truncate(at);
                return (data, Err(status));
            }
            at += prefix.len();
            self.left = len;
            at += self.take_left(data.len() - at);
        }
        (data, Ok(()))
    }

    /// Whether the body may end here. tonic takes a message of which only the prefix was sent for a good end.
    pub(crate) fn check_end(&self) -> Result<(), Status> {
        if self.held.is_empty() && self.left == 0 {
            return Ok(());
        }
        Err(Status::internal("the messages end in the midst of one"))
    }

    /// How much of `available` bytes belongs to the message that has begun.
    fn take_left(&mut self, available: usize) -> usize {
        let taken = self.left.min(available);
        self.left -= taken;
        taken
    }
}

/// One piece of two; no copy, if one of them is empty.
pub(crate) fn join(first: Bytes, second: Bytes) -> Bytes {
    if first.is_empty() {
        return second;
    }
    if second.is_empty() {
        return first;
    }
    let mut joined = BytesMut::with_capacity(first.len() + second.len());
    joined.extend_from_slice(&first);
    joined.extend_from_slice(&second);
    joined.freeze()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(lens: &[usize]) -> Vec<u8> {
        let mut body = Vec::new();
        for &len in lens {
            body.push(0);
            body.extend((len as u32).to_be_bytes());
            body.extend(vec![7; len]);
        }
        body
    }

    /// Cuts `body` into pieces of these sizes, over and over.
    fn pieces(body: &[u8], sizes: &[usize]) -> Vec<Bytes> {
        let mut sizes = sizes.iter().cycle();
        let mut rest = body;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (piece, more) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
            pieces.push(Bytes::copy_from_slice(piece));
            rest = more;
        }
        pieces
    }

    proptest! {
        #[test]
        fn however_a_body_is_cut_its_messages_are_seen_and_it_is_unchanged(
            lens in prop::collection::vec(0..40_usize, 0..8),
            sizes in prop::collection::vec(1..60_usize, 1..6),
        ) {
            let body = body(&lens);
            let (mut frames, mut seen, mut passed) = (MessageFrames::default(), Vec::new(), Vec::new());
            for piece in pieces(&body, &sizes) {
                let (data, result) = frames.pass(piece, |message| { seen.push(message.len()); Ok(()) });
                passed.extend(data);
                prop_assert!(result.is_ok());
            }
            prop_assert_eq!(seen, lens);
            prop_assert_eq!(passed, body);
            prop_assert!(frames.check_end().is_ok());
        }

        #[test]
        fn before_a_message_that_is_rejected_all_has_passed_and_nothing_of_it(
            lens in prop::collection::vec(0..40_usize, 1..8),
            sizes in prop::collection::vec(1..60_usize, 1..6),
            rejected in 0..8_usize,
        ) {
            let rejected = rejected % lens.len();
            let (mut frames, mut count, mut passed) = (MessageFrames::default(), 0, Vec::new());
            for piece in pieces(&body(&lens), &sizes) {
                let (data, result) = frames.pass(piece, |_| {
                    count += 1;
                    if count > rejected { Err(Status::cancelled("")) } else { Ok(()) }
                });
                passed.extend(data);
                if result.is_err() {
                    break;
                }
            }
            prop_assert_eq!(passed, body(&lens[..rejected]));
        }
    }
}
