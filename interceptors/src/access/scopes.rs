use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::caller::HasScope;

/// The scopes in the claims of a token: one text with spaces in between, as [RFC 9068] has it in `scope`, or a list, as some
/// issuers have it in `scp`.
///
/// ```
/// use serde::Deserialize;
/// use vestibule_interceptors::{HasScope, Scopes};
///
/// #[derive(Deserialize)]
/// struct Claims {
///     sub: String,
///     #[serde(default)]
///     scope: Scopes,
/// }
///
/// impl HasScope for Claims {
///     fn has_scope(&self, scope: &str) -> bool {
///         self.scope.has_scope(scope)
///     }
/// }
///
/// let claims: Claims = serde_json::from_str(r#"{ "sub": "ada", "scope": "orders:read orders:write" }"#)?;
/// assert!(claims.has_scope("orders:write"));
/// assert!(!claims.has_scope("orders"));
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// [RFC 9068]: https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Box<[Box<str>]>);

impl HasScope for Scopes {
    fn has_scope(&self, scope: &str) -> bool {
        self.0.iter().any(|it| **it == *scope)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScopesVisitor;

        impl<'de> Visitor<'de> for ScopesVisitor {
            type Value = Scopes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("scopes, as a text with spaces or as a list")
            }

            fn visit_str<E>(self, text: &str) -> Result<Scopes, E> {
                Ok(Scopes(text.split(' ').filter(|scope| !scope.is_empty()).map(Into::into).collect()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scopes, A::Error> {
                let mut scopes = Vec::new();
                while let Some(scope) = list.next_element::<Box<str>>()? {
                    scopes.push(scope);
                }
                Ok(Scopes(scopes.into()))
            }
        }

        deserializer.deserialize_any(ScopesVisitor)
    }
}
