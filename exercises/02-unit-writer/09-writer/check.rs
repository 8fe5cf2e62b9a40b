//! 2.9: write it so that it is read as you meant it; systemd.service(5), COMMAND LINES, and systemd.syntax(7).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use check::{Ended, Explain, Failure, Result, Text, Unit, program, text, wait_until};

const FOLDER: &str = "/run/systemd/system";
const LINES: &str = "systemd.service(5), COMMAND LINES";
/// Where the program that the unit runs leaves its arguments, each with a zero byte at its end.
const GOT: &str = "/run/arguments";
const SHOW: &str = "#!/bin/sh\n{ for word; do printf '%s\\0' \"$word\"; done; } > /run/arguments.new\nmv /run/arguments.new /run/arguments\n";

/// Arguments that have a meaning to systemd, and what a colleague says if they arrive otherwise.
const WORDS: [(&[&str], &str); 9] = [
    (&["--file", "/var/lib/dates.log"], "not even plain words arrive as they were"),
    (&["two words", " at the ends "], "a blank ends a word, unless the word is in quotes"),
    (
        &["", "after nothing"],
        "an empty word is only there in quotes; without them nothing is left of it",
    ),
    (
        &["\"quoted\"", "it's"],
        "a quote within a word needs a \\ before it, and a word that holds one needs quotes around it",
    ),
    (
        &["C:\\new\\table", "\\"],
        "\\ begins an escape, \\n a line break: a backslash that means itself is written \\\\",
    ),
    (&["+%Y-%m-%d", "100%"], "% begins a specifier, everywhere in a unit: %% means one %"),
    (
        &["$HOME", "${PATH}", "$$"],
        "$ begins a variable in a command line, in quotes too: $$ means one $",
    ),
    (
        &[";", "after a semicolon"],
        "a ; alone begins a new command, unless it is in quotes or written \\;",
    ),
    (
        &["# no comment", "-x", "@", "10\u{a0}km ☃"],
        "most signs mean themselves, and should stay as they are; Rust's {:?} writes some of them in a way that only Rust reads",
    ),
];

#[test]
fn each_argument_arrives_as_it_was() -> Result {
    for (words, say) in WORDS {
        arrives(words).say(say).man(LINES).in_function("unit")?;
    }
    Ok(())
}

#[test]
fn refuses_a_line_break() -> Result {
    let evil = "x\nExecStartPre=/bin/false";
    let show = install_show("show-arguments")?;
    for words in [[evil, &show, "y"], ["x", evil, "y"], ["x", &show, evil], ["x\r", &show, "y"]] {
        refused(&words).say("a line break in a value begins a new line of the unit, and whoever gave you the value writes it").man("systemd.syntax(7)")?;
    }
    Ok(())
}

#[test]
fn refuses_a_program_that_is_no_full_path() -> Result {
    for program in ["bin/show", "-/usr/local/bin/show", "+/usr/local/bin/show", ""] {
        refused(&["x", program]).say("before a program, - and + have meanings of their own, and a relative path has none").man(LINES)?;
    }
    Ok(())
}

#[test]
fn runs_a_program_with_a_blank_and_a_percent_sign_in_its_path() -> Result {
    let show = install_show("show 100% of them")?;
    let unit = write_unit(&["A path with a blank", &show, "x"])?;
    runs_with(Unit::named(&unit), &show, &["x"])
        .say("the program is a word like the others: quotes around it, and %% for a %")
        .man(LINES)
        .in_function("unit")
}

#[test]
fn the_description_is_what_was_given() -> Result {
    let show = install_show("show-arguments")?;
    for (description, say) in [
        (
            "Copy photos",
            "Description= belongs in [Unit], and takes all that follows as it is: quotes would be part of it",
        ),
        (
            "Copy \"%n\", $HOME's too, 100%",
            "% begins a specifier, in Description= as well; quotes and $ mean themselves there, so leave them as they are",
        ),
        (
            "C:\\new",
            "in Description= a backslash means itself; only at the end of a line it doesn't",
        ),
    ] {
        let unit = write_unit(&[description, &show])?;
        let read = Unit::named(&unit).property("Description")?;
        if read != description {
            let expected = text!("Description: {description}", description);
            return Err(Failure::new(expected, Text::verbatim(read))
                .say(say)
                .man("systemd.unit(5), Description= and SPECIFIERS")
                .in_function("unit"));
        }
    }
    Ok(())
}

/// Has the program write a unit for `words`, and expects the words to reach the unit's program.
fn arrives(words: &[&str]) -> Result {
    let show = install_show("show-arguments")?;
    let unit = write_unit(&[&["Show what arrives", show.as_str()], words].concat())?;
    runs_with(Unit::named(&unit), &show, words)
}

/// Starts the unit, and compares what its program got.
fn runs_with(unit: Unit<'_>, program: &str, words: &[&str]) -> Result {
    // Nothing but the check's own program is to run here.
    let programs = unit.programs()?;
    if programs != [program] {
        let file = fs::read_to_string(Path::new(FOLDER).join(unit.name()))?;
        let got = text!("{programs}, from\n{file}", programs = programs.join(", "), file);
        return Err(
            Failure::new(text!("a unit that runs {program}", program), got).journal_of(unit)
        );
    }
    let _ = fs::remove_file(GOT);
    unit.begin_start()?;
    let arrived = wait_until("the unit to run its program", || Ok(fs::read_to_string(GOT).ok()))
        .journal_of(unit)?;
    let got: Vec<&str> = arrived.split_terminator('\0').collect();
    if got == words {
        return Ok(());
    }
    let expected = text!("the arguments {words}", words = Text::quoted(words));
    Err(Failure::new(expected, Text::quoted(&got)))
}

/// Installs the program that shows its arguments, under `name`.
fn install_show(name: &str) -> Result<String> {
    let path = format!("/usr/local/bin/{name}");
    if !Path::new(&path).exists() {
        fs::write(&path, SHOW)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
    }
    Ok(path)
}

/// Has the submission write a unit, installs it under a new name, and returns the name.
fn write_unit(words: &[&str]) -> Result<String> {
    let ended = run(words)?;
    if !ended.status.success() {
        let expected = text!("a unit for {words}", words = Text::quoted(words));
        return Err(Failure::new(expected, Text::verbatim(ended.stderr))
            .say("this can be written, and need not be refused")
            .in_function("unit"));
    }
    let unit = format!("written-{}.service", fs::read_dir(FOLDER)?.count());
    fs::write(Path::new(FOLDER).join(&unit), &ended.stdout)?;
    Ok(unit)
}

fn refused(words: &[&str]) -> Result {
    let ended = run(words)?;
    if !ended.status.success()
        && ended.stdout.is_empty()
        && ended.status.code().is_some_and(|code| code != 101)
    {
        return Ok(());
    }
    let printed = Text::quoted(&ended.stdout);
    let got = text!("{status}, and on standard output {printed}", status = ended.status, printed);
    let expected = text!(
        "{words} to be refused: another exit status than 0, and nothing printed",
        words = Text::quoted(words),
    );
    Err(Failure::new(expected, got).in_function("unit"))
}

fn run(words: &[&str]) -> Result<Ended> {
    let mut program = program()?;
    for word in words {
        program = program.arg(word);
    }
    program.output()
}
