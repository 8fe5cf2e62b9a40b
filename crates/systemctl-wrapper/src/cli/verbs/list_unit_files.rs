//! `list-unit-files`: the unit files on disk, and whether a boot starts them.

use serde::Serialize;
use systemctl_wrapper::{Presets, UnitFile};
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::list::List;
use crate::cli::output::plain;
use crate::cli::verb::{ANY, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "list-unit-files",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the unit files on disk, and whether a boot starts them",
    details: "--type= and --state=enabled choose. PRESET is what the distribution would have;\n\
              systemd.preset(5).",
    statuses: &[(0, "listed"), (1, "no file fits")],
    run,
};

#[derive(Serialize)]
struct Row {
    unit_file: String,
    state: String,
    preset: Option<&'static str>,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let options = context.options;
    let patterns: Vec<String> = patterns
        .iter()
        .map(|text| mangle(text, UnitType::Service, Globs::Allowed))
        .collect::<Result<_, _>>()?;
    let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut files = context.manager()?.list_unit_files(&borrowed)?;
    let states = options.wanted_states();
    files.retain(|file| {
        let fits = states.is_empty() || states.contains(&file.state.as_str());
        fits && options.takes_type(kind(file))
    });
    files.sort_by_cached_key(|file| (kind(file).to_owned(), file.name().to_lowercase()));
    let presets = Presets::read(&context.scope);
    let row = |file: &UnitFile| Row {
        unit_file: file.name().to_owned(),
        state: file.state.to_string(),
        preset: presets
            .as_ref()
            .filter(|_| file.state.can_be_enabled())
            .map(|all| all.of(file.name())),
    };
    let rows: Vec<Row> = files.iter().map(row).collect();
    List {
        head: &["UNIT FILE", "STATE", "PRESET"],
        rows: &rows,
        cells: &|row| {
            let preset = row.preset.unwrap_or("-");
            vec![plain(&row.unit_file), plain(&row.state), preset.into()]
        },
        below: |_| Vec::new(),
        tint: |_| None,
        foot: "unit files listed".to_owned(),
    }
    .write(context)?;
    Ok(u8::from(files.is_empty()))
}

fn kind(file: &UnitFile) -> &str {
    file.name().rsplit('.').next().unwrap_or_default()
}
