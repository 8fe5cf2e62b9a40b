//! What CPython's logging does, case by case, and whether we do the same. The cases were made by
//! running CPython; another file of the same form can be given in `LOGGING_CASES`.
//!
//! A scenario has a process of its own, in an empty directory, with the clock and the time zone of
//! the case: loggers, clock and zone are global.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

#[path = "cases/fields.rs"]
mod fields;
#[path = "cases/formats.rs"]
mod formats;
#[path = "cases/outcome.rs"]
mod outcome;
#[path = "cases/scenario.rs"]
mod scenario;

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use leveled_logger::{FileMode, Level, When};
use serde_json::{Value, json};

/// What Rust's types or this crate's bounds leave out, and why: such a case does not hold, and that
/// is no fault.
fn left_out(case: &Value, why: &str) -> Option<&'static str> {
    let steps = case["steps"].as_array().map_or(&[][..], Vec::as_slice);
    let any = |test: &dyn Fn(&Value) -> bool| steps.iter().any(test);
    let text = case.to_string();
    match () {
        () if any(&|step| step["op"] == "dictConfig" || step["op"] == "fileConfig") => {
            Some("no configuration files: a Rust program sets its loggers up in Rust")
        }
        () if any(&|step| step["op"] == "basicConfig" && scenario::unknown_key(step).is_some()) => {
            Some("an unknown argument does not compile")
        }
        () if any(&|step| !step["raw_level"].is_null()) => {
            Some("a level that is no level does not compile")
        }
        () if any(&|step| !step["encoding"].is_null() || !step["errors"].is_null()) => {
            Some("files are UTF-8, as Rust's strings are")
        }
        () if case["id"].as_str().is_some_and(|id| id.starts_with("extra-clash")) => {
            Some("a field may have any name: the record's own attributes are looked up first")
        }
        () if case["kind"] == "getLevelName"
            && !case["expected"].is_number()
            && case["input"].is_string() =>
        {
            Some("an unknown name is an error, not the level named `Level TRACE`")
        }
        () if case["kind"] == "checkLevel" && case["input"].is_boolean() => {
            Some("a bool is no number in Rust")
        }
        () if text.contains("QueueHandler") => Some("no QueueHandler: Batched is what it is for"),
        () if case["kind"] == "format" && case["style"] == "{" && looks_inside(case) => {
            Some("a value of Rust's has no insides for {message[0]} or {message.x} to show")
        }
        () if any(&|step| step["op"] == "log" && has_bad_args(step))
            || has_bad_args(&case["record_overrides"]) =>
        {
            Some("arguments that don't fit their format don't compile")
        }
        () if any(&|step| is_bad(step, "filemode") || is_bad(step, "mode")) => {
            Some("a mode in which no line can be written is an error at once")
        }
        () if any(&|step| step["type"] == "timed" && is_bad(step, "when")) => {
            Some("a bad span of time is an error before the file is made")
        }
        () if text.contains("%(relativeCreated)") && case["kind"] == "scenario" => {
            Some("the program begins to log with its first line, not when a module is imported")
        }
        () if why.contains("a % begins a field") => {
            Some("a % without a name would show the whole record, as Python writes a dict")
        }
        () if why.contains("is more than 10000") => {
            Some("a width has a bound: a line is not a page")
        }
        () if text.contains("..") && any(&|step| step["logger"].is_string()) => {
            Some("between two dots is a logger too, with an empty name")
        }
        () => None,
    }
}

fn has_bad_args(of: &Value) -> bool {
    of["msg"].as_str().is_some_and(|msg| formats::message(msg, &of["args"]).is_err())
}

/// Whether a mode of a file, or a span of time, can't be read.
fn is_bad(step: &Value, key: &str) -> bool {
    step[key].as_str().is_some_and(|text| match key {
        "when" => text.parse::<When>().is_err(),
        _ => text.parse::<FileMode>().is_err(),
    })
}

/// Whether the format asks for a part of a value.
fn looks_inside(case: &Value) -> bool {
    let format = case["format"].as_str().unwrap_or_default();
    let names = format.split('{').skip(1).map(|rest| rest.split([':', '!', '}']).next());
    names.flatten().any(|name| name.contains(['.', '[']))
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().collect();
    if let Ok(what) = env::var("LOGGING_CASE_CHILD") {
        return child(&what);
    }
    if args.iter().any(|arg| arg == "--list") {
        if !args.iter().any(|arg| arg == "--ignored") {
            println!("cases: test");
        }
        return ExitCode::SUCCESS;
    }
    let (cases, base) = match cases() {
        Ok(cases) => cases,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let (mut held, mut faults) = (0, 0);
    let mut complaints = Vec::new();
    for case in &cases {
        match judge(case, &base) {
            Ok(()) => held += 1,
            Err(why) => {
                let reason = left_out(case, &why);
                faults += usize::from(reason.is_none() && case["tier"] != 3);
                let id = case["id"].as_str().unwrap_or("(without an id)");
                let why = reason.map_or(why, |reason| format!("left out: {reason}"));
                let why = why.trim_end().replace('\n', " / ");
                complaints.push(format!("{id} (tier {}): {why}", case["tier"]));
            }
        }
    }
    println!("{held} of {} cases hold", cases.len());
    for complaint in complaints {
        println!("{complaint}");
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All cases, and the record that their formats are tried with.
fn cases() -> Result<(Vec<Value>, Value), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = match env::var_os("LOGGING_CASES") {
        Some(given) => vec![PathBuf::from(given)],
        // Besides: rotation by time, over midnights, weeks and the ends of summer time; and what
        // the first file does not ask.
        None => ["logging.json", "timed.json", "corners.json"].map(|name| here.join(name)).into(),
    };
    let (mut cases, mut base) = (Vec::new(), Value::Null);
    for path in files {
        let bad = |why: String| format!("cannot read the cases in {}: {why}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| bad(error.to_string()))?;
        let mut all: Value = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
        let list = all["cases"].as_array_mut().ok_or_else(|| bad("no list of cases".into()))?;
        cases.append(list);
        if base.is_null() {
            base = all["base_record"].take();
        }
    }
    Ok((cases, base))
}

fn judge(case: &Value, base: &Value) -> Result<(), String> {
    let same = |got: Value| {
        if got == case["expected"] {
            Ok(())
        } else {
            Err(format!("expected {}, got {got}", case["expected"]))
        }
    };
    let input = &case["input"];
    match case["kind"].as_str().unwrap_or("(none)") {
        "getLevelName" => match input.as_i64() {
            Some(number) => same(json!(Level::new(number as i32).to_string())),
            None => match input.as_str().unwrap_or("?").parse::<Level>() {
                Ok(level) => same(json!(level.number())),
                Err(error) => Err(error.to_string()),
            },
        },
        "checkLevel" => {
            let level = match input {
                Value::Number(number) => number.as_i64().map(|number| Level::new(number as i32)),
                Value::Bool(flag) => Some(Level::new(i32::from(*flag))),
                other => other.as_str().and_then(|name| name.parse().ok()),
            };
            match (level, case.get("expect_error")) {
                (None, Some(_)) => Ok(()),
                (Some(level), None) => same(json!(level.number())),
                (level, _) => Err(format!("got {level:?}")),
            }
        }
        "syslogPriority" => {
            let priority = Level::syslog_priority(input.as_str().unwrap_or_default());
            same(json!(priority.number()))?;
            let with_facility = json!(1 << 3 | priority.number());
            if with_facility == case["expected_pri_user"] {
                Ok(())
            } else {
                Err(with_facility.to_string())
            }
        }
        "journaldPriority" => {
            let level = Level::new(input.as_i64().unwrap_or_default() as i32);
            same(json!(level.priority().number()))
        }
        "format" => in_child("format", &json!({ "case": case, "base": base }), case).map(drop),
        "scenario" => outcome::judge(case),
        other => Err(format!("unknown kind of case: {other}")),
    }
}

/// Runs this program again, with the time zone of the case; returns what it printed.
fn in_child(what: &str, input: &Value, case: &Value) -> Result<String, String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .env("LOGGING_CASE_CHILD", what)
        .env("TZ", case["tz"].as_str().unwrap_or("UTC0"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(text + &String::from_utf8_lossy(&output.stderr))
    }
}

fn child(what: &str) -> ExitCode {
    let input: Value = serde_json::from_reader(std::io::stdin()).unwrap();
    let outcome = match what {
        "format" => formats::judge(&input["case"], &input["base"]),
        _ => scenario::run(&input),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}
