//! What `check` says, and with which exit code.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::command::{GOOD, check_code, error, file, out, run, run_with_input, unit_writer};

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
fn a_directory_is_checked_with_its_drop_ins() {
    let (directory, _) = file("a.service", GOOD);
    fs::create_dir(directory.path().join("a.service.d")).unwrap();
    fs::write(directory.path().join("a.service.d/x.conf"), "[Service]\nRestat=always\n").unwrap();
    fs::write(directory.path().join("README"), "not a unit").unwrap();
    let text = out(&run(&["check", "--offline", directory.path().to_str().unwrap()]));
    assert!(text.contains("x.conf:2:1") && text.contains("2 files checked: 1 warning"), "{text}");
}

#[test]
fn what_lies_below_a_directory_is_checked_too() {
    let (directory, _) =
        file("deep/er/a.service", GOOD.replace("[Install]", "Nonsense=1\n[Install]"));
    let text = out(&run(&["check", "--offline", directory.path().to_str().unwrap()]));
    assert!(text.contains("deep/er/a.service:3:1") && text.contains("1 file checked"), "{text}");
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

#[test]
fn before_244_no_oneshot_could_be_restarted() {
    let unit = GOOD.replace("[Install]", "Type=oneshot\nRestart=on-failure\n[Install]");
    let (_directory, path) = file("a.service", unit);
    check_code(&["check", "--offline", "--systemd=239", &path], 1);
    check_code(&["check", "--offline", "--systemd=252", &path], 0);
}

#[test]
fn an_older_systemd_knows_fewer_programs_and_outputs() {
    let (_directory, path) = file("a.service", GOOD.replace("ExecStart=/", "ExecStart=sh -c /"));
    check_code(&["check", "--offline", "--systemd=237", &path], 1);
    check_code(&["check", "--offline", "--systemd=239", &path], 0);
    let unit = GOOD.replace("[Install]", "StandardOutput=append:/var/log/a\n[Install]");
    let (_directory, path) = file("a.service", unit);
    check_code(&["check", "--offline", "--strict", "--systemd=239", &path], 2);
    check_code(&["check", "--offline", "--strict", "--systemd=240", &path], 0);
}
