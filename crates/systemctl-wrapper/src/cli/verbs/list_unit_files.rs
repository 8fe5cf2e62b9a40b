//! `list-unit-files`: the unit files on disk, and whether a boot starts them.

use serde::Serialize;
use systemctl_wrapper::UnitFile;
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::output::{plain, table};
use crate::cli::verb::{ANY, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "list-unit-files",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the unit files on disk, and whether a boot starts them",
    details: "--type= and --state=enabled choose. Of presets it knows nothing.",
    statuses: &[(0, "listed"), (1, "no file fits the patterns")],
    run,
};

#[derive(Serialize)]
struct Row<'a> {
    unit_file: &'a str,
    state: &'a str,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    let options = context.options;
    let patterns: Vec<String> = patterns
        .iter()
        .map(|text| mangle(text, UnitType::Service, Globs::Allowed))
        .collect::<Result<_, _>>()?;
    let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut files = context.manager()?.list_unit_files(&borrowed)?;
    files.retain(|file| {
        let kind = file.name().rsplit('.').next().unwrap_or_default();
        let of_type = options.types.is_empty() || options.types.iter().any(|wanted| wanted == kind);
        let state = file.state.as_str();
        of_type && (options.states.is_empty() || options.states.iter().any(|one| one == state))
    });
    files.sort_by_cached_key(|file| {
        let kind = file.name().rsplit('.').next().unwrap_or_default();
        (kind.to_owned(), file.name().to_lowercase())
    });
    if options.is_json() {
        let row = |file: &'_ UnitFile| (file.name().to_owned(), file.state.to_string());
        let rows: Vec<(String, String)> = files.iter().map(row).collect();
        let rows: Vec<Row<'_>> =
            rows.iter().map(|(unit_file, state)| Row { unit_file, state }).collect();
        serde_json::to_writer(&mut *context.out, &rows)?;
        writeln!(context.out)?;
    } else {
        let rows: Vec<Vec<String>> =
            files.iter().map(|file| vec![plain(file.name()), file.state.to_string()]).collect();
        let legend = options.has_legend();
        table(context.out, legend.then_some(&["UNIT FILE", "STATE"][..]), &rows)?;
        if legend {
            writeln!(context.out, "\n{} unit files listed.", files.len())?;
        }
    }
    Ok(u8::from(files.is_empty() && !patterns.is_empty()))
}
