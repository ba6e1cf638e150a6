//! `#[grpc_error]` accepts each text and each expression that a format string or a function may have.

use std::fmt::Debug;
use std::time::Duration;

use vestibule::details::{self, RetryInfo};
use vestibule::{Code, Status, grpc_error};

fn of(error: impl Into<Status>) -> (Code, String) {
    let status = error.into();
    (status.code(), status.message().to_owned())
}

#[test]
fn an_expression_uses_the_error_and_its_type() {
    #[grpc_error(domain = Self::DOMAIN, max_size = Self::MAX_SIZE)]
    #[derive(Debug, thiserror::Error)]
    enum Limit {
        #[error("limit {0}")]
        #[status(Unavailable, message = self.text(), retry_info = self.delay())]
        Own(#[status(metadata = "limit")] u8),
        #[error(transparent)]
        #[status(transparent, prefix = Self::DOMAIN)]
        Other(#[from] Status),
    }

    impl Limit {
        const DOMAIN: &'static str = "odd.example.com";
        const MAX_SIZE: usize = 1024;

        fn text(&self) -> String {
            format!("{} of {self}", Self::DOMAIN)
        }

        fn delay(&self) -> Duration {
            Duration::from_secs(if matches!(self, Self::Own(3)) { 3 } else { 7 })
        }
    }
    let status = Status::from(Limit::Own(3));
    assert_eq!(status.message(), "odd.example.com of limit 3");
    let retry: RetryInfo = details::find(&status).unwrap();
    assert_eq!(retry.retry_delay, Some(Duration::from_secs(3)));
    assert!(matches!(Limit::try_from(&status), Ok(Limit::Own(3))));
    assert_eq!(of(Limit::from(Status::aborted("!"))).1, "odd.example.com!");
}

#[test]
fn a_constant_of_a_generic_type_is_a_code() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("limit")]
    #[status(code = Self::CODE)]
    struct Coded<T: Send + Sync + Debug + 'static>(T);

    impl<T: Send + Sync + Debug + 'static> Coded<T> {
        const CODE: Code = Code::OutOfRange;
    }
    assert_eq!(of(Coded(1)).0, Code::OutOfRange);
}

#[test]
fn literals() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("x")]
    enum Literals {
        #[status(Aborted, message = "{{}} {0:?} {1:>3} {0:#04x} {{{1}}}")]
        Formats(u8, usize),
        #[status(Aborted, message = "{value:>width$.precision$}|{value:?}")]
        Widths { value: f64, width: usize, precision: usize },
        #[status(Aborted, message = r#"{0} "quoted" \n"#)]
        Raw(u8),
        #[status(Aborted, message = "über {größe}")]
        Unicode { größe: u8 },
    }

    let cases = [
        (Literals::Formats(10, 2), "{} 10   2 0x0a {2}"),
        (Literals::Widths { value: 1.5, width: 6, precision: 2 }, "  1.50|1.5"),
        (Literals::Raw(1), "1 \"quoted\" \\n"),
        (Literals::Unicode { größe: 1 }, "über 1"),
    ];
    for (error, text) in cases {
        assert_eq!(of(error).1, text);
    }
}

#[test]
fn expressions() {
    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("x")]
    enum Expressions {
        #[status(Aborted, message = concat!("a", "b"))]
        Concat,
        #[status(Aborted, message = format_args!("{_0} {_1}"))]
        Arguments(u8, u8),
        #[status(Aborted, message = if *flag { "yes" } else { "no" })]
        If { flag: bool },
        #[status(Aborted, message = match _0 { Some(text) => text.clone(), None => String::new() })]
        Match(Option<String>),
        #[status(Aborted, message = apply(|text: &str| text.len()))]
        Closure,
    }

    fn apply(f: impl Fn(&str) -> usize) -> usize {
        f("four")
    }

    let cases = [
        (Expressions::Concat, "ab"),
        (Expressions::Arguments(1, 2), "1 2"),
        (Expressions::If { flag: true }, "yes"),
        (Expressions::Match(Some("m".to_owned())), "m"),
        (Expressions::Closure, "4"),
    ];
    for (error, text) in cases {
        assert_eq!(of(error).1, text);
    }
}

#[test]
fn names_of_fields_that_the_expansion_uses_itself() {
    #[grpc_error(domain = "odd.example.com")]
    #[derive(Debug, thiserror::Error)]
    #[error("names")]
    #[status(Aborted)]
    enum Names {
        #[status(Aborted, message = format!("{error} {builder} {status} {incoming}"))]
        Ours {
            #[status(metadata)]
            error: u8,
            #[status(metadata)]
            builder: u8,
            #[status(metadata)]
            status: u8,
            #[status(metadata)]
            incoming: u8,
        },
        #[status(code = if *code == 1 { Code::Aborted } else { Code::NotFound })]
        Code {
            #[status(metadata)]
            code: u8,
        },
        Ok {
            #[status(metadata)]
            some: u8,
        },
        None,
    }
    for error in [
        Names::Ours { error: 1, builder: 2, status: 3, incoming: 4 },
        Names::Code { code: 1 },
        Names::Ok { some: 1 },
        Names::None,
    ] {
        let text = format!("{error:?}");
        assert_eq!(format!("{:?}", Names::try_from(&Status::from(error)).unwrap()), text);
    }
}

/// Each rule makes an error of what it is given.
macro_rules! errors {
    ($(#[$meta:meta])* $vis:vis enum $Name:ident {
        $($Variant:ident($ty:ty) = $code:ident $text:literal $delay:expr;)*
    }) => {
        $(#[$meta])*
        #[grpc_error(domain = "odd.example.com")]
        #[derive(Debug, thiserror::Error)]
        $vis enum $Name { $(
            #[error($text)]
            #[status($code, message = $text, retry_info = $delay)]
            $Variant(#[status(metadata = "value")] $ty),
        )* }
    };
    (code $Name:ident $code:expr) => {
        #[grpc_error]
        #[derive(Debug, thiserror::Error)]
        #[error("at run time")]
        #[status(code = $code)]
        struct $Name;
    };
    (field $Name:ident $field:ident) => {
        #[grpc_error]
        #[derive(Debug, thiserror::Error)]
        #[error("the field")]
        #[status(code = *$field)]
        struct $Name { $field: Code }
    };
    (text $Name:ident $field:ident) => {
        #[grpc_error(domain = "odd.example.com")]
        #[derive(Debug, thiserror::Error)]
        #[error("the field {value}")]
        #[status(Aborted, message = format!("the field is {}", $field + value))]
        struct $Name { #[status(metadata)] $field: u8, #[status(metadata)] value: u8 }
    };
}

errors! {
    /// Generated.
    pub(crate) enum Generated {
        First(u8) = NotFound "first {0}" "3s";
        Second(Option<String>) = Aborted "second {0:?}" Duration::from_secs(1);
    }
}
errors!(code AtRunTime { Code::Aborted });
errors!(field AField kind);
errors!(text Named first);

#[test]
fn macros_by_example() {
    assert_eq!(of(Generated::First(1)), (Code::NotFound, "first 1".to_owned()));
    let status = Status::from(Generated::Second(None));
    assert!(matches!(Generated::try_from(&status), Ok(Generated::Second(None))));
    assert_eq!(of(AtRunTime).0, Code::Aborted);
    assert_eq!(of(AField { kind: Code::Aborted }).0, Code::Aborted);
    assert_eq!(of(Named { first: 1, value: 2 }).1, "the field is 3");
}
