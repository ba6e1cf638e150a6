//! The results as tables.

mod about;
mod budgets;
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, process};

use budgets::Budget;

use crate::measure::time::Effort;
use crate::measure::{exactly, instructions, timed};
use crate::{compile, tcp};

const USAGE: &str = "cargo bench -p vestibule-benches [-- --short | --budgets]

Without an argument the bench measures everything in about 17 minutes, and writes benches/RESULTS.md.
  --short    measures times within two minutes, less precisely, without instructions and compile times; writes nothing
  --budgets  measures only what is exact; fails above a limit";

/// Measures what the arguments ask for, prints the tables, and returns the exit code of the process.
pub fn run(args: &[String], allocations: &Path) -> i32 {
    if instructions::repeats(args) || tcp::runs(args) {
        return 0;
    }
    match args {
        [] => full(allocations),
        [short] if short == "--short" => self::short(allocations),
        [budgets] if budgets == "--budgets" => return self::budgets(allocations),
        // `cargo test` and `cargo bench` ask every bench for a list.
        [list] if list == "--list" => {}
        _ => {
            eprintln!("{USAGE}");
            return 2;
        }
    }
    0
}

fn full(allocations: &Path) {
    let effort = Effort { warm_up: Duration::from_millis(500), measurement: Duration::from_secs(2) };
    let costs = timed(exactly(allocations, |_| true), effort);
    let tcp = tcp::costs(&[1, 16, 128], 25, Duration::from_millis(400));
    let compile = [10, 50].map(|methods| (methods, compile::costs(methods)));
    let mut budgets = budgets::exact(&costs);
    budgets.extend(budgets::timed(&costs, &tcp, &compile));
    let tables = [budgets::table(&budgets), table::cases(&costs), table::tcp(&tcp), table::compile(&compile)];
    let text = about::text() + &tables.concat();
    print!("{text}");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    if let Err(error) = fs::write(path, text) {
        eprintln!("RESULTS.md can't be written: {error}");
        process::exit(1);
    }
}

fn short(allocations: &Path) {
    let effort = Effort { warm_up: Duration::from_millis(50), measurement: Duration::from_millis(300) };
    let costs = timed(exactly(allocations, |_| false), effort);
    print!("{}{}", about::text(), table::cases(&costs));
    print!("{}", table::tcp(&tcp::costs(&[16], 1, Duration::from_secs(1))));
}

fn budgets(allocations: &Path) -> i32 {
    let budgets = budgets::exact(&exactly(allocations, budgets::is_counted));
    let is_broken = budgets.iter().any(Budget::is_broken);
    print!("{}", budgets::table(&budgets));
    println!("{}", if is_broken { "A limit is broken." } else { "No limit is broken." });
    i32::from(is_broken)
}
