//! What cargo tells people: kept for an error, and shown to somebody who would otherwise look at
//! nothing for long.

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

/// A build that takes longer than this shows how it goes on.
const SILENCE: Duration = Duration::from_secs(1);

/// Reads what cargo says, to its end. On a terminal, a long build has one line there, which is gone
/// when the build ends: a verdict is read without cargo's lines above it.
pub(super) fn progress(stderr: &mut dyn Read) -> String {
    let begin = Instant::now();
    let mut line_of_its_own = CargoLine::default();
    let mut text = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let news = line.trim_start();
        if news.starts_with("Compiling") && begin.elapsed() > SILENCE
            || news.starts_with("Blocking")
        {
            line_of_its_own.show(short(news));
        }
        text += &line;
        text.push('\n');
    }
    line_of_its_own.show("");
    text
}

/// Without the directory that cargo names behind a package of our own.
fn short(news: &str) -> &str {
    news.split(" (").next().unwrap_or(news)
}

/// A line on the terminal that is written over again and again.
#[derive(Default)]
struct CargoLine {
    /// How many columns of it are written.
    columns: usize,
}

impl CargoLine {
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

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_package_is_named_without_its_directory() {
        assert_eq!(short("Compiling checks v0.1.0 (/home/ana/checks)"), "Compiling checks v0.1.0");
        assert_eq!(short("Compiling tempfile v3.27.0"), "Compiling tempfile v3.27.0");
    }
}
