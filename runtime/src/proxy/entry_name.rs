/// Returns a short name for the type of an interceptor: `InFlight`, or `authenticate` for the type that the function
/// `authenticate` has made.
pub(super) fn entry_name(type_name: &'static str) -> &'static str {
    let type_name = type_name.trim_start_matches('&');
    let head = type_name.split('<').next().unwrap_or(type_name);
    let start = head.rfind("::").map_or(0, |colons| colons + 2);
    // The expansion of a function ends the names of its types in this way.
    head[start..].strip_suffix("_interceptor").unwrap_or(&type_name[start..])
}

#[cfg(test)]
mod tests {
    use super::entry_name;

    #[test]
    fn a_name_has_no_path() {
        assert_eq!(entry_name("shop::auth::InFlight"), "InFlight");
        assert_eq!(entry_name("&shop::auth::InFlight"), "InFlight");
        assert_eq!(entry_name("Quota"), "Quota");
        assert_eq!(entry_name("alloc::sync::Arc<shop::Quota>"), "Arc<shop::Quota>");
    }

    #[test]
    fn a_function_has_its_own_name() {
        assert_eq!(entry_name("shop::login::login_interceptor<&alloc::string::String>"), "login");
    }
}
