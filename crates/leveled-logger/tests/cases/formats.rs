//! One record, one format, one line.

use leveled_logger::{Error, Formatter, Kind, Level, Record, Said, Style};
use serde_json::Value;

/// Python's formatter for a style, a format and a datefmt; nothing escaped, and no fields but the
/// named ones.
pub(crate) fn formatter(spec: &Value) -> Result<Formatter, Error> {
    let style: Style = spec["style"].as_str().unwrap_or("%").parse()?;
    let formatter =
        Formatter::new(spec["format"].as_str().unwrap_or(""), spec["datefmt"].as_str(), style)?;
    Ok(formatter.escape(false).append_fields(false))
}

/// The arguments of a message put in: Python's own way, done by our own formatter. Rust programs
/// use `format_args!`.
pub(crate) fn message(msg: &str, args: &Value) -> Result<String, String> {
    let mut said = Said::default();
    match args {
        Value::Array(args) if args.is_empty() => return Ok(msg.to_owned()),
        Value::Null => return Ok(msg.to_owned()),
        Value::Array(args) => {
            args.iter().enumerate().for_each(|(at, value)| add(&mut said, &at.to_string(), value));
            // A single dict can be asked for its parts.
            let parts = args[0].as_object().filter(|_| args.len() == 1).into_iter().flatten();
            parts.for_each(|(name, value)| add(&mut said, name, value));
        }
        Value::Object(args) => args.iter().for_each(|(name, value)| add(&mut said, name, value)),
        _ => return Err("strange args".to_owned()),
    }
    let mut named = String::new();
    let mut next = 0;
    let mut chars = msg.chars().peekable();
    while let Some(c) = chars.next() {
        named.push(c);
        match (c, chars.peek()) {
            ('%', Some('%')) => named.push(chars.next().unwrap()),
            ('%', Some('(') | None) => {}
            ('%', Some(_)) => {
                let mut spec = String::new();
                while let Some(c) = chars.next_if(|c| "-+ #0123456789.*".contains(*c)) {
                    if c == '*' {
                        spec.push_str(&args[next].to_string());
                        next += 1;
                    } else {
                        spec.push(c);
                    }
                }
                named.push_str(&format!("({next}){spec}"));
                next += 1;
            }
            _ => {}
        }
    }
    if args.as_array().is_some_and(|args| !args[0].is_object() && args.len() != next) {
        return Err("not all arguments converted".to_owned());
    }
    // A format without a field is no format, so it has one more, of which nothing is written.
    let formatter = Formatter::new(&(named + "%(message).0s"), None, Style::Percent);
    let formatter = formatter.map_err(|error| error.to_string())?;
    let formatter = formatter.escape(false).append_fields(false);
    let record = record(&Value::Null, &said, &[], 0);
    formatter.format(&record).map_err(|error| error.to_string())
}

pub(crate) fn add(said: &mut Said, name: &str, value: &Value) {
    let name = name.to_owned();
    match value {
        Value::Number(number) if number.is_f64() => {
            said.add(name, Kind::Float, format_args!("{number}"))
        }
        Value::Number(number) => said.add(name, Kind::Int, format_args!("{number}")),
        Value::String(text) => said.add_text(name, Kind::Text, text),
        // Neither text nor a number, so no quotes are put around it.
        other => said.add_text(name, Kind::Bool, &python(other)),
    }
}

/// As Python's `repr` writes it.
pub(crate) fn python(value: &Value) -> String {
    let all = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(parts) => format!("[{}]", all(parts.iter().map(python).collect())),
        Value::Object(parts) => {
            let pair = |(name, value): (&String, &Value)| format!("'{name}': {}", python(value));
            format!("{{{}}}", all(parts.iter().map(pair).collect()))
        }
    }
}

fn record<'a>(from: &'a Value, said: &'a Said, _: &[()], created_ns: i64) -> Record<'a> {
    let text = |key: &str| from[key].as_str().unwrap_or_default();
    let number = |key: &str| from[key].as_i64().unwrap_or_default();
    Record {
        name: text("name"),
        level: Level::new(number("levelno") as i32),
        level_name: text("levelname").into(),
        said,
        created_ns,
        msecs: from["msecs"].as_f64().unwrap_or_default(),
        relative_ms: from["relativeCreated"].as_f64().unwrap_or_default(),
        path: text("pathname"),
        line: number("lineno") as u32,
        function: text("funcName"),
        thread_name: text("threadName"),
        thread: number("thread") as u64,
        process_name: text("processName"),
        process: number("process") as u32,
    }
}

pub(crate) fn judge(case: &Value, base: &Value) -> Result<(), String> {
    let mut from = base.clone();
    for (key, value) in case["record_overrides"].as_object().into_iter().flatten() {
        from[key] = value.clone();
    }
    let got = line(case, &from, base);
    match (got, &case["expect_error"], &case["expected"]) {
        (Ok(line), Value::Null, expected) if expected == &line => Ok(()),
        // What Python finds with the first record, we may find with the format: earlier is better,
        // later is not.
        (Err((phase, _)), error, _)
            if !error.is_null() && (phase == "construct" || error["phase"] == phase) =>
        {
            Ok(())
        }
        (got, error, expected) => Err(format!("expected {expected} {error}, got {got:?}")),
    }
}

fn line(case: &Value, from: &Value, base: &Value) -> Result<String, (&'static str, String)> {
    let formatter = formatter(case).map_err(|error| ("construct", error.to_string()))?;
    let at_format = |error: String| ("format", error);
    let mut said = Said::default();
    let msg = from["msg"].as_str().map_or_else(|| python(&from["msg"]), str::to_owned);
    let text = message(&msg, &from["args"]).map_err(at_format)?;
    said.set_message(format_args!("{text}"));
    let known = base.as_object().ok_or(("read", "no base record".to_owned()))?;
    for (key, value) in from.as_object().into_iter().flatten() {
        match key.as_str() {
            "exc_text" | "exc_info" if value.is_string() => add(&mut said, "exc_info", value),
            "stack_info" if value.is_string() => add(&mut said, "stack_info", value),
            "taskName" => add(&mut said, key, value),
            key if !known.contains_key(key) => add(&mut said, key, value),
            _ => {}
        }
    }
    let created = from["created"].as_f64().unwrap_or_default();
    let created_ns = created.floor() as i64 * 1_000_000_000
        + (created.fract().rem_euclid(1.0) * 1e9).round() as i64;
    let record = record(from, &said, &[], created_ns);
    formatter.format(&record).map_err(|error| at_format(error.to_string()))
}
