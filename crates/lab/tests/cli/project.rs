//! Which directory of the host a lab shows, and which it never does.

use lab::Mode;

use crate::support::{Place, can, modes, run, said};
use crate::{any_mode, run_in, script};

#[test]
fn the_project_is_at_the_same_path_and_read_only_holds() {
    for mode in modes("the_project_is_at_the_same_path_and_read_only_holds") {
        let place = Place::new(mode);
        let output = script(
            mode,
            &place,
            r#"set -e; mkdir -p a/b; cd a/b; echo outside > file
            $RUN -- sh -c 'pwd; cat file; echo inside > file; mkdir sub' | sed "s,$HERE,HERE,"; cat file; stat -c %u file sub | sort -u | grep -c "^$(id -u)$"
            $RUN --read-only -- sh -c 'cat file; echo no > file || echo refused'; cat file
            cd /; $RUN --project $HERE/a -- sh -c 'pwd; ls b' | sed "s,$HERE,HERE,"
            cd $HERE/a; ln -s b link; cd link; $RUN -- cat file"#,
        );
        let expected =
            "HERE/a/b\noutside\ninside\n1\ninside\nrefused\ninside\nHERE/a\nfile\nsub\ninside\n";
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", said(&output));
        place.assert_clean();
    }
}

#[test]
fn a_read_only_project_stays_so_below_its_mounts() {
    if !can(Mode::Root, "a_read_only_project_stays_so_below_its_mounts") {
        return;
    }
    let place = Place::new(Mode::Root)
        .prepare("mkdir -p /tmp/a/deep; mount -t tmpfs deep /tmp/a/deep; cd /tmp/a");
    let output = run_in(
        &place,
        &["run", "-q", "--read-only", "--", "sh", "-c", "touch deep/x || echo refused"],
    );
    assert!(output.stdout == b"refused\n", "{}", said(&output));
}

#[test]
fn a_project_in_roots_home_works_for_root() {
    if !can(Mode::Root, "a_project_in_roots_home_works_for_root") {
        return;
    }
    let place = Place::new(Mode::Root).prepare(
        "mount -t tmpfs -o mode=700 home /root; mkdir /root/project; cd /root/project; touch here",
    );
    let output = run(&place, Mode::Root, &["ls"]);
    assert_eq!(said(&output), "here\n");
}

#[test]
fn a_project_whose_file_system_maps_no_ids_works_for_root() {
    if !can(Mode::Root, "a_project_whose_file_system_maps_no_ids_works_for_root") {
        return;
    }
    let place = Place::new(Mode::Root)
        .prepare("mkdir /mnt/project; mount -t ramfs project /mnt/project; cd /mnt/project");
    let run = |args: &[&str], script: &str| {
        let mut lab = place.lab();
        let output = lab.arg("run").args(args).args(["--", "sh", "-c", script]).output();
        said(&output.expect("lab runs"))
    };
    let written = run(&[], "touch by-a-lab && echo written");
    assert!(written.contains("written\n"), "{written}");
    assert!(written.contains("root without a user namespace, running"), "{written}");
    // Nothing has to be given up for a look at it.
    let seen = run(&["--read-only"], "ls; touch more");
    assert!(seen.contains("root, running") && seen.contains("Read-only file system"), "{seen}");
    place.assert_clean();
}

#[test]
fn a_directory_that_the_lab_has_of_its_own_is_never_the_hosts() {
    if !can(Mode::Root, "a_directory_that_the_lab_has_of_its_own_is_never_the_hosts") {
        return;
    }
    for directory in [
        "/etc",
        "/etc/systemd/system",
        "/var",
        "/var/log",
        "/usr",
        "/run",
        "/proc/self",
        "/sys",
        "/dev",
        "/tmp",
        "/usr/lib/systemd",
    ] {
        let place = Place::new(Mode::Root);
        let output = run_in(&place, &["run", "-q", "--project", directory, "--", "true"]);
        assert_eq!(output.status.code(), Some(125), "{directory}: {}", said(&output));
        assert!(said(&output).contains("--project"), "{}", said(&output));
        place.assert_clean();
    }
}

#[test]
fn a_current_directory_that_is_gone_is_one_clear_line() {
    let Some(mode) = any_mode("a_current_directory_that_is_gone_is_one_clear_line") else {
        return;
    };
    let place = Place::new(mode);
    let output = script(mode, &place, "mkdir gone; cd gone; rmdir ../gone; $RUN -- true; echo $?");
    assert_eq!(
        said(&output),
        "125\nlab: cannot tell the current directory: No such file or directory (os error 2)\n"
    );
}
