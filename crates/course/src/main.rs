//! The `course` command: brings the terminal, calls the library, prints its error.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlushArg, tcflush};

use course::{Answers, Cli, Speech, Terminal};

fn main() -> ExitCode {
    if let Some(code) = lab::serve_if_asked() {
        return code;
    }
    if let Some(code) = course::compile_if_asked() {
        return code;
    }
    let from = match env::current_dir() {
        Ok(from) => from,
        Err(error) => return fail(&format!("cannot find the working directory: {error}")),
    };
    let arguments: Vec<OsString> = env::args_os().collect();
    let speech = Speech::choose(&arguments, &from);
    if let Some(unknown) = speech.unknown() {
        let mut terminal = Terminal::new(io::sink(), None, None);
        terminal.speak(&speech);
        return fail(&terminal.error(unknown));
    }
    let cli = Cli::read(&speech);
    let ask = cli.asks() && (cli.takes_a_pipe() || io::stdin().is_terminal());
    let answers = ask.then(|| Answers {
        lines: Box::new(io::stdin().lock()),
        forget: || {
            // If the terminal has gone away, reading it says so.
            let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
        },
        has_more: || {
            let stdin = io::stdin();
            let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
            poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
        },
        size,
    });
    // Strips colour where NO_COLOR, TERM=dumb, a file or a pipe asks for it.
    // On a CI server, anstream would colour a dumb terminal too.
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let stdout = if cli.plain || dumb {
        anstream::AutoStream::never(io::stdout())
    } else {
        anstream::stdout()
    };
    let mut terminal = Terminal::new(stdout.lock(), answers, size());
    terminal.speak(&speech);
    match course::run(cli, &from, &mut terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        // Its verdict was printed; there is nothing to add.
        Err(course::Error::NotPassed) => ExitCode::FAILURE,
        Err(error) => {
            let words = terminal.error(&error);
            fail(&words)
        }
    }
}

/// The columns and rows of the terminal, if there is one.
fn size() -> Option<(u16, u16)> {
    terminal_size::terminal_size().map(|(width, height)| (width.0, height.0))
}

/// `eprintln!` would panic where standard error is gone, as after a closed terminal.
fn fail(message: &str) -> ExitCode {
    let message = format!("course: {message}");
    let mut error = io::stderr();
    // On a terminal, no line is broken inside a word.
    let message = match error.is_terminal().then(terminal_size::terminal_size).flatten() {
        Some((width, _)) => {
            let options = textwrap::Options::new(usize::from(width.0).max(20)).break_words(false);
            textwrap::fill(&message, options)
        }
        None => message,
    };
    let _ = writeln!(error, "{message}");
    ExitCode::FAILURE
}
