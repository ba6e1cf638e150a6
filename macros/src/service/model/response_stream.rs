use quote::quote;
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, LitStr, Signature, Type};

use super::stream_types::StreamTypes;
use crate::common::case::upper_camel_case;
use crate::common::hygiene::sanitized_ident;
use crate::common::result_type::ResultType;
use crate::common::runtime_path::RuntimePath;
use crate::common::types::{associated_type, inner_type, is_named, peel, trait_bounds};

/// The stream of responses that a method returns.
pub(crate) struct ResponseStream {
    /// The name of the trait's associated type.
    pub(crate) name: Ident,
    /// The message type of the responses.
    pub(crate) item: Type,
    /// None if the type of the stream does not mention its error.
    pub(crate) error: Option<Type>,
}

impl ResponseStream {
    /// Reads the type that a method returns. It returns None if that type is a message.
    pub(super) fn new(
        runtime: &RuntimePath,
        sig: &Signature,
        wire_name: Option<&LitStr>,
        output: &Type,
        streams: &StreamTypes<'_>,
    ) -> Option<Self> {
        let rpc = wire_name.map_or_else(|| upper_camel_case(&sig.ident.unraw().to_string()), LitStr::value);
        let expected = format!("{rpc}Stream");
        let declared = streams.find(&expected);
        let name =
            declared.map_or_else(|| sanitized_ident(&expected, sig.ident.span()), |(name, _)| name.clone());
        if let Some((item, error)) = stream_item(output) {
            return Some(Self { name, item, error });
        }
        let item = if let Some(item) = item_without_result(output) {
            item.clone()
        } else if let Type::ImplTrait(_) = peel(output) {
            // The stream yields no `Result`, which is a mistake. The code that uses the service still needs a type.
            associated_item(output).unwrap_or_else(|| syn::parse_quote!(()))
        } else if let Some((_, stream)) = declared {
            // An alias may hide the type that the method returns.
            Type::Verbatim(quote!(<#stream as #runtime::ResponseItems>::Response))
        } else {
            return None;
        };
        Some(Self { name, item, error: None })
    }
}

/// Returns the `T` and the `E` of a stream's type, such as `impl Stream<Item = Result<T, E>>` or
/// `ReceiverStream<Result<T, E>>`. A type with a `Result` in it is a stream, and any other type is a message.
pub(crate) fn stream_item(output: &Type) -> Option<(Type, Option<Type>)> {
    // tonic's types do not mention their error, which is `Status`. vestibule's `Streaming` is for proxies.
    let item = ["BoxStream", "Streaming"].iter().find_map(|name| inner_type(output, name));
    if let Some(item) = item.filter(|item| !is_named(item, "Result")) {
        return Some((item.clone(), None));
    }
    let mut find = FindResult(None);
    find.visit_type_mut(&mut output.clone());
    find.0
}

struct FindResult(Option<(Type, Option<Type>)>);

impl VisitMut for FindResult {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ResultType::from_type(ty).filter(|_| is_named(ty, "Result")) {
            Some(result) if self.0.is_none() => self.0 = Some((result.ok.clone(), result.error.cloned())),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// Returns the `T` of a stream of tokio's that yields `T` and no `Result`. Other types may be aliases that hide a `Result`.
pub(crate) fn item_without_result(output: &Type) -> Option<&Type> {
    let known = ["ReceiverStream", "UnboundedReceiverStream", "WatchStream"];
    known.iter().find_map(|name| inner_type(output, name))
}

/// Returns the `T` of `impl Stream<Item = T>`.
pub(crate) fn associated_item(stream: &Type) -> Option<Type> {
    let Type::ImplTrait(implements) = peel(stream) else { return None };
    trait_bounds(&implements.bounds).find_map(|bound| associated_type(bound, "Item")).cloned()
}
