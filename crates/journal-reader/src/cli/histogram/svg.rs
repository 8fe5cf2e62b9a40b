//! The histogram as a picture for a browser, in the reader's own choice of light or dark. Each bar
//! tells its numbers when one points at it.

use std::fmt::Write as _;

use super::Histogram;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 40.0;

const STYLE: &str = "\
:root { color-scheme: light dark }
.page { fill: #ffffff } .text { fill: #24292f; font: 13px system-ui, sans-serif }
.faint { stroke: #d0d7de } .errors { fill: #cf222e } .warnings { fill: #d4a72c } .others { fill: #8c959f }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117 } .text { fill: #e6edf3 } .faint { stroke: #30363d }
  .errors { fill: #ff7b72 } .warnings { fill: #e3b341 } .others { fill: #6e7681 }
}
g.bar:hover rect { opacity: 0.75 }";

pub(super) fn draw(histogram: &Histogram) -> String {
    let most = histogram.bars.iter().map(super::Bar::total).max().unwrap_or(0).max(1);
    // So that each quarter on the axis is a whole number.
    let most = most.next_multiple_of(4);
    let sums = histogram.sums();
    let title = format!(
        "{} messages: {} errors, {} warnings; a bar is {}",
        sums.total(),
        sums.errors,
        sums.warnings,
        histogram.step_in_words()
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{title}\">\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text class=\"text\" x=\"{LEFT}\" y=\"24\">{title}</text>\n"
    );
    legend(&mut out);
    axis(most, &mut out);
    bars(histogram, most, &mut out);
    out.push_str("</svg>\n");
    out
}

fn legend(out: &mut String) {
    for (at, name) in ["errors", "warnings", "others"].iter().enumerate() {
        let x = WIDTH - 270.0 + at as f64 * 90.0;
        let _ = writeln!(
            out,
            "<rect class=\"{name}\" x=\"{x}\" y=\"14\" width=\"12\" height=\"12\" rx=\"2\"/>\
             <text class=\"text\" x=\"{}\" y=\"24\">{name}</text>",
            x + 18.0
        );
    }
}

fn axis(most: u64, out: &mut String) {
    for quarter in 0..=4_u64 {
        let y = y_of(most as f64 * quarter as f64 / 4.0, most);
        let _ = writeln!(
            out,
            "<line class=\"faint\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"text\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - 20.0,
            LEFT - 8.0,
            y + 4.0,
            most * quarter / 4
        );
    }
}

fn y_of(value: f64, most: u64) -> f64 {
    HEIGHT - BOTTOM - value * (HEIGHT - BOTTOM - TOP) / most as f64
}

fn bars(histogram: &Histogram, most: u64, out: &mut String) {
    let count = histogram.bars.len();
    let width = (WIDTH - LEFT - 20.0) / count as f64;
    // Six times on the axis are as many as can be read.
    let every = count.div_ceil(6);
    for (at, bar) in histogram.bars.iter().enumerate() {
        let x = LEFT + at as f64 * width;
        let label = histogram.label(at);
        let _ = write!(
            out,
            "<g class=\"bar\"><title>{label}: {} messages, {} errors, {} warnings</title>",
            bar.total(),
            bar.errors,
            bar.warnings
        );
        let mut below = 0.0;
        for (name, value) in
            [("errors", bar.errors), ("warnings", bar.warnings), ("others", bar.others)]
        {
            if value > 0 {
                // Also one error among thousands can be seen.
                let (y, bottom) = (y_of(below + value as f64, most), y_of(below, most));
                let height = (bottom - y).max(1.5);
                let _ = write!(
                    out,
                    "<rect class=\"{name}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                    bottom - height,
                    (width - 1.0).max(0.8)
                );
                below += value as f64;
            }
        }
        out.push_str("</g>\n");
        if at.is_multiple_of(every) {
            let y = HEIGHT - BOTTOM + 20.0;
            let _ = writeln!(out, "<text class=\"text\" x=\"{x:.1}\" y=\"{y}\">{label}</text>");
        }
    }
}
