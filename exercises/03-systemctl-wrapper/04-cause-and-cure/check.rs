//! 3.4: a cause, and a cure; systemctl(1), EXIT STATUS.

use check::{Ended, Explain, Failure, Result, Text, program, text};

const STATUS: &str = "systemctl(1), EXIT STATUS";

/// Names with their exit statuses, and what the cure must hold; UNIT stands for the unit.
const ERRORS: [(&str, &str, i32, &str); 8] = [
    ("systemd1.NoSuchUnit", "Unit web.service not found.", 5, "systemctl list-unit-files"),
    ("systemd1.UnitMasked", "Unit web.service is masked.", 1, "systemctl unmask UNIT"),
    (
        "systemd1.LoadFailed",
        "Unit web.service failed to load properly: Input/output error.",
        6,
        "systemd-analyze verify UNIT",
    ),
    (
        "systemd1.BadUnitSetting",
        "Unit web.service has a bad unit file setting.",
        1,
        "systemd-analyze verify UNIT",
    ),
    (
        "systemd1.JobTypeNotApplicable",
        "Job type reload is not applicable for unit web.service.",
        3,
        "systemctl reload-or-restart UNIT",
    ),
    (
        "systemd1.TransactionIsDestructive",
        "Transaction for web.service/start is destructive.",
        4,
        "systemctl list-jobs",
    ),
    ("DBus.Error.AccessDenied", "Access denied", 4, "sudo"),
    (
        "DBus.Error.InteractiveAuthorizationRequired",
        "Interactive authentication required.",
        1,
        "sudo",
    ),
];

#[test]
fn each_error_has_its_exit_status() -> Result {
    for (name, message, status, _) in ERRORS {
        // The sentence may be in another language, or say something else: the name counts.
        for message in [message, "Se ha denegado."] {
            let ended = run("web.service", &format!("org.freedesktop.{name}"), message)?;
            if ended.status.code() != Some(status) {
                return Err(Failure::new(
                    text!("exit status {status} for {name}", status, name),
                    Text::verbatim(ended.status),
                )
                .say(
                    "the name is for programs, the sentence for people: match the name, and look \
                     the status up in the table",
                )
                .man(STATUS)
                .in_function("explain"));
            }
        }
    }
    Ok(())
}

#[test]
fn each_error_has_its_cure() -> Result {
    for (name, message, _, cure) in ERRORS {
        let ended = run("web.service", &format!("org.freedesktop.{name}"), message)?;
        let cure = cure.replace("UNIT", "web.service");
        has_lines(&ended, message, Some(&cure), "the sentence first, then what to type now")?;
    }
    Ok(())
}

#[test]
fn does_not_explain_what_it_does_not_know() -> Result {
    for name in [
        "org.freedesktop.systemd1.ScopeNotRunning",
        "org.freedesktop.systemd1.NoSuchUnitFile",
        "org.example.NoSuchUnit",
        "org.example.org.freedesktop.systemd1.UnitMasked",
        "NoSuchUnit",
        "org.freedesktop.systemd1.UnitMasked.Twice",
        "org.freedesktop.systemd1.unitmasked",
        "org.freedesktop.org.freedesktop.systemd1.UnitMasked",
        "systemd1.UnitMasked",
        "org.freedesktop.systemd1.UnitMasked.",
        " org.freedesktop.systemd1.UnitMasked",
        "",
    ] {
        let ended =
            run("web.service", name, "Something is not as it was: unit masked, not found.")?;
        if ended.status.code() != Some(1) {
            return Err(Failure::new(
                text!("exit status 1 for {name}", name = Text::quoted(name)),
                Text::verbatim(ended.status),
            )
            .say("a name is the whole name, not its end, and not a word in the sentence")
            .in_function("explain"));
        }
        has_lines(
            &ended,
            "Something is not as it was: unit masked, not found.",
            None,
            "a cure that is guessed sends people the wrong way: what you don't know you show as \
             it is",
        )?;
    }
    Ok(())
}

#[test]
fn the_cure_is_for_the_unit_that_is_in_the_way() -> Result {
    for (name, message, cure) in [
        ("UnitMasked", "Unit db.service is masked.", "systemctl unmask db.service"),
        (
            "BadUnitSetting",
            "Unit db@7.service has a bad unit file setting.",
            "systemd-analyze verify db@7.service",
        ),
        ("UnitMasked", "Unit srv-data.mount is masked.", "systemctl unmask srv-data.mount"),
        (
            "UnitMasked",
            "Unit srv-my\\x2ddata.mount is masked.",
            "systemctl unmask srv-my\\x2ddata.mount",
        ),
        (
            "LoadFailed",
            "Unit db.socket failed to load properly: Input/output error.",
            "systemd-analyze verify db.socket",
        ),
        ("UnitMasked", "It is masked.", "systemctl unmask web.service"),
        ("UnitMasked", "Unit is masked.", "systemctl unmask web.service"),
        ("UnitMasked", "Unit ", "systemctl unmask web.service"),
    ] {
        let ended = run("web.service", &format!("org.freedesktop.systemd1.{name}"), message)?;
        has_lines(
            &ended,
            message,
            Some(cure),
            "a start brings other units along, and one of them may be in the way: the sentence \
             names it",
        )?;
    }
    Ok(())
}

#[test]
fn says_the_name_where_the_sentence_is_empty() -> Result {
    for name in ["org.freedesktop.systemd1.UnitMasked", "org.example.Odd"] {
        let ended = run("web.service", name, "")?;
        let cure = name.contains("UnitMasked").then_some("systemctl unmask web.service");
        has_lines(&ended, name, cure, "an empty line explains nothing: say the name")?;
    }
    Ok(())
}

#[test]
fn writes_nothing_raw_to_the_terminal() -> Result {
    let message =
        "Unit a\u{1b}]0;evil\u{7}.service is \u{9b}31m\tmasked\u{7f}\r\nsystemctl poweroff";
    let ended = run("b\u{1b}[2J.service", "org.freedesktop.systemd1.UnitMasked", message)?;
    let raw = ended.stdout.chars().any(|c| c.is_control() && c != '\n');
    if raw || ended.stdout.lines().count() != 2 {
        return Err(Failure::new(
            "two lines without a control character",
            Text::quoted(&ended.stdout),
        )
        .say(
            "what came from elsewhere can hold what moves the cursor, or adds a line of its own: \
             the sentence, and the unit's name as well",
        )
        .in_function("explain"));
    }
    has_lines(
        &ended,
        "Unit a?]0;evil?.service is ?31m?masked???systemctl poweroff",
        Some("systemctl unmask a?]0;evil?.service"),
        "? stands for each control character",
    )?;
    // In place of an empty sentence, the name is shown.
    let ended = run("web.service", "org.example.Odd\u{1b}[31m", "")?;
    has_lines(&ended, "org.example.Odd?[31m", None, "the name came from elsewhere as well")?;
    let ended = run("web.service", "org.example.Odd", "\u{80}\u{85}\u{9f}\u{1}\u{1f}")?;
    has_lines(&ended, "?????", None, "control characters are those of char::is_control")?;
    let message = "Größe, \"año\", 日本 und ☃ sind 'kein' \\Problem\u{a0}…";
    let ended = run("web.service", "org.example.Odd", message)?;
    has_lines(&ended, message, None, "letters of other languages are no control characters")?;
    let long = message.repeat(40);
    let ended_long = run("web.service", "org.example.Odd", &long)?;
    has_lines(&ended_long, &long, None, "the whole sentence, however long it is")
}

fn run(unit: &str, name: &str, message: &str) -> Result<Ended> {
    let ended = program()?.arg(unit).arg(name).arg(message).output()?;
    if ended.status.code() == Some(101) {
        return Err(Failure::new("an explanation", Text::verbatim(ended.stderr.trim()))
            .say("it panicked")
            .in_function("explain"));
    }
    Ok(ended)
}

/// Compares the two lines: the sentence, and what the cure holds.
fn has_lines(ended: &Ended, sentence: &str, cure: Option<&str>, say: &'static str) -> Result {
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let is_right = match (lines.as_slice(), cure) {
        ([first], None) => is_same(first, sentence),
        ([first, second], Some(cure)) => is_same(first, sentence) && holds(second, cure),
        _ => false,
    };
    if is_right {
        return Ok(());
    }
    let cure = cure.map_or(Text::from("no second line"), |cure| text!("a line with {cure}", cure));
    let expected = text!("{sentence}, then {cure}", sentence = Text::quoted(sentence), cure);
    Err(Failure::new(expected, Text::quoted(&ended.stdout)).say(say).in_function("explain"))
}

/// Blanks at the end of a line are seen by nobody.
fn is_same(line: &str, sentence: &str) -> bool {
    line.trim_end() == sentence.trim_end()
}

/// Whether a line holds these words, and no longer ones.
fn holds(line: &str, words: &str) -> bool {
    let end = line.find(words).map(|at| at + words.len());
    end.is_some_and(|end| {
        !line[end..].starts_with(|c: char| c.is_alphanumeric() || c == '.' || c == '-')
    })
}
