//! The system of lesson 6: systemd takes its units without a word, each is locked up as far as the
//! page says, the book's picture is a picture of it, and the Debian package comes and goes.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use lab::{Access, Bind, Lab, Options};

/// Two dozen reloads of all units, on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(300);
const PICTURE: &str = "docs/en/date-service.svg";

/// Installs it as the page says, and then a second time, as an upgrade does. With one user id there
/// is no `DynamicUser=`.
const INSTALL: &str = "
set -e
install target/debug/systemctl-wrapper /usr/local/bin/
cp --recursive units/scripts-part-2 /tmp/
[ $USERS = true ] || rm --recursive /tmp/scripts-part-2/date-service.service.d
for time in 1 2; do /tmp/scripts-part-2/by-hand target/debug > /tmp/log 2>&1 || cat /tmp/log; done";

/// What is typed, and what has to be in the answer.
const STEPS: [(&str, &str); 9] = [
    (
        "cd /etc/systemd/system; systemd-analyze verify --man=no date-service* 2>&1 | grep /etc/systemd/system/ || echo silence",
        "silence",
    ),
    ("unit-writer check --strict units/scripts-part-2", "nothing to say"),
    (
        "for unit in date-service{,-rotate,-report,-key,-failed@x}.service; do
            systemd-analyze security --no-pager --threshold=20 $unit > /tmp/score || cat /tmp/score; done; echo end",
        "end",
    ),
    ("systemctl is-active date-service.{target,socket,service} date-service-rotate.timer | uniq", "active"),
    // Whoever asks is told, and what they were told is genuine.
    (
        "date-service verify --key /etc/date-service.key $(head --lines=1 < /dev/tcp/127.0.0.1/13)",
        "genuine",
    ),
    // A rotation loses no number, also when the daemon has not yet begun the new file.
    (
        "systemctl start date-service-rotate; systemctl restart date-service; head --lines=1 < /dev/tcp/127.0.0.1/13 > /dev/null
        cd /var/lib/date-service; cat dates.log.1 dates.log | awk '$1 != NR { print \"missing\", NR }'; ls | xargs",
        "dates.log dates.log.1",
    ),
    // As many as the register has, up to where it was last counted.
    (
        "systemctl stop date-service.target; systemctl start date-service-report
        last=$(tail --quiet --lines=1 /var/lib/date-service/dates.log | cut --delimiter=' ' --fields=1)
        grep --quiet \"^$last dates were given out\" /var/lib/date-service-report/report.txt && echo counted",
        "counted",
    ),
    // The lines of the run that failed, and of no other.
    (
        "echo none > /etc/date-service.key; systemctl start date-service
        timeout 30 sh -c 'until ls /var/lib/date-service-failures/*.txt; do sleep 0.01; done' > /dev/null 2>&1
        grep --count 'register stands' /var/lib/date-service-failures/*.txt
        grep --only-matching 'holds no key' /var/lib/date-service-failures/*.txt",
        "0\nholds no key",
    ),
    ("systemctl --failed --plain --no-legend | cut --delimiter=' ' --fields=1", "date-service.service"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A lab that shows the project with the programs built; says so when this machine has none.
fn lab(promise: &str) -> Option<Lab> {
    let packages = ["date-service", "unit-writer", "systemctl-wrapper", "journal-reader"];
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .args(packages.iter().flat_map(|package| ["--package", package]))
        .current_dir(root())
        .status();
    assert!(built.unwrap().success(), "cargo build");
    let binds = vec![Bind { path: root(), access: Access::ReadOnly }];
    match Lab::boot(&Options { binds, ..Options::default() }) {
        Ok(lab) => Some(lab),
        Err(error) => {
            lab::not_proved(promise, &error.to_string().replace('\n', " "));
            None
        }
    }
}

/// What bash answers in the lab, on both streams.
fn answer(lab: &Lab, typed: &str) -> String {
    let mut command = lab.command("bash");
    command.args(["-c", &format!("exec 2>&1\n{typed}")]).current_dir(root());
    command.env("USERS", lab.mode().has_users().to_string());
    let output = command.output(LIMIT).unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_system_of_lesson_6_works_together() {
    let Some(lab) = lab("the_system_of_lesson_6_works_together") else { return };
    assert_eq!(answer(&lab, INSTALL), "");
    for (typed, expected) in STEPS {
        let answer = answer(&lab, typed);
        assert!(answer.ends_with(expected), "{typed}\nexpected {expected:?}, got {answer:?}");
        assert!(!answer.contains("UNSAFE") && !answer.contains("missing"), "{typed}\n{answer}");
    }
}

/// The lines between the units of the system: which of them leads to which, and how. What every
/// unit has beside them differs from one version of systemd to another.
fn lines(picture: &str) -> BTreeSet<&str> {
    let titles = picture.split("<title>").skip(1);
    let titles = titles.map(|rest| rest.split("</title>").next().unwrap());
    titles.filter(|title| title.matches("date-service").count() >= 2).collect()
}

/// `just picture` draws it anew.
#[test]
fn the_book_has_the_picture_of_the_running_system() {
    let Some(lab) = lab("the_book_has_the_picture_of_the_running_system") else { return };
    assert_eq!(answer(&lab, INSTALL), "");
    let drawn = answer(&lab, "systemctl-wrapper graph date-service.target --depth=2 --svg") + "\n";
    if env::var_os("DRAW").is_some() {
        fs::write(root().join(PICTURE), &drawn).unwrap();
    }
    let book = fs::read_to_string(root().join(PICTURE)).unwrap();
    assert_eq!(lines(&book), lines(&drawn), "just picture draws it anew");
    let has = |line: &str| assert!(lines(&book).contains(line), "{line} in {PICTURE}");
    has("date-service.socket Triggers= date-service.service");
    has("date-service.service OnFailure= date-service-failed@date-service.service.service");
}

/// A machine of its own below /tmp/machine, with the host's programs and an empty database, where
/// dpkg(1) runs the package's scripts by chroot(2). No systemd runs there: it is as in an image.
const MACHINE: &str = "
set -e
machine=/tmp/machine
mkdir $machine
# Programs that were built for debugging are large.
mount -t tmpfs -o size=300m tmpfs $machine
mkdir -p $machine/host $machine/usr/bin $machine/usr/lib/systemd/system $machine/etc $machine/tmp \
  $machine/dev $machine/run $machine/var/lib/dpkg/info $machine/var/lib/dpkg/updates
touch $machine/var/lib/dpkg/status
mount --rbind /usr $machine/host
mount --rbind /dev $machine/dev
# What is there already, because the package has files there, is left.
for directory in bin lib lib/systemd; do
  find /usr/$directory -mindepth 1 -maxdepth 1 -printf \"/host/$directory/%f\\0\" |
    xargs --null ln --symbolic --target-directory=$machine/usr/$directory 2> /dev/null || true
done
for directory in sbin lib64; do [ ! -e /usr/$directory ] || ln -s /host/$directory $machine/usr/; done
for link in bin sbin lib lib64; do [ ! -L /$link ] || cp -P /$link $machine/; done
there() { (cd $machine; find etc usr var run -name '*date-service*' -not -path '*/dpkg/*' | sort); }
dpkg() { command dpkg --root=$machine --log=/dev/null --force-depends \"$@\" > /tmp/dpkg.log 2>&1 || cat /tmp/dpkg.log; }
# Large programs, and only for a moment.
DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1 units/scripts-part-2/make-deb target/debug /tmp/date-service.deb > /dev/null
dpkg --install /tmp/date-service.deb
! grep --recursive --files-with-matches /usr/local/ $machine/usr/lib/systemd/system $machine/usr/lib/date-service
readlink $machine/etc/systemd/system/date-service.target.wants/* | wc --lines
key=$(cat $machine/etc/date-service.key)
dpkg --install /tmp/date-service.deb
[ \"$key\" = \"$(cat $machine/etc/date-service.key)\" ] && echo the key is kept
dpkg --remove date-service
there
dpkg --purge date-service
there";

#[test]
fn the_debian_package_comes_and_goes() {
    const NAME: &str = "the_debian_package_comes_and_goes";
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        return lab::not_proved(NAME, "dpkg-deb is not installed");
    }
    let Some(lab) = lab(NAME) else { return };
    assert_eq!(answer(&lab, MACHINE), "5\nthe key is kept\netc/date-service.key");
}
