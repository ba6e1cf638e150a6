//! Prints the number of allocations of each case. This is a program of its own, because an allocator that counts costs more
//! than many an interceptor.

use vestibule_benches::list::all;

fn main() {
    for case in all() {
        let mut routine = (case.start)();
        // The first repetition sets up what threads and libraries keep.
        routine();
        println!("{}", allocation_counter::measure(routine).count_total);
    }
}
