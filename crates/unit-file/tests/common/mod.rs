//! What several test files share: tables, generated texts, and the machine's own systemd.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses some of it; in a test, a panic is the report"
)]

/// The rows of a table of cases: tab-separated, `\t`, `\n`, `\r` and `\\` standing for those
/// characters.
pub(crate) fn rows(table: &str) -> Vec<Vec<String>> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|row| row.split('\t').map(plain).collect()).collect()
}

fn plain(cell: &str) -> String {
    let mut plain = String::new();
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\').1.then(|| chars.next()).flatten() {
            Some('t') => plain.push('\t'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('_') => plain.push(' '),
            Some(other) => plain.push(other),
            None => plain.push(c),
        }
    }
    plain
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `bound`.
    pub(crate) fn roll(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    /// One of several texts.
    pub(crate) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }

    /// Some of the texts, one after the other.
    pub(crate) fn text(&mut self, choices: &[&str], longest: usize) -> String {
        (0..=self.roll(longest)).map(|_| self.pick(choices)).collect()
    }
}

/// Whether this machine has a program; says so when a test has to be skipped.
pub(crate) fn has(program: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).exists()));
    if !found {
        eprintln!("skipped: there is no {program} here");
    }
    found
}
