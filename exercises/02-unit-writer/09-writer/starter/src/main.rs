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
    // TODO: what do blanks, quotes, \, %, $, ; and line breaks mean to systemd? The program must get what was meant.
    if program.is_empty() {
        return Err("there is no program".to_owned());
    }
    let command = [&[program.to_owned()], arguments].concat().join(" ");
    Ok(format!(
        "[Unit]\nDescription={description}\n\n[Service]\nType=oneshot\nExecStart={command}\n"
    ))
}
