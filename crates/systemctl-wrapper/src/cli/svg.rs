//! Pictures for a page: a graph of dependencies, and a timeline.

use std::collections::BTreeMap;
use std::fmt::Write;

use systemctl_wrapper::Graph;

/// What both pictures have in common: colours for light and dark pages.
const STYLE: &str = "<style>
svg { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 13px; }
text { fill: #1f2328; } .faint { fill: #57606a; font-size: 11px; }
rect { fill: #f6f8fa; stroke: #8c959f; } .active, .reloading { fill: #dafbe1; stroke: #1a7f37; }
.failed { fill: #ffebe9; stroke: #cf222e; }
.activating, .deactivating { fill: #fff8c5; stroke: #9a6700; }
path { fill: none; stroke: #8c959f; } .Requires, .BindsTo { stroke: #57606a; stroke-width: 1.8; }
.Wants { stroke-dasharray: 4 3; } .Triggers { stroke: #0969da; } .OnFailure { stroke: #cf222e; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .faint { fill: #9da7b3; } rect { fill: #21262d; stroke: #6e7681; }
.active, .reloading { fill: #12361f; stroke: #3fb950; } .failed { fill: #4a1a1d; stroke: #f85149; }
.activating, .deactivating { fill: #3b2e05; stroke: #d29922; } path { stroke: #6e7681; }
.Requires, .BindsTo { stroke: #9da7b3; } .Triggers { stroke: #4493f8; }
.OnFailure { stroke: #f85149; }
}
</style>
";

const ROW: usize = 34;
const LETTER: usize = 8;

/// Text that may stand in XML; a unit's name may have `&`s in a description only, but who knows.
fn escape(text: &str) -> String {
    let plain = super::output::plain(text);
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Draws a graph: a column for each step from the first unit, its arrows to the right.
pub(crate) fn graph(graph: &Graph) -> String {
    let mut columns: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (unit, depth) in &graph.depths {
        columns.entry(*depth).or_default().push(unit);
    }
    let mut places: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    let mut left = 16;
    for units in columns.values() {
        let widest = units.iter().map(|unit| unit.len()).max().unwrap_or(0) * LETTER + 20;
        for (row, unit) in units.iter().enumerate() {
            places.insert(unit, (left, 16 + row * ROW, widest));
        }
        left += widest + 70;
    }
    let tallest = columns.values().map(Vec::len).max().unwrap_or(1);
    let (width, height) = (left - 54, tallest * ROW + 24);
    let mut svg = head(width, height, &format!("What {} depends on", graph.root));
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (places.get(&*edge.from), places.get(&*edge.to)) else {
            continue;
        };
        let (x1, y1, y2) = (from.0 + from.2, from.1 + 12, to.1 + 12);
        // Within a column, or back, the line makes a bow beside the boxes.
        let is_ahead = to.0 > from.0;
        let x2 = if is_ahead { to.0 } else { to.0 + to.2 };
        let bow = if is_ahead { (x1 + x2) / 2 } else { x1.max(x2) + 45 };
        let word = edge.relation.property();
        // Writing to text can't fail.
        let _ = writeln!(
            svg,
            "<path class=\"{word}\" d=\"M {x1} {y1} C {bow} {y1} {bow} {y2} {x2} {y2}\">\
             <title>{} {word}= {}</title></path>",
            escape(&edge.from),
            escape(&edge.to)
        );
    }
    for (unit, (x, y, width)) in places {
        let state = graph.states.get(unit).map(|state| state.as_str()).unwrap_or_default();
        let _ = writeln!(
            svg,
            "<rect class=\"{}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"24\" rx=\"5\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            escape(state),
            x + 10,
            y + 17,
            escape(unit)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A bar of a timeline: a unit, when its start began, and how long it took, in microseconds.
pub(crate) struct Bar {
    pub(crate) unit: String,
    pub(crate) from: u64,
    pub(crate) took: u64,
}

/// Draws a timeline, a row for each bar.
pub(crate) fn timeline(bars: &[Bar]) -> String {
    let end = bars.iter().map(|bar| bar.from + bar.took).max().unwrap_or(1).max(1);
    let scale = |usec: u64| usize::try_from(usec * 700 / end).unwrap_or(0);
    let mut svg = head(1040, bars.len() * 24 + 24, "What the start waited for");
    for (row, bar) in bars.iter().enumerate() {
        let (y, x, width) = (12 + row * 24, scale(bar.from) + 10, scale(bar.took).max(2));
        let _ = writeln!(
            svg,
            "<rect class=\"active\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"16\" rx=\"3\"/>\
             <text x=\"{}\" y=\"{}\">{}</text><text class=\"faint\" x=\"{}\" y=\"{}\">{}</text>",
            x + width + 6,
            y + 13,
            escape(&bar.unit),
            x + width + 16 + bar.unit.len() * LETTER,
            y + 13,
            super::format::timespan(bar.took, 1000)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn head(width: usize, height: usize, label: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" role=\"img\" aria-label=\"{}\">\n{STYLE}",
        escape(label)
    )
}
