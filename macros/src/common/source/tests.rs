use super::one_line;

#[test]
fn an_expression_is_written_as_rustfmt_would() {
    let expressions = [
        "authenticate(&self.keys, credential)",
        "Deadline::at_most(Duration::from_secs(5))",
        "vestibule::out_of_order(\"a  text, with \\\"spaces\\\"\", &self.log)",
        "only([\"Say\", \"Hello\"], &mut self.0[1])",
        "f(|x: u8, y| x * 2 + y, || a && !b, move |_| -1)",
        "Limit { calls: 3, per: None }",
        "Quota::<{ N }>::new(1..=5, 'x', b\"y\")",
        "f(&'static str, *x - 1, a == b, list?.first()?)",
        "if a { b } else { c }",
        "f(x as u64, {}, [0; 4])",
    ];
    for expression in expressions {
        let tokens: proc_macro2::TokenStream = expression.parse().expect("tokens");
        assert_eq!(one_line(&tokens), expression);
    }
}
