use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::Parser;

use crate::common::hygiene::sanitized_ident;

/// Returns the name of a field in a format string, which cannot have numbers and keywords for names.
pub(crate) fn argument_name(name: &str) -> Ident {
    match syn::parse_str(name) {
        Ok(name) => name,
        Err(_) => sanitized_ident(&format!("__field_{name}"), Span::call_site()),
    }
}

/// A literal with fields in braces, which is read as `format!` reads it.
pub(crate) struct Template {
    /// The format string, in which all fields have names.
    pub(crate) format: String,
    /// The names of the fields, each once.
    pub(crate) names: Vec<String>,
    /// True if the text has no braces.
    pub(crate) is_plain: bool,
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
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
                // `format!` reports a single brace.
                None => {
                    this.format.push_str(&braces[..1]);
                    rest = &braces[1..];
                }
            }
        }
        this.format.push_str(rest);
        this
    }

    /// Reads `name`, `name:?` or `name:width$`, which stood in braces.
    fn placeholder(&mut self, inner: &str) {
        let (name, spec) = inner.split_once(':').map_or((inner, None), |(name, spec)| (name, Some(spec)));
        let name = self.field(name.trim());
        self.format.push('{');
        self.format.push_str(&name);
        if let Some(spec) = spec {
            self.format.push(':');
            self.spec(spec);
        }
        self.format.push('}');
    }

    /// Reads the part after the colon, in which `width$` and `.0$` are fields as well.
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
            // A `$` without a name is the fill character of a short value.
            if !name.is_empty() {
                let name = self.field(name);
                self.format.push_str(&name);
            }
            self.format.push('$');
        }
    }

    /// Adds a field, and returns its name in the format string.
    fn field(&mut self, name: &str) -> String {
        let name = name.strip_prefix("r#").unwrap_or(name);
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        // `check` reports other names, because no field has them.
        let is_index = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
        let is_field = is_index || Ident::parse_any.parse_str(name).is_ok();
        if is_field { argument_name(name).to_string() } else { name.to_owned() }
    }
}
