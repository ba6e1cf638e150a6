//! The path of a field, as protovalidate writes it: `items[2].labels["a"].name`.

use prost::Message;

/// A field of a path. The numbers and types of fields are not known here, and are optional.
#[derive(Clone, PartialEq, Message)]
pub(super) struct FieldPathElement {
    #[prost(string, optional, tag = "2")]
    pub(super) field_name: Option<String>,
    #[prost(oneof = "Subscript", tags = "6, 7, 8, 10")]
    pub(super) subscript: Option<Subscript>,
}

/// The element of a list, or the key of a map.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Subscript {
    #[prost(uint64, tag = "6")]
    Index(u64),
    #[prost(bool, tag = "7")]
    BoolKey(bool),
    #[prost(int64, tag = "8")]
    IntKey(i64),
    #[prost(string, tag = "10")]
    StringKey(String),
}

/// Returns the elements of a path. What is no subscript counts as a part of the name.
pub(super) fn elements(path: &str) -> Vec<FieldPathElement> {
    let mut elements = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let mut subscript = None;
        if let Some((read, behind)) = rest.strip_prefix('[').and_then(read_subscript) {
            subscript = Some(read);
            rest = behind;
        } else if rest.starts_with('[') {
            // No subscript that anybody writes. The rest is kept as a name, so that nothing is lost.
            elements.push(FieldPathElement { field_name: Some(name + rest), subscript: None });
            return elements;
        }
        elements.push(FieldPathElement { field_name: Some(name), subscript });
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    elements
}

/// Reads a subscript behind its `[`, and returns what stands behind its `]`.
fn read_subscript(text: &str) -> Option<(Subscript, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (mut key, mut chars) = (String::new(), quoted.char_indices());
        loop {
            match chars.next()? {
                (_, '\\') => key.push(chars.next()?.1),
                (end, '"') => {
                    let behind = quoted[end + 1..].strip_prefix(']')?;
                    return Some((Subscript::StringKey(key), behind));
                }
                (_, char) => key.push(char),
            }
        }
    }
    let (key, behind) = text.split_once(']')?;
    let subscript = match key {
        "true" | "false" => Subscript::BoolKey(key == "true"),
        _ => match key.parse() {
            Ok(index) => Subscript::Index(index),
            Err(_) => Subscript::IntKey(key.parse().ok()?),
        },
    };
    Some((subscript, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> Vec<(String, Option<Subscript>)> {
        elements(path).into_iter().map(|element| (element.field_name.unwrap(), element.subscript)).collect()
    }

    #[test]
    fn a_path_has_names_indices_and_keys() {
        let plain = |name: &str| (name.to_owned(), None);
        for (path, expected) in [
            ("", vec![]),
            ("name", vec![plain("name")]),
            ("a.b.c", vec![plain("a"), plain("b"), plain("c")]),
            ("items[2]", vec![("items".to_owned(), Some(Subscript::Index(2)))]),
            ("items[2].name", vec![("items".to_owned(), Some(Subscript::Index(2))), plain("name")]),
            (r#"m["a.b[\"]"]"#, vec![("m".to_owned(), Some(Subscript::StringKey("a.b[\"]".to_owned())))]),
            ("m[true].x", vec![("m".to_owned(), Some(Subscript::BoolKey(true))), plain("x")]),
            ("m[-7]", vec![("m".to_owned(), Some(Subscript::IntKey(-7)))]),
            ("m[x].y", vec![plain("m[x].y")]),
            ("m[", vec![plain("m[")]),
            (r#"m["a"#, vec![plain(r#"m["a"#)]),
        ] {
            assert_eq!(names(path), expected, "{path}");
        }
    }
}
