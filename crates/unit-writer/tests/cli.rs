//! The command: its exit codes, its output, and what it does when things go wrong.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::resource::{UsageWho, getrusage};

const GOOD: &str = "[Service]\nExecStart=/bin/sh -c true\n[Install]\nWantedBy=multi-user.target\n";

fn unit_writer(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unit-writer"));
    command.args(arguments).stdin(Stdio::null()).env_remove("NO_COLOR");
    command
}

fn run(arguments: &[&str]) -> Output {
    unit_writer(arguments).output().unwrap()
}

fn run_with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = unit_writer(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok(); // it may have ended without reading
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A directory with one file; the file's path.
fn file(name: &str, text: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    (directory, path.to_str().unwrap().to_owned())
}

#[track_caller]
fn check_code(arguments: &[&str], expected: i32) -> Output {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(expected), "{}{}", out(&output), error(&output));
    output
}

#[test]
fn exit_codes_say_how_bad_it_is() {
    let (_good, good) = file("good.service", GOOD);
    let (_warned, warned) =
        file("warned.service", GOOD.replace("[Install]", "Restart=maybe\n[Install]"));
    let (_bad, bad) = file("bad.service", "[Service]\nType=simple\n");
    check_code(&["check", "--offline", &good], 0);
    check_code(&["check", "--offline", "--strict", &good], 0);
    check_code(&["check", "--offline", &warned], 0);
    check_code(&["check", "--offline", "--strict", &warned], 2);
    check_code(&["check", "--offline", "--strict", &bad, &warned], 1);
    check_code(&["check"], 64);
    check_code(&["check", "--no-such-option", &good], 64);
    check_code(&["nonsense"], 64);
    check_code(&["--help"], 0);
}

#[test]
fn a_finding_is_drawn_with_its_place_effect_fix_and_page() {
    let (_directory, path) = file("demo.service", GOOD.replace("ExecStart", "ExecStrat"));
    let text = out(&run(&["check", "--offline", &path]));
    for part in [
        "warning[unknown-key]: systemd knows no key ExecStrat= in [Service]",
        "demo.service:2:1",
        "2 | ExecStrat=/bin/sh -c true",
        "| ^^^^^^^^^",
        "= effect: systemd ignores this line",
        "fix: write ExecStart=",
        "= man: systemd.service(5)",
        "1 file checked: 1 error, 1 warning",
    ] {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "no colours into a pipe");
}

#[test]
fn json_has_every_field() {
    let (_directory, path) =
        file("demo.service", GOOD.replace("[Install]", "Restart=allways\n[Install]"));
    let found: serde_json::Value =
        serde_json::from_str(&out(&run(&["check", "--offline", "--json", &path]))).unwrap();
    let finding = &found[0];
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(3), Some(9)));
    assert_eq!(
        (finding["severity"].as_str(), finding["code"].as_str()),
        (Some("warning"), Some("ignored-value"))
    );
    assert_eq!(finding["file"], path.as_str());
    assert_eq!(finding["fix"], "write \"always\"");
    assert_eq!(finding["effect"], "systemd ignores this line; Restart= stays at its default, no");
    assert_eq!(finding["man"], "systemd.service(5)");
    assert!(finding["message"].as_str().unwrap().starts_with("\"allways\" is none of"));
    assert_eq!(
        out(&run(&["check", "--json", "--offline", &file("x.target", "[Unit]\n").1])).trim(),
        "[]"
    );
}

#[test]
fn standard_input_needs_a_name() {
    let output = run_with_input(&["check", "--offline", "-"], GOOD);
    assert_eq!(output.status.code(), Some(64));
    assert!(error(&output).contains("--name"), "{}", error(&output));
    let output = run_with_input(
        &["check", "--offline", "--name=x.service", "-"],
        "[Service]\nExecStart=x/y\n",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("x.service:2:11"), "{}", out(&output));
    let fixed = run_with_input(
        &["check", "--offline", "--fix", "--name=x.service", "-"],
        &GOOD.replace("ExecStart", "execstart"),
    );
    assert_eq!(out(&fixed), GOOD);
}

#[test]
fn fix_makes_the_sure_changes_and_keeps_the_mode() {
    let wrong = "[Unit]\nRestart=always # forever\n[Service]\nexecstart=/bin/sh -c true\n[Instal]\nWantedBy=multi-user.target\n";
    let (_directory, path) = file("demo.service", wrong);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    check_code(&["check", "--offline", "--strict", "--fix", &path], 0);
    let right = "[Unit]\n[Service]\nExecStart=/bin/sh -c true\n# forever\nRestart=always\n[Install]\nWantedBy=multi-user.target\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), right);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_directory_is_checked_with_its_drop_ins() {
    let (directory, _) = file("a.service", GOOD);
    fs::create_dir(directory.path().join("a.service.d")).unwrap();
    fs::write(directory.path().join("a.service.d/x.conf"), "[Service]\nRestat=always\n").unwrap();
    fs::write(directory.path().join("README"), "not a unit").unwrap();
    let text = out(&run(&["check", "--offline", directory.path().to_str().unwrap()]));
    assert!(text.contains("x.conf:2:1") && text.contains("2 files checked: 1 warning"), "{text}");
}

#[test]
fn a_drop_in_can_complete_its_unit() {
    let (directory, path) =
        file("a.service", "[Unit]\nDescription=Half\n[Install]\nWantedBy=multi-user.target\n");
    check_code(&["check", "--offline", &path], 1);
    fs::create_dir(directory.path().join("a.service.d")).unwrap();
    fs::write(
        directory.path().join("a.service.d/x.conf"),
        "[Service]\nExecStart=/bin/sh -c true\n",
    )
    .unwrap();
    check_code(&["check", "--offline", &path], 0);
}

#[test]
fn a_drop_in_that_forgets_to_reset_the_command_is_an_error() {
    let (directory, _) = file("a.service", GOOD);
    fs::create_dir(directory.path().join("a.service.d")).unwrap();
    let drop_in = directory.path().join("a.service.d/x.conf");
    fs::write(&drop_in, "[Service]\nExecStart=/bin/sh -c false\n").unwrap();
    let output = check_code(&["check", drop_in.to_str().unwrap()], 1);
    assert!(
        out(&output).contains("error[two-commands]") && out(&output).contains("x.conf:2:1"),
        "{}",
        out(&output)
    );
    fs::write(&drop_in, "[Service]\nExecStart=\nExecStart=/bin/sh -c false\n").unwrap();
    check_code(&["check", "--strict", drop_in.to_str().unwrap()], 0);
}

#[test]
fn the_version_decides_what_is_known() {
    let (_directory, path) = file(
        "a.service",
        GOOD.replace(
            "[Install]",
            "RestartSteps=3\nRestartMaxDelaySec=10\nMemoryLimit=1G\n[Install]",
        ),
    );
    let codes = |version: &str| {
        let found: serde_json::Value = serde_json::from_str(&out(&run(&[
            "check",
            "--offline",
            "--json",
            "--systemd",
            version,
            &path,
        ])))
        .unwrap();
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("252"), ["too-new", "too-new", "deprecated"]);
    assert_eq!(codes("257"), ["deprecated"]);
    assert_eq!(codes("262"), ["too-old"]);
}

/// What people and disks do to files; an error in one line, or a finding, and never a panic.
#[test]
fn bad_input_is_told_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    symlink("/nowhere/at/all", at("dangling.service")).unwrap();
    fs::create_dir(at("directory.service")).unwrap();
    fs::write(at("no-type"), GOOD).unwrap();
    for (path, reason) in [
        (at("dangling.service"), "No such file"),
        (at("missing.service"), "No such file"),
        (at("no-type"), "does not end in a unit type"),
        ("/dev/zero.service".to_owned(), "No such file"),
    ] {
        let output = check_code(&["check", "--offline", &path], 1);
        let message = error(&output);
        assert!(
            message.starts_with("unit-writer: cannot ") && message.contains(reason),
            "{message}"
        );
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(!message.trim_end().ends_with('.'), "{message}");
    }
    // The others are judged all the same.
    let (_good, good) = file("good.service", GOOD);
    let output = check_code(&["check", "--offline", &at("missing.service"), &good], 1);
    assert!(out(&output).contains("1 file checked: nothing to say"), "{}", out(&output));
    // A directory is one of units, whatever its name, and one without any is a mistake.
    let output = check_code(&["check", "--offline", &at("directory.service")], 1);
    assert!(error(&output).contains("there is no unit file in it"), "{}", error(&output));
    for command in ["fmt", "explain", "install"] {
        let output = run(&[command, &at("directory.service")]);
        assert_eq!(output.status.code(), Some(1));
        assert!(error(&output).contains("it is a directory"), "{}", error(&output));
    }
}

#[test]
fn files_that_are_no_text_are_findings() {
    let mut binary = fs::read(env!("CARGO_BIN_EXE_unit-writer")).unwrap();
    binary.truncate(200_000);
    let (_binary, path) = file("binary.service", binary);
    let output = check_code(&["check", "--offline", &path], 1);
    assert!(out(&output).contains("file-refused"));
    let (_long, path) = file(
        "long.service",
        [b"[Service]\nExecStart=/bin/echo ".to_vec(), vec![b'x'; 1024 * 1024]].concat(),
    );
    let output = check_code(&["check", "--offline", &path], 1);
    assert!(
        out(&output).contains("longer than 1048576 bytes") && out(&output).len() < 10_000,
        "{}",
        out(&output).len()
    );
    let (_latin, path) =
        file("latin.service", b"[Unit]\nDescription=a\xf1o\n[Service]\nExecStart=/bin/true\n");
    let output = check_code(&["check", "--offline", &path], 1);
    assert!(
        out(&output).contains("latin.service:2:1") && out(&output).contains("not valid UTF-8"),
        "{}",
        out(&output)
    );
    let (_masked, path) = file("masked.service", "");
    assert!(out(&check_code(&["check", "--offline", &path], 0)).contains("masks the unit"));
    let (_huge, path) = file("huge.service", vec![b'#'; 17 * 1024 * 1024]);
    assert!(error(&check_code(&["check", "--offline", &path], 1)).contains("larger than 16 MiB"));
}

#[test]
fn a_hundred_thousand_bad_lines_are_judged_quickly_and_told_in_part() {
    let (_directory, path) = file(
        "many.service",
        ["[Service]\n".to_owned(), "Restart=x\nfoo\nBar=\n".repeat(100_000)].concat(),
    );
    // Processor time, as the machine may be busy with something else.
    let spent = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        usage.user_time().tv_sec() + usage.system_time().tv_sec()
    };
    let before = spent();
    let output = run(&["check", "--offline", "--json", &path]);
    assert!(spent() - before < 60, "{} s", spent() - before);
    let found: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert!(found.as_array().unwrap().len() < 500);
}

/// A root directory to install into, and a unit to install.
fn root_and_unit() -> (tempfile::TempDir, String, String) {
    let root = tempfile::tempdir().unwrap();
    let unit = root.path().join("demo.service");
    fs::write(&unit, GOOD).unwrap();
    fs::create_dir_all(root.path().join("bin")).unwrap();
    symlink("/bin/sh", root.path().join("bin/sh")).unwrap();
    let option = format!("--root={}", root.path().display());
    (root, option, unit.to_str().unwrap().to_owned())
}

fn installed(root: &Path) -> std::path::PathBuf {
    root.join("etc/systemd/system/demo.service")
}

#[test]
fn install_checks_writes_enables_and_uninstall_takes_it_back() {
    let (root, option, unit) = root_and_unit();
    let output = check_code(&["install", &option, &unit], 0);
    assert!(out(&output).contains("skipped daemon-reload"), "{}", out(&output));
    assert_eq!(fs::read_to_string(installed(root.path())).unwrap(), GOOD);
    assert_eq!(fs::metadata(installed(root.path())).unwrap().permissions().mode() & 0o777, 0o644);
    assert!(out(&check_code(&["install", &option, &unit], 0)).contains("is up to date"));
    let link = root.path().join("etc/systemd/system/multi-user.target.wants/demo.service");
    if Command::new("systemctl").arg("--version").output().is_ok() {
        check_code(&["install", "--enable", &option, &unit], 0);
        assert!(link.is_symlink());
        assert!(
            error(&check_code(&["install", "--now", &option, &unit], 1))
                .contains("no service manager runs here")
        );
        assert!(
            error(&check_code(&["uninstall", &option, "demo.service"], 1)).contains("say --yes")
        );
        check_code(&["uninstall", "--yes", &option, "demo.service"], 0);
        assert!(!link.is_symlink() && !installed(root.path()).exists());
    }
}

#[test]
fn install_shows_the_difference_and_asks() {
    let (root, option, unit) = root_and_unit();
    check_code(&["install", &option, &unit], 0);
    fs::write(&unit, GOOD.replace("true", "false")).unwrap();
    let output = check_code(&["install", &option, &unit], 1);
    assert!(
        out(&output).contains("-ExecStart=/bin/sh -c true\n+ExecStart=/bin/sh -c false\n"),
        "{}",
        out(&output)
    );
    assert!(error(&output).contains("say --yes"), "{}", error(&output));
    assert_eq!(fs::read_to_string(installed(root.path())).unwrap(), GOOD);
    check_code(&["install", "--yes", &option, &unit], 0);
    assert!(fs::read_to_string(installed(root.path())).unwrap().contains("false"));
}

#[test]
fn install_refuses_what_systemd_would_refuse() {
    let (root, option, unit) = root_and_unit();
    fs::write(&unit, "[Service]\nExecStart=relative/path\n").unwrap();
    let output = check_code(&["install", &option, &unit], 1);
    assert!(
        error(&output).contains("mend the errors first")
            && out(&output).contains("refused-command")
    );
    assert!(!installed(root.path()).exists());
    for name in ["../x.service", "a/b.service", "nothing", ""] {
        assert!(
            error(&check_code(&["uninstall", "--yes", &option, name], 1))
                .contains("cannot uninstall")
        );
    }
}

#[test]
fn a_disk_that_fills_up_leaves_the_old_file_whole() {
    let (root, option, unit) = root_and_unit();
    check_code(&["install", &option, &unit], 0);
    let longer = format!("{GOOD}{}", "# a long comment\n".repeat(1000));
    fs::write(&unit, longer).unwrap();
    // A limit on the size of files stops the write half way, as a full disk would.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
    let program = env!("CARGO_BIN_EXE_unit-writer");
    let output = Command::new("sh")
        .args(["-c", script, "sh", program, "install", "--yes", &option, &unit])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", error(&output));
    assert!(
        error(&output).contains("cannot write") && error(&output).contains("File too large"),
        "{}",
        error(&output)
    );
    assert_eq!(fs::read_to_string(installed(root.path())).unwrap(), GOOD);
    let left: Vec<_> = fs::read_dir(installed(root.path()).parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file is left: {left:?}");
}

#[test]
fn without_permission_nothing_changes() {
    let (root, option, unit) = root_and_unit();
    check_code(&["install", &option, &unit], 0);
    let directory = installed(root.path()).parent().unwrap().to_owned();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o555)).unwrap();
    fs::write(&unit, GOOD.replace("true", "false")).unwrap();
    let output = run(&["install", "--yes", &option, &unit]);
    // Root may write everywhere, so only others see the refusal.
    if output.status.code() != Some(0) {
        assert!(error(&output).contains("Permission denied"), "{}", error(&output));
        assert_eq!(fs::read_to_string(installed(root.path())).unwrap(), GOOD);
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_drop_in_is_installed_beside_its_unit() {
    let (root, option, _) = root_and_unit();
    let drop_in = root.path().join("demo.service.d/restart.conf");
    fs::create_dir(drop_in.parent().unwrap()).unwrap();
    fs::write(&drop_in, "[Service]\nRestart=always\n").unwrap();
    check_code(&["install", &option, drop_in.to_str().unwrap()], 0);
    assert!(root.path().join("etc/systemd/system/demo.service.d/restart.conf").is_file());
}

#[test]
fn fmt_tidies_or_tells() {
    let (_directory, path) = file("a.service", GOOD.replace("=", " = "));
    assert!(out(&check_code(&["fmt", "--check", &path], 1)).contains("not tidy"));
    check_code(&["fmt", &path], 0);
    check_code(&["fmt", "--check", &path], 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), GOOD.replace("[Install]", "\n[Install]"));
    assert_eq!(out(&run_with_input(&["fmt", "-"], " [Unit]\n")), "[Unit]\n");
}

#[test]
fn new_prints_units_that_have_nothing_wrong() {
    for (arguments, name) in [
        (
            vec![
                "service",
                "a",
                "--description",
                "100% \"quoted\"",
                "--wanted-by",
                "multi-user.target",
                "--env",
                "A=b c",
                "--",
                "/bin/sh",
                "-c",
                "echo $HOME; %",
            ],
            "a.service",
        ),
        (vec!["target", "a", "--description", "A group", "--wants", "x.service"], "a.target"),
        (
            vec![
                "socket",
                "a",
                "--description",
                "A socket",
                "--listen",
                "8080",
                "--listen",
                "/run/a.sock",
                "--accept",
                "--mode",
                "0600",
            ],
            "a.socket",
        ),
        (
            vec![
                "mount",
                "--description",
                "A mount",
                "--what",
                "tmpfs",
                "--where",
                "/mnt/my data",
                "--type",
                "tmpfs",
            ],
            "mnt-my\\x20data.mount",
        ),
        (
            vec![
                "timer",
                "a",
                "--description",
                "A timer",
                "--on-calendar",
                "Mon 9:00",
                "--on-boot",
                "5min",
                "--persistent",
            ],
            "a.timer",
        ),
        (
            vec![
                "path",
                "a",
                "--description",
                "A path",
                "--changed",
                "/etc/passwd",
                "--unit",
                "b.service",
            ],
            "a.path",
        ),
    ] {
        let arguments: Vec<&str> = ["new"].into_iter().chain(arguments).collect();
        let text = out(&check_code(&arguments, 0));
        let option = format!("--name={name}");
        let output = run_with_input(&["check", "--offline", "--strict", &option, "-"], &text);
        assert_eq!(output.status.code(), Some(0), "{text}{}", out(&output));
        let directory = tempfile::tempdir().unwrap();
        let output_option = format!("--output={}", directory.path().display());
        let mut with_output = arguments.clone();
        with_output.insert(2, &output_option);
        check_code(&with_output, 0);
        assert_eq!(fs::read_to_string(directory.path().join(name)).unwrap(), text);
        assert!(error(&check_code(&with_output, 1)).contains("it exists already"));
    }
}

#[test]
fn new_refuses_what_could_be_misread() {
    for (arguments, code, reason) in [
        (
            vec!["service", "a", "--description", "x\nExecStart=/bin/evil", "--", "/bin/true"],
            1,
            "line break",
        ),
        (vec!["service", "a", "--description", "x\\", "--", "/bin/true"], 1, "backslash"),
        (vec!["service", "a/b", "--description", "x", "--", "/bin/true"], 1, "'/'"),
        (vec!["service", "a", "--description", "x", "--", "relative/true"], 1, "not a program"),
        (vec!["service", "a", "--description", "x"], 64, "is missing"),
        (vec!["service", "--", "/bin/true"], 64, "is missing"),
        (
            vec!["service", "a", "--description", "x", "--restart", "sometimes", "--", "/bin/true"],
            64,
            "none of no, on-success",
        ),
        (
            vec!["service", "a", "--description", "x", "--user", "me\nNice=-20", "--", "/bin/true"],
            1,
            "line break",
        ),
        (
            vec!["mount", "wrong", "--description", "x", "--what", "a", "--where", "/b"],
            64,
            "can only be named b.mount",
        ),
        (
            vec!["mount", "--description", "x", "--what", "a", "--where", "/b/../c"],
            1,
            "not an absolute path",
        ),
        (vec!["timer", "a", "--description", "x", "--on-calendar", "never"], 1, "expected"),
        (vec!["socket", "a", "--description", "x", "--listen", "http"], 64, "neither a port"),
        (
            vec!["service", "a", "--description", "x", "--set", "Service.Foo=1", "--", "/bin/true"],
            1,
            "there is no key",
        ),
    ] {
        let arguments: Vec<&str> = ["new"].into_iter().chain(arguments).collect();
        let output = check_code(&arguments, code);
        assert!(error(&output).contains(reason), "{}", error(&output));
        assert!(out(&output).is_empty());
    }
}

#[test]
fn explain_tells_of_keys_and_of_files() {
    let text = out(&check_code(&["explain", "Restart="], 0));
    assert!(text.contains("on-failure") && text.contains("systemd.service(5)"), "{text}");
    assert!(error(&check_code(&["explain", "Restrat"], 1)).contains("did you mean Restart=?"));
    let (_directory, path) =
        file("demo.service", GOOD.replace("[Install]", "Restart=on-failure\n[Install]"));
    let text = out(&check_code(&["explain", &path], 0));
    for part in [
        "is a service",
        "It runs /bin/sh",
        "restarted after a bad exit status",
        "starts together with multi-user.target",
        "   2  ExecStart=",
    ] {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
}

#[test]
fn cat_shows_the_unit_that_holds() {
    let (root, option, _) = root_and_unit();
    let directory = root.path().join("usr/lib/systemd/system");
    fs::create_dir_all(directory.join("demo.service.d")).unwrap();
    fs::write(
        directory.join("demo.service"),
        "[Service]\nExecStart=/bin/old\nNice=1\nEnvironment=A=1\n",
    )
    .unwrap();
    fs::write(
        directory.join("demo.service.d/10-a.conf"),
        "[Service]\nExecStart=\nExecStart=/bin/new\nEnvironment=B=2\n",
    )
    .unwrap();
    let hidden = root.path().join("etc/systemd/system/demo.service.d");
    fs::create_dir_all(&hidden).unwrap();
    fs::write(directory.join("demo.service.d/20-b.conf"), "[Service]\nNice=2\n").unwrap();
    symlink("/dev/null", hidden.join("20-b.conf")).unwrap();
    let text = out(&check_code(&["cat", &option, "demo"], 0));
    assert!(text.contains("10-a.conf, from line 3 on\nExecStart=/bin/new\n"), "{text}");
    assert!(
        text.contains("Nice=1")
            && text.contains("Environment=A=1")
            && text.contains("Environment=B=2"),
        "{text}"
    );
    assert!(!text.contains("/bin/old"), "{text}");
    assert!(error(&check_code(&["cat", &option, "nothing"], 1)).contains("no such unit"));
}

#[test]
fn escape_and_unescape_are_inverse() {
    assert_eq!(out(&run(&["escape", "a b/c", "-"])), "a\\x20b-c\n\\x2d\n");
    assert_eq!(
        out(&run(&["escape", "--path", "--suffix=mount", "/srv/my data"])),
        "srv-my\\x20data.mount\n"
    );
    assert_eq!(out(&run(&["escape", "--template=x@.service", "a/b"])), "x@a-b.service\n");
    assert_eq!(out(&run(&["escape", "--mangle", "/home", "sshd"])), "home.mount\nsshd.service\n");
    assert_eq!(out(&run(&["unescape", "--path", "srv-my\\x20data"])), "/srv/my data\n");
    assert!(error(&check_code(&["unescape", "a b"], 1)).contains("not escaped text"));
    assert!(error(&check_code(&["escape", "--path", "/a/../b"], 1)).contains(".."));
}

#[test]
fn completions_and_pages_are_made() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&check_code(&["completions", shell], 0)).contains("unit-writer"));
    }
    assert!(out(&check_code(&["man"], 0)).contains(".TH unit-writer"));
    assert!(out(&check_code(&["man", "check"], 0)).contains("strict"));
}

#[test]
fn nobody_reading_is_no_error() {
    let mut child = unit_writer(&["check", "/usr/lib/systemd/system"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(error(&output).is_empty() && output.status.code() == Some(0), "{output:?}");
}

#[test]
fn what_lies_below_a_directory_is_checked_too() {
    let (directory, _) =
        file("deep/er/a.service", GOOD.replace("[Install]", "Nonsense=1\n[Install]"));
    let text = out(&run(&["check", "--offline", directory.path().to_str().unwrap()]));
    assert!(text.contains("deep/er/a.service:3:1") && text.contains("1 file checked"), "{text}");
}

#[test]
fn a_pipe_and_a_missing_root_and_a_quadlet_are_errors_at_once() {
    let (directory, good) = file("a.service", GOOD);
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    nix::unistd::mkfifo(at("pipe.service").as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let output = check_code(&["check", &at("pipe.service")], 1);
    assert!(error(&output).contains("not a regular file"), "{}", error(&output));
    let output = check_code(&["check", "--root=/nonexistent", &good], 64);
    assert!(error(&output).contains("there is no such directory"), "{}", error(&output));
    fs::write(at("web.container"), "[Container]\nImage=web\n").unwrap();
    let output = check_code(&["check", &at("web.container")], 1);
    assert!(error(&output).contains("Podman"), "{}", error(&output));
}

#[test]
fn the_directory_tells_whose_manager_a_unit_is_for() {
    let root = tempfile::tempdir().unwrap();
    for (directory, is_users) in [
        ("user/units", false),
        ("home/user", false),
        (".config/systemd/user", true),
        ("etc/systemd/user", true),
    ] {
        let place = root.path().join(directory);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("a.service"), GOOD).unwrap();
        // Named without its directory, it is in it all the same.
        let mut command = unit_writer(&["check", "--offline", "--fix", "a.service"]);
        let text = out(&command.current_dir(&place).output().unwrap());
        assert_eq!(text.contains("wrong-manager"), is_users, "{directory}: {text}");
        assert_eq!(fs::read_to_string(place.join("a.service")).unwrap(), GOOD, "{directory}");
    }
}

#[test]
fn a_second_command_is_told_where_the_drop_in_adds_it() {
    let (directory, unit) = file("a.service", GOOD);
    fs::create_dir(directory.path().join("a.service.d")).unwrap();
    let drop_in = directory.path().join("a.service.d/x.conf");
    fs::write(&drop_in, "[Service]\nExecStart=/bin/sh -c false\n").unwrap();
    let text = out(&check_code(&["check", "--offline", &unit], 1));
    assert!(text.contains("x.conf:2:1") && !text.contains("a.service:2"), "{text}");
    // Of both files, it is told once.
    let text = out(&check_code(&["check", "--offline", directory.path().to_str().unwrap()], 1));
    assert!(text.contains("2 files checked: 1 error\n"), "{text}");
}

#[test]
fn a_fix_shows_what_it_changed_and_leaves_what_it_would_have_to_guess() {
    let (_directory, path) = file("a.service", GOOD.replace("ExecStart", "execstart"));
    let text = out(&run(&["check", "--offline", "--fix", &path]));
    assert!(text.contains("-execstart=/bin/sh -c true\n+ExecStart=/bin/sh -c true\n"), "{text}");
    let unclear = GOOD.replace("[Install]", "MemoryMan=1G\nNExecPaths=/\n[Install]");
    let (_directory, path) = file("b.service", &unclear);
    let text = out(&run(&["check", "--offline", "--fix", &path]));
    assert!(text.contains("MemoryMax= or MemoryMin="), "{text}");
    assert_eq!(fs::read_to_string(&path).unwrap(), unclear);
}

#[test]
fn an_image_without_the_user_can_be_installed_by_force() {
    let (root, option, unit) = root_and_unit();
    fs::write(&unit, GOOD.replace("[Install]", "User=nobody-here\n[Install]")).unwrap();
    assert!(error(&check_code(&["install", &option, &unit], 1)).contains("--force"));
    check_code(&["install", "--force", &option, &unit], 0);
    assert!(installed(root.path()).exists());
    // A user that sysusers.d brings is as good as there.
    fs::remove_file(installed(root.path())).unwrap();
    fs::create_dir_all(root.path().join("usr/lib/sysusers.d")).unwrap();
    fs::write(root.path().join("usr/lib/sysusers.d/a.conf"), "u nobody-here - -\n").unwrap();
    check_code(&["install", &option, &unit], 0);
}

#[test]
fn cat_knows_aliases_and_json_and_explain_knows_units_of_the_machine() {
    let (root, option, _) = root_and_unit();
    let directory = root.path().join("usr/lib/systemd/system");
    fs::create_dir_all(directory.join("alias.service.d")).unwrap();
    fs::write(directory.join("real.service"), GOOD).unwrap();
    symlink("real.service", directory.join("alias.service")).unwrap();
    fs::write(directory.join("alias.service.d/x.conf"), "[Service]\nNice=3\n").unwrap();
    for name in ["real", "alias"] {
        let text = out(&check_code(&["cat", &option, name], 0));
        assert!(text.contains("Nice=3") && text.contains("ExecStart="), "{name}: {text}");
    }
    let text = out(&check_code(&["cat", "--json", &option, "real"], 0));
    let lines: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(lines.as_array().unwrap().iter().any(|line| line["key"] == "Nice"), "{text}");
    let (_directory, path) = file("a.timer", "[Timer]\nOnUnitActiveSec=1h\n");
    assert!(out(&check_code(&["explain", &path], 0)).contains("it never begins"));
}

#[test]
fn fmt_goes_on_behind_a_file_that_it_can_t_read() {
    let (directory, path) = file("a.service", GOOD.replace('=', " = "));
    let missing = directory.path().join("missing.service");
    let output = check_code(&["fmt", missing.to_str().unwrap(), &path], 1);
    assert!(error(&output).contains("cannot read") && out(&output).contains("formatted"));
}

#[test]
fn before_244_no_oneshot_could_be_restarted() {
    let unit = GOOD.replace("[Install]", "Type=oneshot\nRestart=on-failure\n[Install]");
    let (_directory, path) = file("a.service", unit);
    check_code(&["check", "--offline", "--systemd=239", &path], 1);
    check_code(&["check", "--offline", "--systemd=252", &path], 0);
}
