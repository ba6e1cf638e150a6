//! Two errors share a module, and have names that a careless expansion would use itself.

use vestibule::{Code, Status, grpc_error};

/// The expansion must not call the methods of this trait.
#[allow(dead_code)]
trait Keeps {
    fn keep(&self) {}
    fn back(&self) {}
}

impl<T> Keeps for T {}

#[grpc_error(domain = "a.example.com")]
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("error {error} {status}")]
#[status(Aborted)]
struct Error {
    #[status(metadata)]
    error: u8,
    #[status(metadata)]
    status: u8,
    #[status(metadata)]
    incoming: u8,
}

#[grpc_error(domain = "b.example.com")]
#[derive(Debug, PartialEq, thiserror::Error)]
enum Result<T>
where
    T: std::fmt::Debug,
{
    #[error("none")]
    #[status(Aborted)]
    None,
    #[error("ok")]
    #[status(OutOfRange)]
    Ok {
        #[status(metadata)]
        value: T,
        #[status(default)]
        also: T,
    },
    #[deprecated]
    #[error("old")]
    #[status(Unavailable)]
    Old,
    #[cfg(any())]
    #[status(Aborted)]
    Absent(#[status(default)] Nothing),
}

#[test]
fn two_errors_in_one_module_do_not_collide() {
    let error = Error { error: 1, status: 2, incoming: 3 };
    assert_eq!(Error::try_from(&Status::from(Error { ..error })).unwrap(), error);
    let other = Error { incoming: 4, ..error };
    assert_eq!(Error::try_from(&Status::from(Error { ..other })).unwrap(), other);
    let status = Status::from(Result::Ok { value: 3, also: 0 });
    assert_eq!(Result::<i32>::try_from(&status).unwrap(), Result::Ok { value: 3, also: 0 });
    assert!(Result::<bool>::try_from(&status).is_err());
    assert!(Error::try_from(&status).is_err());
    assert_eq!(Status::from(Result::<u8>::None).code(), Code::Aborted);
}
