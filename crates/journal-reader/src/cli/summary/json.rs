//! The summary for a program. Times are microseconds since 1970, as in `-o json`.

use std::fmt::Write as _;

use super::Summary;
use crate::cli::output::layout::push_escaped;

pub(super) fn write(summary: &Summary) -> String {
    let mut out = format!("{{\"first\":{},\"last\":{},\"units\":[", summary.first, summary.last);
    for (at, (name, unit)) in summary.units.iter().enumerate() {
        let priorities = unit.by_priority.map(|count| count.to_string()).join(",");
        let _ = write!(
            out,
            "{}\n{{\"unit\":{},\"messages\":{},\"by_priority\":[{priorities}],\"crashes\":{},\
             \"failures\":{},\"restarts\":{},\"first\":{},\"last\":{},\"last_error\":{}}}",
            if at > 0 { "," } else { "" },
            string(name),
            unit.total(),
            unit.crashes,
            unit.failures,
            unit.restarts,
            unit.first,
            unit.last,
            unit.last_error.as_ref().map_or("null".to_owned(), |(_, message)| string(message)),
        );
    }
    out.push_str("\n]}\n");
    out
}

fn string(text: &str) -> String {
    let mut out = Vec::new();
    push_escaped(text.as_bytes(), &mut out);
    format!("\"{}\"", String::from_utf8_lossy(&out))
}
