//! Additions that succeed, and additions that are rejected, in both languages.

mod support;

use support::{TOKEN, add, calculator};

/// Returns the text that a client reads for these negative numbers, by their names and values.
fn negative_fr(numbers: &[(&str, i32)]) -> String {
    let fields: String =
        numbers.iter().map(|(name, value)| format!("\n  {name}: {value} est négatif")).collect();
    format!(
        "INVALID_ARGUMENT: Les nombres doivent être positifs{fields}\n  Essayez avec des nombres positifs."
    )
}

const NEGATIVE_EN: &str = "INVALID_ARGUMENT: Numbers must be positive
  nombre2: -5 is negative
  Try positive numbers.";

#[tokio::test]
async fn positive_numbers_are_added() {
    let addr = calculator().await;
    for (numbers, sum) in [((10, 5), "15"), ((0, 0), "0"), ((i32::MAX, 0), "2147483647")] {
        assert_eq!(add(addr, numbers, &[TOKEN]).await, sum);
    }
}

#[tokio::test]
async fn a_negative_number_is_refused_in_french_by_default() {
    let addr = calculator().await;
    for (numbers, negative) in [
        ((-1, 5), &[("nombre1", -1)][..]),
        ((10, -5), &[("nombre2", -5)]),
        ((-1, -2), &[("nombre1", -1), ("nombre2", -2)]),
        ((i32::MIN, i32::MIN), &[("nombre1", i32::MIN), ("nombre2", i32::MIN)]),
    ] {
        assert_eq!(add(addr, numbers, &[TOKEN]).await, negative_fr(negative), "{numbers:?}");
    }
}

#[tokio::test]
async fn a_negative_number_is_refused_in_the_language_of_the_locale() {
    let addr = calculator().await;
    assert_eq!(add(addr, (10, -5), &[TOKEN, ("locale", "fr-FR")]).await, negative_fr(&[("nombre2", -5)]));
    assert_eq!(add(addr, (10, -5), &[TOKEN, ("locale", "en")]).await, NEGATIVE_EN);
}

#[tokio::test]
async fn an_unknown_locale_is_the_default() {
    let addr = calculator().await;
    assert_eq!(add(addr, (10, -5), &[TOKEN, ("locale", "tlh")]).await, negative_fr(&[("nombre2", -5)]));
    assert_eq!(add(addr, (10, 5), &[TOKEN, ("locale", "tlh")]).await, "15");
}

#[tokio::test]
async fn a_sum_that_overflows_is_out_of_range_in_both_languages() {
    let addr = calculator().await;
    let answer = add(addr, (i32::MAX, 1), &[TOKEN]).await;
    assert_eq!(answer, "OUT_OF_RANGE: La somme dépasse 2147483647\n  Essayez avec des nombres plus petits.");
    let answer = add(addr, (i32::MAX, i32::MAX), &[TOKEN, ("locale", "en")]).await;
    assert_eq!(answer, "OUT_OF_RANGE: The sum exceeds 2147483647\n  Try smaller numbers.");
}

#[tokio::test]
async fn a_token_is_asked_for_before_the_numbers_are_looked_at() {
    let addr = calculator().await;
    assert_eq!(add(addr, (10, -5), &[]).await, "UNAUTHENTICATED: invalid token");
}

#[tokio::test]
async fn no_client_id_is_refused() {
    let addr = calculator().await;
    for metadata in
        [&[("client-id", "ada")][..], &[("client-id", "a"), ("client-id", "b")], &[("client-id", "é")]]
    {
        assert_eq!(add(addr, (10, 5), &[&[TOKEN], metadata].concat()).await, "15", "{metadata:?}");
    }
}
