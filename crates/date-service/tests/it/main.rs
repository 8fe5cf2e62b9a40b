//! The library from outside, and the service under a real systemd.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

#[path = "../trial/mod.rs"]
mod trial;

mod callers;
mod program;
mod register;

#[test]
fn restarts_and_upgrades_lose_no_line_and_refuse_no_caller() {
    const NAME: &str = "restarts_and_upgrades_lose_no_line_and_refuse_no_caller";
    trial::call_if_asked();
    let args = ["--exact", NAME, "--nocapture", "--test-threads=1"];
    let Some(count) = trial::count(NAME, &args, 5, 2) else { return };
    println!("{count}");
    assert!(count.asked > 0 && count.answered == count.asked, "{count:?}");
    assert_eq!(count.lost_lines, 0, "{count:?}");
}
