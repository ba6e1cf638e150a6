//! The results: a table and a chart.

mod about;
mod chart;
mod table;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::measure::Effort;
use crate::{check, measure, process};

const USAGE: &str = "cargo bench --manifest-path benches/peers/Cargo.toml [-- --quick]

Measures all servers in about ten minutes, and writes benches/PEERS.md and benches/peers.svg.
  --quick  measures less precisely in about two minutes, and writes to the temporary folder";

/// Measures what the arguments ask for, writes the results, and returns the exit code of the process. `open_calls` is the
/// program with the allocator that counts.
pub fn run(args: &[String], open_calls: &Path) -> i32 {
    if process::runs(args) {
        return 0;
    }
    let (effort, folder) = match args {
        [] => (
            Effort { repetitions: 3, counted_calls: 3520, rounds: 25, timed_calls: 20_000 },
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".."),
        ),
        [quick] if quick == "--quick" => {
            (Effort { repetitions: 1, counted_calls: 1920, rounds: 3, timed_calls: 4_000 }, env::temp_dir())
        }
        // `cargo test` and `cargo bench` ask every bench for a list.
        [list] if list == "--list" => return 0,
        _ => {
            eprintln!("{USAGE}");
            return 2;
        }
    };
    match measure_and_write(effort, &folder, open_calls) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("the results can't be written to {}: {error}", folder.display());
            1
        }
    }
}

fn measure_and_write(effort: Effort, folder: &Path, open_calls: &Path) -> io::Result<()> {
    check::same_responses();
    let held = measure::memory::held(open_calls, effort);
    let rows = measure::rows(effort);
    let text = [about::text(effort), table::servers(&rows), table::memory(&held)].concat();
    print!("{text}");
    fs::write(folder.join("PEERS.md"), text)?;
    fs::write(folder.join("peers.svg"), chart::svg(&rows))
}
