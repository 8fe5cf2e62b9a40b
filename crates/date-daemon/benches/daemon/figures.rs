//! Values measured several times, and the table that shows them.

/// The same thing measured several times.
#[derive(Default)]
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// `median (smallest..largest)`, or a dash where nothing was to be measured.
    fn show(&self) -> String {
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else {
            return "-".to_owned();
        };
        let median = self.0[self.0.len() / 2];
        let digits = if last.abs() < 100.0 { 2 } else { 0 };
        format!("{median:.digits$} ({first:.digits$}..{last:.digits$})")
    }
}

/// Prints one line of the table.
pub(crate) fn row(what: &str, unit: &str, rust: &Figures, python: &Figures, target: &str) {
    let what = if unit.is_empty() { what.to_owned() } else { format!("{what}, {unit}") };
    println!("{what:24}{:>26}{:>26}{target:>10}", rust.show(), python.show());
}
