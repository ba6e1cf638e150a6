//! `#[interceptor(phase = Limit)]` on the impl of `Interceptor`.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::{ImplItem, Path};

use crate::args::phase::PhaseArgs;
use crate::common::cfgs::cfgs;
use crate::common::quoting::{phases, unguarded_rest};
use crate::syntax::item_impl::{ImplSyntax, ItemSyntax};

/// Returns true for the impl of an interceptor. A tonic service may have this name too, but then its trait would have the name
/// of ours in the same file.
pub(crate) fn is_interceptor(syntax: &ImplSyntax) -> bool {
    let last = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Interceptor");
    syntax.trait_path.as_ref().is_some_and(last)
}

/// Returns true for a phase above the impl of hooks. A tonic service may be named `Hooks`, and has no phase either.
pub(crate) fn is_phase_of_hooks(args: &TokenStream, syntax: &ImplSyntax) -> bool {
    let last = syntax.trait_path.as_ref().and_then(|path| path.segments.last());
    let states_phase = |args: PhaseArgs| args.phase.is_some();
    last.is_some_and(|last| last.ident == "Hooks") && syn::parse2(args.clone()).is_ok_and(states_phase)
}

/// Adds the phase to the impl, and makes the impl that lists know it by. Without a method `around`, the interceptor does not
/// wrap the call, and its rest is not guarded.
pub(crate) fn expand(args: TokenStream, item: &TokenStream, syntax: &ImplSyntax) -> TokenStream {
    let args: PhaseArgs = match syn::parse2(args) {
        Ok(args) => args,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
    };
    let Some(phase) = args.phase else {
        let message = "the phase is missing; write `#[interceptor(phase = Limit)]`, or remove this attribute";
        let error = syn::Error::new(proc_macro2::Span::call_site(), message).to_compile_error();
        return quote!(#item #error);
    };
    let private = args.runtime.unwrap_or_default();
    let phases = phases(&private, &phase);
    let unguarded_rest = (!may_wrap(syntax)).then(|| unguarded_rest(&private, &quote!(Self::Provides)));
    let item = with_items(item, &quote!(#phases #unguarded_rest));
    let (self_ty, (impl_generics, _, where_clause)) = (&syntax.self_ty, syntax.generics.split_for_impl());
    let cfgs = cfgs(&syntax.attrs);
    quote! {
        #item
        #(#cfgs)*
        impl #impl_generics #private::InPhase for #self_ty #where_clause {
            type Phase = #private::phase::#phase;
        }
    }
}

/// Returns true if the impl has a method `around`, or a macro that may make one.
fn may_wrap(syntax: &ImplSyntax) -> bool {
    syntax.items.iter().any(|item| match item {
        ItemSyntax::Method(method) => method.sig.ident == "around",
        ItemSyntax::Other(item) => matches!(item, ImplItem::Macro(_) | ImplItem::Verbatim(_)),
    })
}

/// Puts items into the braces of an impl, behind inner attributes.
fn with_items(item: &TokenStream, added: &TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = item.clone().into_iter().collect();
    if let Some(TokenTree::Group(braces)) = tokens.last_mut() {
        let items = braces.stream();
        let mut group = Group::new(braces.delimiter(), quote!(#items #added));
        group.set_span(braces.span());
        *braces = group;
    }
    tokens.into_iter().collect()
}
