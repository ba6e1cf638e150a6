//! The entries of a method that use its message.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use crate::args::entry::Entry;
use crate::chain::{Chain, entry_span, entry_value, without_reference};
use crate::common::hygiene::{local, local_at};
use crate::service::model::method::Method;

/// Makes the statements that run the guards, with `message` under the name that the method gives to it. There are none if
/// no entry uses the message.
pub(super) fn guards(chain: &Chain<'_>, method: &Method, message: &TokenStream) -> Option<TokenStream> {
    let guards = &method.guards;
    let name = method.message_name().filter(|_| !guards.is_empty())?;
    let guards = guards.iter().filter_map(|entry| match entry {
        Entry::Interceptor { name, expr } => Some(guard(chain, name.as_ref(), expr)),
        Entry::Require { .. } => None,
    });
    Some(quote! {
        let #name = #message;
        #(#guards)*
    })
}

/// Makes the statements of one guard. It is dropped before the next statement, because the handler takes the message.
fn guard(chain: &Chain<'_>, name: Option<&Ident>, expr: &Expr) -> TokenStream {
    let at = entry_span(expr);
    let private = chain.runtime.at(at);
    let call = local("call");
    let [entry, provided] = ["entry", "provided"].map(|name| local_at(name, at));
    let evaluate = entry_value(without_reference(expr), &entry, &private, at);
    let bind = name.map(|name| chain.bind(name, &quote!(&#provided)));
    quote_spanned! {at=>
        let #provided = {
            #evaluate
            #private::run_guard(#call, #private::as_interceptor(#entry)).await?
        };
        #bind
    }
}
