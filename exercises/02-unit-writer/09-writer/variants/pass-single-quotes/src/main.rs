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
    for word in [description, program].into_iter().chain(arguments.iter().map(String::as_str)) {
        if word.contains(['\n', '\r']) {
            return Err("a line can't hold a line break".to_owned());
        }
    }
    match program.chars().next() {
        Some('/') => {}
        Some(sign) => return Err(format!("a full path begins with /, not with {sign}")),
        None => return Err("there is no program".to_owned()),
    }
    let mut words = vec![escape(program, false)];
    words.extend(arguments.iter().map(|argument| escape(argument, true)));
    let mut unit = String::from("[Unit]\nDescription=");
    for sign in description.chars() {
        unit.push(sign);
        if sign == '%' {
            unit.push('%');
        }
    }
    // Blanks at the end are cut off, and so the line doesn't go on with the next one.
    if unit.ends_with('\\') {
        unit.push(' ');
    }
    unit += &format!("\n\n[Service]\nExecStart={}\n", words.join(" \\\n    "));
    Ok(unit)
}

/// In single quotes a backslash means as much as in double ones.
fn escape(word: &str, has_variables: bool) -> String {
    let mut escaped = String::from("'");
    for sign in word.chars() {
        match sign {
            '\\' | '\'' => escaped.extend(['\\', sign]),
            '%' => escaped.push_str("%%"),
            '$' if has_variables => escaped.push_str("$$"),
            '\t' => escaped.push_str("\\t"),
            _ => escaped.push(sign),
        }
    }
    escaped + "'"
}
