use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{ConstParam, GenericParam, Generics, TypeParam};

use crate::args::entry::Entry;
use crate::chain::is_named_by;
use crate::common::cfgs::cfgs;
use crate::common::hygiene::local;
use crate::common::quoting::{error_into_status, read_metadata};
use crate::function::model::function::Function;
use crate::function::model::param::{Param, Plain};
use crate::syntax::function::{output_span, typed_params};

/// Makes the call of the user's function.
pub(super) fn call_user_function(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let name = &function.inner.sig.ident;
    let (call, rest) = (local("call"), local("rest"));
    let mut fields = fields(function).into_iter();
    let values = function.params.iter().map(|param| match param {
        Param::Plain(Plain { ty, .. }) => {
            let field = fields.next();
            quote!(<#ty as #private::ListedValue>::for_this_call(&self.#field))
        }
        Param::Metadata(key, ty) => {
            let value = read_metadata(&call, key, &quote!(#ty));
            quote!(#value?)
        }
        Param::Extractor(ty) => quote!(<#ty as #private::FromCall<'_>>::from_call(#call)?),
        Param::Bound(name) => {
            // The name has the span of the parameter, so that rustc reports a wrong type there.
            let mut names = function.entries.iter().filter_map(Entry::name);
            let mut bound = names.find(|bound| is_named_by(name, bound)).unwrap_or(name).clone();
            bound.set_span(bound.span().located_at(name.span()));
            quote!(#bound)
        }
        Param::Call => quote!(#call),
        Param::Rest | Param::RestWith(_) => quote!(#rest),
    });
    let cfgs = typed_params(&function.inner.sig).map(|input| cfgs(&input.attrs));
    let arguments = values.zip(cfgs).map(|(value, cfgs)| quote!(#(#cfgs)* #value));
    let into_status = error_into_status(private, function.error.as_ref(), output_span(&function.inner.sig));
    let generics = explicit_generics(&function.inner.sig.generics);
    quote!(#name #generics(#(#arguments),*).await.map_err(#into_status))
}

/// Makes the `::<T, N>` of the call of the user's function, because rustc cannot infer all of them from the arguments.
fn explicit_generics(generics: &Generics) -> Option<TokenStream> {
    let names: Vec<_> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(TypeParam { ident, .. }) | GenericParam::Const(ConstParam { ident, .. }) => {
                Some(ident)
            }
        })
        .collect();
    (!names.is_empty()).then(|| quote!(::<#(#names),*>))
}

/// Returns the names of the fields that hold the plain parameters.
pub(super) fn fields(function: &Function) -> Vec<Ident> {
    (0..function.plain().count()).map(|index| format_ident!("argument{index}")).collect()
}
