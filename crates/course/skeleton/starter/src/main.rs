//! What the learner finds. It builds without a warning, and fails.

fn main() {
    println!("{}", answer());
}

/// Your turn: this is the one place to write.
fn answer() -> u32 {
    0
}
