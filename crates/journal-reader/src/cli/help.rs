//! What the program says of itself: its formats, its page of the manual, completions for a shell.

use std::io::{self, Write};

use anyhow::bail;
use clap::ValueEnum;
use clap_complete::Shell;

use crate::cli::args::Args;
use crate::cli::output::Format;

/// Lists what `-o` takes, as `journalctl -o help` does.
pub(crate) fn formats() -> io::Result<()> {
    let shown = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let shown = shown.filter(|value| !value.is_hide_set());
    let names: Vec<String> = shown.map(|value| format!("{}\n", value.get_name())).collect();
    io::stdout().write_all(names.concat().as_bytes())
}

/// A script that lets a shell complete our options.
pub(crate) fn completions(shells: &[String]) -> anyhow::Result<()> {
    let shell = match shells {
        [shell] => Shell::from_str(shell, true).ok(),
        _ => None,
    };
    let Some(shell) = shell else {
        bail!("completions needs a shell: journal-reader completions bash|zsh|fish");
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "journal-reader", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// A page for man(1).
pub(crate) fn manual_page() -> io::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut page)?;
    io::stdout().write_all(&page)
}
