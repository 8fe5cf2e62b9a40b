//! 4.2: whose message it is, and how urgent; journalctl(1), `--unit=` and `--priority=`.

use check::{Directory, Result};
use serde_json::{Value, json};

use super::shared::{Random, expect_lines, json_file};

/// Makes an entry for `shop.service`, or not, with a number for its message.
fn entry(number: usize, priority: Option<usize>, fields: &Value) -> Value {
    let mut entry = json!({"MESSAGE": format!("message {number}"), "_HOSTNAME": "lab"});
    for (name, value) in fields.as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    if let Some(priority) = priority {
        entry["PRIORITY"] = json!(priority.to_string());
    }
    entry
}

/// Units that entries may be about. The promises speak of the first.
const UNITS: [&str; 4] =
    ["shop.service", "shop@7.service", "shop\\x2ddata.mount", "my-own.shop.service"];

/// Tries the promise with several units.
#[track_caller]
fn expect_wanted(wanted: &[Value], unwanted: &[Value], say: &'static str) -> Result {
    for unit in UNITS {
        let about = |fields: &Value| {
            let mut fields = fields.clone();
            for value in fields.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
                if let Some(text) = value.as_str() {
                    *value = json!(text.replace(UNITS[0], unit));
                }
            }
            fields
        };
        let wanted: Vec<Value> = wanted.iter().map(about).collect();
        let unwanted: Vec<Value> = unwanted.iter().map(about).collect();
        expect_wanted_of(unit, &wanted, &unwanted, say)?;
    }
    Ok(())
}

/// Shuffles entries of both kinds, each several times, asks for priority 7, and expects those that
/// are wanted.
#[track_caller]
fn expect_wanted_of(unit: &str, wanted: &[Value], unwanted: &[Value], say: &'static str) -> Result {
    let mut random = Random::new();
    let of_kind = |fields, is_wanted| std::iter::repeat_n((fields, is_wanted), 4);
    let mut all: Vec<(&Value, bool)> =
        wanted.iter().flat_map(|fields| of_kind(fields, true)).collect();
    all.extend(unwanted.iter().flat_map(|fields| of_kind(fields, false)));
    for at in 0..all.len() {
        let other = random.below(all.len());
        all.swap(at, other);
    }
    let (mut entries, mut lines) = (Vec::new(), Vec::new());
    for (number, (fields, is_wanted)) in all.into_iter().enumerate() {
        entries.push(entry(number, Some(random.below(8)), fields));
        lines.extend(is_wanted.then(|| format!("message {number}")));
    }
    let directory = Directory::new()?;
    let file = json_file(&directory, &entries)?;
    expect_lines(&file, &[unit, "7"], &lines, say, "belongs")
}

#[test]
fn shows_what_the_unit_itself_has_said() -> Result {
    expect_wanted(
        &[
            json!({"_SYSTEMD_UNIT": "shop.service", "_PID": "77"}),
            json!({"_SYSTEMD_UNIT": "shop.service", "_PID": "78", "_UID": "1000"}),
        ],
        &[
            json!({"_SYSTEMD_UNIT": "other.service"}),
            json!({"_SYSTEMD_UNIT": "shop.service.old"}),
            json!({"_SYSTEMD_UNIT": "my-shop.service"}),
            json!({"_SYSTEMD_UNIT": "Shop.service"}),
            json!({"_SYSTEMD_UNIT": "init.scope", "SYSLOG_IDENTIFIER": "shop"}),
            json!({"_SYSTEMD_UNIT": "user@1000.service", "_SYSTEMD_USER_UNIT": "shop.service"}),
            json!({"_SYSTEMD_UNIT": "user@1000.service", "USER_UNIT": "shop.service"}),
            json!({"_SYSTEMD_UNIT": "user@1000.service", "USER_UNIT": "shop.service",
                "_COMM": "systemd"}),
            json!({"_SYSTEMD_UNIT": "user@1000.service",
                "_SYSTEMD_CGROUP": "/user.slice/app.slice/shop.service"}),
            json!({"_TRANSPORT": "kernel"}),
            json!({"_SYSTEMD_UNIT": "shop"}),
            json!({"_SYSTEMD_UNIT": "shop.socket"}),
            json!({"_SYSTEMD_UNIT": "shop@8.service"}),
            json!({"_SYSTEMD_UNIT": "shop@.service"}),
            json!({"_SYSTEMD_UNIT": "other.service", "COREDUMP_UNIT": "shop.service", "_UID": "0"}),
        ],
        "what a unit's processes write has _SYSTEMD_UNIT=, the whole name",
    )
}

#[test]
fn knows_what_the_manager_says_about_it() -> Result {
    expect_wanted(
        &[
            json!({"UNIT": "shop.service", "_PID": "1", "_SYSTEMD_UNIT": "init.scope"}),
            json!({"UNIT": "shop.service", "_PID": "1"}),
        ],
        &[json!({"UNIT": "other.service", "_PID": "1", "_SYSTEMD_UNIT": "init.scope"})],
        "Started, Failed and the like are written by process 1, with UNIT=",
    )
}

#[test]
fn believes_nobody_else_who_says_unit() -> Result {
    expect_wanted(
        &[json!({"_SYSTEMD_UNIT": "shop.service", "UNIT": "other.service"})],
        &[
            json!({"UNIT": "shop.service", "_PID": "4711", "_SYSTEMD_UNIT": "evil.service"}),
            json!({"UNIT": "shop.service", "_PID": "11"}),
            json!({"UNIT": "shop.service", "_PID": "12", "_SYSTEMD_UNIT": "init.scope"}),
            json!({"UNIT": "shop.service", "_PID": "900", "_COMM": "systemd", "_UID": "0"}),
            json!({"UNIT": "shop.service", "_PID": "21"}),
            json!({"UNIT": "shop.service", "PID": "1"}),
            json!({"UNIT": "shop.service"}),
        ],
        "anybody can send UNIT=; only a field with an underscore tells who it was, so _PID=1 has \
         to be there as well",
    )
}

#[test]
fn shows_what_root_says_about_it_as_an_object() -> Result {
    expect_wanted(
        &[json!({"OBJECT_SYSTEMD_UNIT": "shop.service", "_UID": "0", "_PID": "300"})],
        &[
            json!({"OBJECT_SYSTEMD_UNIT": "shop.service", "_UID": "1000"}),
            json!({"OBJECT_SYSTEMD_UNIT": "shop.service", "_UID": "1000", "_GID": "0"}),
            json!({"OBJECT_SYSTEMD_UNIT": "shop.service", "_UID": "1000", "_PID": "1"}),
            json!({"OBJECT_SYSTEMD_UNIT": "shop.service"}),
            json!({"OBJECT_SYSTEMD_UNIT": "other.service", "_UID": "0"}),
        ],
        "a daemon that speaks about another unit says OBJECT_SYSTEMD_UNIT=, and is believed if it \
         is root: _UID=0",
    )
}

#[test]
fn asks_for_this_priority_and_what_is_more_urgent() -> Result {
    let (mut random, directory) = (Random::new(), Directory::new()?);
    for priority in 0..8 {
        let (mut entries, mut lines) = (Vec::new(), Vec::new());
        for number in 0..40 {
            let its = random.below(8);
            entries.push(entry(number, Some(its), &json!({"_SYSTEMD_UNIT": "shop.service"})));
            lines.extend((its <= priority).then(|| format!("message {number}")));
        }
        let file = json_file(&directory, &entries)?;
        let say = "0 is the most urgent, 7 the least: what is asked for, and the smaller numbers";
        expect_lines(&file, &["shop.service", &priority.to_string()], &lines, say, "is_urgent")?;
    }
    Ok(())
}

#[test]
fn leaves_out_what_has_no_priority() -> Result {
    let (directory, unit) = (Directory::new()?, json!({"_SYSTEMD_UNIT": "shop.service"}));
    let mut entries =
        vec![entry(0, Some(7), &unit), entry(1, None, &unit), entry(2, Some(0), &unit)];
    for (at, odd) in
        ["high", "4x", "", "nan", "inf", "err", "10", "66", "256", "260"].into_iter().enumerate()
    {
        let mut entry = entry(3 + at, None, &unit);
        entry["PRIORITY"] = json!(odd);
        entries.push(entry);
    }
    let file = json_file(&directory, &entries)?;
    let lines = ["message 0", "message 2"].map(str::to_owned);
    let say = "--priority=7 is a match for PRIORITY=0 to 7; an entry without that field matches \
               none of them";
    expect_lines(&file, &["shop.service", "7"], &lines, say, "is_urgent")
}
