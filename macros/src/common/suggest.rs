//! The part of a message that names what would have been right, such as "did you mean `x`?".

/// Formats names as `` `a`, `b` or `c` ``.
pub(crate) fn or_list<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// Returns the name that the user most likely wanted. It ignores case and underscores.
pub(crate) fn nearest<'a, S: AsRef<str>>(given: &str, names: &'a [S]) -> Option<&'a str> {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    names
        .iter()
        .map(|name| (strsim::jaro_winkler(&plain(given), &plain(name.as_ref())), name.as_ref()))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// Makes the end of a message about an unknown name: the nearest name, or else all that are allowed.
pub(crate) fn did_you_mean<S: AsRef<str>>(given: &str, names: &[S]) -> String {
    match nearest(given, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected {}", or_list(names)),
    }
}
