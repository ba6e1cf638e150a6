//! Small crates on which the test must succeed or fail.

use super::circles::circles;
use super::crate_tree::Crate;
use super::imports::{Import, imports};
use super::pictures;
use super::sources::Sources;

const PICTURE: &str = "\
```text floors src
┌────────────────────┐
│ lib                │ names
├──────────┬─────────┤
│ server   │ client  │ both sides
├──────────┴─────────┤
│ call, method       │ what is known of a call
└────────────────────┘
```";

fn imports_of(case: &str) -> Vec<Import> {
    imports(&Crate::parse(&Sources::from_case(case), "src/lib.rs"))
}

fn shown(case: &str) -> Vec<String> {
    imports_of(case).iter().map(ToString::to_string).collect()
}

fn violations(case: &str) -> Vec<String> {
    let files = Crate::parse(&Sources::from_case(case), "src/lib.rs").files();
    let imports = imports_of(case);
    let pictures = pictures::parse(PICTURE);
    pictures.iter().flat_map(|picture| picture.violations(&files, &imports)).collect()
}

#[test]
fn an_import_from_above_is_a_violation() {
    let case = "
//- src/lib.rs
mod call; mod client; mod method; mod server;
//- src/call.rs

use crate::server::Mount;
//- src/method.rs
use crate::call::Call;
//- src/server.rs
pub struct Mount;
use crate::call::Call;
//- src/client.rs
use crate::{method, call::Call};
";
    assert_eq!(violations(case), ["src/call.rs:2 -> src/server.rs (Mount): `server` is above `call`"]);
}

#[test]
fn a_re_export_from_above_is_a_violation_too() {
    let case = "
//- src/lib.rs
mod call; mod client; mod method; mod server;
//- src/call/mod.rs

pub(crate) use crate::server::Mount as Shortcut;
//- src/method.rs
//- src/server.rs
pub struct Mount;
//- src/client.rs
";
    assert_eq!(violations(case), ["src/call/mod.rs:2 -> src/server.rs (Mount): `server` is above `call`"]);
}

#[test]
fn an_import_through_a_wall_is_a_violation() {
    let case = "
//- src/lib.rs
mod client; mod server;
//- src/server/mod.rs
mod mount;
//- src/server/mount.rs
fn call() { crate::client::send() }
//- src/client.rs
pub fn send() {}
";
    let expected = "src/server/mount.rs:1 -> src/client.rs (send): `client` is beside `server`";
    assert_eq!(violations(case), [expected]);
}

#[test]
fn a_file_without_a_room_is_a_violation() {
    let case = "
//- src/lib.rs
mod util;
//- src/util.rs
";
    assert_eq!(violations(case), ["src/util.rs is in no room of the floors of src"]);
}

#[test]
fn a_room_without_a_file_is_a_violation() {
    let [picture] = &pictures::parse(PICTURE)[..] else { panic!("there is one picture") };
    let files = ["src/lib.rs", "src/call.rs", "src/method/mod.rs", "src/server.rs"].map(str::to_owned);
    assert_eq!(picture.empty_rooms(&files), ["`client` of the floors of src has no file"]);
}

#[test]
fn a_circle_is_shown_in_full() {
    let case = "
//- src/lib.rs
mod a; mod b; mod c; mod d;
//- src/a.rs
use crate::b::B;
pub struct A;
//- src/b.rs
use crate::c::{C, other};
pub struct B;
//- src/c.rs
use crate::d::D;
pub struct C(super::a::A);
pub fn other() {}
//- src/d.rs
pub struct D;
";
    let circle = "3 imports:\nsrc/a.rs:1 -> src/b.rs (B)\nsrc/b.rs:1 -> src/c.rs (C, other)\nsrc/c.rs:2 -> src/a.rs (A)";
    assert_eq!(circles(&imports_of(case)), [circle]);
}

#[test]
fn two_circles_are_two() {
    let case = "
//- src/lib.rs
mod a; mod b; mod c; mod d;
//- src/a.rs
use crate::b::B;
pub struct A;
//- src/b.rs
use crate::{a::A, c::C};
pub struct B;
//- src/c.rs
use crate::d::D;
pub struct C;
//- src/d.rs
use crate::c::C;
pub struct D;
";
    let expected = [
        "2 imports:\nsrc/a.rs:1 <-> src/b.rs (B)\nsrc/b.rs:1 <-> src/a.rs (A)",
        "2 imports:\nsrc/c.rs:1 <-> src/d.rs (D)\nsrc/d.rs:1 <-> src/c.rs (C)",
    ];
    assert_eq!(circles(&imports_of(case)), expected);
}

#[test]
fn a_re_export_leads_to_the_file_of_the_item() {
    let case = "
//- src/lib.rs
mod call; mod chain; mod status;
pub use call::*;
pub use chain::Chain;
//- src/call.rs
pub struct Call;
//- src/chain/mod.rs
mod exchange;
pub use exchange::Chain;
//- src/chain/exchange.rs
pub struct Chain;
//- src/status.rs
use crate::{Call, Chain};
";
    let expected =
        ["src/status.rs:1 -> src/call.rs (Call)", "src/status.rs:1 -> src/chain/exchange.rs (Chain)"];
    assert_eq!(shown(case), expected);
}

#[test]
fn a_re_export_that_its_file_needs_is_an_import() {
    let case = "
//- src/lib.rs
mod chain;
//- src/chain/mod.rs
mod exchange;
pub use exchange::{Chain, run};
pub fn make() -> Chain { exchange::run() }
//- src/chain/exchange.rs
pub struct Chain;
pub fn run() { super::make(); }
";
    let expected = [
        "src/chain/exchange.rs:2 -> src/chain/mod.rs (make)",
        "src/chain/mod.rs:3 -> src/chain/exchange.rs (Chain, run)",
    ];
    assert_eq!(shown(case), expected);
}

#[test]
fn an_import_of_a_module_counts_where_a_path_goes_through_it() {
    let case = "
//- src/lib.rs
mod call; mod status;
//- src/call.rs
use crate::status::{self as texts};

fn log() { texts::log() }
//- src/status/mod.rs
mod report;
pub(crate) use report::log;
//- src/status/report.rs
pub fn log() {}
";
    assert_eq!(shown(case), ["src/call.rs:3 -> src/status/report.rs (log)"]);
}

#[test]
fn what_is_compiled_for_tests_is_ignored() {
    let case = "
//- src/lib.rs
mod call; mod server;
#[cfg(test)] mod tests;
//- src/call.rs
/// See [`Mount`](crate::server::Mount).
pub struct Call;
#[cfg(test)] use crate::server::Mount;
#[cfg(all(test, unix))] mod more { use crate::server::Mount; }
impl Call { #[cfg(test)] fn mount() -> crate::server::Mount {} }
#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Mount;
}
//- src/server.rs
pub struct Mount;
";
    assert_eq!(shown(case), <[&str; 0]>::default());
}

#[test]
fn what_is_compiled_without_tests_is_not_ignored() {
    let case = "
//- src/lib.rs
mod call; mod server;
//- src/call.rs
#[cfg(not(test))] use crate::server::Mount;
//- src/server.rs
pub struct Mount;
";
    assert_eq!(shown(case), ["src/call.rs:1 -> src/server.rs (Mount)"]);
}

#[test]
fn a_module_in_braces_belongs_to_its_file() {
    let case = "
//- src/lib.rs
mod method; mod server;
//- src/method.rs
pub trait Method: sealed::Sealed {}
mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Rpc {}
    impl Sealed for crate::server::LayerMethod {}
}
pub struct Rpc;
//- src/server.rs
pub struct LayerMethod;
";
    assert_eq!(shown(case), ["src/method.rs:5 -> src/server.rs (LayerMethod)"]);
}

#[test]
fn paths_in_macros_count_but_not_those_that_are_quoted() {
    let case = "
//- src/lib.rs
mod call; mod codes; mod expand; mod server;
#[path = \"server/hidden.rs\"] mod private;
//- src/call.rs
fn log(server: u8) { print!(\"{} {}\", server.codes, crate::codes::text(server)); }
//- src/codes.rs
pub fn text(_: u8) {}
//- src/expand.rs
use crate::server::{Mount, mount};
fn expand() { quote! { crate::codes::text }; vec![quote!(crate::call::log), mount()]; }
//- src/server.rs
pub struct Mount;
pub fn mount() {}
//- src/server/hidden.rs
";
    let expected =
        ["src/call.rs:1 -> src/codes.rs (text)", "src/expand.rs:1 -> src/server.rs (Mount, mount)"];
    assert_eq!(shown(case), expected);
}

#[test]
fn other_crates_are_no_business_of_the_floors() {
    let case = "
//- src/lib.rs
mod http;
pub use ::http::Method;
pub use tonic::Status;
//- src/http.rs
use bytes;
use tonic::{Code, Status as Other};
fn f(code: Code) -> bytes::Bytes { ::http::new(bytes::new()) }
";
    assert_eq!(shown(case), <[&str; 0]>::default());
}
