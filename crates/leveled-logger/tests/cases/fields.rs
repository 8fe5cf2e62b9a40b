//! What the fields of a step name: a file, a stream, a logger, a level.

use std::io;

use leveled_logger::{FileMode, FileSink, Handler, Level, Logger, StreamSink, get_logger, root};
use serde_json::Value;

use crate::formats;
use crate::scenario::Trouble;

pub(crate) fn with_format(handler: Handler, step: &Value) -> Result<Handler, Trouble> {
    if step["format"].is_null() && step["datefmt"].is_null() {
        return Ok(handler);
    }
    Ok(handler.with_formatter(formats::formatter(step)?))
}

pub(crate) fn path(step: &Value) -> &str {
    step["filename"].as_str().unwrap()
}

pub(crate) fn file_of(step: &Value) -> Result<FileSink, Trouble> {
    let mode = step["mode"].as_str().or(step["filemode"].as_str()).unwrap_or("a");
    let mode: FileMode = mode.parse()?;
    if step["delay"] == true {
        return Ok(FileSink::delayed(path(step), mode));
    }
    Ok(FileSink::open(path(step), mode)?)
}

pub(crate) fn stream_of(name: &str) -> StreamSink {
    if name.contains("stdout") { StreamSink::new(io::stdout) } else { StreamSink::new(io::stderr) }
}

pub(crate) fn flag(step: &Value) -> bool {
    let keys = ["value", "propagate", "disabled", "raiseExceptions"];
    keys.iter().find_map(|key| step[key].as_bool()).unwrap_or(true)
}

pub(crate) fn named(name: &Value) -> Logger {
    name.as_str().map_or_else(root, get_logger)
}

pub(crate) fn level(value: &Value) -> Result<Level, Trouble> {
    match value {
        Value::String(name) => Ok(name.parse()?),
        Value::Bool(flag) => Ok(Level::new(i32::from(*flag))),
        number => number
            .as_i64()
            .map(|number| Level::new(number as i32))
            .ok_or_else(|| Trouble::Error("TypeError".into())),
    }
}
