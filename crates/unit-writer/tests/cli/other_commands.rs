//! `new`, `fmt`, `explain`, `cat` and `escape`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::command::{GOOD, check_code, error, file, out, root_and_unit, run, run_with_input};

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
    let nothing = error(&check_code(&["explain", "no-such-thing"], 1));
    assert!(nothing.contains("no key no-such-thing=, and there is no unit of this name"));
    if Path::new("/usr/lib/systemd/system/systemd-journald.service").exists() {
        let text = out(&check_code(&["explain", "systemd-journald"], 0));
        assert!(text.contains("no key systemd-journald=; this is the unit of that name"), "{text}");
        assert!(text.contains("systemd-journald.service ("), "{text}");
    }
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
