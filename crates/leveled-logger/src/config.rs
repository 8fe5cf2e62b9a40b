//! The quick way to set logging up: `basicConfig` of Python, which does all in one call and leaves
//! alone what is there.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::{Error, FileMode, FileSink, Formatter, Handler, Level, Logger, StreamSink, Style};
use crate::{apply_levels, layer, root};

/// Begins a configuration; [`Config::apply`] ends it.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("leveled-logger-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory).unwrap();
/// # let path = directory.join("dates.log");
/// use leveled_logger::{Level, basic_config, debug};
///
/// let format = "%(levelname)s - %(message)s";
/// basic_config().filename(&path).level(Level::DEBUG).format(format).apply()?;
/// debug!("the first line");
/// # assert_eq!(std::fs::read_to_string(&path).unwrap(), "DEBUG - the first line\n");
/// # std::fs::remove_dir_all(directory).unwrap();
/// # Ok::<(), leveled_logger::Error>(())
/// ```
pub fn basic_config() -> Config {
    Config::default()
}

/// What [`basic_config`] is told. Each part may be left out.
#[derive(Default)]
#[must_use = "nothing happens before apply()"]
pub struct Config {
    level: Option<Wanted>,
    format: Option<String>,
    datefmt: Option<String>,
    style: Option<String>,
    filename: Option<PathBuf>,
    filemode: Option<String>,
    stream: Option<StreamSink>,
    handlers: Option<Vec<Arc<Handler>>>,
    env: Option<String>,
    force: bool,
    is_raw: bool,
    hides_fields: bool,
}

/// A level, or the name of one that has yet to be looked up.
pub struct Wanted(Result<Level, String>);

impl From<Level> for Wanted {
    fn from(level: Level) -> Wanted {
        Wanted(Ok(level))
    }
}

impl From<i32> for Wanted {
    fn from(number: i32) -> Wanted {
        Wanted(Ok(Level::new(number)))
    }
}

impl From<&str> for Wanted {
    fn from(name: &str) -> Wanted {
        Wanted(Err(name.to_owned()))
    }
}

impl Config {
    /// The root's level: a [`Level`], a number, or a name in capitals. Without it, the root stays
    /// at WARNING.
    pub fn level(mut self, level: impl Into<Wanted>) -> Config {
        self.level = Some(level.into());
        self
    }

    /// How a line looks; without it, `%(levelname)s:%(name)s:%(message)s`.
    pub fn format(mut self, format: &str) -> Config {
        self.format = Some(format.to_owned());
        self
    }

    /// How `asctime` looks, as in strftime(3).
    pub fn datefmt(mut self, datefmt: &str) -> Config {
        self.datefmt = Some(datefmt.to_owned());
        self
    }

    /// How the format is written: `%`, `{` or `$`.
    pub fn style(mut self, style: &str) -> Config {
        self.style = Some(style.to_owned());
        self
    }

    /// The file that lines are appended to; without it, or with an empty name, they go to standard
    /// error.
    pub fn filename(mut self, path: impl Into<PathBuf>) -> Config {
        self.filename = Some(path.into());
        self
    }

    /// `a` to append, which is the default; `w` to begin anew; `x` for a file that must not exist.
    pub fn filemode(mut self, mode: &str) -> Config {
        self.filemode = Some(mode.to_owned());
        self
    }

    /// Another stream than standard error.
    pub fn stream(mut self, stream: StreamSink) -> Config {
        self.stream = Some(stream);
        self
    }

    /// Whether control characters in what was said are made visible; see [`Formatter::escape`].
    pub fn escape(mut self, escapes: bool) -> Config {
        self.is_raw = !escapes;
        self
    }

    /// Whether fields that the format doesn't name follow the message; see
    /// [`Formatter::append_fields`].
    pub fn append_fields(mut self, appends: bool) -> Config {
        self.hides_fields = !appends;
        self
    }

    /// These handlers, instead of a file or a stream; those without a format get this one.
    pub fn handlers(mut self, handlers: Vec<Arc<Handler>>) -> Config {
        self.handlers = Some(handlers);
        self
    }

    /// In the end, sets the levels that this environment variable lists, if it is there: see
    /// [`apply_levels`].
    pub fn levels_from_env(mut self, variable: &str) -> Config {
        self.env = Some(variable.to_owned());
        self
    }

    /// Removes the root's handlers first. Without this, nothing at all is done when the root has
    /// one.
    pub fn force(mut self, force: bool) -> Config {
        self.force = force;
        self
    }

    /// Does it. A second call does nothing, not even to the level: the program knows better than
    /// its libraries.
    ///
    /// # Errors
    ///
    /// When something can't be read or opened. As in Python, what comes before it is done then: a
    /// bad level is found when the handler is there, a bad format when the file is open.
    pub fn apply(mut self) -> Result<(), Error> {
        let root = root();
        if self.force {
            root.handlers().iter().for_each(|handler| root.remove_handler(handler));
        } else if !root.handlers().is_empty() {
            return Ok(());
        }
        layer::install()?;
        let brings_handlers = self.handlers.is_some();
        let handlers = self.take_handlers()?;
        let style: Style = self.style.as_deref().unwrap_or("%").parse()?;
        let format = self.format.as_deref().unwrap_or(style.basic_format());
        let formatter = Formatter::new(format, self.datefmt.as_deref(), style)?
            .escape(!self.is_raw)
            .append_fields(!self.hides_fields);
        for handler in handlers {
            handler.propose_formatter(&formatter);
            root.add_handler(&handler);
        }
        self.set_levels(root)?;
        match self.filemode {
            Some(_) if brings_handlers => Err(Error::Conflict("handlers and a filemode")),
            _ => Ok(()),
        }
    }

    fn take_handlers(&mut self) -> Result<Vec<Arc<Handler>>, Error> {
        let handler = match (self.handlers.take(), self.filename.take(), self.stream.take()) {
            (Some(handlers), None, None) => return Ok(handlers),
            (Some(_), ..) => return Err(Error::Conflict("handlers and a filename or stream")),
            (None, Some(_), Some(_)) => return Err(Error::Conflict("filename and stream")),
            (None, Some(path), None) if !path.as_os_str().is_empty() => {
                let mode: FileMode = self.filemode.as_deref().unwrap_or("a").parse()?;
                Handler::new(FileSink::open(path, mode)?)
            }
            (None, None, Some(stream)) => Handler::new(stream),
            (None, _, None) => Handler::new(StreamSink::new(io::stderr)),
        };
        Ok(vec![Arc::new(handler)])
    }

    fn set_levels(&self, root: Logger) -> Result<(), Error> {
        match &self.level {
            None => {}
            Some(Wanted(Ok(level))) => root.set_level(*level),
            Some(Wanted(Err(name))) => root.set_level(name.parse()?),
        }
        match self.env.as_deref().and_then(std::env::var_os) {
            Some(levels) => apply_levels(&levels.to_string_lossy()),
            None => Ok(()),
        }
    }
}
