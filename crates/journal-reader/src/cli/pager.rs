//! Where the output goes: to standard output, or through a pager if that is a terminal.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};

/// The output, and the pager that shows it.
pub(crate) struct Output {
    pager: Option<Child>,
    to: Box<dyn Write>,
}

impl Output {
    /// Standard output.
    pub(crate) fn plain() -> Output {
        Output { pager: None, to: Box::new(io::stdout()) }
    }

    /// A pager, if standard output is a terminal and there is one: `$SYSTEMD_PAGER`, `$PAGER`,
    /// less, more.
    pub(crate) fn paged(jump_to_end: bool) -> Output {
        let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
        if !io::stdout().is_terminal() || dumb {
            return Output::plain();
        }
        let chosen = env::var("SYSTEMD_PAGER").or_else(|_| env::var("PAGER"));
        let candidates = match &chosen {
            Ok(pager) if pager.trim().is_empty() || pager == "cat" => return Output::plain(),
            Ok(pager) => vec![pager.as_str(), "less", "more"],
            Err(_) => vec!["pager", "less", "more"],
        };
        let options = env::var("SYSTEMD_LESS").unwrap_or_else(|_| "FRSXMK".to_owned());
        let options = if jump_to_end { options + " +G" } else { options };
        let charset = env::var("SYSTEMD_LESSCHARSET").unwrap_or_else(|_| "utf-8".to_owned());
        for candidate in candidates {
            let mut words = candidate.split_whitespace();
            let Some(program) = words.next() else { continue };
            let child = Command::new(program)
                .args(words)
                .env("LESS", &options)
                .env("LESSCHARSET", &charset)
                .stdin(Stdio::piped())
                .spawn();
            if let Ok(mut child) = child
                && let Some(input) = child.stdin.take()
            {
                return Output { pager: Some(child), to: Box::new(input) };
            }
        }
        Output::plain()
    }

    /// Where to write.
    pub(crate) fn writer(&mut self) -> &mut dyn Write {
        &mut *self.to
    }

    /// Waits until the reader has left the pager.
    pub(crate) fn finish(mut self) {
        let _ = self.to.flush();
        drop(self.to);
        if let Some(mut pager) = self.pager {
            let _ = pager.wait();
        }
    }
}
