//! `unit-writer escape` and `unescape`

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use systemd_types::{Globs, UnitName, UnitType, mangle};

use super::args::{Escape, Unescape};
use super::usage::Usage;

pub(crate) fn escape(options: &Escape, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let suffix =
        options.suffix.as_deref().map(|suffix| suffix.trim_start_matches('.').parse::<UnitType>());
    let suffix = suffix.transpose().map_err(|error| Usage(error.to_string()))?;
    let template = options.template.as_deref().map(UnitName::new).transpose();
    let template = template.map_err(|error| Usage(error.to_string()))?;
    for text in &options.texts {
        let escaped = match (options.mangle, options.path) {
            (true, _) => {
                let name = mangle(text, suffix.unwrap_or(UnitType::Service), Globs::Refused);
                name.with_context(|| format!("cannot make a unit name of {text:?}"))?
            }
            (_, true) => systemd_types::escape_path(text)
                .with_context(|| format!("cannot escape {text:?}"))?,
            (_, false) => systemd_types::escape(text),
        };
        let line = match (&template, suffix.filter(|_| !options.mangle)) {
            (Some(template), _) => {
                template.with_instance(&escaped).context("cannot name the instance")?.to_string()
            }
            (None, Some(suffix)) => UnitName::new(&format!("{escaped}.{suffix}"))
                .context("cannot name the unit")?
                .to_string(),
            (None, None) => escaped,
        };
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn unescape(options: &Unescape, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    for text in &options.texts {
        let plain = if options.path {
            systemd_types::unescape_path(text)
                .map(String::into_bytes)
                .map_err(|error| anyhow!(error))
        } else {
            systemd_types::unescape(text).map_err(|error| anyhow!(error))
        };
        out.write_all(&plain.context("cannot unescape")?)?;
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}
