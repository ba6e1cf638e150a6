//! The constants that the expansion makes of the names of a service and a method.

/// Makes the `&'static MethodInfo` of a method. The name of the service is a constant expression.
#[doc(hidden)]
#[macro_export]
macro_rules! __method_info {
    ($service:expr, $name:literal, $shape:ident) => {
        const {
            const PATH: [u8; $crate::__private::path_len($service, $name)] =
                $crate::__private::path($service, $name);
            &$crate::__private::MethodInfo::new(
                $crate::__private::path_str(&PATH),
                $crate::__private::Shape::$shape,
            )
        }
    };
}

/// Returns the length of `/service/name`.
pub const fn path_len(service: &str, name: &str) -> usize {
    service.len() + name.len() + 2
}

/// Returns the bytes of `/service/name`. A `const fn` cannot return a `String`.
pub const fn path<const N: usize>(service: &str, name: &str) -> [u8; N] {
    let mut path = [b'/'; N];
    let (from_service, from_name) = (service.as_bytes(), name.as_bytes());
    let mut i = 0;
    while i < from_service.len() {
        path[1 + i] = from_service[i];
        i += 1;
    }
    let mut i = 0;
    while i < from_name.len() {
        path[2 + from_service.len() + i] = from_name[i];
        i += 1;
    }
    path
}

/// Returns the bytes of [`path`] as a string.
pub const fn path_str(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(path) => path,
        Err(_) => panic!("a path of two strings is UTF-8"),
    }
}
