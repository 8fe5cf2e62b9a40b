//! `install` and `uninstall`: what they write, and what they leave alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::command::{GOOD, check_code, error, out, root_and_unit, run};

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

/// All paths below a directory.
fn tree(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries
        .flat_map(|path| {
            let below = if path.is_dir() && !path.is_symlink() { tree(&path) } else { Vec::new() };
            below.into_iter().chain([path])
        })
        .collect();
    paths.sort();
    paths
}

/// Installs the files, enables `enabled` if there is a systemctl, takes all back, and looks.
#[track_caller]
fn check_round_trip(files: &[(&str, &str)], enabled: Option<&str>, back: &[&str]) {
    let (root, option, _) = root_and_unit();
    fs::create_dir_all(root.path().join("etc/systemd/system")).unwrap();
    for (name, text) in files {
        let path = root.path().join("from").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let before = tree(root.path());
    for (name, _) in files {
        let path = root.path().join("from").join(name);
        check_code(&["install", "--yes", &option, path.to_str().unwrap()], 0);
    }
    if let Some(unit) = enabled {
        let status = Command::new("systemctl").args([option.as_str(), "enable", unit]).output();
        let is_linked = status.is_ok_and(|output| output.status.success());
        assert!(!is_linked || tree(root.path()).iter().any(|path| path.is_symlink()));
    }
    assert_ne!(tree(root.path()), before);
    for unit in back {
        check_code(&["uninstall", "--yes", &option, unit], 0);
    }
    assert_eq!(tree(root.path()), before);
}

#[test]
fn install_and_uninstall_leave_no_trace() {
    if Command::new("systemctl").arg("--version").output().is_err() {
        return eprintln!("skipped: there is no systemctl here");
    }
    let more = ("demo.service.d/more.conf", "[Service]\nNice=1\n");
    let demo = ("demo.service", GOOD);
    check_round_trip(&[demo], Some("demo.service"), &["demo.service"]);
    check_round_trip(&[demo, more], Some("demo.service"), &["demo.service"]);
    check_round_trip(&[demo, more], None, &["demo.service.d/more.conf", "demo.service"]);
    // Of a template, the instances' links go too.
    let template = ("demo@.service", GOOD);
    let of_instance = ("demo@.service.d/more.conf", "[Service]\nNice=1\n");
    check_round_trip(&[template, of_instance], Some("demo@a.service"), &["demo@.service"]);
    check_round_trip(&[("demo@a.service", GOOD)], Some("demo@a.service"), &["demo@a.service"]);
}

#[test]
fn uninstall_keeps_what_it_did_not_bring() {
    let (root, option, unit) = root_and_unit();
    check_code(&["install", &option, &unit], 0);
    let drop_in = root.path().join("etc/systemd/system/demo.service.d/more.conf");
    fs::create_dir_all(drop_in.parent().unwrap()).unwrap();
    fs::write(&drop_in, "[Service]\nNice=1\n").unwrap();
    // A package's unit of the same name shows again, and its drop-ins still count.
    let vendor = root.path().join("usr/lib/systemd/system/demo.service");
    fs::create_dir_all(vendor.parent().unwrap()).unwrap();
    fs::write(&vendor, GOOD).unwrap();
    if Command::new("systemctl").arg("--version").output().is_ok() {
        let output = check_code(&["uninstall", "--yes", &option, "demo.service"], 0);
        assert!(out(&output).contains("left "), "{}", out(&output));
        assert!(drop_in.is_file() && vendor.is_file() && !installed(root.path()).exists());
    }
    let names = ["demo.service.d/../../x.conf", "demo.service.d/none.conf", "/etc/passwd"];
    for name in names {
        let output = check_code(&["uninstall", "--yes", &option, name], 1);
        assert!(error(&output).contains("cannot uninstall"), "{}", error(&output));
    }
    fs::write(root.path().join("etc/systemd/system/demo@.service"), GOOD).unwrap();
    let output = check_code(&["uninstall", "--yes", &option, "demo@a.service"], 1);
    assert!(error(&output).contains("an instance of demo@.service"), "{}", error(&output));
}
