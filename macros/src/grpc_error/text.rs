use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::model::Field;
use crate::errors::Errors;
use crate::names::ident;
use crate::runtime_path::RuntimePath;
use crate::suggest;

/// A text for the client: a literal with fields in it, `"got {value}"` or `"got {0}"`, or an
/// expression that sees the fields as references, those of a tuple as `_0`, `_1`.
#[derive(Clone)]
pub(super) enum Text {
    Literal(LitStr),
    Expr(Expr),
}

impl Parse for Text {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(match ungrouped(input.parse()?) {
            Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Self::Literal(literal),
            expr => Self::Expr(expr),
        })
    }
}

/// Without the invisible group around what a `macro_rules` macro has put in.
pub(super) fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        expr => expr,
    }
}

impl Text {
    /// Reports the fields that are not there.
    pub(super) fn check(&self, what: &str, fields: &[Field], errors: &mut Errors) {
        let Self::Literal(literal) = self else { return };
        let names: Vec<_> = fields.iter().map(Field::name).collect();
        for name in Template::new(&literal.value()).names {
            if names.contains(&name) {
                continue;
            }
            let message = match names.as_slice() {
                _ if name.is_empty() => "`{}` names no field; write `{name}` or `{0}`".to_owned(),
                [] => format!("{what} has no field `{name}`; write `{{{{` for a brace"),
                names => format!("{what} has no field `{name}`; {}", suggest::instead(&name, names)),
            };
            errors.error(literal, message);
        }
    }

    /// Reports fields in the prefix of a status that is handed on: the only field is that status.
    pub(super) fn names_no_field(&self, errors: &mut Errors) {
        let Self::Literal(literal) = self else { return };
        for name in Template::new(&literal.value()).names {
            let message =
                format!("a `prefix` can't name the field `{name}`; remove the braces, or double them");
            errors.error(literal, message);
        }
    }

    /// The names of the fields that a literal mentions.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Literal(literal) => Template::new(&literal.value()).names,
            Self::Expr(_) => Vec::new(),
        }
    }

    /// A `String`.
    pub(super) fn expand(&self, private: &RuntimePath, fields: &[Field]) -> TokenStream {
        match self {
            Self::Expr(expr) => {
                quote_spanned!(expr.span()=> ::std::string::ToString::to_string(&(#expr)))
            }
            Self::Literal(literal) => {
                let template = Template::new(&literal.value());
                if template.is_plain {
                    return quote!(#private::String::from(#literal));
                }
                let format = LitStr::new(&template.format, literal.span());
                let arguments =
                    fields.iter().filter(|field| template.names.contains(&field.name())).map(|field| {
                        // At the text: whether the field can be printed is its mistake.
                        let (name, mut binding) = (argument(&field.name()), field.binding.clone());
                        binding.set_span(binding.span().located_at(literal.span()));
                        quote!(#name = #binding)
                    });
                quote!(#private::format!(#format #(, #arguments)*))
            }
        }
    }
}

/// What a field is called in a format string, which has no names that are numbers or keywords.
fn argument(name: &str) -> Ident {
    match syn::parse_str(name) {
        Ok(name) => name,
        Err(_) => ident(&format!("__field_{name}"), Span::call_site()),
    }
}

/// A literal, taken apart as `format!` does.
struct Template {
    /// With names for all fields.
    format: String,
    /// The fields, each once.
    names: Vec<String>,
    /// Whether it is the text as it stands.
    is_plain: bool,
}

impl Template {
    fn new(text: &str) -> Self {
        let mut this =
            Self { format: String::new(), names: Vec::new(), is_plain: !text.contains(['{', '}']) };
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, braces) = rest.split_at(at);
            this.format.push_str(before);
            if braces.starts_with("{{") || braces.starts_with("}}") {
                this.format.push_str(&braces[..2]);
                rest = &braces[2..];
                continue;
            }
            match braces.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
                Some((inner, after)) => {
                    this.placeholder(inner);
                    rest = after;
                }
                // For `format!` to complain of.
                None => {
                    this.format.push_str(&braces[..1]);
                    rest = &braces[1..];
                }
            }
        }
        this.format.push_str(rest);
        this
    }

    /// `name`, `name:?` or `name:width$`, without the braces.
    fn placeholder(&mut self, inner: &str) {
        let (name, spec) = inner.split_once(':').map_or((inner, None), |(name, spec)| (name, Some(spec)));
        let name = self.mention(name.trim());
        self.format.push('{');
        self.format.push_str(&name);
        if let Some(spec) = spec {
            self.format.push(':');
            self.spec(spec);
        }
        self.format.push('}');
    }

    /// The part after the colon, in which `width$` and `.0$` are fields as well.
    fn spec(&mut self, spec: &str) {
        let mut parts = spec.split('$').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                self.format.push_str(part);
                break;
            }
            let start = part.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
            let (before, name) = part.split_at(start);
            self.format.push_str(before);
            // A `$` may also be what a value is filled up with.
            if !name.is_empty() {
                let name = self.mention(name);
                self.format.push_str(&name);
            }
            self.format.push('$');
        }
    }

    fn mention(&mut self, name: &str) -> String {
        let name = name.strip_prefix("r#").unwrap_or(name);
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        // Anything else is no field, which is reported.
        let is_index = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
        let is_field = is_index || Ident::parse_any.parse_str(name).is_ok();
        if is_field { argument(name).to_string() } else { name.to_owned() }
    }
}
