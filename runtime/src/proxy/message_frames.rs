use bytes::{Bytes, BytesMut};
use tonic::Status;

use super::message::EncodedMessage;
use crate::call::PREFIX;

/// Finds the messages in a body, whose frames may have any size.
#[derive(Debug, Default)]
pub(crate) struct MessageFrames {
    /// The first bytes of an incomplete prefix. They are sent on when the prefix is complete, because no byte of a
    /// message that is rejected may be sent.
    partial_prefix: Bytes,
    /// The number of bytes that are missing of the current message.
    missing: usize,
}

impl MessageFrames {
    /// Calls `on_message` for each message that begins in `data`. Returns the bytes that may be sent on: those
    /// before a message that is rejected.
    #[inline]
    pub(crate) fn inspect(
        &mut self,
        data: Bytes,
        mut on_message: impl FnMut(&mut EncodedMessage) -> Result<(), Status>,
    ) -> (Bytes, Result<(), Status>) {
        if let (Some(mut message), true) = (single_message(&data), self.is_between_messages()) {
            let result = on_message(&mut message);
            return (if result.is_ok() { data } else { Bytes::new() }, result);
        }
        self.inspect_all(data, &mut on_message)
    }

    /// Inspects data that is not one complete message.
    fn inspect_all(
        &mut self,
        data: Bytes,
        on_message: &mut dyn FnMut(&mut EncodedMessage) -> Result<(), Status>,
    ) -> (Bytes, Result<(), Status>) {
        let mut data = concat(std::mem::take(&mut self.partial_prefix), data);
        let mut at = self.skip(data.len());
        while at < data.len() {
            let Some(prefix) = data[at..].first_chunk() else {
                self.partial_prefix = data.split_off(at);
                break;
            };
            let mut message = EncodedMessage::read(*prefix);
            let len = message.len();
            if let Err(status) = on_message(&mut message) {
                data.truncate(at);
                return (data, Err(status));
            }
            at += prefix.len();
            self.missing = len;
            at += self.skip(data.len() - at);
        }
        (data, Ok(()))
    }

    /// Returns an error if the body may not end here. tonic would accept an end behind the prefix of a message.
    pub(crate) fn check_end(&self) -> Result<(), Status> {
        if self.is_between_messages() {
            return Ok(());
        }
        Err(Status::internal("the body ends in the middle of a message"))
    }

    #[inline]
    fn is_between_messages(&self) -> bool {
        self.partial_prefix.is_empty() && self.missing == 0
    }

    /// Returns the number of bytes, of the `available` ones, that belong to the current message.
    fn skip(&mut self, available: usize) -> usize {
        let skipped = self.missing.min(available);
        self.missing -= skipped;
        skipped
    }
}

/// Returns the message in a frame that contains one message and nothing else, as most frames do.
#[inline]
fn single_message(data: &Bytes) -> Option<EncodedMessage> {
    let message = EncodedMessage::read(*data.first_chunk()?);
    (data.len() - PREFIX == message.len()).then_some(message)
}

/// Returns the bytes of both. It copies nothing if one of them is empty.
pub(crate) fn concat(first: Bytes, second: Bytes) -> Bytes {
    if first.is_empty() {
        return second;
    }
    if second.is_empty() {
        return first;
    }
    let mut both = BytesMut::with_capacity(first.len() + second.len());
    both.extend_from_slice(&first);
    both.extend_from_slice(&second);
    both.freeze()
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

    /// Splits `body` into pieces of these sizes, over and over.
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
                let (data, result) = frames.inspect(piece, |message| { seen.push(message.len()); Ok(()) });
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
                let (data, result) = frames.inspect(piece, |_| {
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
