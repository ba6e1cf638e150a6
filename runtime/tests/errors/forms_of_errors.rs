//! `#[grpc_error]` accepts each form that a type may have.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Debug, Display};

use vestibule::details::{self, ErrorInfo};
use vestibule::{Code, Status, grpc_error};

fn of(error: impl Into<Status>) -> (Code, String) {
    let status = error.into();
    (status.code(), status.message().to_owned())
}

#[test]
fn raw_identifiers() {
    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, PartialEq, thiserror::Error)]
    #[allow(non_camel_case_types)]
    enum r#enum {
        #[error("{type} is not {}", r#match)]
        #[status(NotFound, message = "{type} and {r#match:>5}")]
        r#struct {
            #[status(metadata)]
            r#type: String,
            #[status(metadata)]
            r#match: u8,
        },
        #[error("b")]
        #[status(code = *r#fn)]
        r#B { r#fn: Code },
    }
    let error = r#enum::r#struct { r#type: "a".to_owned(), r#match: 3 };
    let status = Status::from(r#enum::r#struct { r#type: "a".to_owned(), r#match: 3 });
    assert_eq!(status.message(), "a and     3");
    assert_eq!(r#enum::try_from(&status).unwrap(), error);
    assert_eq!(of(r#enum::B { r#fn: Code::Aborted }), (Code::Aborted, "b".to_owned()));
}

#[test]
fn const_generics_and_defaults() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("more than {N}")]
    #[status(OutOfRange)]
    struct Limit<const N: usize = 3>;

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    enum Held<T = u8, const N: usize = 3>
    where
        T: Display + Debug + Send + Sync + 'static,
    {
        #[error("{0} of {N}")]
        #[status(Aborted, message = "{0} at least")]
        Value(T),
        #[error("array")]
        #[status(Aborted)]
        Array([T; N]),
    }
    assert_eq!(of(Limit::<3>).1, "more than 3");
    assert_eq!(of(Held::<u8, 3>::Value(7)).1, "7 at least");
    assert_eq!(of(Held::<u8, 3>::Array([1, 2, 3])).1, "array");
}

#[test]
fn structs_and_variants_of_each_kind() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("braces")]
    #[status(Aborted)]
    struct Braces {}

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("parens")]
    #[status(Aborted, message = "parens")]
    struct Parens();

    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, thiserror::Error)]
    enum Each {
        #[error("braces")]
        #[status(Aborted)]
        Braces {},
        #[error("parens")]
        #[status(Aborted)]
        Parens(),
        #[error("unit")]
        #[status(Aborted)]
        Unit,
    }
    assert_eq!(of(Braces {}).1, "braces");
    assert_eq!(of(Parens()).1, "parens");
    assert!(matches!(Each::try_from(&Status::from(Each::Braces {})), Ok(Each::Braces {})));
    assert!(matches!(Each::try_from(&Status::from(Each::Parens())), Ok(Each::Parens())));
    assert!(matches!(Each::try_from(&Status::from(Each::Unit)), Ok(Each::Unit)));
}

#[test]
fn discriminants() {
    #[grpc_error]
    #[derive(Clone, Copy, Debug, thiserror::Error)]
    #[error("it is {}", *self as u8)]
    #[status(Aborted)]
    #[repr(u8)]
    enum Number {
        #[status(NotFound)]
        One = 1,
        Seven = 7,
    }
    assert_eq!(of(Number::One), (Code::NotFound, "it is 1".to_owned()));
    assert_eq!(of(Number::Seven), (Code::Aborted, "it is 7".to_owned()));
}

#[test]
fn an_enum_without_variants() {
    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, thiserror::Error)]
    enum Never {}

    assert!(Never::try_from(&Status::ok("")).is_err());
}

mod visible {
    use vestibule::grpc_error;

    /// Docs stay.
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[non_exhaustive]
    pub(crate) enum Visible {
        /// Docs of a variant.
        #[doc = "more"]
        #[error("seen by {by}")]
        #[status(Aborted)]
        #[non_exhaustive]
        Seen {
            /// Docs of a field.
            by: &'static str,
        },
    }

    pub(crate) fn seen() -> Visible {
        Visible::Seen { by: "me" }
    }

    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, thiserror::Error)]
    #[error("private {secret}")]
    #[status(Aborted)]
    pub(in crate::forms_of_errors) struct Private {
        #[status(metadata)]
        secret: u8,
    }

    pub(super) fn private() -> Private {
        Private { secret: 3 }
    }
}

#[test]
fn visibility_and_docs() {
    assert_eq!(of(visible::seen()).1, "seen by me");
    assert_eq!(of(visible::private()).1, "private 3");
}

#[test]
fn lifetimes() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("{0} {1}")]
    #[status(Aborted, message = "{0}")]
    struct Borrows<'a, 'b: 'a>(&'a str, Cow<'b, str>);

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    enum Mixed<'a, T: Error + 'a> {
        #[error("{0}")]
        #[status(Aborted)]
        Text(&'a str),
        #[error("source")]
        #[status(code = Self::CODE)]
        Source(#[source] T),
    }

    impl<'a, T: Error + 'a> Mixed<'a, T> {
        const CODE: Code = Code::NotFound;
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("static")]
    #[status(Aborted)]
    struct Static<'a>(&'a (dyn Error + Send + Sync + 'static));

    let text = "text".to_owned();
    assert_eq!(of(Borrows(&text, Cow::Borrowed("b"))).1, "text");
    assert_eq!(of(Mixed::<fmt::Error>::Text(&text)).1, "text");
    assert_eq!(of(Mixed::Source(fmt::Error)).0, Code::NotFound);
    assert_eq!(of(Static(&fmt::Error)).1, "static");
}

#[test]
fn transparent_in_transparent() {
    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, PartialEq, thiserror::Error)]
    enum Inner {
        #[error("inner {left}")]
        #[status(NotFound)]
        Left {
            #[status(metadata)]
            left: u8,
        },
    }

    #[grpc_error(domain = "middle.example.com")]
    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    #[status(transparent, prefix = "middle: ")]
    struct Middle(#[from] Inner);

    #[grpc_error(domain = "outer.example.com")]
    #[derive(Debug, thiserror::Error)]
    enum Outer<T: Debug + Send + Sync + 'static> {
        #[error(transparent)]
        #[status(transparent, prefix = "outer: ")]
        Middle {
            #[from]
            inner: Middle,
        },
        #[error("own {0:?}")]
        #[status(Aborted)]
        Own(#[status(default)] std::marker::PhantomData<T>),
    }
    let status = Status::from(Outer::<u8>::from(Middle::from(Inner::Left { left: 3 })));
    assert_eq!(status.message(), "outer: middle: inner 3");
    let restored = Outer::<u8>::try_from(&status);
    assert!(matches!(restored, Ok(Outer::Middle { inner: Middle(Inner::Left { left: 3 }) })));
    assert_eq!(of(Outer::<u8>::Own(std::marker::PhantomData)).0, Code::Aborted);
}

#[test]
fn conditional_variants() {
    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, thiserror::Error)]
    enum Conditional {
        #[cfg(any())]
        #[error("never {0}")]
        #[status(Aborted)]
        Never(#[status(metadata = "key")] absent::Type),
        #[cfg(not(any()))]
        #[error("always {0}")]
        #[status(code = *_0)]
        Always(Code),
        #[cfg(any())]
        #[error(transparent)]
        #[status(transparent)]
        Transparent(absent::Type),
        #[cfg(any())]
        #[error("twice")]
        #[status(Aborted)]
        Twice,
        #[cfg(not(any()))]
        #[error("twice")]
        #[status(Aborted)]
        Twice,
    }
    let status = Status::from(Conditional::Always(Code::DataLoss));
    assert!(matches!(Conditional::try_from(&status), Ok(Conditional::Always(Code::DataLoss))));
    assert_eq!(of(Conditional::Twice).1, "twice");
}

#[test]
fn names_of_the_prelude() {
    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, PartialEq, thiserror::Error)]
    #[status(Aborted)]
    enum Result {
        #[error("ok")]
        Ok,
        #[error("err")]
        Err(#[status(metadata = "key")] u8),
        #[error("some")]
        Some(#[status(metadata = "key")] std::option::Option<String>),
        #[error("status")]
        Status,
        #[error("string")]
        String {
            #[status(default)]
            string: std::string::String,
        },
    }
    for error in
        [Result::Ok, Result::Err(3), Result::Some(None), Result::Some(Some("a".to_owned())), Result::Status]
    {
        let text = error.to_string();
        assert_eq!(Result::try_from(&Status::from(error)).unwrap().to_string(), text);
    }
    let status = Status::from(Result::String { string: String::new() });
    assert_eq!(details::find::<ErrorInfo>(&status).unwrap().reason, "STRING");
}
