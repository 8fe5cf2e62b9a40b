//! A unit that wants out: it runs as the lab's root, and does what root can do on a machine.

use std::process::Output;

use lab::Mode;

use crate::harm::harmless;
use crate::host_modes;
use crate::support::{PUPIL, Place, can, is_root, said};

/// Runs what follows as a unit, and waits for it.
const AS_UNIT: &str = "systemd-run --quiet --wait --pipe bash -c";

/// Two directories of the host that the lab shows: one in `/usr`, and the project.
const HOST_FILES: &str = "
    mount -t tmpfs host /usr/games; echo the host > /usr/games/file; mkdir -m 700 /mnt/home/closed
    mkdir /mnt/home/closed/project; cd /mnt/home/closed/project; echo the host > file; echo secret > ../secret
    chown -R $OWNER:$OWNER /mnt/home/closed";

/// Every way to write to them that mounts allow.
const WRITE_TO_FILES: &str = r#"
    cd /
    for directory in /usr/games "$PROJECT"; do
        mkdir -p /run/again; mount --rbind "$directory" /run/again
        for options in rw rw,bind; do
            for place in "$directory" /run/again /usr; do mount -o remount,$options $place; done
            for place in "$directory" /run/again; do
                echo hostile > $place/file; echo hostile > $place/more; chmod 777 $place; ln $place/file $place/link
            done
        done
        unshare --mount bash -c 'mount -o remount,rw,bind "$0"; echo hostile > "$0/file"' "$directory"
        umount /run/again; umount "$directory"; echo hostile > "$directory/file"
    done
    cat "$PROJECT/../secret" /proc/[0-9]*/root/mnt/home/closed/secret
    true"#;

/// Tries it in a lab that shows the project read-only, and returns what the host has afterwards.
fn written(place: &Place, mode: Mode) -> Output {
    let script = format!(
        "cd /mnt/home/closed/project; export SUDO_UID={PUPIL}
        $LAB --mode {word} run -q --read-only -- {AS_UNIT} \"PROJECT=$PWD; $HOSTILE\" 2> /dev/null; echo $?
        cat file /usr/games/file; ls . /usr/games; stat -c %a . /usr/games",
        word = mode.word()
    );
    place.script(&script).env("HOSTILE", WRITE_TO_FILES).output().expect("bash runs")
}

const UNTOUCHED: &str = "0\nthe host\nthe host\n.:\nfile\n\n/usr/games:\nfile\n755\n1777\n";

#[test]
fn what_is_shown_read_only_cannot_be_written_to() {
    const PROMISE: &str = "what_is_shown_read_only_cannot_be_written_to";
    let by_root = if is_root() && can(Mode::Root, PROMISE) { Some(Mode::Sudo) } else { None };
    for mode in host_modes(PROMISE).into_iter().chain(by_root) {
        let (place, owner) = match mode {
            Mode::Sudo => (Place::new(Mode::Root), PUPIL.to_string()),
            _ => (Place::new(mode), "$PLACE_UID".to_owned()),
        };
        let place = place.prepare(&format!("OWNER={owner}\n{HOST_FILES}"));
        let output = written(&place, mode);
        assert_eq!(said(&output), UNTOUCHED, "{mode}");
        place.assert_clean();
    }
    if by_root.is_some() {
        // The same attempts have an effect where there is no user namespace, and so would show
        // here.
        let place = Place::new(Mode::Root).prepare(&format!("OWNER=0\n{HOST_FILES}"));
        let output = written(&place, Mode::HostRoot);
        assert!(said(&output).contains("hostile\n"), "{}", said(&output));
    }
}

#[test]
fn a_unit_of_the_labs_root_changes_nothing_of_the_host() {
    harmless(
        "a_unit_of_the_labs_root_changes_nothing_of_the_host",
        r#"
        exec systemd-run --quiet --wait --pipe bash -c '
        write() { for file; do [ ! -e "$file" ] || echo "${VALUE:-1}" > "$file"; done; } 2> /dev/null
        mkdir -p /run/proc /run/sys /run/cgroup /run/x; mount -t proc proc /run/proc; mount -t sysfs sysfs /run/sys
        for at in /proc/sys /sys; do mount -o remount,rw $at; mount -o remount,rw,bind $at; umount $at; done
        for proc in /proc /run/proc; do
            VALUE="|/bin/false" write $proc/sys/kernel/{core_pattern,modprobe,hotplug,poweroff_cmd}
            write $proc/sys/kernel/{sysrq,printk,panic,dmesg_restrict,randomize_va_space,kptr_restrict}
            write $proc/sys/vm/{swappiness,drop_caches,overcommit_memory} $proc/sys/fs/{suid_dumpable,protected_regular,file-max}
            VALUE=h write $proc/sysrq-trigger
        done
        write /sys/power/state /run/sys/kernel/uevent_helper /sys/kernel/uevent_helper /sys/module/*/parameters/*
        for kind in debugfs tracefs securityfs efivarfs bpf devtmpfs fusectl; do mount -t $kind none /run/x && touch /run/x/by-a-lab; done
        for controller in pids memory devices none,name=systemd; do
            mount -t cgroup -o $controller none /run/cgroup && { mkdir /run/cgroup/by-a-lab && echo "a cgroup in $controller"; write /run/cgroup/{release_agent,notify_on_release}; umount /run/cgroup; }
        done
        while read -r major minor _ name; do
            [ -n "$name" ] || continue
            for directory in /run /tmp /dev /run/x; do
                mknod $directory/disk b $major $minor && head -c 512 $directory/disk > /run/read && [ -s /run/read ] && echo "$name can be read"
                rm -f $directory/disk
            done
        done < /proc/partitions
        mkdir -p /run/jail; (cd /; exec 9< .; chroot /run/jail /bin/true; cd /proc/self/fd/9/../../../..; [ -e .lab/host/etc ] && echo "the way out of a chroot")
        for pid in /proc/[0-9]*; do [ -e $pid/root/.lab/host/etc ] && echo "$pid has the root of the host"; done
        nsenter --target 1 --mount --pid --net true; insmod /run/none; swapon /run/none; losetup -f > /run/loop; date -s 2001-01-01 > /run/date
        for module in /lib/modules/*/kernel/fs/*/*.ko*; do [ -e $module ] && insmod $module && echo "a module was loaded"; break; done
        [ -z "$(find / -xdev -name by-a-lab 2> /dev/null)" ] || echo "by-a-lab"
        echo tried' 2> /dev/null"#,
    );
}

#[test]
fn a_lab_has_only_so_many_tasks() {
    const PROMISE: &str = "a_lab_has_only_so_many_tasks";
    if !std::path::Path::new("/usr/bin/perl").exists() {
        return lab::not_proved(PROMISE, "perl is not installed");
    }
    // Those of root and those of another account count together.
    let script = r#"
        bomb='for (1..$ARGV[0]) { my $pid = fork; defined $pid or last; $pid or sleep 1000; $n++ } print "$n\n"'
        other=0; [ $(wc -l < /proc/self/uid_map) = 1 ] || other=1000
        setpriv --reuid $other --keep-groups perl -e "$bomb" 1000 > /run/other
        # No program but this one can be started from here on.
        perl -e "$bomb" 6000 > /run/own; read other < /run/other; read own < /run/own; echo $((other + own))"#;
    for mode in host_modes(PROMISE) {
        let place = Place::new(mode);
        let mut command = place.lab();
        command.args(["--mode", mode.word(), "run", "-q", "--read-only", "--", "bash", "-c"]);
        command.arg(script);
        let output = command.output().expect("lab runs");
        let count = said(&output).trim().parse().unwrap_or(0);
        assert!((1900..2048).contains(&count), "{mode}: {}", said(&output));
        place.assert_clean();
    }
}
