//! The rules for the fields that a text names.

use crate::common::errors::Errors;
use crate::common::suggest;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::parse::text::Text;

/// Reports the names of fields that do not exist.
pub(super) fn named_fields_exist(text: &Text, description: &str, fields: &[Field], errors: &mut Errors) {
    let Text::Literal(literal) = text else { return };
    let names: Vec<_> = fields.iter().map(Field::name).collect();
    for name in text.field_names() {
        if names.contains(&name) {
            continue;
        }
        let message = match names.as_slice() {
            _ if name.is_empty() => "`{}` names no field; write `{name}` or `{0}`".to_owned(),
            [] => format!("{description} has no field `{name}`; write `{{{{` for a literal brace"),
            names => {
                format!("{description} has no field `{name}`; {}", suggest::did_you_mean(&name, names))
            }
        };
        errors.error(literal, message);
    }
}

/// Reports fields in the prefix of a `transparent` variant: its only field is the status that is sent.
pub(super) fn prefix_names_no_field(prefix: &Text, errors: &mut Errors) {
    let Text::Literal(literal) = prefix else { return };
    for name in prefix.field_names() {
        let message = format!("a `prefix` can't name the field `{name}`; remove the braces, or double them");
        errors.error(literal, message);
    }
}
