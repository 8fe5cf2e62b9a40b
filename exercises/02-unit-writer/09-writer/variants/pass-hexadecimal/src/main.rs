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
    let words = || {
        [description, program]
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
    };
    if let Some(word) = words().find(|word| word.chars().any(|c| c.is_control())) {
        return Err(format!(
            "{word:?}: a control character can't stand in a unit"
        ));
    }
    if !program.starts_with('/') {
        return Err(format!("{program:?}: write the full path"));
    }
    // At the end of a line, a backslash would take the next line along.
    if description.ends_with('\\') {
        return Err(format!("{description:?} ends with a backslash"));
    }
    let escaped: Vec<String> = words().skip(1).map(escape).collect();
    // No variable is looked up in a program's path, so that its $ needs no second one.
    Ok(format!(
        "[Service]\nExecStart=:{}\nType=exec\n\n[Unit]\nDescription={}\n",
        escaped.join(" "),
        description.replace('%', "%%"),
    ))
}

/// The word with everything but letters, digits and a few harmless signs as hexadecimal escapes, byte by byte.
fn escape(word: &str) -> String {
    let byte = |byte: u8| match byte {
        b'%' => "%%".to_owned(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
            char::from(byte).to_string()
        }
        _ => format!("\\x{byte:02x}"),
    };
    match word {
        "" => "''".to_owned(),
        word => word.bytes().map(byte).collect(),
    }
}
