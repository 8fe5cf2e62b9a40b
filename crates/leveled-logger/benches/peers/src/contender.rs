//! The loggers, each set up as its own documentation does, to write the same line:
//! `time level thread - message N user=alice id=N`.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::Mutex;
use std::thread;

/// Says the line with that number.
pub type Say = fn(usize);

pub struct Contender {
    pub say: Say,
    /// Says something below the threshold.
    pub quiet: Say,
    /// Writes what is held back.
    pub stop: Box<dyn FnOnce()>,
}

fn open(path: &str) -> File {
    OpenOptions::new().append(true).create(true).open(path).unwrap()
}

fn say_tracing(id: usize) {
    tracing::info!(user = "alice", id, "message {id}");
}

fn quiet_tracing(id: usize) {
    tracing::debug!(user = "alice", id, "message {id}");
}

fn say_log(id: usize) {
    log::info!("message {id} user={} id={id}", "alice");
}

fn quiet_log(id: usize) {
    log::debug!("message {id} user={} id={id}", "alice");
}

fn say_ours(id: usize) {
    leveled_logger::info!(user = "alice", id, "message {id}");
}

fn quiet_ours(id: usize) {
    leveled_logger::debug!(user = "alice", id, "message {id}");
}

fn say_spdlog(id: usize) {
    spdlog::info!("message {id} user={} id={id}", "alice");
}

fn quiet_spdlog(id: usize) {
    spdlog::debug!("message {id} user={} id={id}", "alice");
}

fn nothing(_: usize) {}

fn thread_name() -> String {
    thread::current().name().unwrap_or("?").to_owned()
}

pub fn start(name: &str, path: &str) -> Contender {
    let nothing_held: Box<dyn FnOnce()> = Box::new(|| {});
    let of_tracing = |stop| Contender { say: say_tracing, quiet: quiet_tracing, stop };
    let of_log = |stop| Contender { say: say_log, quiet: quiet_log, stop };
    match name {
        "baseline" => Contender { say: nothing, quiet: nothing, stop: nothing_held },
        "ours" | "ours-batched" => {
            ours(name, path);
            let stop = Box::new(leveled_logger::flush);
            Contender { say: say_ours, quiet: quiet_ours, stop }
        }
        "tracing-fmt" => {
            tracing_subscriber::fmt().with_ansi(false).with_target(false).with_thread_names(true)
                .with_writer(Mutex::new(open(path))).init();
            of_tracing(nothing_held)
        }
        "appender-lossless" | "appender-default" => {
            let lossy = name == "appender-default";
            let builder = tracing_appender::non_blocking::NonBlockingBuilder::default().lossy(lossy);
            let (writer, guard) = builder.finish(open(path));
            tracing_subscriber::fmt().with_ansi(false).with_target(false).with_thread_names(true)
                .with_writer(writer).init();
            of_tracing(Box::new(|| drop(guard)))
        }
        "env_logger" => {
            let target = env_logger::Target::Pipe(Box::new(open(path)));
            env_logger::Builder::new().filter_level(log::LevelFilter::Info).target(target)
                .format(|buffer, record| {
                    let time = buffer.timestamp_millis();
                    writeln!(buffer, "{time} {} {} - {}", record.level(), thread_name(), record.args())
                })
                .init();
            of_log(nothing_held)
        }
        "log4rs" => {
            use log4rs::{append::file::FileAppender, config, encode::pattern::PatternEncoder};
            let encoder = Box::new(PatternEncoder::new("{d(%Y-%m-%d %H:%M:%S,%3f)} {l} {T} - {m}{n}"));
            let appender = FileAppender::builder().encoder(encoder).build(path).unwrap();
            let appender = config::Appender::builder().build("file", Box::new(appender));
            let root = config::Root::builder().appender("file").build(log::LevelFilter::Info);
            let config = config::Config::builder().appender(appender).build(root).unwrap();
            log4rs::init_config(config).unwrap();
            of_log(nothing_held)
        }
        "fern" => {
            fern::Dispatch::new().level(log::LevelFilter::Info)
                .format(|out, message, record| {
                    let time = humantime::format_rfc3339_millis(std::time::SystemTime::now());
                    out.finish(format_args!("{time} {} {} - {message}", record.level(), thread_name()));
                })
                .chain(open(path)).apply().unwrap();
            of_log(nothing_held)
        }
        "flexi_logger" => {
            let spec = flexi_logger::FileSpec::try_from(path).unwrap();
            let handle = flexi_logger::Logger::try_with_str("info").unwrap().log_to_file(spec).append()
                .format(|writer, now, record| {
                    let time = now.format("%Y-%m-%d %H:%M:%S,%3f");
                    write!(writer, "{time} {} {} - {}", record.level(), thread_name(), record.args())
                })
                .start().unwrap();
            of_log(Box::new(move || handle.flush()))
        }
        "spdlog-rs" => {
            use spdlog::formatter::{PatternFormatter, pattern};
            let formatter = PatternFormatter::new(pattern!(
                "{year}-{month}-{day} {hour}:{minute}:{second},{millisecond} {level} {tid} - {payload}{eol}"
            ));
            let sink = spdlog::sink::FileSink::builder().path(path).formatter(formatter)
                .build_arc().unwrap();
            let logger = spdlog::Logger::builder().sink(sink).build_arc().unwrap();
            spdlog::set_default_logger(logger.clone());
            Contender { say: say_spdlog, quiet: quiet_spdlog, stop: Box::new(move || logger.flush()) }
        }
        other => panic!("no logger {other}"),
    }
}

fn ours(name: &str, path: &str) {
    use leveled_logger::{Batched, FileMode, FileSink, Handler, Level, basic_config};
    let sink = FileSink::open(path, FileMode::Append).unwrap();
    let handler = if name == "ours" { Handler::new(sink) } else { Handler::new(Batched::new(sink)) };
    basic_config()
        .handlers(vec![handler.into()])
        .level(Level::INFO)
        .format("%(asctime)s %(levelname)s %(threadName)s - %(message)s")
        .apply()
        .unwrap();
}
