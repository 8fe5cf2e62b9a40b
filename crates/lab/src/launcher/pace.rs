//! How fast this machine is just now, so that limits can be measured against it.

use std::time::Duration;

/// How many times slower than a quiet machine this one is just now; never less than 1.
///
/// A limit that is made for a quiet machine ends right work on one that does much else, or that is
/// emulated. What has a limit stretches it:
///
/// ```
/// use lab::Pace;
/// use std::time::Duration;
///
/// let limit = Duration::from_secs(10);
/// let quiet = Pace::of_boot(Duration::from_millis(90));
/// assert_eq!(quiet.stretch(limit), limit);
/// let emulated = Pace::of_boot(Duration::from_millis(1500));
/// assert_eq!(emulated.stretch(limit), Duration::from_secs(100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Pace(f64);

impl Pace {
    /// What a boot takes on two ordinary processors that do some other work too.
    const BOOT: Duration = Duration::from_millis(150);
    /// What `true` takes in a lab there, from the call to the answer.
    const COMMAND: Duration = Duration::from_millis(15);
    /// Nobody waits longer, however slow the machine is.
    const MOST: f64 = 40.0;

    /// The pace of a machine on which a boot took `time`.
    pub fn of_boot(time: Duration) -> Self {
        Self::of(time, Self::BOOT)
    }

    pub(super) fn of_command(time: Duration) -> Self {
        Self::of(time, Self::COMMAND)
    }

    fn of(time: Duration, usual: Duration) -> Self {
        Pace((time.as_secs_f64() / usual.as_secs_f64()).clamp(1.0, Self::MOST))
    }

    /// The factor itself, from 1 to 40.
    pub fn factor(self) -> f64 {
        self.0
    }

    /// The time in which this machine does what a quiet one does in `limit`.
    pub fn stretch(self, limit: Duration) -> Duration {
        limit.mul_f64(self.0)
    }
}
