//! The details that an attribute can give. They are the messages of `google/rpc/error_details.proto`, with the names that
//! these messages and their fields have there.

use proc_macro2::Ident;

/// A kind of detail.
#[derive(Debug, PartialEq)]
pub(crate) struct Kind {
    pub(crate) key: &'static str,
    /// The name of the type in the runtime.
    pub(crate) ty: &'static str,
    /// The name of the type of the list's items, if the detail is a list.
    pub(crate) item_ty: Option<&'static str>,
    /// The fields, in the order of the constructor.
    pub(crate) texts: &'static [&'static str],
    /// The number of fields that must be given.
    pub(crate) required: usize,
}

const fn list_of(
    key: &'static str,
    ty: &'static str,
    item_ty: &'static str,
    texts: &'static [&'static str],
) -> Kind {
    Kind { key, ty, item_ty: Some(item_ty), texts, required: texts.len() }
}

const fn single(
    key: &'static str,
    ty: &'static str,
    texts: &'static [&'static str],
    required: usize,
) -> Kind {
    Kind { key, ty, item_ty: None, texts, required }
}

static KINDS: [Kind; 8] = [
    list_of("bad_request", "BadRequest", "FieldViolation", &["field", "description"]),
    list_of("quota_failure", "QuotaFailure", "QuotaViolation", &["subject", "description"]),
    list_of(
        "precondition_failure",
        "PreconditionFailure",
        "PreconditionViolation",
        &["type", "subject", "description"],
    ),
    list_of("help", "Help", "HelpLink", &["description", "url"]),
    single("resource_info", "ResourceInfo", &["resource_type", "resource_name", "owner", "description"], 2),
    single("request_info", "RequestInfo", &["request_id", "serving_data"], 1),
    single("localized_message", "LocalizedMessage", &["locale", "message"], 2),
    single("retry_info", "RetryInfo", &[], 0),
];

impl Kind {
    pub(crate) fn named(name: &Ident) -> Option<&'static Self> {
        KINDS.iter().find(|kind| name == kind.key)
    }

    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        KINDS.iter()
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.key)
    }

    /// Returns the detail as a user would write it.
    pub(crate) fn example(&self) -> String {
        if self.texts.is_empty() {
            return format!("{} = \"500ms\"", self.key);
        }
        let texts: Vec<_> =
            self.texts[..self.required].iter().map(|text| format!("{text} = \"...\"")).collect();
        format!("{}({})", self.key, texts.join(", "))
    }

    /// Returns true if the detail may be given several times.
    pub(crate) fn is_list(&self) -> bool {
        self.item_ty.is_some()
    }
}
