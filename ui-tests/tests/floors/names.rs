//! The names that a module defines, imports and mentions.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, Meta, Path, UseTree, Visibility};

/// The names of a module that are not compiled for tests only.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) defined: BTreeSet<String>,
    pub(crate) used: Vec<Use>,
    pub(crate) mentioned: Vec<Mention>,
}

/// One name of a `use` item.
pub(crate) struct Use {
    pub(crate) path: Vec<String>,
    /// The name in this module. A glob has none.
    pub(crate) name: Option<String>,
    pub(crate) is_public: bool,
    pub(crate) line: usize,
}

/// A path outside of `use` items.
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

impl Names {
    pub(crate) fn add(&mut self, item: &Item) {
        self.defined.extend(defined(item));
        self.visit_item(item);
    }

    fn add_use(&mut self, tree: &UseTree, prefix: &[String], is_public: bool) {
        let mut add = |segment: &str, name: Option<String>, line: usize| {
            let mut path = prefix.to_vec();
            if segment != "self" || path.is_empty() {
                path.push(segment.to_owned());
            }
            let name = name.map(|name| if name == "self" { path[path.len() - 1].clone() } else { name });
            self.used.push(Use { path, name, is_public, line });
        };
        match tree {
            UseTree::Path(path) => {
                let prefix = [prefix, &[path.ident.to_string()]].concat();
                self.add_use(&path.tree, &prefix, is_public);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, prefix, is_public);
                }
            }
            UseTree::Name(name) => {
                let ident = name.ident.to_string();
                add(&ident, Some(ident.clone()), name.ident.span().start().line);
            }
            UseTree::Rename(rename) => {
                let name = Some(rename.rename.to_string());
                add(&rename.ident.to_string(), name, rename.ident.span().start().line);
            }
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.used.push(Use { path: prefix.to_vec(), name: None, is_public, line });
            }
        }
    }

    /// Adds the paths that the arguments of a macro, or its definition, have.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let path = path_in(&tokens[at..]);
                    let end = at + 1 + (path.len() - 1) * 3;
                    let is_field = at > 0 && is_punct(&tokens[at - 1], '.');
                    let is_called = matches!(tokens.get(end), Some(TokenTree::Group(_)));
                    let is_quote =
                        matches!(tokens.get(end), Some(next) if is_punct(next, '!')) && quotes(&path);
                    if !is_field && (is_called || says_where(&path)) {
                        self.mentioned.push(Mention { path, line: first.span().start().line });
                    }
                    // A quotation and its exclamation mark.
                    at = if is_quote { end + 1 } else { end - 1 };
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }
}

/// Implements the methods of the visitor such that they leave out what is compiled for tests only.
macro_rules! outside_of_tests {
    ($($method:ident: $node:ident,)*) => {
        $(fn $method(&mut self, node: &'ast syn::$node) {
            if !is_for_tests(&node.attrs) {
                visit::$method(self, node);
            }
        })*
    };
}

impl<'ast> Visit<'ast> for Names {
    outside_of_tests! {
        visit_field: Field,
        visit_impl_item_fn: ImplItemFn,
        visit_item_const: ItemConst,
        visit_item_enum: ItemEnum,
        visit_item_fn: ItemFn,
        visit_item_impl: ItemImpl,
        visit_item_macro: ItemMacro,
        visit_item_static: ItemStatic,
        visit_item_struct: ItemStruct,
        visit_item_trait: ItemTrait,
        visit_item_type: ItemType,
        visit_local: Local,
        visit_variant: Variant,
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() && !is_for_tests(&item.attrs) {
            self.add_use(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func
            && let Some(name) = function.path.get_ident()
        {
            let line = name.span().start().line;
            self.mentioned.push(Mention { path: vec![name.to_string()], line });
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if path.leading_colon.is_none() && says_where(&names) {
            let line = path.segments[0].ident.span().start().line;
            self.mentioned.push(Mention { path: names, line });
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let names: Vec<_> = call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if !quotes(&names) {
            let line = call.path.segments[0].ident.span().start().line;
            self.mentioned.push(Mention { path: names, line });
            self.add_tokens(call.tokens.clone());
        }
    }

    // Derives and docs import nothing.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    // `pub(in crate::service)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

/// Returns true if an attribute keeps the item out of what users compile.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => list.path.is_ident("cfg") && requires_test(list.tokens.clone()),
        Meta::NameValue(_) => false,
    })
}

/// Returns true for `test` and for `all(test, ...)`.
fn requires_test(tokens: TokenStream) -> bool {
    let tokens: Vec<_> = tokens.into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(all), TokenTree::Group(list)] if all == "all" => {
            list.stream().into_iter().any(|token| matches!(token, TokenTree::Ident(name) if name == "test"))
        }
        [TokenTree::Ident(name)] => name == "test",
        _ => false,
    }
}

fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        // A crate can't import its own attribute macros.
        Item::Fn(item)
            if item.attrs.iter().any(|attribute| attribute.path().is_ident("proc_macro_attribute")) =>
        {
            return None;
        }
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Returns false for a name that may be one of a local variable.
fn says_where(path: &[String]) -> bool {
    path.len() > 1 || path[0].starts_with(char::is_uppercase)
}

/// Returns true for the macros whose tokens are the code of another crate.
fn quotes(path: &[String]) -> bool {
    matches!(path[path.len() - 1].as_str(), "quote" | "quote_spanned" | "parse_quote" | "parse_quote_spanned")
}

/// Returns the path that begins with the first token, which is an identifier.
fn path_in(tokens: &[TokenTree]) -> Vec<String> {
    let mut path = vec![tokens[0].to_string()];
    let mut rest = &tokens[1..];
    while let [first, second, name @ TokenTree::Ident(_), ..] = rest
        && is_punct(first, ':')
        && is_punct(second, ':')
    {
        path.push(name.to_string());
        rest = &rest[3..];
    }
    path
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}
