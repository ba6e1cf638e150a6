//! The report: what guards each rpc. `UPDATE_EXPECT=1 cargo test -p observed` records it anew.

use expect_test::expect_file;

use crate::calculator::Calculator;
use crate::greeter::MyGreeter;

#[test]
fn the_reports_are_as_recorded() {
    let reports =
        format!("{}\n{}", vestibule::report::<MyGreeter, _>(), vestibule::report::<Calculator, _>());
    expect_file!["../tests/report.txt"].assert_eq(&reports);
}
