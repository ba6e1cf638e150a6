//! The options that users define for their methods and services.

use std::fmt;
use std::marker::PhantomData;

use prost::Message;

/// A custom option: an extension of `google.protobuf.MethodOptions` or `google.protobuf.ServiceOptions`.
///
/// `vestibule-build` writes one constant for each extension, into the module of the extension's package. `On` is
/// [`MethodInfo`](crate::MethodInfo) or [`ServiceInfo`](super::ServiceInfo), and `T` is the type of the value.
///
/// ```
/// use vestibule::MethodInfo;
/// use vestibule::descriptor::CustomOption;
///
/// // extend google.protobuf.MethodOptions { string role = 50001; }
/// const ROLE: CustomOption<MethodInfo, &'static str> = CustomOption::new("shop.role");
///
/// fn role_of(method: &MethodInfo) -> Option<&'static str> {
///     method.option(ROLE)
/// }
/// ```
pub struct CustomOption<On, T> {
    name: &'static str,
    read: fn(&OptionValue) -> Option<T>,
    on: PhantomData<fn(On)>,
}

impl<On, T> CustomOption<On, T> {
    /// Returns the full name of the extension, such as `shop.role`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    const fn with(name: &'static str, read: fn(&OptionValue) -> Option<T>) -> Self {
        Self { name, read, on: PhantomData }
    }

    /// Returns the value among those of a method or a service.
    pub(super) fn find(self, options: &[(&str, OptionValue)]) -> Option<T> {
        let (_, value) = options.iter().find(|(name, _)| *name == self.name)?;
        (self.read)(value)
    }
}

impl<On, T: OptionType> CustomOption<On, T> {
    /// Creates an option of a scalar type, or of a list of them, from the full name of its extension.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self::with(name, T::read)
    }
}

impl<On, T: TryFrom<i32>> CustomOption<On, T> {
    /// Creates an option whose value is an enum of prost. The option is `None` for a value that the enum does not have.
    #[must_use]
    pub const fn enumeration(name: &'static str) -> Self {
        Self::with(name, read_enum)
    }
}

impl<On, T: TryFrom<i32>> CustomOption<On, Vec<T>> {
    /// Creates an option whose value is a list of an enum.
    #[must_use]
    pub const fn enumerations(name: &'static str) -> Self {
        Self::with(name, |value| value.list(read_enum))
    }
}

impl<On, T: Message + Default> CustomOption<On, T> {
    /// Creates an option whose value is a message. Each call of `option` decodes the message.
    #[must_use]
    pub const fn message(name: &'static str) -> Self {
        Self::with(name, read_message)
    }
}

impl<On, T: Message + Default> CustomOption<On, Vec<T>> {
    /// Creates an option whose value is a list of messages. Each call of `option` decodes the messages.
    #[must_use]
    pub const fn messages(name: &'static str) -> Self {
        Self::with(name, |value| value.list(read_message))
    }
}

fn read_enum<T: TryFrom<i32>>(value: &OptionValue) -> Option<T> {
    T::try_from(i32::read(value)?).ok()
}

fn read_message<T: Message + Default>(value: &OptionValue) -> Option<T> {
    match value {
        OptionValue::Encoded(bytes) => T::decode(*bytes).ok(),
        _ => None,
    }
}

// `derive` would demand the same of the type parameters.
impl<On, T> Clone for CustomOption<On, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<On, T> Copy for CustomOption<On, T> {}

impl<On, T> fmt::Debug for CustomOption<On, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomOption").field(&self.name).finish()
    }
}

/// The value of a custom option, as `vestibule-build` writes it. [`CustomOption`] reads it as a type of Rust.
// No variant has the name of a common type: rustc would print the whole path of `String` in every error then.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum OptionValue {
    /// A `bool`.
    Bool(bool),
    /// A signed integer of any kind, or the number of an enum's value.
    Int(i64),
    /// An unsigned integer of any kind.
    Uint(u64),
    /// A `float`, converted without loss, or a `double`.
    Double(f64),
    /// A `string`.
    Str(&'static str),
    /// Some `bytes`.
    ByteStr(&'static [u8]),
    /// An encoded message.
    Encoded(&'static [u8]),
    /// The values of a repeated extension.
    Values(&'static [OptionValue]),
}

impl OptionValue {
    /// Returns the values of a list, or `None` if one of them has another type.
    fn list<T>(&self, read: fn(&OptionValue) -> Option<T>) -> Option<Vec<T>> {
        match self {
            Self::Values(values) => values.iter().map(read).collect(),
            _ => None,
        }
    }
}

/// The types of Rust that the value of a custom option can have, apart from enums and messages.
///
/// The trait cannot be implemented outside of this crate.
pub trait OptionType: Sized + sealed::Sealed {
    /// Returns the value, or `None` if it has another type.
    fn read(value: &OptionValue) -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! option_types {
    ($($ty:ty: $pattern:pat => $value:expr),* $(,)?) => {$(
        impl sealed::Sealed for $ty {}

        impl OptionType for $ty {
            fn read(value: &OptionValue) -> Option<Self> {
                match *value {
                    $pattern => $value,
                    _ => None,
                }
            }
        }
    )*};
}

option_types! {
    bool: OptionValue::Bool(value) => Some(value),
    i32: OptionValue::Int(value) => value.try_into().ok(),
    i64: OptionValue::Int(value) => Some(value),
    u32: OptionValue::Uint(value) => value.try_into().ok(),
    u64: OptionValue::Uint(value) => Some(value),
    // The value was a `float`, and the conversion gives it back.
    f32: OptionValue::Double(value) => Some(value as f32),
    f64: OptionValue::Double(value) => Some(value),
    &'static str: OptionValue::Str(value) => Some(value),
    &'static [u8]: OptionValue::ByteStr(value) => Some(value),
}

impl<T: OptionType> sealed::Sealed for Vec<T> {}

impl<T: OptionType> OptionType for Vec<T> {
    fn read(value: &OptionValue) -> Option<Self> {
        value.list(T::read)
    }
}
