//! What several promises need.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Failure, Result};

/// Does what several promises need. Once it has failed, it has been reported, and the others are
/// tried later.
///
/// # Errors
/// As `attempt`, or because of an earlier one.
pub fn needed<T>(attempt: impl FnOnce() -> Result<T>) -> Result<T> {
    static HAS_FAILED: AtomicBool = AtomicBool::new(false);
    if HAS_FAILED.load(Ordering::Relaxed) {
        return Err(Failure::later());
    }
    let result = attempt();
    HAS_FAILED.store(result.is_err(), Ordering::Relaxed);
    result
}
