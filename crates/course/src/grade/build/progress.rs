//! What cargo tells people, for somebody who would otherwise look at nothing for long.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// A build that takes longer than this shows how it goes on.
const SILENCE: Duration = Duration::from_secs(1);

/// A line on the terminal that is written over again and again, and is gone when this is dropped: a
/// verdict is read without cargo's lines above it.
pub(super) struct Progress {
    begin: Instant,
    /// How many columns of the line are written.
    columns: usize,
}

impl Progress {
    pub(super) fn new() -> Self {
        Progress { begin: Instant::now(), columns: 0 }
    }

    /// Shows what cargo says, if it is news for somebody who waits.
    pub(super) fn hear(&mut self, line: &str) {
        let news = line.trim_start();
        let is_long = self.begin.elapsed() > SILENCE;
        if news.starts_with("Compiling") && is_long || news.starts_with("Blocking") {
            self.show(short(news));
        }
    }

    /// Shows `text` in place of what the line said before. Blanks do what an escape sequence would,
    /// on a terminal that knows none, too.
    fn show(&mut self, text: &str) {
        let error = io::stderr();
        let Some((width, _)) = terminal_size::terminal_size_of(&error) else { return };
        if !error.is_terminal() || text.is_empty() && self.columns == 0 {
            return;
        }
        // A line that fills the last column would go on in the next one.
        let room = usize::from(width.0).saturating_sub(1);
        let text: String = text.chars().take(room).collect();
        let blanks = self.columns.min(room);
        self.columns = text.chars().count();
        // A terminal that has gone away stops no build.
        let _ = write!(&error, "\r{:blanks$}\r{text}", "");
        let _ = (&error).flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.show("");
    }
}

/// Without the directory that cargo names behind a package of our own.
fn short(news: &str) -> &str {
    news.split(" (").next().unwrap_or(news)
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_package_is_named_without_its_directory() {
        assert_eq!(short("Compiling checks v0.1.0 (/home/ana/checks)"), "Compiling checks v0.1.0");
        assert_eq!(short("Compiling tempfile v3.27.0"), "Compiling tempfile v3.27.0");
    }
}
