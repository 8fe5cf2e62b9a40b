//! Units that wait for each other: systemd breaks such a circle by leaving one of them out.
//!
//! Two files may each be right, and wait for each other all the same.
//!
//! ```ini
//! # a.service
//! [Unit]
//! After=b.service
//!
//! # b.service
//! [Unit]
//! After=a.service
//! ```

use unit_file::syntax::Span;

use super::finding::{Finding, Told};
use super::subject::Subject;
use crate::load::Role;

/// A drop-in adds to a unit whose other orders it does not show, so only whole units are looked at.
/// Of units in a circle systemd drops one job at the start, and which one is its own choice.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.role == Role::Unit {
        findings.tell(circle(subject));
    }
}

/// Orders come from three places: what units say, the defaults of their type, and targets, which
/// wait for what they want. The defaults are why a unit that only says Before=local-fs.target is
/// in a circle: it comes behind sysinit.target, which waits for local-fs.target.
fn circle(subject: &Subject<'_>) -> Option<Finding> {
    let name = subject.name?;
    let circle = subject.set.order().circle(name.as_str())?;
    // The first step is one that this unit may have written, and so is the last.
    let (next, last) = (circle.get(1)?, circle.get(circle.len().checked_sub(2)?)?);
    let places = [("Unit", "After", next), ("Unit", "Before", last), ("Install", "WantedBy", last)];
    let place = |(section, key, word): &(&str, &str, &String)| -> Option<Span> {
        subject.place_of(section, key, word)
    };
    let span = places.iter().find_map(place);
    let is_own = subject.place_of("Unit", "After", next).is_some();
    let message = format!("the units wait in a circle: {}", circle.join(" after "));
    let effect = "systemd breaks the circle by leaving one of the units out, which one nobody can \
                  tell beforehand; where all of them are required, it refuses the start";
    let advice = if is_own {
        "take one of the orders away"
    } else {
        "a unit of early boot needs DefaultDependencies=no and an order of its own"
    };
    let finding = Finding::warning("ordering-cycle", span.clone().unwrap_or(0..0), message);
    let finding = Finding { span, ..finding };
    Some(finding.effect(effect).advice(advice).man("systemd.unit(5)"))
}
