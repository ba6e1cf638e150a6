//! What the macros make of one item of each shape: `tests/expand/<shape>.rs` becomes
//! `<shape>.expanded.rs`, with shorter paths than it has in truth. `UPDATE_EXPECT=1 cargo test -p vestibule-macros` writes the latter anew.

use std::fs;
use std::path::Path;

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprMacro, Item, Meta};

use crate::item;

/// The expansion of every item of a file that has one of our attributes.
fn expand_file(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("the file is there");
    let mut file = syn::parse_file(&text).expect("the file is Rust");
    file.items = file.items.into_iter().flat_map(expand_item).collect();
    OpenMacros.visit_file_mut(&mut file);
    prettyplease::unparse(&file).replace("::vestibule::__private::", "__private::")
}

/// Lets what stands in `pin!(...)` and `method_info!(...)` be formatted, as if they were functions.
struct OpenMacros;

impl VisitMut for OpenMacros {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(ExprMacro { mac, .. }) = expr {
            let (path, tokens) = (&mac.path, &mac.tokens);
            *expr = syn::parse_quote!(#path(#tokens));
        }
        syn::visit_mut::visit_expr_mut(self, expr);
    }
}

fn expand_item(mut item: Item) -> Vec<Item> {
    let attrs = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        _ => return vec![item],
    };
    let Some(position) = attrs.iter().position(is_ours) else { return vec![item] };
    let attr = attrs.remove(position);
    let args = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let item = item.into_token_stream();
    let expanded = if attr.path().is_ident("interceptor") {
        item::expand(item::Attribute::Interceptor, args, &item)
    } else if attr.path().is_ident("require_metadata") {
        item::expand(item::Attribute::RequireMetadata, args, &item)
    } else {
        item::expand(item::Attribute::GrpcError, args, &item)
    };
    syn::parse2::<syn::File>(expanded).expect("the expansion is Rust").items
}

fn is_ours(attr: &Attribute) -> bool {
    ["interceptor", "require_metadata", "grpc_error"].iter().any(|name| attr.path().is_ident(name))
}

#[test]
fn expansions_are_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let mut shapes = 0;
    for entry in fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.to_string_lossy().ends_with(".expanded.rs") {
            continue;
        }
        expect_file![path.with_extension("expanded.rs")].assert_eq(&expand_file(&path));
        shapes += 1;
    }
    assert!(shapes >= 10, "only {shapes} shapes were found");
}

#[test]
fn a_renamed_crate_is_never_called_by_its_own_name() {
    for item in [
        quote::quote!(impl Greeter for MyGreeter {
            #[require_metadata("a", code = NotFound, message = "b")]
            async fn hi(&self, a: Request<A>, #[metadata("c-bin")] c: C, d: D, call: &Call) -> Result<B, E> {}
        }),
        quote::quote!(
            async fn log(a: &A, call: &Call, rest: impl Rest) -> Result<(), E> {}
        ),
    ] {
        let args = quote::quote!(crate = crate::toolbox);
        let expanded = item::expand(item::Attribute::Interceptor, args, &item).to_string();
        assert!(expanded.contains("crate :: toolbox :: __private"), "{expanded}");
        assert!(!expanded.contains("vestibule"), "{expanded}");
    }
}
