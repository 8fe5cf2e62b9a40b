//! The summary as a page: one file, without scripts, in the reader's own choice of light or dark.

use std::fmt::Write as _;

use super::Summary;
use crate::cli::time::{pretty, zoned};

const STYLE: &str = "\
:root { color-scheme: light dark; --line: #d0d7de; --bad: #cf222e; --warn: #9a6700; --faint: #57606a }
@media (prefers-color-scheme: dark) {
  :root { --line: #30363d; --bad: #ff7b72; --warn: #e3b341; --faint: #8b949e }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } .wide { overflow-x: auto }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
td.bad { color: var(--bad); font-weight: 600 } td.warn { color: var(--warn) } .zero, .time { color: var(--faint) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0 1rem }";

pub(super) fn write(summary: &Summary) -> String {
    let (from, to) =
        (pretty(summary.first, &summary.zone, false), pretty(summary.last, &summary.zone, false));
    let total: u64 = summary.units.iter().map(|(_, unit)| unit.total()).sum();
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>What went wrong</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>What went wrong</h1>\n\
         <p>{total} messages of {} units, {from} to {to}.</p>\n<div class=\"wide\"><table>\n\
         <tr><th>Unit<th>Errors<th>Warnings<th>Others<th>Crashes<th>Failures<th>Restarts\
         <th>First<th>Last</tr>\n",
        summary.units.len()
    );
    for (name, unit) in &summary.units {
        let cell = |count: u64, class: &str| {
            let class = if count == 0 { "zero" } else { class };
            format!("<td class=\"{class}\">{count}")
        };
        let time = |time: u64| {
            // The year and the zone stand above the table, which they would make too wide.
            let short =
                zoned(time, &summary.zone).map(|it| it.strftime("%m-%d %H:%M:%S").to_string());
            let whole = pretty(time, &summary.zone, false);
            format!("<td class=\"time\" title=\"{whole}\">{}", short.as_ref().unwrap_or(&whole))
        };
        let cells = [
            cell(unit.errors(), "bad"),
            cell(unit.warnings(), "warn"),
            cell(unit.total() - unit.errors() - unit.warnings(), ""),
            cell(unit.crashes, "bad"),
            cell(unit.failures, "bad"),
            cell(unit.restarts, "bad"),
            time(unit.first),
            time(unit.last),
        ];
        let _ = writeln!(out, "<tr><td>{}{}</tr>", escape(name), cells.concat());
    }
    out.push_str("</table></div>\n<h2>The last error of each</h2>\n");
    for (name, unit) in &summary.units {
        if let Some((time, message)) = &unit.last_error {
            let _ = writeln!(
                out,
                "<p><b>{}</b> <span class=\"time\">{}</span></p>\n<pre>{}</pre>",
                escape(name),
                pretty(*time, &summary.zone, false),
                escape(message)
            );
        }
    }
    out.push_str("</body>\n</html>\n");
    out
}

/// Text that means itself in HTML: whoever writes to the journal does not write this page.
fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}
