//! Generated command lines and units.

use std::fs;

use unit_file::values::CommandLine;
use unit_file::writer::{Exec, Service, ServiceType, Text, Unit, Variable};

use crate::common::Dice;
use crate::printed::{load, readable_directory, shell_line, version};

/// The command lines that we read in a value; `None` if systemd would refuse the unit.
pub(crate) fn our_lines(value: &str) -> Option<Vec<String>> {
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
