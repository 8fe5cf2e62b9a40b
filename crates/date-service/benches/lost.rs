//! 50 restarts and 10 upgrades under a caller that asks 100 times a second: how often it asked, how
//! often it was answered, how many lines were lost, and how long the longest answer took.

// A panic is how a benchmark reports.
#![allow(clippy::unwrap_used)]

#[path = "../tests/trial/mod.rs"]
mod trial;

fn main() {
    trial::call_if_asked();
    // `cargo test` runs benchmarks too, to see that they build; this one is only for `cargo bench`.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    for (restarts, upgrades) in [(50, 0), (0, 10), (50, 10)] {
        let Some(count) = trial::count("lost", &[], restarts, upgrades) else { return };
        println!("{restarts:>2} restarts, {upgrades:>2} upgrades: {count}");
    }
}
