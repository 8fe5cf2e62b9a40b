//! The state machine of a unit, as one picture: text for a terminal, SVG for a page.
//!
//! systemd has no such table: each kind of unit has finer states of its own, and a map from them to
//! these. What is drawn here is what all kinds have in common.

use std::fmt::Write;

use crate::ActiveState;

/// An arrow of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: ActiveState,
    /// The state after.
    pub to: ActiveState,
    /// What makes the unit go there.
    pub cause: &'static str,
}

/// All arrows.
pub fn transitions() -> Vec<Transition> {
    use ActiveState::{Activating, Active, Deactivating, Failed, Inactive, Reloading};
    let arrow = |from, to, cause| Transition { from, to, cause };
    vec![
        arrow(Inactive, Activating, "start"),
        arrow(Activating, Active, "ready"),
        arrow(Activating, Failed, "error, time-out"),
        arrow(Active, Reloading, "reload"),
        arrow(Reloading, Active, "ready again"),
        arrow(Active, Deactivating, "stop, or it ends"),
        arrow(Active, Failed, "it dies"),
        arrow(Deactivating, Inactive, "stopped"),
        arrow(Deactivating, Failed, "error"),
        arrow(Failed, Activating, "start, Restart="),
        arrow(Failed, Inactive, "reset-failed"),
    ]
}

/// The picture for a terminal.
pub fn picture_text() -> &'static str {
    TEXT
}

const TEXT: &str = "
                   start               ready              reload
      ┌──────────┐       ┌────────────┐       ┌────────┐ ───────▶ ┌───────────┐
●────▶│ inactive │──────▶│ activating │──────▶│ active │          │ reloading │
      └──────────┘       └────────────┘       └────────┘ ◀─────── └───────────┘
        ▲      ▲      error, │  ▲ start,        │    │ ready again
        │      │   time-out  │  │ Restart=      │    │
        │      │             ▼  │       it dies │    │ stop, or it ends
        │      │ reset-    ┌────────┐           │    ▼
        │      └────────── │ failed │ ◀─────────┘  ┌──────────────┐
        │        failed    └────────┘ ◀─── error ──│ deactivating │
        │                       stopped            └──────────────┘
        └──────────────────────────────────────────────┘
";

/// Where a state stands in the picture: its middle.
fn place(state: &ActiveState) -> Option<(i32, i32)> {
    Some(match state {
        ActiveState::Inactive => (110, 90),
        ActiveState::Activating => (350, 90),
        ActiveState::Active => (590, 90),
        ActiveState::Reloading => (830, 90),
        ActiveState::Failed => (350, 270),
        ActiveState::Deactivating => (590, 380),
        // Rare, and no station on the way: a check of a file system, a refresh of mounts.
        ActiveState::Maintenance | ActiveState::Refreshing | ActiveState::Other(_) => return None,
    })
}

/// An arrow's line and the place of its words, in the picture's own units.
fn route(transition: &Transition) -> (&'static str, (i32, i32)) {
    use ActiveState as S;
    match (&transition.from, &transition.to) {
        (S::Inactive, S::Activating) => ("M 175 90 L 278 90", (227, 80)),
        (S::Activating, S::Active) => ("M 420 90 L 518 90", (470, 80)),
        (S::Active, S::Reloading) => ("M 655 80 C 690 55 730 55 758 76", (708, 48)),
        (S::Reloading, S::Active) => ("M 765 104 C 730 128 690 128 662 106", (712, 144)),
        (S::Activating, S::Failed) => ("M 330 116 L 330 242", (266, 180)),
        (S::Failed, S::Activating) => ("M 370 244 L 370 118", (434, 164)),
        (S::Active, S::Failed) => ("M 565 116 C 555 220 500 262 424 268", (488, 222)),
        (S::Active, S::Deactivating) => ("M 600 116 L 600 352", (668, 250)),
        (S::Deactivating, S::Failed) => ("M 518 376 C 440 370 390 340 366 300", (436, 334)),
        (S::Deactivating, S::Inactive) => ("M 540 406 C 330 452 110 400 100 118", (270, 420)),
        _ => ("M 280 262 C 190 240 140 180 124 118", (244, 216)),
    }
}

/// The picture as SVG, readable on light and dark pages.
pub fn picture_svg() -> String {
    let mut svg = String::from(HEAD);
    for transition in transitions() {
        let (line, (x, y)) = route(&transition);
        // Writing to text can't fail.
        let _ = writeln!(svg, "<path class=\"arrow\" d=\"{line}\" marker-end=\"url(#tip)\"/>");
        let _ =
            writeln!(svg, "<text class=\"cause\" x=\"{x}\" y=\"{y}\">{}</text>", transition.cause);
    }
    for word in ActiveState::KNOWN {
        let state = ActiveState::from(*word);
        if let Some((x, y)) = place(&state) {
            let (left, top) = (x - 65, y - 26);
            let _ = writeln!(
                svg,
                "<rect class=\"state {word}\" x=\"{left}\" y=\"{top}\" \
                 width=\"130\" height=\"52\" rx=\"10\"/>\
                 <text class=\"word\" x=\"{x}\" y=\"{}\">{word}</text>",
                y + 5
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

const HEAD: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="20 20 900 430"
role="img" aria-label="The states of a unit, and what leads from one to another">
<style>
svg { color-scheme: light dark; font-family: system-ui, sans-serif; font-size: 15px; }
text { fill: #1f2328; text-anchor: middle; }
.word { font-weight: 600; }
.cause { font-size: 13px; fill: #57606a; }
.state { fill: #f6f8fa; stroke: #57606a; stroke-width: 1.5; }
.active { fill: #dafbe1; stroke: #1a7f37; }
.failed { fill: #ffebe9; stroke: #cf222e; }
.arrow { fill: none; stroke: #57606a; stroke-width: 1.5; }
.tip { fill: #57606a; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.cause { fill: #9da7b3; }
.state { fill: #21262d; stroke: #9da7b3; }
.active { fill: #12361f; stroke: #3fb950; }
.failed { fill: #4a1a1d; stroke: #f85149; }
.arrow { stroke: #9da7b3; }
.tip { fill: #9da7b3; }
}
</style>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"
orient="auto"><path class="tip" d="M 0 0 L 10 5 L 0 10 z"/></marker></defs>
"##;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_each_state_and_each_cause_of_the_table() {
        let words: String = TEXT.split(|c: char| !c.is_alphanumeric() && c != '=').collect();
        for transition in transitions() {
            for word in transition.cause.split([' ', ',']).filter(|word| !word.is_empty()) {
                assert!(words.contains(&word.replace('-', "")), "{word}");
            }
            for state in [&transition.from, &transition.to] {
                assert!(TEXT.contains(&format!(" {state} ")), "{state}");
                assert!(place(state).is_some(), "{state}");
            }
        }
    }

    #[test]
    fn each_arrow_of_the_svg_has_a_route_of_its_own() {
        let mut routes: Vec<_> = transitions().iter().map(|arrow| route(arrow).0).collect();
        routes.sort_unstable();
        routes.dedup();
        assert_eq!(routes.len(), transitions().len());
    }
}
