//! Converts names from one case to another.

/// Converts snake case to upper camel case: `get_url` becomes `GetUrl`, and `_2fa` stays `_2fa`.
pub(crate) fn upper_camel_case(name: &str) -> String {
    let camel: String = name
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
        })
        .collect();
    let is_name = camel.starts_with(|first: char| !first.is_ascii_digit());
    if is_name { camel } else { format!("_{camel}") }
}

/// Converts camel case to screaming snake case: `HTTPError` becomes `HTTP_ERROR`.
pub(crate) fn screaming_snake_case(name: &str) -> String {
    let letters: Vec<_> = name.chars().collect();
    let mut words = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let starts_word = letter.is_uppercase()
            && at > 0
            && letters[at - 1] != '_'
            && (!letters[at - 1].is_uppercase()
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if starts_word {
            words.push('_');
        }
        words.extend(letter.to_uppercase());
    }
    words
}
