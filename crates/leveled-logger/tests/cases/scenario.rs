//! The steps of a scenario, in the language of the cases, done one after the other.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use leveled_logger::{
    Config, Filter, Handler, Level, Logger, MemorySink, Record, RotatingSink, Said, Sink,
    StreamSink, TimeZone, TimedSink, WatchedSink, log,
};
use serde_json::{Map, Value, json};

use crate::fields::{file_of, flag, level, named, path, stream_of, with_format};
use crate::formats;

static CLOCK_NS: AtomicI64 = AtomicI64::new(0);

fn clock() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(CLOCK_NS.load(Ordering::Relaxed) as u64)
}

/// Child: the steps.
pub(crate) fn run(case: &Value) -> Result<(), String> {
    let clock_ns = (case["clock"].as_f64().unwrap_or(0.0) * 1e6) as i64 * 1000;
    CLOCK_NS.store(clock_ns, Ordering::Relaxed);
    assert!(leveled_logger::set_clock(clock));
    // The last resort's own format escapes what it says; Python's does not.
    let plain = formats::formatter(&json!({})).unwrap();
    let last = Handler::new(StreamSink::new(io::stderr)).with_formatter(plain);
    leveled_logger::set_last_resort(Some(Arc::new(last.with_level(Level::WARNING))));
    let mut stage = Stage::default();
    let mut results = Vec::new();
    for step in case["steps"].as_array().into_iter().flatten() {
        match stage.step(step) {
            Ok(None) => {}
            Ok(Some(answer)) => results.push(answer),
            Err(Trouble::Unknown(what)) => return Err(format!("cannot do {what}: {step}")),
            Err(Trouble::Error(error)) => results.push(json!({ "op": step["op"], "error": error })),
        }
    }
    let path = std::env::var_os("LOGGING_CASE_RESULTS").unwrap();
    fs::write(path, json!(results).to_string()).unwrap();
    Ok(())
}

pub(crate) enum Trouble {
    /// The step, or a part of it, is not known here.
    Unknown(String),
    /// The step is known, and must fail.
    Error(String),
}

impl From<leveled_logger::Error> for Trouble {
    fn from(error: leveled_logger::Error) -> Trouble {
        Trouble::Error(error.to_string())
    }
}

#[derive(Default)]
struct Stage {
    handlers: BTreeMap<String, Arc<Handler>>,
    specs: BTreeMap<String, Value>,
}

const KEYS: [&str; 11] = [
    "op", "level", "format", "filename", "filemode", "datefmt", "style", "stream", "handlers",
    "force", "note",
];

type SetText = fn(Config, &str) -> Config;

/// An argument of basicConfig that we don't have.
pub(crate) fn unknown_key(step: &Value) -> Option<&str> {
    let mut keys = step.as_object().unwrap().keys();
    keys.find(|key| !KEYS.contains(&key.as_str())).map(String::as_str)
}

impl Stage {
    fn step(&mut self, step: &Value) -> Result<Option<Value>, Trouble> {
        let logger = named(&step["logger"]);
        let handler = || {
            let id = step["handler"].as_str().or(step["id"].as_str()).unwrap_or_default();
            // One that could not be made is not there.
            self.handlers.get(id).ok_or_else(|| Trouble::Error(format!("no handler {id:?}")))
        };
        match step["op"].as_str().unwrap_or("(no op)") {
            "basicConfig" => self.basic_config(step)?,
            "log" => return log_step(step, logger).map(|()| None),
            "query" => return Ok(Some(query(&step["logger"], logger))),
            "setLevel" => match step["handler"].as_str() {
                Some(_) => handler()?.set_level(level(&step["level"])?),
                None => logger.set_level(level(&step["level"])?),
            },
            "handlerLevel" | "setHandlerLevel" => handler()?.set_level(level(&step["level"])?),
            "handler" => self.make(step)?,
            "addHandler" => logger.add_handler(handler()?),
            "removeHandler" => logger.remove_handler(handler()?),
            "flush" | "close" => match step["handler"].as_str().or(step["id"].as_str()) {
                Some(_) => handler()?.flush(),
                None => leveled_logger::flush(),
            },
            "shutdown" => leveled_logger::flush(),
            "disabled" => logger.set_disabled(flag(step)),
            "propagate" | "setPropagate" => logger.set_propagate(flag(step)),
            "disable" => {
                let given = [&step["level"], &step["value"]].into_iter().find(|v| !v.is_null());
                leveled_logger::disable(given.map_or(Ok(Level::CRITICAL), level)?);
            }
            "addFilter" => logger.add_filter(Filter::name(step["filter"].as_str().unwrap())),
            "addLevelName" => {
                let name = step["name"].as_str().or(step["levelName"].as_str()).unwrap_or_default();
                level(&step["level"])?.add_name(name);
            }
            "lastResort" if step["value"].is_null() => leveled_logger::set_last_resort(None),
            "raiseExceptions" => leveled_logger::set_report_errors(flag(step)),
            "rename" => {
                fs::rename(step["src"].as_str().unwrap(), step["dst"].as_str().unwrap()).unwrap()
            }
            "remove" | "unlink" | "delete" => {
                let path =
                    ["path", "filename", "file", "src"].iter().find_map(|key| step[key].as_str());
                fs::remove_file(path.unwrap()).unwrap();
            }
            "mkdir" => fs::create_dir(step["path"].as_str().or(step["filename"].as_str()).unwrap())
                .unwrap(),
            "advance" | "tick" | "clock" | "sleep" => {
                let numbers = step.as_object().unwrap().values().find_map(Value::as_f64);
                let by = numbers.ok_or_else(|| Trouble::Unknown("advance".to_owned()))?;
                CLOCK_NS.fetch_add((by * 1e9) as i64, Ordering::Relaxed);
            }
            other => return Err(Trouble::Unknown(other.to_owned())),
        }
        Ok(None)
    }

    fn basic_config(&self, step: &Value) -> Result<(), Trouble> {
        if let Some(key) = unknown_key(step) {
            return Err(Trouble::Unknown(format!("basicConfig({key})")));
        }
        let config = leveled_logger::basic_config().escape(false).append_fields(false);
        let mut config = config.force(step["force"] == true);
        config = match &step["level"] {
            Value::Null => config,
            Value::String(name) => config.level(name.as_str()),
            number => config.level(level(number)?),
        };
        let texts: [(&str, SetText); 5] = [
            ("format", Config::format),
            ("datefmt", Config::datefmt),
            ("style", Config::style),
            ("filemode", Config::filemode),
            ("filename", |config, path| config.filename(path)),
        ];
        for (key, set) in texts {
            if let Some(text) = step[key].as_str() {
                config = set(config, text);
            }
        }
        if let Some(stream) = step["stream"].as_str() {
            config = config.stream(stream_of(stream));
        }
        if let Some(ids) = step["handlers"].as_array() {
            let handlers = ids.iter().map(|id| self.handlers.get(id.as_str()?).cloned());
            let handlers: Option<Vec<_>> = handlers.collect();
            config = config.handlers(handlers.ok_or_else(|| Trouble::Error("KeyError".into()))?);
        }
        Ok(config.apply()?)
    }

    fn make(&mut self, step: &Value) -> Result<(), Trouble> {
        let id = step["id"].as_str().unwrap_or_default().to_owned();
        let mut handler = match step["type"].as_str().unwrap_or("(no type)") {
            "memory" => {
                let target = self.specs.get(step["target"].as_str().unwrap_or_default());
                let target =
                    target.cloned().ok_or_else(|| Trouble::Unknown("target".to_owned()))?;
                let capacity = step["capacity"].as_u64().unwrap_or(0) as usize;
                let flush_level = match &step["flushLevel"] {
                    Value::Null => Level::ERROR,
                    given => level(given)?,
                };
                let handler = match target["type"].as_str().unwrap() {
                    "stream" => {
                        let sink = stream_of(target["stream"].as_str().unwrap_or("stderr"));
                        Handler::new(MemorySink::new(sink, capacity, flush_level))
                    }
                    _ => Handler::new(MemorySink::new(file_of(&target)?, capacity, flush_level)),
                };
                // Whoever passes a record on asks the target's filters, and not its level.
                let name = target["filter"].as_str().unwrap_or_default();
                with_format(handler, &target)?.with_filter(Filter::name(name))
            }
            "stream" => Handler::new(stream_of(step["stream"].as_str().unwrap_or("stderr"))),
            "null" => Handler::new(Null),
            "file" => Handler::new(file_of(step)?),
            "watched" => Handler::new(WatchedSink::open(path(step))?),
            "rotating" => {
                let number = |key: &str| step[key].as_u64().unwrap_or(0);
                let backups = number("backupCount") as u32;
                Handler::new(RotatingSink::open(path(step), number("maxBytes"), backups)?)
            }
            "timed" | "timedRotating" => {
                let zone = if step["utc"] == true { TimeZone::Utc } else { TimeZone::Local };
                let every = step["interval"].as_u64().unwrap_or(1) as u32;
                let backups = step["backupCount"].as_u64().unwrap_or(0) as usize;
                let when = step["when"].as_str().unwrap_or("H").parse()?;
                Handler::new(TimedSink::open(path(step), when, every, backups, zone)?)
            }
            other => return Err(Trouble::Unknown(format!("the handler {other:?}"))),
        };
        handler = with_format(handler, step)?;
        if !step["level"].is_null() {
            handler.set_level(level(&step["level"])?);
        }
        if let Some(name) = step["filter"].as_str() {
            handler = handler.with_filter(Filter::name(name));
        }
        self.specs.insert(id.clone(), step.clone());
        self.handlers.insert(id, Arc::new(handler));
        Ok(())
    }
}

/// Python's NullHandler.
struct Null;

impl Sink for Null {
    fn write_line(&self, _: &[u8], _: leveled_logger::About) -> io::Result<()> {
        Ok(())
    }

    fn place(&self) -> String {
        "nowhere".to_owned()
    }
}

fn log_step(step: &Value, logger: Logger) -> Result<(), Trouble> {
    // The method's name in small letters, or the level itself.
    let level = match &step["level"] {
        Value::String(name) => match &*name.to_uppercase() {
            // The method stays what it is, whatever level got its name.
            "DEBUG" => Level::DEBUG,
            "INFO" => Level::INFO,
            "WARNING" | "WARN" => Level::WARNING,
            "ERROR" => Level::ERROR,
            "CRITICAL" | "FATAL" => Level::CRITICAL,
            name => name.parse()?,
        },
        other => level(other)?,
    };
    let msg = step["msg"].as_str().map_or_else(|| formats::python(&step["msg"]), str::to_owned);
    let text = formats::message(&msg, &step["args"]).map_err(Trouble::Error)?;
    let plain =
        ["extra", "exc_info", "exc_text", "stack_info"].iter().all(|key| step[key].is_null());
    if step["module_level"] == true {
        log!(level, "{text}");
    } else if plain {
        log!(logger: logger, level, "{text}");
    } else if logger.is_enabled_for(level) {
        let mut said = Said::message_only(&text);
        for (name, value) in step["extra"].as_object().unwrap_or(&Map::new()) {
            formats::add(&mut said, name, value);
        }
        for (key, field) in
            [("exc_info", "exc_info"), ("exc_text", "exc_info"), ("stack_info", "stack_info")]
        {
            if step[key].is_string() {
                formats::add(&mut said, field, &step[key]);
            }
        }
        logger.handle(&record(logger, level, &said));
    }
    Ok(())
}

fn record<'a>(logger: Logger, level: Level, said: &'a Said) -> Record<'a> {
    let created_ns = CLOCK_NS.load(Ordering::Relaxed);
    Record {
        name: logger.name(),
        level,
        level_name: level.name(),
        said,
        created_ns,
        msecs: (created_ns % 1_000_000_000 / 1_000_000) as f64,
        relative_ms: 0.0,
        path: file!(),
        line: line!(),
        function: "record",
        thread_name: "MainThread",
        thread: 1,
        process_name: "MainProcess",
        process: std::process::id(),
    }
}

fn query(name: &Value, logger: Logger) -> Value {
    let numbers = [10, 20, 30, 40, 50];
    let enabled: Map<String, Value> = numbers
        .iter()
        .map(|number| (number.to_string(), json!(logger.is_enabled_for(Level::new(*number)))))
        .collect();
    json!({
        "logger": name.as_str().unwrap_or("root"),
        "effective": logger.effective_level().number(),
        "level": logger.level().number(),
        "enabled": enabled,
        "handlers": logger.handlers().len(),
        "hasHandlers": logger.has_handlers(),
    })
}
