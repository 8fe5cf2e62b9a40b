//! `set-property`: change the resources of a unit that runs.

use systemctl_wrapper::Value;
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "set-property",
    aliases: &[],
    arguments: "UNIT NAME=VALUE…",
    counts: (2, ANY),
    summary: "Change resource settings of a unit now, and for later",
    details: "--runtime forgets it at the next boot. It takes MemoryMax=, MemoryHigh=, MemoryMin=, MemoryLow=,\n\
              MemorySwapMax=, TasksMax=, CPUWeight=, IOWeight=, CPUQuota=, Description= and the …Accounting=\n\
              settings; see systemd.resource-control(5).",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let unit = mangle(&args[0], UnitType::Service, Globs::Refused)?;
    let properties: Vec<(String, Value)> =
        args[1..].iter().map(|text| assignment(text)).collect::<Result<_, _>>()?;
    let runtime = context.options.runtime;
    context.manager_to_change()?;
    context.explain(&format!("SetUnitProperties({unit:?}, {runtime}, {:?})", &args[1..]))?;
    context.manager()?.set_properties(&unit, runtime, &properties)?;
    if context.is_loud() {
        let kept = if runtime { "until the next boot" } else { "and after the next boot" };
        writeln!(context.out, "{unit}: {} now, {kept}", args[1..].join(" "))?;
    }
    Ok(0)
}

/// A setting as it stands in a unit file, as the property that the manager takes.
fn assignment(text: &str) -> Result<(String, Value), Usage> {
    let wrong = |why: &str| Usage(format!("{text:?}: {why}"));
    let (name, value) = text.split_once('=').ok_or_else(|| wrong("write NAME=VALUE"))?;
    let value = match name {
        "MemoryMax" | "MemoryHigh" | "MemoryMin" | "MemoryLow" | "MemorySwapMax" => {
            Value::Number(size(value).ok_or_else(|| wrong("a size, such as 512M, or infinity"))?)
        }
        "TasksMax" => Value::Number(size(value).ok_or_else(|| wrong("a number, or infinity"))?),
        "CPUWeight" | "StartupCPUWeight" | "IOWeight" | "StartupIOWeight" => {
            let weight = value.parse().ok().filter(|weight| (1..=10_000).contains(weight));
            Value::Number(weight.ok_or_else(|| wrong("a weight from 1 to 10000"))?)
        }
        "CPUQuota" => {
            let percent = value.strip_suffix('%').and_then(|text| text.parse::<u64>().ok());
            let percent = percent.filter(|percent| *percent > 0 && *percent < 1_000_000);
            let percent = percent.ok_or_else(|| wrong("a share of one processor, such as 20%"))?;
            return Ok(("CPUQuotaPerSecUSec".to_owned(), Value::Number(percent * 10_000)));
        }
        "Description" => Value::Text(value.to_owned()),
        _ if name.ends_with("Accounting") => {
            Value::Bool(truth(value).ok_or_else(|| wrong("yes or no"))?)
        }
        _ => {
            return Err(Usage(format!(
                "{name}= is left out here: systemctl set-property UNIT '{text}'"
            )));
        }
    };
    Ok((name.to_owned(), value))
}

/// A number with K, M, G or T, powers of 1024; systemd.resource-control(5).
fn size(text: &str) -> Option<u64> {
    if text == "infinity" {
        return Some(u64::MAX);
    }
    let shift = match text.as_bytes().last()? {
        b'K' => 10,
        b'M' => 20,
        b'G' => 30,
        b'T' => 40,
        _ => 0,
    };
    let digits = if shift == 0 { text } else { &text[..text.len() - 1] };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}
