//! Converts the error that a handler, a stream or an interceptor returns.
//!
//! The compiler decides how, by the number of `&` that it needs to find a method. The method has a name that no other
//! trait in scope has.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;

use tonic::Status;

use super::builder::{Unseen, io_status, limit_size};
use super::error_chain::BoxError;
use super::into_status::IntoStatus;
use super::restore::TryFromStatusError;
use super::status_source::Retained;
use crate::code::GrpcError;
use crate::metadata::MAX_HEADERS_SIZE;

/// Stands for the type of a returned error. The expansion calls
/// `(&&&ReturnedError::of(&error)).convert_returned_error(error, into_status)`, and the compiler finds the impl of
/// [`ConvertReturned`] with the most `&` that the type of the error allows, or else that of `SilentError`.
#[derive(Debug)]
pub struct ReturnedError<E>(PhantomData<fn(E)>);

impl<E> ReturnedError<E> {
    /// Creates it for the type of `error`.
    #[inline]
    pub fn of(_error: &E) -> Self {
        Self(PhantomData)
    }
}

impl GrpcError for Status {}
impl GrpcError for TryFromStatusError {}

/// The conversion of a returned error.
pub trait ConvertReturned<E> {
    /// Converts the error. `into_status` is the conversion that its type defines.
    fn convert_returned_error(&self, error: E, into_status: impl FnOnce(E) -> Status) -> Status;
}

impl<E: GrpcError> ConvertReturned<E> for &&ReturnedError<E> {
    #[inline]
    fn convert_returned_error(&self, error: E, into_status: impl FnOnce(E) -> Status) -> Status {
        into_status(error)
    }
}

/// tonic's conversion would send the text of the error to the client.
impl ConvertReturned<io::Error> for &&ReturnedError<io::Error> {
    fn convert_returned_error(&self, error: io::Error, _: impl FnOnce(io::Error) -> Status) -> Status {
        io_status(error)
    }
}

/// The author of the type has written its conversion, which may lose the sources.
impl<E: Error> ConvertReturned<E> for &ReturnedError<E> {
    fn convert_returned_error(&self, error: E, into_status: impl FnOnce(E) -> Status) -> Status {
        let texts = Retained::texts_of(&error);
        with_texts(into_status(error), texts)
    }
}

/// A type that is no `Error` has no sources, but its conversion may lose its text.
impl<E: Display> ConvertReturned<E> for ReturnedError<E> {
    fn convert_returned_error(&self, error: E, into_status: impl FnOnce(E) -> Status) -> Status {
        let texts = Retained::text_of(&error);
        with_texts(into_status(error), texts)
    }
}

/// Stands for the type of a returned error that prints no text. Method lookup comes here last.
#[derive(Debug)]
pub struct SilentError<E>(PhantomData<fn(E)>);

impl<E> Deref for ReturnedError<E> {
    type Target = SilentError<E>;

    fn deref(&self) -> &SilentError<E> {
        &SilentError(PhantomData)
    }
}

impl<E> ConvertReturned<E> for SilentError<E> {
    #[inline]
    fn convert_returned_error(&self, error: E, into_status: impl FnOnce(E) -> Status) -> Status {
        into_status(error)
    }
}

/// Returns the status of an error that a service behind a layer returns. An error without a status may contain secrets, so
/// the client reads a fixed text.
pub(crate) fn boxed_into_status(error: BoxError) -> Status {
    let texts = if error.is::<Status>() { Retained::Nothing } else { Retained::texts_of(&*error) };
    match Status::try_from_error(error) {
        Ok(status) => with_texts(status, texts),
        Err(error) => error.into_status(),
    }
}

/// Returns the status with the texts of its error for the log. If the status has a source, its author has kept the error.
#[cold]
fn with_texts(status: Status, error: Retained) -> Status {
    if status.source().is_some() {
        return status;
    }
    // A generic handler may return a `Status`, which prints more than its message.
    let text = error.text().filter(|text| text != status.message() && *text != status.to_string());
    limit_size(status, Unseen { text, ..Unseen::sources_of(error) }, MAX_HEADERS_SIZE)
}
