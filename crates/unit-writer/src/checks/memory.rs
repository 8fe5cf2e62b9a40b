//! Limits of memory that the service can't live with; systemd.resource-control(5).
//!
//! Nothing refuses such a limit: the kernel kills the service when it needs more.
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/java -Xmx4g -jar /srv/app.jar
//! MemoryMax=2G
//! ```

use unit_file::syntax::{Assignment, Span};
use unit_file::values::parse_size;

use super::finding::{Finding, Told};
use super::subject::Subject;

const MAN: &str = "systemd.resource-control(5)";

/// The keys that end or slow down what needs more.
const LIMITS: [&str; 3] = ["MemoryMax", "MemoryHigh", "MemoryLimit"];

/// The limits alone, and beside what the program is told to take.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for key in LIMITS {
        subject.lines_of(key).for_each(|line| findings.tell(tiny(line)));
    }
    findings.tell(heap_beyond_limit(subject));
    findings.tell(never_reached(subject));
}

/// MemoryHigh= slows the unit down before MemoryMax= ends it, and what MemoryMin= and MemoryLow=
/// protect is a part of what the unit may have.
///
/// The kernel looks at each of the limits by itself, so none of them is refused; of two that
/// contradict each other, the harder one decides.
fn never_reached(subject: &Subject<'_>) -> Option<Finding> {
    let bytes = |key: &str| subject.own(key).and_then(|text| parse_size(text).ok());
    let max = bytes("MemoryMax")?;
    let keys = ["MemoryHigh", "MemoryLow", "MemoryMin"];
    let key = keys.into_iter().find(|key| bytes(key).is_some_and(|bytes| bytes > max))?;
    let finding = Finding::warning(
        "never-reached",
        subject.key_span(key)?,
        format!("{key}= is above MemoryMax="),
    )
    .effect("the kernel ends processes at MemoryMax=, and the unit never has so much")
    .advice(format!("make {key}= smaller than MemoryMax="));
    Some(finding.man(MAN))
}

/// `MemoryMax=512`, where megabytes were meant: a number alone counts bytes.
fn tiny(assignment: &Assignment) -> Option<Finding> {
    let bytes: u64 = assignment.value.text().parse().ok()?;
    let span = assignment.value.span();
    if !(1..1 << 20).contains(&bytes) {
        return None;
    }
    let message = format!("{bytes} are bytes, which no process can live on");
    let finding = Finding::warning("tiny-limit", span.clone(), message)
        .effect("the kernel ends the service when it starts, for want of memory")
        .suggest(format!("write {bytes}M"), span, format!("{bytes}M"));
    Some(finding.man(MAN))
}

/// java takes up to -Xmx for its heap, and more for itself. It cleans up when the heap is full, and
/// the kernel kills at a smaller limit before that. node and its --max-old-space-size, in
/// megabytes, are the same.
fn heap_beyond_limit(subject: &Subject<'_>) -> Option<Finding> {
    let (key, text) = LIMITS.into_iter().find_map(|key| Some((key, subject.own(key)?)))?;
    let bytes = parse_size(text).ok()?;
    let lines = ["ExecStart", "Environment"].into_iter().flat_map(|key| subject.lines_of(key));
    let (span, heap) = lines.filter_map(heap_of).find(|(_, heap)| *heap >= bytes)?;
    let message = format!("the heap may grow to {} MiB, and {key}={text} ends it", heap >> 20);
    let finding = Finding::warning("tiny-limit", span, message)
        .effect("the kernel kills the process before it cleans up its own heap")
        .advice(format!("leave a quarter of {key}= or more for what is not heap"));
    Some(finding.man(MAN))
}

/// The option of a line that sets the heap, and its bytes.
fn heap_of(line: &Assignment) -> Option<(Span, u64)> {
    let text = line.value.text();
    let options = [("-Xmx", ""), ("--max-old-space-size=", "m")];
    options.into_iter().find_map(|(option, unit)| {
        let start = text.find(option)?;
        let behind = &text[start + option.len()..];
        let end = behind.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(behind.len());
        let size = format!("{}{unit}", &behind[..end]).to_uppercase();
        let bytes = parse_size(&size).ok()?;
        Some((line.value.span_of(start..start + option.len() + end), bytes))
    })
}
