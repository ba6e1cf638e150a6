use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use crate::common::runtime_path::RuntimePath;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::parse::template::{Template, argument_name};
use crate::grpc_error::parse::text::Text;

/// Makes the `String` of a text.
pub(super) fn text(private: &RuntimePath, text: &Text, fields: &[Field]) -> TokenStream {
    match text {
        Text::Expr(expr) => quote_spanned!(expr.span()=> ::std::string::ToString::to_string(&(#expr))),
        Text::Literal(literal) => {
            let template = Template::new(&literal.value());
            if template.is_plain {
                return quote!(::std::string::ToString::to_string(#literal));
            }
            let format = LitStr::new(&template.format, literal.span());
            let named = fields.iter().filter(|field| template.names.contains(&field.name()));
            let arguments = named.map(|field| {
                // The span is that of the text, so that rustc reports there a field that cannot be printed.
                let (name, mut binding) = (argument_name(&field.name()), field.binding.clone());
                binding.set_span(binding.span().located_at(literal.span()));
                quote!(#name = #binding)
            });
            quote!(#private::format!(#format #(, #arguments)*))
        }
    }
}
