//! `set-property`: change the resources of a unit that runs.

use systemctl_wrapper::Value;
use systemd_types::UnitType;

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::names;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "set-property",
    aliases: &[],
    arguments: "UNIT NAME=VALUE…",
    counts: (2, ANY),
    summary: "Change resource settings of a unit now, and for later",
    details: "--runtime forgets it at the next boot. An empty value takes a setting back.\n\
              It takes MemoryMax= and its kin, TasksMax=, CPUWeight=, IOWeight=, CPUQuota=,\n\
              Description=,\n\
              DevicePolicy=, ManagedOOM…= and …Accounting=; see systemd.resource-control(5).\n\
              For lists, such as DeviceAllow= or IPAddressDeny=, it names systemctl's command.\n\
              \n  \
              systemctl-wrapper set-property --runtime date-daemon MemoryMax=100M CPUQuota=20%",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let runtime = context.options.runtime;
    context.manager_to_change()?;
    for unit in names::expand(context, &args[..1], UnitType::Service)? {
        let properties: Vec<(String, Value)> =
            args[1..].iter().map(|text| assignment(&unit, text)).collect::<Result<_, _>>()?;
        let call = format!("SetUnitProperties({unit:?}, {runtime}, {:?})", &args[1..]);
        if !context.may_call(&call)? {
            continue;
        }
        context.manager()?.set_properties(&unit, runtime, &properties)?;
        if context.is_loud() {
            let kept = if runtime { "until the next boot" } else { "and after the next boot" };
            writeln!(context.out, "{unit}: {} now, {kept}", args[1..].join(" "))?;
        }
    }
    Ok(0)
}

/// A setting as it stands in a unit file, as the property that the manager takes. An empty value
/// takes it back.
fn assignment(unit: &str, text: &str) -> Result<(String, Value), Usage> {
    let wrong = |why: &str| Usage(format!("{text:?}: {why}"));
    let (name, value) = text.split_once('=').ok_or_else(|| wrong("write NAME=VALUE"))?;
    let value = value.trim_start();
    let property = match name {
        _ if LIMITS.contains(&name) => limit(name, value)
            .ok_or_else(|| wrong("a size such as 512M, a share such as 20%, or infinity"))?,
        "CPUWeight" | "StartupCPUWeight" | "IOWeight" | "StartupIOWeight" => {
            let weight = weight(name, value).ok_or_else(|| wrong("a weight from 1 to 10000"))?;
            (name.to_owned(), Value::Number(weight))
        }
        "CPUQuota" if value.is_empty() => {
            ("CPUQuotaPerSecUSec".to_owned(), Value::Number(u64::MAX))
        }
        "CPUQuota" => {
            let share = myriadths(value).filter(|share| *share > 0);
            let share = share.ok_or_else(|| wrong("a share of one processor, such as 20%"))?;
            ("CPUQuotaPerSecUSec".to_owned(), Value::Number(share * 100))
        }
        _ if TEXTS.contains(&name) => (name.to_owned(), Value::Text(value.to_owned())),
        _ if name.ends_with("Accounting") => {
            (name.to_owned(), Value::Bool(truth(value).ok_or_else(|| wrong("yes or no"))?))
        }
        _ => {
            return Err(Usage(format!(
                "{name}= is left out here: systemctl set-property {unit} '{text}'"
            )));
        }
    };
    Ok(property)
}

/// What takes an amount, or a share of all there is.
const LIMITS: [&str; 9] = [
    "MemoryMin",
    "MemoryLow",
    "MemoryHigh",
    "MemoryMax",
    "MemorySwapMax",
    "MemoryZSwapMax",
    "DefaultMemoryMin",
    "DefaultMemoryLow",
    "TasksMax",
];

/// What the manager takes as it is typed.
const TEXTS: [&str; 5] = [
    "Description",
    "DevicePolicy",
    "ManagedOOMSwap",
    "ManagedOOMMemoryPressure",
    "ManagedOOMPreference",
];

/// An amount stands in the property of the same name, a share in one of its own.
fn limit(name: &str, value: &str) -> Option<(String, Value)> {
    if let Some(share) = myriadths(value).filter(|share| *share <= 10_000) {
        let scaled = (share * u64::from(u32::MAX) + 5000) / 10_000;
        return Some((format!("{name}Scale"), Value::Number(scaled)));
    }
    let amount = if value.is_empty() { Some(u64::MAX) } else { size(value) };
    Some((name.to_owned(), Value::Number(amount?)))
}

/// `idle` is a weight of its own, for processors only.
fn weight(name: &str, value: &str) -> Option<u64> {
    match value {
        "" => Some(u64::MAX),
        "idle" => name.ends_with("CPUWeight").then_some(0),
        _ => value.parse().ok().filter(|weight| (1..=10_000).contains(weight)),
    }
}

/// A percentage with two digits behind the point at most, in hundredths of a percent.
fn myriadths(text: &str) -> Option<u64> {
    let (whole, part) = match text.strip_suffix('%')?.split_once('.') {
        Some((whole, part)) if (1..=2).contains(&part.len()) => (whole, format!("{part:0<2}")),
        Some(_) => return None,
        None => (text.strip_suffix('%')?, "00".to_owned()),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = (1..=7).contains(&whole.len()) && digits(whole) && digits(&part);
    is_number.then(|| format!("{whole}{part}").parse().ok())?
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_become_the_properties_that_systemctl_makes_of_them() {
        let check = |text: &str, name: &str, value: Value| {
            assert_eq!(assignment("x.service", text).unwrap(), (name.to_owned(), value), "{text}");
        };
        check("MemoryMax=1G", "MemoryMax", Value::Number(1 << 30));
        check("MemoryMax=50%", "MemoryMaxScale", Value::Number(2_147_483_648));
        check("TasksMax=", "TasksMax", Value::Number(u64::MAX));
        check("CPUWeight=idle", "CPUWeight", Value::Number(0));
        check("CPUQuota=12.5%", "CPUQuotaPerSecUSec", Value::Number(125_000));
        check("CPUQuota=200%", "CPUQuotaPerSecUSec", Value::Number(2_000_000));
        check("IOAccounting=off", "IOAccounting", Value::Bool(false));
        check("DevicePolicy=strict", "DevicePolicy", Value::Text("strict".to_owned()));
        for wrong in [
            "MemoryMax=a",
            "MemoryMax=120%",
            "IOWeight=idle",
            "CPUWeight=0",
            "CPUQuota=0%",
            "CPUQuota=%",
            "CPUQuota=1.%",
            "CPUQuota=1.234%",
            "CPUQuota=+1%",
            "TasksAccounting=2",
            "TasksMax",
            "DeviceAllow=/dev/null r",
        ] {
            assert!(assignment("x.service", wrong).is_err(), "{wrong}");
        }
    }
}
