//! The values of custom options.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use protox::prost::Message;
use protox::prost_reflect::{DescriptorPool, DynamicMessage, Value};
use quote::quote;
use syn::Path;

/// The values of the methods and services that have some, by the full names of these.
#[derive(Default)]
pub(crate) struct OptionValues(HashMap<String, Vec<(String, Value)>>);

impl OptionValues {
    pub(crate) fn read(pool: &DescriptorPool) -> Self {
        let mut all = HashMap::new();
        for service in pool.services() {
            all.insert(service.full_name().to_owned(), values(&service.options()));
            for method in service.methods() {
                all.insert(method.full_name().to_owned(), values(&method.options()));
            }
        }
        Self(all)
    }

    /// Makes the call that sets the values of a descriptor, or nothing if there are none.
    pub(crate) fn call(&self, full_name: &str, runtime: &Path) -> Option<TokenStream> {
        let values = self.0.get(full_name).filter(|values| !values.is_empty())?;
        let values = values.iter().filter_map(|(name, value)| {
            let value = literal(value, runtime)?;
            Some(quote!((#name, #value)))
        });
        Some(quote!(.options(&[#(#values),*])))
    }
}

/// Returns the names and values of the extensions in some options, in the order of the names.
fn values(options: &DynamicMessage) -> Vec<(String, Value)> {
    let extensions = options.extensions();
    let mut values: Vec<_> =
        extensions.map(|(extension, value)| (extension.full_name().to_owned(), value.clone())).collect();
    values.sort_by(|(a, _), (b, _)| a.cmp(b));
    values
}

/// Makes a value of `OptionValue`. There is none for a map, which no extension can be.
fn literal(value: &Value, runtime: &Path) -> Option<TokenStream> {
    let variant = match value {
        Value::Bool(value) => quote!(Bool(#value)),
        Value::I32(value) | Value::EnumNumber(value) => int(i64::from(*value)),
        Value::I64(value) => int(*value),
        Value::U32(value) => uint(u64::from(*value)),
        Value::U64(value) => uint(*value),
        Value::F32(value) => double(f64::from(*value)),
        Value::F64(value) => double(*value),
        Value::String(value) => quote!(Str(#value)),
        Value::Bytes(value) => {
            let value = Literal::byte_string(value);
            quote!(ByteStr(#value))
        }
        Value::Message(value) => {
            let value = Literal::byte_string(&value.encode_to_vec());
            quote!(Encoded(#value))
        }
        Value::List(values) => {
            let values = values.iter().filter_map(|value| literal(value, runtime));
            quote!(Values(&[#(#values),*]))
        }
        Value::Map(_) => return None,
    };
    Some(quote!(#runtime::descriptor::OptionValue::#variant))
}

fn int(value: i64) -> TokenStream {
    let value = Literal::i64_unsuffixed(value);
    quote!(Int(#value))
}

fn uint(value: u64) -> TokenStream {
    let value = Literal::u64_unsuffixed(value);
    quote!(Uint(#value))
}

/// Makes a number of its bits, because Rust has no literal for infinity.
fn double(value: f64) -> TokenStream {
    let bits = value.to_bits();
    quote!(Double(const { ::core::primitive::f64::from_bits(#bits) }))
}
