use proc_macro2::Span;
use syn::{Expr, Ident};

use super::variable_use;

fn is_used(expr: &str) -> bool {
    let expr: Expr = syn::parse_str(expr).expect("the test has an expression");
    variable_use(&expr, &Ident::new("request", Span::call_site())).is_some()
}

#[test]
fn a_use_is_found_wherever_it_stands() {
    for expr in [
        "guard(&request)",
        "request.id",
        "Check { request }",
        "{ let id = request.id; check(id) }",
        "match request.kind { 1 => a(), _ => b() }",
        "match kind { Some(_) => check(&request), None => b() }",
        "if let Some(id) = request.id { check(id) } else { b() }",
        "if let Some(request) = other { a(request) } else { check(&request) }",
        "{ for id in &request.ids { sum += id; } check(sum) }",
        "check(ids.map(|id| id + request.id))",
        "{ let request = &request.id; check(request) }",
        "check(vec![request.id])",
        "check(my_macro!(a => request))",
        "check(format!(\"{}\", request.id))",
        "check(format!(\"{request:?}\"))",
        "check(format!(\"{request}\"))",
        "check(format!(\"{{}} {request}\"))",
        "check(format!(\"{:request$}\", 1))",
        "two(&request, |request: &str| request.len())",
    ] {
        assert!(is_used(expr), "{expr}");
    }
}

#[test]
fn another_thing_of_that_name_is_no_use() {
    for expr in [
        "request()",
        "self.request",
        "self.request()",
        "request::check()",
        "check(request!())",
        "Check { request: 1 }",
        "{ let request = 1; check(request) }",
        "match kind { request => check(request) }",
        "if let Some(request) = other { check(request) } else { b() }",
        "if let Some(request) = other && request > 1 { check(request) } else { b() }",
        "{ for request in 0..3 { sum += request; } check(sum) }",
        "check(ids.map(|request| request + 1))",
        "check(\"{request}\")",
        "check(format!(\"{{request}}\"))",
        "check(format!(\"{requests}\"))",
        "check(format!(\"request {}\", 1))",
        "{ fn inner() { request; } a() }",
    ] {
        assert!(!is_used(expr), "{expr}");
    }
}
