//! Compares the expansion of one item of each shape with the recorded one: `tests/expand/<shape>.rs` becomes
//! `<shape>.expanded.rs`, in which the paths of the runtime are shortened. `UPDATE_EXPECT=1 cargo test -p vestibule-macros`
//! records the expansions anew.

use std::fs;
use std::path::Path;

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprMacro, Item, Meta};

use crate::common::macro_name::MacroName;
use crate::dispatch;

/// Expands every item of a file that has one of our attributes.
fn expand_file(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("the file is there");
    let mut file = syn::parse_file(&text).expect("the file is Rust");
    file.items = file.items.into_iter().flat_map(expand_item).collect();
    MacrosAsFunctions.visit_file_mut(&mut file);
    prettyplease::unparse(&file).replace("::vestibule::__private::", "__private::")
}

/// Turns macro calls such as `pin!(...)` into function calls, so that prettyplease formats their arguments.
struct MacrosAsFunctions;

impl VisitMut for MacrosAsFunctions {
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
        dispatch::expand(MacroName::Interceptor, args, &item)
    } else if attr.path().is_ident("require_metadata") {
        dispatch::expand(MacroName::RequireMetadata, args, &item)
    } else {
        dispatch::expand(MacroName::GrpcError, args, &item)
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

/// Unusual arguments. For each of them with each of the items below, the macros must not panic, must make tokens that rustc can
/// read, and must keep the item.
const ODD_ARGUMENTS: [&str; 22] = [
    "",
    "crate = toolbox",
    "crate = Option<T>",
    "crate = ::a::<u8>::b",
    "crate =",
    "crate",
    "a()(",
    "= =",
    "_ = ",
    "a() b()",
    "r#type = a()",
    "\"\"",
    "\"a\", code = Ok",
    "x: &str = \"a\"",
    "x: = \"a\"",
    "code = NotFound",
    "domain = \"\"",
    "domain = \"a.b\", max_size = \"\"",
    "max_size = 7, domain = domain()",
    "(a(), b())",
    "é = ü()",
    "'a",
];

/// Unusual items.
const ODD_ITEMS: [&str; 44] = [
    "const _: () = assert!(lost);",
    "const _: () = ();",
    "const X: u8 = lost;",
    "static X: u8 = lost;",
    "mod lost { fn a() {} }",
    "trait Lost { fn a(); }",
    "macro_rules! lost { () => {} }",
    "lost!();",
    "use lost as _;",
    "type Lost = u8;",
    "union Lost { a: u8 }",
    "struct Lost;",
    "#[status(NotFound)] struct Lost(u8);",
    "#[status(transparent)] struct Lost(Status);",
    "#[status(transparent)] struct Lost;",
    "#[status(NotFound, message = \"{+0} {} {0:1$} {r#a} {a:b$} {_} {9999999999999999999999} {é}\")] struct Lost(u8);",
    "#[status(Internal, message = \"{\")] enum Lost { A, B { r#type: u8, _0: u8 } }",
    "#[status] #[status()] enum Lost { #[status(NotFound)] _2A(#[status(metadata)] u8), #[status(lost)] B }",
    "enum Lost {}",
    "#[status(NotFound, bad_request(field = \"{+1}\", description = \"\"))] enum Lost<'a, T, const N: usize> { A(&'a T, [u8; N]) }",
    "async fn lost() -> Result<(), Status> {}",
    "fn lost() {}",
    "async fn r#type(r#static: &str, _: u8, (a, b): (&u8, impl Fn(&u8) -> &u8)) -> Result<&str, E> { lost }",
    "async fn lost(self: &Self) -> Result<(), Status> {}",
    "async fn lost<'life0, 'async_trait>(&'life0 self) -> Pin<Box<u8>> {}",
    "extern \"C\" fn lost(a: u8, ...) {}",
    "async fn lost(#[metadata(\"a\")] #[metadata(b)] #[cfg(c)] a: A, rest: impl Rest, more: impl Rest) -> Result<()> {}",
    "impl Lost {}",
    "impl Lost { async fn a(&self) {} const B: u8 = 0; }",
    "impl Greeter for Lost {}",
    "unsafe impl<T> a::Greeter for Lost<T> where T: Copy {}",
    "impl !Greeter for Lost {}",
    "default impl Greeter for Lost {}",
    "impl Greeter<T> for Lost { async fn a(&self, a: A) -> Result<A, E> {} }",
    "#[rpc(service = \"a.B\")] impl Greeter<T> for Lost { async fn a(&self, a: A) -> Result<A, E> {} }",
    "impl Fn(A) -> B for Lost { async fn a(&self, a: A) -> Result<A, E> {} }",
    "impl crate::Greeter for &mut Lost { async fn a(&self, a: A) -> Result<A, E> {} }",
    "impl Greeter for Lost { async fn _2fa(&self, a: A) -> Result<impl Stream<Item = Result<A, E>>, E> {} }",
    "impl Greeter for Lost { async fn __(&self, a: A) -> Result<BoxStream<A>, E> {} async fn été(&self, a: A) -> Result<BoxStream<A>, E> {} }",
    "impl Greeter for Lost { async fn r#type(self: Arc<Self>, r#type: Streaming<A>, r#call: &Call) -> Result<BoxStream<A>, E> {} }",
    "impl Greeter for Lost { lost!(); lost! {} fn a(); fn b(&self) {} default fn c(&self) {} type D; const E: u8; type FStream = u8; }",
    "impl Greeter for Lost { #![lost] #[lost] const A: u8 = 0; pub async fn b(a: A) -> Result<A> {} async fn c() {} async fn d(&self, _: &impl A) -> A {} }",
    "impl Greeter for Lost { #[skip] #[skip(a)] #[rpc] #[rpc(name = \"\")] #[interceptor(a = b, a = c(a))] async fn a(&self, a: A, a: &A) -> Result<A, E> {} }",
    "impl Greeter for Lost { async fn a<T>(&mut self, #[metadata(\"A\")] a: A, b: Self::XStream) -> Result<Self::AStream, E> {} }",
];

#[test]
fn no_item_makes_the_macros_panic_or_is_lost() {
    for (args, item) in ODD_ARGUMENTS.iter().flat_map(|args| ODD_ITEMS.map(|item| (args, item))) {
        // rustc would not pass some of these to a macro, because they are no tokens.
        let (Ok(args), Ok(item)) = (args.parse::<TokenStream>(), item.parse::<TokenStream>()) else {
            continue;
        };
        for attribute in [MacroName::Interceptor, MacroName::RequireMetadata, MacroName::GrpcError] {
            let name = attribute.as_str();
            let expanded = dispatch::expand(attribute, args.clone(), &item).to_string();
            let expansion = format!("#[{name}({args})] {item}\n{expanded}");
            let is_kept = ["lost", "Lost", "type", "const _"]
                .iter()
                .any(|word| item.to_string().contains(word) && expanded.contains(word));
            assert!(is_kept, "the item is lost: {expansion}");
            if syn::parse_str::<syn::File>(&item.to_string()).is_ok() {
                assert!(syn::parse_str::<syn::File>(&expanded).is_ok(), "this is not Rust: {expansion}");
            }
        }
    }
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
        let expanded = dispatch::expand(MacroName::Interceptor, args, &item).to_string();
        assert!(expanded.contains("crate :: toolbox :: __private"), "{expanded}");
        // Hidden methods begin with the name of the crate. They are not the crate.
        assert!(!expanded.split(' ').any(|word| word == "vestibule"), "{expanded}");
    }
}
