//! What systemd itself makes of command lines and environments, from `systemd --test`, beside what
//! we make of them.
//!
//! The manager loads units, prints all it knows of them and ends; it needs no privileges and starts
//! nothing. Skipped, out loud, where there is none. More real units than the machine's own are read
//! from the directory that the variable `UNIT_WRITER_CORPUS` names.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;

use std::collections::HashMap;
use std::fmt::Write;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use common::Dice;
use unit_file::effective::Effective;
use unit_file::syntax::UnitFile;
use unit_file::values::{CommandLine, EnvironmentWord, parse_environment};
use unit_file::writer::{Exec, Service, ServiceType, Text, Unit, Variable};

/// What the manager prints of a unit.
#[derive(Debug, Default)]
struct Printed {
    commands: Vec<String>,
    environment: Vec<String>,
}

/// A directory that the user nobody can read, with one below it that it can write to.
fn readable_directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(directory.path().join("run")).unwrap();
    fs::set_permissions(directory.path().join("run"), Permissions::from_mode(0o777)).unwrap();
    directory
}

/// Lets the manager load units from a directory; `None` if there is no manager.
fn load(directory: &Path, units: &[String]) -> Option<HashMap<String, Printed>> {
    let program = ["/lib/systemd/systemd", "/usr/lib/systemd/systemd"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(program) = program else {
        eprintln!("skipped: there is no systemd here");
        return None;
    };
    fs::write(directory.join("all.target"), format!("[Unit]\nWants={}\n", units.join("\nWants=")))
        .unwrap();
    let mut command = Command::new(program);
    command.args(["--test", "--user", "--unit=all.target"]).env_clear();
    command
        .env("HOME", directory)
        .env("XDG_RUNTIME_DIR", directory.join("run"))
        .env("SYSTEMD_UNIT_PATH", format!("{}:", directory.display()));
    if fs::metadata("/proc/self").is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0)
    {
        command.uid(65534).gid(65534); // as root, it prints nothing
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("-> Unit all.target"),
        "systemd --test says: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(read(&text))
}

fn read(text: &str) -> HashMap<String, Printed> {
    let mut units: HashMap<String, Printed> = HashMap::new();
    let mut unit = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(name) = trimmed.strip_prefix("-> Unit ") {
            unit = name.trim_end_matches(':').to_owned();
        } else if let Some(command) = trimmed.strip_prefix("Command Line: ") {
            units.entry(unit.clone()).or_default().commands.push(command.to_owned());
        } else if let Some(variable) = trimmed.strip_prefix("Environment: ") {
            units.entry(unit.clone()).or_default().environment.push(variable.to_owned());
        }
    }
    units
}

/// Words as the manager prints them: as a shell would need them.
fn shell_line(words: &[Vec<u8>]) -> String {
    words
        .iter()
        .map(|word| shell_word(&String::from_utf8_lossy(word)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn shell_word(word: &str) -> String {
    let needs_quotes = |c: char| c.is_ascii_control() || " \"\\`$*?['()<>|&;!".contains(c);
    if !word.is_empty() && !word.contains(needs_quotes) {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            c if c.is_ascii_control() => write!(quoted, "\\{:03o}", u32::from(c)).unwrap(),
            '"' | '\\' | '`' | '$' => quoted.extend(['\\', c]),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn version() -> u32 {
    static VERSION: OnceLock<u32> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let output = Command::new("systemctl").arg("--version").output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        // "systemd 252 (252.38-1~deb12u1)"
        let version = text.ok().and_then(|text| text.split_whitespace().nth(1)?.parse().ok());
        version.unwrap_or(252)
    })
}

/// The command lines that we read in a value; `None` if systemd would refuse the unit.
fn our_lines(value: &str) -> Option<Vec<String>> {
    let line = CommandLine::parse(value, version()).ok()?;
    let shown = line.commands.iter().map(|command| {
        let words: Vec<Vec<u8>> = command.arguments.iter().map(|word| word.bytes.clone()).collect();
        shell_line(&words).replace("%%", "%")
    });
    Some(shown.collect())
}

#[test]
fn ten_thousand_command_lines_are_read_as_systemd_reads_them() {
    let segments = [
        "a",
        "b1",
        " ",
        "  ",
        "\t",
        "'",
        "\"",
        "\\",
        "\\n",
        "\\x41",
        "\\073",
        "\\s",
        "\\q",
        ";",
        " ; ",
        " \\; ",
        "$A",
        "${B}",
        "-",
        "@",
        "ü",
        "*",
        "=",
        "%%",
        "/bin/true ",
        "#",
        "\\\\",
    ];
    let starts = [
        "/bin/echo",
        "-/bin/echo",
        "@/bin/echo x",
        "-@/bin/echo ",
        ":/bin/echo",
        "+/bin/echo",
        "!/bin/echo",
        "!!/bin/echo",
        "--/bin/echo",
        "echo",
        "\"/bin/echo\"",
        "'/bin/a b'",
    ];
    let mut dice = Dice(0xfeed_f00d);
    let lines = (0..10_000)
        .map(|_| format!("{} {}", dice.pick(&starts), dice.text(&segments, 8)).trim().to_owned());
    // A backslash at the end would take in the next line.
    let lines = lines.map(|line| if line.ends_with('\\') { format!("{line} x") } else { line });
    let (taken, refused): (Vec<String>, Vec<String>) =
        lines.partition(|line| our_lines(line).is_some());
    assert!(taken.len() > 5_000 && refused.len() > 500, "{} and {}", taken.len(), refused.len());
    let directory = readable_directory();
    let mut units = Vec::new();
    let mut expected: Vec<Vec<String>> = Vec::new();
    for some in taken.chunks(50) {
        let name = format!("taken{}.service", units.len());
        let body: String = some.iter().map(|line| format!("ExecStart={line}\n")).collect();
        fs::write(
            directory.path().join(&name),
            format!("[Service]\nType=oneshot\n{body}ExecStart=/bin/true end\n"),
        )
        .unwrap();
        expected.push(
            some.iter()
                .flat_map(|line| our_lines(line).unwrap_or_default())
                .chain(["/bin/true end".to_owned()])
                .collect(),
        );
        units.push(name);
    }
    let refused_from = units.len();
    for line in &refused {
        let name = format!("refused{}.service", units.len());
        fs::write(
            directory.path().join(&name),
            format!("[Service]\nType=oneshot\nExecStart={line}\nExecStart=/bin/true end\n"),
        )
        .unwrap();
        units.push(name);
    }
    let Some(printed) = load(directory.path(), &units) else {
        return;
    };
    for (unit, expected) in units.iter().zip(&expected) {
        let theirs =
            &printed.get(unit).unwrap_or_else(|| panic!("systemd refuses {unit}")).commands;
        for (ours, theirs) in expected.iter().zip(theirs) {
            let text = || fs::read_to_string(directory.path().join(unit)).unwrap();
            assert_eq!(ours, theirs, "{}", text());
        }
        assert_eq!(expected.len(), theirs.len(), "{unit}");
    }
    for (unit, line) in units[refused_from..].iter().zip(&refused) {
        assert!(!printed.contains_key(unit), "systemd takes {line:?}");
    }
}

#[test]
fn what_the_writer_writes_is_read_back() {
    let segments = [
        "a", " ", "'", "\"", "\\", "$", "$HOME", "${X}", "%", "%n", "%%", ";", "\n", "\t", "#",
        "ü", "*", "~", "=", "-", "\u{7f}", "\u{1}",
    ];
    let mut dice = Dice(0xabcd_ef01);
    let directory = readable_directory();
    let mut units = Vec::new();
    let mut expected = Vec::new();
    for index in 0..40 {
        let arguments: Vec<Vec<String>> =
            (0..50).map(|_| (0..3).map(|_| dice.text(&segments, 5)).collect()).collect();
        let variables: Vec<String> = (0..20).map(|_| dice.text(&segments, 5)).collect();
        let exec =
            |words: &Vec<String>| Exec::new("/bin/echo", words.iter().map(String::as_str)).unwrap();
        let mut service =
            Service::new(Unit::described(Text::new("100% sure").unwrap()), exec(&arguments[0]));
        service.service_type = ServiceType::Oneshot;
        service.exec_start = arguments.iter().map(exec).collect();
        service.environment = variables
            .iter()
            .enumerate()
            .map(|(index, value)| Variable::new(&format!("V{index}"), value).unwrap())
            .collect();
        let name = format!("written{index}.service");
        fs::write(directory.path().join(&name), service.to_string()).unwrap();
        units.push(name);
        expected.push((arguments, variables));
    }
    let Some(printed) = load(directory.path(), &units) else {
        return;
    };
    for (unit, (arguments, variables)) in units.iter().zip(expected) {
        let theirs = &printed[unit];
        // The manager shows the words before it fills variables in, so $$ is still two.
        let doubled = |word: &String| word.replace('$', "$$").into_bytes();
        let lines = arguments.iter().map(|words| {
            let all: Vec<Vec<u8>> =
                std::iter::once(b"/bin/echo".to_vec()).chain(words.iter().map(doubled)).collect();
            shell_line(&all)
        });
        assert_eq!(lines.collect::<Vec<_>>(), theirs.commands, "{unit}");
        // A value of several lines spoils the manager's listing, so only its first line is
        // compared.
        let first_lines = variables
            .iter()
            .enumerate()
            .map(|(index, value)| format!("V{index}={}", value.split('\n').next().unwrap()));
        let mut first_lines: Vec<String> = first_lines.collect();
        let mut environment = theirs.environment.clone();
        first_lines.sort();
        environment.sort();
        assert_eq!(first_lines, environment, "{unit}");
    }
}

fn real_units() -> Vec<PathBuf> {
    let corpus = std::env::var_os("UNIT_WRITER_CORPUS").map(PathBuf::from);
    let directories = ["/usr/lib/systemd/system", "/usr/lib/systemd/user"]
        .into_iter()
        .map(PathBuf::from)
        .chain(corpus);
    let mut paths: Vec<PathBuf> = directories
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.retain(|path| {
        path.extension().is_some_and(|end| end == "service")
            && path.symlink_metadata().is_ok_and(|data| data.is_file() && data.len() > 0)
    });
    paths.sort();
    paths
}

#[test]
fn real_units_have_the_commands_and_the_environment_that_systemd_sees() {
    let directory = readable_directory();
    let mut units = Vec::new();
    let mut files = Vec::new();
    for (index, path) in real_units().iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        // A name of its own, and an instance for templates.
        let at = if path.to_string_lossy().contains("@.service") { "@x" } else { "" };
        let name = format!("real{index}{at}.service");
        fs::write(directory.path().join(&name), &bytes).unwrap();
        units.push(name);
        files.push((path.clone(), UnitFile::parse(bytes)));
    }
    let Some(printed) = load(directory.path(), &units) else {
        return;
    };
    let mut compared = 0;
    for (unit, (path, file)) in units.iter().zip(&files) {
        let Some(theirs) = printed.get(unit) else {
            continue;
        };
        let effective = Effective::merge([file]);
        let keys = [
            "ExecCondition",
            "ExecStartPre",
            "ExecStart",
            "ExecStartPost",
            "ExecReload",
            "ExecStop",
            "ExecStopPost",
        ];
        let values = keys.iter().flat_map(|key| effective.values("Service", key));
        let ours: Vec<String> = values
            .flat_map(|entry| our_lines(entry.assignment.value.text()).unwrap_or_default())
            .collect();
        let has_specifier = |line: &&String| line.contains('%');
        for (ours, theirs) in
            ours.iter().zip(&theirs.commands).filter(|(ours, _)| !has_specifier(ours))
        {
            assert_eq!(ours, theirs, "{}", path.display());
        }
        assert_eq!(ours.len(), theirs.commands.len(), "{}", path.display());
        // Of several values of one variable, the last holds.
        let mut variables = std::collections::BTreeMap::new();
        for entry in effective.values("Service", "Environment") {
            for word in parse_environment(entry.assignment.value.text()).0 {
                if let EnvironmentWord::Variable { name, value, .. } = word {
                    variables.insert(name.to_string(), value.to_string());
                }
            }
        }
        for (name, value) in variables {
            let variable = format!("{name}={value}");
            let is_theirs = theirs.environment.contains(&variable) || value.contains('%');
            assert!(is_theirs, "{}: {variable}", path.display());
        }
        compared += 1;
    }
    eprintln!("compared {compared} of {} units", units.len());
    assert!(compared * 10 >= units.len() * 9, "systemd loaded {compared} of {} only", units.len());
}
