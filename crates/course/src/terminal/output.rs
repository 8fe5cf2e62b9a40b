//! What a command prints, shown as it comes: a line at a time, and none broken inside a word.

use std::io::{self, Write};

use super::{Terminal, wrap};

/// A writer that shows whole lines; the last one, which may have no end, when it is dropped.
pub(super) struct Output<'t, 'a> {
    terminal: &'t mut Terminal<'a>,
    /// The line whose end has not come yet. Who runs a command bounds what it prints.
    begun: Vec<u8>,
}

impl<'a> Terminal<'a> {
    /// Where a running command's output goes as it comes.
    pub(crate) fn output(&mut self) -> impl Write {
        Output { terminal: self, begun: Vec::new() }
    }
}

impl Output<'_, '_> {
    /// Shows `bytes`, which end with a line or with all that there is.
    fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            let folded = wrap::fold(text, self.terminal.columns);
            write!(self.terminal.out, "{folded}{end}")?;
        }
        self.terminal.out.flush()
    }
}

impl Write for Output<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.terminal.wraps {
            return self.terminal.out.write(bytes);
        }
        self.begun.extend_from_slice(bytes);
        let whole = self.begun.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.begun.drain(..whole).collect();
        self.show(&lines)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.out.flush()
    }
}

impl Drop for Output<'_, '_> {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.begun);
        // Nobody is left to hear of a failed write; the next line says so.
        let _ = self.show(&rest);
    }
}
