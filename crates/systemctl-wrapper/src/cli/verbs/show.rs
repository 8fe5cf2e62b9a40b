//! `show`: the properties of units, or of the manager, for a program to read.

use systemctl_wrapper::Properties;
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::output::plain;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::verbs::list_units;
use crate::cli::{names, show};

pub(crate) const VERB: Verb = Verb {
    name: "show",
    aliases: &[],
    arguments: "[UNIT…]",
    counts: (0, ANY),
    summary: "Print the properties of units, of jobs, or of the manager",
    details: "-p NAME,NAME chooses, --value leaves the names out, -P NAME does both. A missing\n\
              unit has\n\
              LoadState=not-found, and that is no error. -o json prints the values as they came.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    context.page();
    let chooses = args.is_empty() && context.options.chooses();
    if args.is_empty() && !chooses {
        let properties = context.manager()?.manager_properties()?;
        write(context, &properties)?;
        return Ok(0);
    }
    let is_job = |word: &String| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let (jobs, units): (Vec<String>, Vec<String>) = args.iter().cloned().partition(is_job);
    let mut is_first = true;
    for job in jobs {
        let path = format!("/org/freedesktop/systemd1/job/{job}");
        let properties = context.manager()?.properties_at(&path, "")?;
        write_next(context, &properties, &mut is_first)?;
    }
    let units = if chooses {
        list_units::list(context, &[])?.into_iter().map(|unit| unit.name).collect()
    } else {
        names::expand(context, &units, UnitType::Service)?
    };
    for unit in units {
        let properties = context.manager()?.properties(&unit)?;
        write_next(context, &properties, &mut is_first)?;
    }
    Ok(0)
}

/// A blank line stands between two.
fn write_next(
    context: &mut Context<'_>,
    properties: &Properties,
    is_first: &mut bool,
) -> anyhow::Result<()> {
    if !std::mem::take(is_first) {
        writeln!(context.out)?;
    }
    write(context, properties)
}

fn write(context: &mut Context<'_>, properties: &Properties) -> anyhow::Result<()> {
    let options = context.options;
    let wanted: Vec<String> =
        options.properties.iter().chain(&options.values_of).cloned().collect();
    if options.is_json() {
        let chosen: serde_json::Map<String, serde_json::Value> = show::chosen(properties, &wanted)
            .map(|(name, value)| Ok((name.to_owned(), serde_json::to_value(value)?)))
            .collect::<Result<_, serde_json::Error>>()?;
        serde_json::to_writer(&mut *context.out, &chosen)?;
        writeln!(context.out)?;
        return Ok(());
    }
    let only_values = options.value || !options.values_of.is_empty();
    // A property that was asked for by name is shown even if it is empty.
    let all = options.all || !wanted.is_empty();
    let manager = context.manager()?;
    // Asked for by few values, and not needed for the rest.
    let version = || manager.version().unwrap_or(0);
    for (name, value) in show::chosen(properties, &wanted) {
        for text in show::values(name, value, all, &version) {
            if only_values {
                writeln!(context.out, "{}", plain(&text))?
            } else {
                writeln!(context.out, "{name}={}", plain(&text))?
            }
        }
    }
    Ok(())
}
