//! The report: what guards each rpc. `UPDATE_EXPECT=1 cargo test -p relay` records it anew.

use expect_test::expect_file;

use crate::relay::Relay;

#[test]
fn the_report_is_as_recorded() {
    expect_file!["../tests/report.txt"].assert_eq(&vestibule::report::<Relay, _>().to_string());
}
