//! Items as the user wrote them. The bodies of functions stay tokens.

pub(crate) mod async_trait;
pub(crate) mod body_as_result;
pub(crate) mod function;
pub(crate) mod item_impl;
pub(crate) mod placeholder;
