//! How long is waited for what should happen, and how often it is looked at.

use std::time::Duration;

/// How long a promise may take to come true. Far longer than any right answer needs, also on a busy
/// machine.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// How often a condition is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(1);
