//! A calendar event written out in full, as `systemd-analyze calendar` normalizes it.

use std::fmt;

use super::calendar_parts::{Calendar, Component, MICROS};

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_weekdays(f, self.weekdays)?;
        write_field(f, &self.year, 4, 1)?;
        f.write_str("-")?;
        write_field(f, &self.month, 2, 1)?;
        f.write_str(if self.end_of_month { "~" } else { "-" })?;
        write_field(f, &self.day, 2, 1)?;
        f.write_str(" ")?;
        write_field(f, &self.hour, 2, 1)?;
        f.write_str(":")?;
        write_field(f, &self.minute, 2, 1)?;
        f.write_str(":")?;
        write_field(f, &self.microsecond, 2, MICROS)?;
        match &self.zone {
            Some(zone) => write!(f, " {zone}"),
            None => Ok(()),
        }
    }
}

/// Runs of three days and more become ranges.
fn write_weekdays(f: &mut fmt::Formatter<'_>, days: u8) -> fmt::Result {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut separator = "";
    let mut day = 0;
    while day < 7 {
        let length = (day..7).take_while(|day| days & (1 << day) != 0).count();
        if length == 0 {
            day += 1;
            continue;
        }
        let last = day + length - 1;
        write!(f, "{separator}{}", names[day])?;
        match length {
            1 => {}
            2 => write!(f, ",{}", names[last])?,
            _ => write!(f, "..{}", names[last])?,
        }
        separator = ",";
        day = last + 1;
    }
    if days == 0 { Ok(()) } else { f.write_str(" ") }
}

/// A range whose step is one is written without it; of seconds, one is a million microseconds.
fn write_field(
    f: &mut fmt::Formatter<'_>,
    field: &[Component],
    width: usize,
    unit: i32,
) -> fmt::Result {
    let every_second = Component { start: 0, stop: None, repeat: Some(MICROS) };
    if field.is_empty() || (unit == MICROS && field.contains(&every_second)) {
        return f.write_str("*");
    }
    for (index, component) in field.iter().enumerate() {
        if index > 0 {
            f.write_str(",")?;
        }
        write_number(f, component.start, width, unit)?;
        if let Some(stop) = component.stop {
            f.write_str("..")?;
            write_number(f, stop, width, unit)?;
        }
        // A range goes in steps of one unit anyway.
        let is_plain = |repeat: &i32| component.stop.is_some() && *repeat == unit;
        if let Some(repeat) = component.repeat.filter(|repeat| !is_plain(repeat)) {
            f.write_str("/")?;
            write_number(f, repeat, 0, unit)?;
        }
    }
    Ok(())
}

fn write_number(f: &mut fmt::Formatter<'_>, number: i32, width: usize, unit: i32) -> fmt::Result {
    write!(f, "{:0width$}", number / unit)?;
    match number % unit {
        0 => Ok(()),
        fraction => write!(f, ".{fraction:06}"),
    }
}
