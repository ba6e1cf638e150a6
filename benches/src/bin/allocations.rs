//! Prints the allocations of each case. A program of its own: an allocator that counts costs more than many
//! an interceptor.

use vestibule_benches::case::all;

fn main() {
    for case in all() {
        let mut once = (case.start)();
        // The first one sets up what threads and libraries keep.
        once();
        println!("{}", allocation_counter::measure(once).count_total);
    }
}
