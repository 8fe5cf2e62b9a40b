//! What the checks of lesson 5 share: the lines that a logger says, and their comparison.

use std::ffi::OsStr;

use check::{Ended, Explain, Failure, Result, Text, program, text};

/// Runs the submission with these arguments, to its end.
#[track_caller]
pub(crate) fn run<A: AsRef<OsStr>>(args: &[A]) -> Result<Ended> {
    let program = args.iter().fold(program()?, |program, arg| program.arg(arg));
    program.output()
}

/// Fails unless the lines are these, and shows the first that is not.
#[track_caller]
pub(crate) fn same_lines<L: AsRef<str>>(
    got: &[L],
    expected: &[String],
    say: &'static str,
    function: &'static str,
) -> Result {
    let got: Vec<&str> = got.iter().map(AsRef::as_ref).collect();
    let differs = (0..got.len().max(expected.len()))
        .find(|at| got.get(*at).copied() != expected.get(*at).map(String::as_str));
    let Some(at) = differs else {
        return Ok(());
    };
    let show = |line: Option<&str>| match line {
        Some(line) if line.len() > 400 => {
            let begin: String = line.chars().take(60).collect();
            text!(
                "{begin} and so on, {count} bytes",
                begin = Text::quoted(begin),
                count = line.len()
            )
        }
        Some(line) => text!("{line}", line = Text::quoted(line)),
        None => "no more lines".into(),
    };
    let number = at + 1;
    let wanted = show(expected.get(at).map(String::as_str));
    let found = show(got.get(at).copied());
    Err(Failure::new(
        text!("line {number}: {wanted}", number, wanted),
        text!("line {number}: {found}", number, found),
    )
    .say(say)
    .in_function(function))
}

/// Fails if the program had room for a piece of a line only, and takes it for the whole.
#[track_caller]
pub(crate) fn is_no_success(ended: &Ended, function: &'static str) -> Result {
    // Whoever writes the rest meets the limit, whose signal ends a program: setrlimit(2).
    if !ended.status.success() {
        return Ok(());
    }
    let expected = "an error: there was room for a piece of the line only";
    Err(Failure::new(expected, "exit status 0")
        .say(
            "write writes as much as there is room for, and says how much that was: write_all \
             goes on with the rest, or says why it can't",
        )
        .man("write(2)")
        .in_function(function))
}

/// Fails unless the program ended with that status.
#[track_caller]
pub(crate) fn ended_with(ended: &Ended, status: i32, say: &'static str) -> Result {
    if ended.status.code() == Some(status) {
        return Ok(());
    }
    let got = text!("{status}; {stderr}", status = ended.status, stderr = ended.stderr.trim());
    Err(Failure::new(text!("exit status {status}", status), got).say(say))
}
