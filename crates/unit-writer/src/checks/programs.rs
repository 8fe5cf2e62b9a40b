//! What is known of common programs: which are shells and interpreters, and which of their options
//! keep them in the foreground or send them to the background. Their own man pages are the source.
//!
//! systemd knows nothing of this: to it, a program is a path. But the commonest mistakes of units
//! are between a type of service and a program.

use std::borrow::Cow;
use std::sync::OnceLock;

use unit_file::directives::has_word;
use unit_file::values::{Command, Word};

use super::known_words::known_words;

/// Programs with options of their own for the foreground (the first column) and the background, in
/// the order of their bytes.
static TEXT: &str = include_str!("../../data/programs.tsv");

/// The words of a program in a column of the table.
fn own_words(program: &str, column: usize) -> &'static str {
    static ROWS: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TEXT.lines().filter_map(|line| line.split_once('\t')).collect());
    let of = |program: &str| {
        let at = rows.binary_search_by(|(name, _)| (*name).cmp(program)).ok()?;
        rows.get(at)
    };
    let row = of(program).or_else(|| of(without_version(program)));
    let words = row.and_then(|(_, words)| words.split('\t').nth(column));
    words.filter(|words| *words != "-").unwrap_or_default()
}

/// The name of a program without its path.
pub(super) fn base_name(program: &str) -> &str {
    let slash = program.bytes().rposition(|byte| byte == b'/');
    slash.map_or(program, |slash| &program[slash + 1..])
}

/// `python` of `/usr/bin/python3.11`.
///
/// Distributions install several versions of an interpreter side by side.
fn without_version(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'))
}

/// Whether the program is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    let shells = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "csh", "busybox"];
    shells.contains(&base_name(program))
}

/// Whether the program runs scripts: python, node, perl and so on; no shell.
pub(super) fn is_interpreter(program: &str) -> bool {
    has_word(known_words("INTERPRETERS"), without_version(base_name(program)))
}

/// Whether the program makes machine code at run time.
pub(super) fn compiles_at_run_time(program: &str) -> bool {
    has_word(known_words("COMPILERS_AT_RUN_TIME"), without_version(base_name(program)))
}

/// The words behind the program.
pub(super) fn arguments(command: &Command) -> impl Iterator<Item = Cow<'_, str>> {
    command.arguments.iter().skip(1).map(|word| word.text())
}

/// The file that an interpreter is given: its first word that is no option, and of java the one
/// behind -jar. -m, -c and their like are followed by no file.
pub(super) fn script_word(command: &Command) -> Option<&Word> {
    let mut words = command.arguments.iter().skip(1);
    let mut program = command.program.clone();
    if base_name(&program) == "env" {
        let is_program = |word: &&Word| !word.text().starts_with('-') && !word.text().contains('=');
        program = words.find(is_program)?.text().into_owned();
    }
    if base_name(&program) == "dotnet" {
        return words.find(|word| word.text().ends_with(".dll"));
    }
    if base_name(&program) == "java" {
        words.find(|word| &*word.text() == "-jar")?;
        return words.next();
    }
    if !is_interpreter(&program) && !is_shell(&program) {
        return None;
    }
    let name = without_version(base_name(&program)).to_owned();
    while let Some(word) = words.next() {
        let text = word.text();
        match &*text {
            "-m" | "-c" | "-e" | "-r" | "-S" => return None,
            "run" | "task" | "serve" if has_word("deno bun", &name) => {}
            option if has_word(options_with_value(&name), option) => drop(words.next()),
            option if option.starts_with('-') => {}
            _ => return Some(word),
        }
    }
    None
}

/// The options of an interpreter that the next word belongs to, as its own help has them.
fn options_with_value(interpreter: &str) -> &'static str {
    match interpreter {
        "python" => "-W -X",
        "php" => "-d -t",
        "node" => "--import --loader --experimental-loader --title --conditions -C --require",
        "lua" => "-l",
        "ruby" => "-C -I",
        "perl" => "-I",
        _ => "",
    }
}

/// A tool that goes on until it is stopped, because of its arguments: `python3 -m http.server`,
/// `tail -f`, `ssh -N`.
pub(super) fn never_returns(command: &Command) -> bool {
    let name = without_version(base_name(&command.program));
    let has = |wanted: &str| arguments(command).any(|word| word == wanted);
    match name {
        "python" => has("http.server"),
        "php" => has("-S"),
        "flask" => has("run"),
        "tail" | "journalctl" => {
            has("-F")
                || has("--follow")
                || arguments(command).any(|word| is_short_option(&word, 'f'))
        }
        "ssh" => arguments(command).any(|word| {
            word.strip_prefix('-')
                .is_some_and(|letters| !letters.starts_with('-') && letters.contains('N'))
        }),
        _ => false,
    }
}

/// The word that keeps the program in the foreground.
///
/// Words in quotes count too: nginx takes "daemon off;" as one.
pub(super) fn foreground_word(command: &Command) -> Option<Cow<'_, str>> {
    let name = base_name(&command.program);
    let own = own_words(name, 0);
    arguments(command).find(|word| {
        has_word(known_words("FOREGROUND"), word) || word.split(' ').any(|part| has_word(own, part))
    })
}

/// Whether the program is known to stay in the foreground by itself.
pub(super) fn stays_by_default(command: &Command) -> bool {
    let name = base_name(&command.program);
    let is_container = has_word("docker podman nerdctl docker-compose", name)
        && arguments(command).any(|word| matches!(&*word, "run" | "up"));
    (is_container || has_word(known_words("STAYS_BY_DEFAULT"), name))
        && background_word(command).is_none()
}

/// What sends the program to the background: a word, or its own habit.
pub(super) fn background_word(command: &Command) -> Option<Cow<'_, str>> {
    let own_name = base_name(&command.program);
    let name = without_version(own_name);
    if foreground_word(command).is_some() || has_word(known_words("STAYS_ANYWAY"), name) {
        return None;
    }
    if has_word("docker podman nerdctl", name) {
        return detached_container(command);
    }
    let own = own_words(own_name, 1);
    let mut words = arguments(command);
    let found = words.find(|word| has_word(known_words("BACKGROUND"), word) || has_word(own, word));
    // Scripts of System V start a daemon and end.
    let is_init_script = command.program.starts_with("/etc/init.d/");
    let starts = || arguments(command).find(|word| is_init_script && word == "start");
    found.or_else(starts).or_else(|| daemon_by_default(command).map(Cow::Borrowed))
}

/// A daemon that leaves the foreground if nothing keeps it there. One letter of several behind a
/// dash may keep it, and so may what a variable holds.
fn daemon_by_default(command: &Command) -> Option<&'static str> {
    let own_name = base_name(&command.program);
    let letters = own_words(own_name, 0).split(' ').filter_map(|word| word.strip_prefix('-'));
    let letters: Vec<&str> = letters.filter(|letters| letters.len() == 1).collect();
    let may_stay = |word: Cow<'_, str>| {
        let is_short = word.starts_with('-') && !word.starts_with("--");
        let ends = has_word(known_words("ENDS_AT_ONCE"), &word);
        word.contains('$') || ends || is_short && letters.iter().any(|letter| word.contains(letter))
    };
    let mut daemons = known_words("DAEMONS_BY_DEFAULT").split(' ');
    let daemon = daemons.find(|daemon| [without_version(own_name), own_name].contains(daemon))?;
    (!arguments(command).any(may_stay)).then_some(daemon)
}

/// `docker run -d` and `docker compose up -d` start containers that are no children of theirs.
fn detached_container(command: &Command) -> Option<Cow<'_, str>> {
    let words: Vec<Cow<'_, str>> = arguments(command).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    // `docker start` leaves the container alone unless it is told to stay with it.
    if has("start") && !words.iter().any(|word| word == "--attach" || is_short_option(word, 'a')) {
        return Some("start".into());
    }
    let is_detach = |word: &&Cow<'_, str>| **word == "--detach" || is_short_option(word, 'd');
    words.iter().find(is_detach).filter(|_| has("run") || has("up")).cloned()
}

/// `-it` has the option t.
///
/// Single letters may be put together behind one dash; longer words behind one dash are options
/// of their own.
pub(super) fn is_short_option(word: &str, option: char) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
    letters.is_some_and(|letters| {
        letters.len() <= 4
            && letters.chars().all(|c| c.is_ascii_lowercase())
            && letters.contains(option)
    })
}
