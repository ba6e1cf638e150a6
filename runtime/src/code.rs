//! The codes of gRPC: their names, and sets of them.

use std::marker::PhantomData;

use tonic::Code;

/// Returns the name of a code as gRPC writes it in every language: `INVALID_ARGUMENT`.
///
/// Use it in logs and metrics that services in other languages share. tonic's `Debug` prints `InvalidArgument`, and
/// its `Display` prints a sentence. The names are those of gRPC's [list of
/// codes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md).
///
/// ```
/// use vestibule::{Code, code_name};
///
/// assert_eq!(code_name(Code::InvalidArgument), "INVALID_ARGUMENT");
/// ```
#[must_use]
pub const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// A set of codes, as a constant.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeSet(u32);

impl CodeSet {
    /// Creates a set with one code.
    #[must_use]
    pub const fn of(code: Code) -> Self {
        Self(1 << code as u32)
    }

    /// Returns the codes of all these sets, or `None` if one of them is not known.
    #[must_use]
    pub const fn union(sets: &[Option<Self>]) -> Option<Self> {
        let (mut union, mut i) = (0, 0);
        while i < sets.len() {
            let Some(Self(codes)) = sets[i] else { return None };
            union |= codes;
            i += 1;
        }
        Some(Self(union))
    }

    /// Returns the codes in the order of their numbers.
    pub(crate) fn codes(self) -> Vec<Code> {
        (0..=16).filter(|code| self.0 & (1 << code) != 0).map(Code::from_i32).collect()
    }
}

/// An error whose status holds for the log what the client does not see. `#[grpc_error]` implements it.
#[doc(hidden)]
pub trait GrpcError {
    /// The codes that the error can have, or `None` if its attributes do not list them all.
    const CODES: Option<CodeSet> = None;
}

/// Finds out if a type is a [`GrpcError`], which a macro cannot know. `CodesOf::<E>::CODES` is the constant of this type for
/// an error that is one, because rustc prefers it to the constant of [`UnknownCodes`].
#[doc(hidden)]
#[derive(Debug)]
pub struct CodesOf<E>(PhantomData<E>);

impl<E: GrpcError> CodesOf<E> {
    /// The codes that the error can have.
    pub const CODES: Option<CodeSet> = E::CODES;
}

/// The same as [`CodesOf`], for the `Result` that an alias hides.
#[doc(hidden)]
#[derive(Debug)]
pub struct CodesOfResult<R>(PhantomData<R>);

impl<T, E: GrpcError> CodesOfResult<Result<T, E>> {
    /// The codes that the error can have.
    pub const CODES: Option<CodeSet> = E::CODES;
}

/// The codes of an error that states none.
#[doc(hidden)]
pub trait UnknownCodes {
    /// Nothing, because any code is possible.
    const CODES: Option<CodeSet> = None;
}

impl<E> UnknownCodes for CodesOf<E> {}
impl<R> UnknownCodes for CodesOfResult<R> {}

#[cfg(test)]
mod tests {
    use super::{Code, CodeSet};

    #[test]
    fn a_set_has_its_codes_once_and_in_order() {
        let [ok, last] = [Code::Ok, Code::Unauthenticated].map(|code| Some(CodeSet::of(code)));
        assert_eq!(CodeSet::union(&[last, ok, last]).unwrap().codes(), [Code::Ok, Code::Unauthenticated]);
        assert_eq!(CodeSet::union(&[ok, None]), None);
        assert_eq!(CodeSet::union(&[]).unwrap().codes(), []);
    }
}
