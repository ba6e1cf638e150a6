//! Everything that several macros need and that knows none of them: errors, names, types, keys and codes.

pub(crate) mod case;
pub(crate) mod cfgs;
pub(crate) mod codes;
pub(crate) mod errors;
pub(crate) mod expressions;
pub(crate) mod hygiene;
pub(crate) mod lifetimes;
pub(crate) mod lints;
pub(crate) mod macro_name;
pub(crate) mod metadata_key;
pub(crate) mod parameter_types;
pub(crate) mod quoting;
pub(crate) mod raw_names;
pub(crate) mod result_type;
pub(crate) mod runtime_path;
pub(crate) mod source;
pub(crate) mod suggest;
pub(crate) mod tokens;
pub(crate) mod types;
pub(crate) mod variable_use;
