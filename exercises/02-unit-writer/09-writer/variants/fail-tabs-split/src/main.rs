//! A small unit writer: `unit-writer-9 DESCRIPTION PROGRAM [ARGUMENT…]` prints a service that runs the program with
//! exactly these arguments.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Option<Vec<String>> = env::args_os()
        .skip(1)
        .map(|word| word.into_string().ok())
        .collect();
    let Some([description, program, arguments @ ..]) = words.as_deref() else {
        eprintln!("usage: unit-writer-9 DESCRIPTION PROGRAM [ARGUMENT…] (in UTF-8)");
        return ExitCode::from(2);
    };
    match unit(description, program, arguments) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("unit-writer-9: {refusal}");
            ExitCode::FAILURE
        }
    }
}

/// The unit file, or why there can be none.
fn unit(description: &str, program: &str, arguments: &[String]) -> Result<String, String> {
    if !program.starts_with('/') {
        return Err(format!("{program:?} is no full path"));
    }
    if description.ends_with('\\') {
        return Err(format!("{description:?} ends with a backslash"));
    }
    let description = line(description)?.replace('%', "%%");
    let mut command = word(line(program)?);
    for argument in arguments {
        command.push(' ');
        command.push_str(&word(line(argument)?).replace('$', "$$"));
    }
    Ok(format!(
        "[Unit]\nDescription={description}\n\n[Service]\nType=oneshot\nExecStart={command}\n"
    ))
}

/// The word, if it can stand in one line.
fn line(word: &str) -> Result<&str, String> {
    match word.contains(['\n', '\r']) {
        true => Err(format!("{word:?} does not fit into a line")),
        false => Ok(word),
    }
}

/// The word, in quotes where there is a blank.
fn word(word: &str) -> String {
    let escaped = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\'', "\\'")
        .replace('%', "%%");
    match escaped.contains(' ') || escaped.is_empty() || escaped == ";" {
        true => format!("\"{escaped}\""),
        false => escaped,
    }
}
