//! What a lab leaves in a project that it may write to: files, and never anybody's rights.

use std::process::Output;

use lab::Mode;

use crate::host_modes;
use crate::shared_kernel::has_perl;
use crate::support::{PUPIL, Place, can, is_root, said};

/// Every way to make a file that runs as its owner or group, or with capabilities, in `$PROJECT`.
const SET_ID: &str = r##"
use Fcntl; use POSIX (); chdir $ENV{PROJECT}; umask 0; my ($here, $capability) = (".", "security.capability");
sub plain { my $name = "f" . $count++; open(F, ">", $name); print F "x"; close F; return $name }
sub open_plain { open(F, "+<", plain()); return fileno(F) }
for my $mode (04755, 02755, 06777, 07777) {
    my ($there, $new) = (-100, sub { "new" . $count++ });
    chmod $mode, plain();
    chmod $mode, do { open(G, "+<", plain()); \*G };
    sysopen(H, $new->(), O_CREAT | O_WRONLY, $mode);
    POSIX::mkfifo($new->(), $mode);
    syscall(452, $there, my $of = plain(), $mode, 0);
    syscall(437, $there, my $how = $new->(), pack("QQQ", O_CREAT | O_WRONLY, $mode, 0), 24);
    if ($ENV{OLD_CALLS}) {
        syscall($_, my $name = plain(), $mode) for 90, 0x4000005a;
        syscall($_, open_plain(), $mode) for 91, 0x4000005b;
        syscall(268, $there, my $of = plain(), $mode);
        syscall(2, my $made = $new->(), O_CREAT | O_WRONLY, $mode);
        # What O_TMPFILE makes has no name until it is given one.
        my $unnamed = syscall(257, $there, $here, 020200001, $mode);
        syscall(265, $there, "/proc/self/fd/$unnamed", $there, $new->(), 0x400) if $unnamed >= 0;
        syscall(85, my $created = $new->(), $mode);
        syscall($_->[0], @{$_->[1]}, 0100000 | $mode, 0) for [133, [my $a = $new->()]], [259, [$there, my $b = $new->()]];
        # A 32-bit call: fchmod(0, mode) and exit(0), by int 0x80, as a program.
        my $code = pack("C*", 0xb8, 94, 0, 0, 0, 0x31, 0xdb, 0xb9) . pack("V", $mode) . pack("C*", 0xcd, 0x80, 0x31, 0xdb, 0xb8, 1, 0, 0, 0, 0xcd, 0x80);
        my $at = 0x400000;
        my $elf = "\x7fELF\x02\x01\x01" . "\0" x 9 . pack("vvVQQQVvvvvvv", 2, 62, 1, $at + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
            . pack("VVQQQQQQ", 1, 5, 0, $at, $at, 120 + length $code, 120 + length $code, 4096) . $code;
        open(E, ">", "/var/old"); print E $elf; close E; chmod 0755, "/var/old"; my $name = plain();
        system("/var/old < $name") == 0 or print "no 32-bit calls\n";
    }
}
for my $number (@ARGV) {
    for my $value ("0100000280000000000000000000000000000000", "010000038000000000000000000000000000000000000000") {
        my $bytes = pack("H*", $value);
        syscall($number, my $name = plain(), $capability, $bytes, length $bytes, 0);
        syscall($number, open_plain(), $capability, $bytes, length $bytes, 0);
    }
}
my $rings = "\0" x 120; $! = 0; syscall(425, 1, $rings); print "io_uring: ", $! + 0, "\n";
for my $kind (0020000, 0060000) { for my $device (0x103, 0x800) { syscall($ENV{MKNOD}, -100, my $name = "d" . $count++, $kind | 0666, $device) } }
"##;

/// Of the files in the project, all that give rights to whoever runs or opens them. A capability of
/// more than 20 bytes counts only in the user namespaces of one user.
const RIGHTS: &str = r#"
    find . -perm /6000 -printf 'set-id %m %U %P\n'
    find . \( -type b -o -type c \) -printf 'device %P\n'
    find . -type f -print0 | perl -0 -ne 'chomp; ($name, $value) = ("security.capability", "\0" x 64); print "capability of $_\n" if syscall($ENV{GETXATTR}, $_, $name, $value, 64) == 20'
    [ $(ls | wc -l) -gt 8 ] || echo 'nothing was written'"#;

/// Tries it as a command and as a unit of the lab's root, and returns what the host has afterwards.
fn left(place: &Place, mode: Mode) -> Output {
    let as_unit = "systemd-run --quiet --wait --pipe -E PROJECT -E OLD_CALLS -E MKNOD";
    let attributes = [libc::SYS_setxattr, libc::SYS_lsetxattr, libc::SYS_fsetxattr, 463];
    let attributes = attributes.map(|number| number.to_string()).join(" ");
    let script = format!(
        "mkdir /mnt/home/project; cd /mnt/home/project; export SUDO_UID={PUPIL}
        [ $(id -u) != 0 ] || chown $OWNER .
        $LAB --mode {word} run -q -- bash -c \"export PROJECT=$PWD OLD_CALLS=$OLD_CALLS MKNOD=$MKNOD; \
            printf %s \\\"\\$0\\\" > /var/calls; perl /var/calls {attributes}; {as_unit} perl /var/calls {attributes}\" \"$CALLS\"
        {RIGHTS}",
        word = mode.word(),
    );
    let old = if cfg!(target_arch = "x86_64") { "1" } else { "" };
    let mut command = place.script(&script);
    command.env("CALLS", SET_ID).env("OLD_CALLS", old).env("MKNOD", libc::SYS_mknodat.to_string());
    command.env("GETXATTR", libc::SYS_lgetxattr.to_string());
    command.env("OWNER", if mode == Mode::Sudo { PUPIL } else { 0 }.to_string());
    command.output().expect("bash runs")
}

#[test]
fn a_project_is_left_without_anybodys_rights() {
    const PROMISE: &str = "a_project_is_left_without_anybodys_rights";
    if !has_perl(PROMISE) {
        return;
    }
    let by_root = if is_root() && can(Mode::Root, PROMISE) { Some(Mode::Sudo) } else { None };
    for mode in host_modes(PROMISE).into_iter().chain(by_root) {
        let place = Place::new(if mode == Mode::Sudo { Mode::Root } else { mode });
        let output = left(&place, mode);
        let told = said(&output).replace("no 32-bit calls\n", "");
        assert_eq!(told, format!("io_uring: {}\n", libc::ENOSYS).repeat(2), "{mode}");
        place.assert_clean();
    }
}

/// Lessons, checks and the course's shells write nothing to the host: a right unit is right there.
#[test]
fn only_a_lab_that_writes_to_the_host_refuses_set_group_id_directories() {
    const PROMISE: &str = "only_a_lab_that_writes_to_the_host_refuses_set_group_id_directories";
    let unit = r"[Service]\nType=oneshot\nRemainAfterExit=yes\nStateDirectory=own\nStateDirectoryMode=2770\nExecStart=true\n";
    for mode in host_modes(PROMISE) {
        let place = Place::new(mode);
        let run = format!("$LAB --mode {} run -q", mode.word());
        let script = format!(
            "mkdir /mnt/home/project; cd /mnt/home/project
            TRY=\"printf '{unit}' > /run/systemd/system/own.service; systemctl -q start own 2> /dev/null
                systemctl show -P ExecMainStatus own; stat -c %a /var/lib/own\"
            {run} --read-only -- sh -c \"$TRY\"; {run} -- sh -c \"$TRY\""
        );
        let told = said(&place.script(&script).output().expect("bash runs"));
        // 238 is EXIT_STATE_DIRECTORY; see "Process Exit Codes" in systemd.exec(5).
        assert!(told.starts_with("0\n2770\n238\n"), "{mode}: {told}");
        place.assert_clean();
    }
}

#[test]
fn what_other_accounts_left_in_a_project_can_be_taken_back() {
    const PROMISE: &str = "what_other_accounts_left_in_a_project_can_be_taken_back";
    if host_modes(PROMISE).is_empty() || !can(Mode::Subuid, PROMISE) {
        return;
    }
    let place = Place::new(Mode::Subuid);
    let script = "cd /mnt/home; RUN=\"$LAB --mode subuid run -q --\"
        $RUN sh -c 'mkdir d; touch d/file; chown -R learner d'; stat -c %u d; rm -rf d 2> /dev/null || echo refused
        $RUN chown -R root d; stat -c %u d; rm -r d && echo removed";
    let output = place.script(script).output().expect("bash runs");
    let other = 200_000 + 1000 - 1;
    assert_eq!(said(&output), format!("{other}\nrefused\n{PUPIL}\nremoved\n"));
    place.assert_clean();
}
