//! 2.9: write it so that it is read as you meant it; systemd.service(5), COMMAND LINES, and
//! systemd.syntax(7).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use check::{Ended, Explain, Failure, Result, Text, Unit, program, text, wait_until};

mod words;

use words::{CONTROLS, DESCRIPTIONS, PATHS, SIGNS, WORDS, family, words_of};

const DIRECTORY: &str = "/run/systemd/system";
const LINES: &str = "systemd.service(5), COMMAND LINES";
const SYNTAX: &str = "systemd.syntax(7)";
const EVERYWHERE: &str = "systemd.unit(5), Description= and SPECIFIERS";
/// Where the program that the unit runs leaves its arguments, each with a zero byte at its end.
const GOT: &str = "/run/arguments";
const SHOW: &str = "#!/bin/sh\n{ for word; do printf '%s\\0' \"$word\"; done; } > \
                    /run/arguments.new\nmv /run/arguments.new /run/arguments\n";

/// How much of a unit or a word a failure shows, in characters, and how many words.
const EXCERPT: usize = 600;
const FEW: usize = 4;

#[test]
fn each_argument_arrives_as_it_was() -> Result {
    let all = family();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    if let Err(failure) = arrives(&all) {
        // It fails; which words show best why?
        for (words, say) in WORDS {
            arrives(words).say(say).man(LINES).in_function("unit")?;
        }
        let specifier = failure.journal_has("specifier").then_some(WORDS[5].1);
        return Err(failure
            .say(specifier.unwrap_or_default())
            .say(
                "each sign alone arrives, and this word does not: what do its signs mean beside \
                 each other?",
            )
            .man(LINES)
            .in_function("unit"));
    }
    Ok(())
}

#[test]
fn refuses_a_line_break() -> Result {
    let show = install_show("")?;
    for evil in ["x\nExecStartPre=/bin/false", "x\n", "\nx", "\n"] {
        let program = format!("{show}{evil}");
        for words in [
            &[evil, show.as_str(), "y"][..],
            &["x", &program],
            &["x", &show, evil],
            &["x", &show, "y", evil, "z"],
        ] {
            refused(words)
                .say(
                    "a line break in a value begins a new line of the unit, and whoever gave you \
                     the value writes it",
                )
                .man(SYNTAX)?;
        }
    }
    Ok(())
}

#[test]
fn refuses_a_program_that_is_no_full_path() -> Result {
    let show = install_show("")?;
    let prefixes = ["-", "+", "@", "!", "!!", ":", "|", "-+", "@-", " ", ".", "~"];
    let marked = prefixes.map(|prefix| format!("{prefix}{show}"));
    let relative = ["bin/show", "show", "./show", ""].map(str::to_owned);
    for program in marked.iter().chain(&relative) {
        for arguments in [&["x", program.as_str()][..], &["x", program, "y"]] {
            refused(arguments)
                .say(
                    "before a program, - and + have meanings of their own, and a relative path \
                     has none",
                )
                .man(LINES)?;
        }
    }
    Ok(())
}

#[test]
fn runs_a_program_with_any_signs_in_its_path() -> Result {
    let all = PATHS.map(|(end, _)| end).concat() + ",;#=[x]☃";
    if let Err(failure) = runs_at(&all) {
        for (end, say) in PATHS {
            runs_at(end).say(say).man(LINES).in_function("unit")?;
        }
        return Err(failure
            .say(
                "the program is a word like the others, except that no variable is looked up in it",
            )
            .man(LINES)
            .in_function("unit"));
    }
    Ok(())
}

#[test]
fn takes_or_refuses_a_control_character() -> Result {
    const SAY: &str = "a control character arrives or is refused; a tab ends a word as a blank \
                       does, and a carriage return ends the line";
    let show = install_show("")?;
    for sign in CONTROLS {
        for word in [format!("x{sign}y"), format!("{sign}x"), format!("x{sign}")] {
            if let Some(unit) = accepted(&["Control characters", &show, &word, ""])? {
                let runs = runs_with(Unit::named(&unit), &show, &[&word, ""]);
                runs.say(SAY).man(SYNTAX).in_function("unit")?;
            }
        }
        let description = format!("x{sign}y");
        if let Some(unit) = accepted(&[&description, &show])? {
            has_description(&unit, &description).say(SAY).man(SYNTAX)?;
        }
    }
    Ok(())
}

#[test]
fn the_description_is_what_was_given() -> Result {
    let show = install_show("")?;
    let all = format!("All signs: {}.", words_of(SIGNS, 2).concat());
    if let Err(failure) = is_described(&all) {
        for (description, say) in DESCRIPTIONS {
            is_described(description).say(say)?;
        }
        return Err(failure.say("in Description= all signs but % mean themselves"));
    }
    // Signs that mean something at one of the ends.
    for description in ["\"%n\"", "# no comment", "; none either", "=x", "[Service]", "$HOME"] {
        is_described(description).say(DESCRIPTIONS[3].1)?;
    }
    let ends = ["C:\\", "x\\\\", "\\"];
    for description in &ends {
        if let Some(unit) = accepted(&[description, show.as_str()])? {
            has_description(&unit, description)
                .say(
                    "a \\ at the end goes on with the next line: what a line can't hold is refused",
                )
                .man(SYNTAX)?;
        }
    }
    Ok(())
}

/// Fails unless a unit for a program at a path with this end runs it.
fn runs_at(end: &str) -> Result {
    let show = install_show(end)?;
    let unit = write_unit(&["A program", &show, "x", ""])?;
    runs_with(Unit::named(&unit), &show, &["x", ""])
}

fn is_described(description: &str) -> Result {
    let unit = write_unit(&[description, &install_show("")?])?;
    has_description(&unit, description)
}

fn has_description(unit: &str, description: &str) -> Result {
    let read = Unit::named(unit).property("Description")?;
    if read == description {
        return Ok(());
    }
    let expected = text!("Description: {description}", description);
    Err(Failure::new(expected, Text::verbatim(read)).man(EVERYWHERE).in_function("unit"))
}

/// Has the program write a unit for `words`, and expects the words to reach the unit's program.
fn arrives(words: &[&str]) -> Result {
    let show = install_show("")?;
    let unit = write_unit(&[&["Show what arrives", show.as_str()], words].concat())?;
    runs_with(Unit::named(&unit), &show, words)
}

/// Starts the unit, and compares what its program got.
fn runs_with(unit: Unit<'_>, program: &str, words: &[&str]) -> Result {
    // Nothing but the check's own program is to run here.
    let programs = unit.programs()?;
    if programs != [program] {
        let file = fs::read_to_string(Path::new(DIRECTORY).join(unit.name()))?;
        let file: String = file.chars().take(EXCERPT).collect();
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
    // Of many words, the first that differs is enough.
    let first = if words.len() > FEW {
        words.iter().zip(&got).take_while(|(word, got)| word == got).count()
    } else {
        0
    };
    let few = |all: &[&str]| {
        let few: Vec<String> = all
            .iter()
            .skip(first)
            .take(FEW)
            .map(|word| word.chars().take(EXCERPT).collect())
            .collect();
        Text::quoted(&few)
    };
    let expected = text!("the {count} arguments {words}", count = words.len(), words = few(words));
    let seen = text!("{count} arguments, {words}", count = got.len(), words = few(&got));
    Err(Failure::new(expected, seen))
}

/// Installs the program that shows its arguments, at a path that ends with `end`.
fn install_show(end: &str) -> Result<String> {
    let path = format!("/usr/local/bin/show{end}");
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
    install_unit(&ended)
}

fn install_unit(ended: &Ended) -> Result<String> {
    let unit = format!("written-{}.service", fs::read_dir(DIRECTORY)?.count());
    fs::write(Path::new(DIRECTORY).join(&unit), &ended.stdout)?;
    Ok(unit)
}

/// As [`write_unit`], for what may be refused: then there is no unit.
fn accepted(words: &[&str]) -> Result<Option<String>> {
    let ended = run(words)?;
    if ended.status.success() {
        install_unit(&ended).map(Some)
    } else {
        is_refusal(&ended, words).map(|()| None)
    }
}

fn refused(words: &[&str]) -> Result {
    is_refusal(&run(words)?, words)
}

/// Fails unless the program has said no: a panic is none, and half a unit is worse.
fn is_refusal(ended: &Ended, words: &[&str]) -> Result {
    const PANICKED: i32 = 101;
    let says_no = ended.status.code().is_some_and(|code| ![0, PANICKED].contains(&code));
    if says_no && ended.stdout.is_empty() {
        return Ok(());
    }
    let printed = Text::quoted(&ended.stdout);
    let got = text!("{status}, and on standard output {printed}", status = ended.status, printed);
    let expected = text!(
        "{words} to be refused: another exit status than 0, and nothing printed",
        words = Text::quoted(words),
    );
    let failure = Failure::new(expected, got).in_function("unit");
    Err(match ended.status.code() {
        Some(PANICKED) => failure.say("a panic is an accident, and no decision: return an error"),
        _ => failure,
    })
}

fn run(words: &[&str]) -> Result<Ended> {
    let mut program = program()?;
    for word in words {
        program = program.arg(word);
    }
    program.output()
}
