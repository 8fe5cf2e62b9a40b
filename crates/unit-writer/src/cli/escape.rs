//! `unit-writer escape` and `unescape`

use std::io::Write;
use std::str::FromStr;

use anyhow::Context;
use systemd_types::{Globs, UnitName, UnitType, escape_path, mangle, unescape_path};

use super::args::{Escape, Unescape};
use super::usage::Usage;

pub(crate) fn escape(options: &Escape, out: &mut dyn Write) -> anyhow::Result<()> {
    let suffix = options.suffix.as_deref().map(|suffix| suffix.trim_start_matches('.'));
    let suffix = suffix.map(UnitType::from_str).transpose();
    let suffix = suffix.map_err(|error| Usage(error.to_string()))?;
    let template = options.template.as_deref().map(UnitName::new);
    let template = template.transpose().map_err(|error| Usage(error.to_string()))?;
    for text in &options.texts {
        if options.mangle {
            let name = mangle(text, suffix.unwrap_or(UnitType::Service), Globs::Refused);
            let name = name.with_context(|| format!("cannot make a unit name of {text:?}"))?;
            writeln!(out, "{name}")?;
            continue;
        }
        let escaped = if options.path {
            escape_path(text).with_context(|| format!("cannot escape {text:?}"))?
        } else {
            systemd_types::escape(text)
        };
        if let Some(template) = &template {
            let name = template.with_instance(&escaped).context("cannot name the instance")?;
            writeln!(out, "{name}")?;
        } else if let Some(suffix) = suffix {
            let name = UnitName::new(&format!("{escaped}.{suffix}"));
            writeln!(out, "{}", name.context("cannot name the unit")?)?;
        } else {
            writeln!(out, "{escaped}")?;
        }
    }
    Ok(())
}

pub(crate) fn unescape(options: &Unescape, out: &mut dyn Write) -> anyhow::Result<()> {
    for text in &options.texts {
        let plain = if options.path {
            unescape_path(text).map(String::into_bytes).context("cannot unescape")
        } else {
            systemd_types::unescape(text).context("cannot unescape")
        };
        out.write_all(&plain?)?;
        writeln!(out)?;
    }
    Ok(())
}
