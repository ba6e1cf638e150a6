//! The report: what guards each rpc. `UPDATE_EXPECT=1 cargo test -p calculator --test report` records it anew.

use calculator::server::Calculator;
use expect_test::expect_file;

#[test]
fn the_report_is_as_recorded() {
    expect_file!["report.txt"].assert_eq(&vestibule::report::<Calculator, _>().to_string());
}
