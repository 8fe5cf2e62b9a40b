//! Harm that is tried from inside, as the lab's root.

use lab::Mode;

use crate::host_modes;
use crate::support::snapshot::unchanged_by;
use crate::support::{PUPIL, Place, can, is_root, said};

/// What would harm this machine is not tried where nothing would stop it.
const NEVER_AS_HOST_ROOT: &str =
    "! grep -q 4294967295 /proc/self/uid_map || { echo 'it has no user namespace'; exit 1; }";

/// A way to do harm from inside, tried in each mode, and in the mode that sudo(8) has.
#[track_caller]
pub(crate) fn harmless(promise: &str, script: &str) {
    let mut places: Vec<(Mode, Place)> =
        host_modes(promise).into_iter().map(|mode| (mode, Place::new(mode))).collect();
    if is_root() && can(Mode::Root, promise) {
        places.push((Mode::Sudo, Place::new(Mode::Root)));
    }
    for (mode, place) in places {
        unchanged_by(|| {
            let mut command = place.lab();
            // Not every kernel can map the ids of a tmpfs, as a directory to write to would need.
            command.args(["--mode", mode.word(), "run", "-q", "--read-only", "--", "bash", "-c"]);
            let output = command
                .arg(format!("{NEVER_AS_HOST_ROOT}\n{script}"))
                .env("SUDO_UID", PUPIL.to_string())
                .env("MODE", mode.word())
                .output()
                .expect("lab runs");
            assert!(output.stdout == b"tried\n", "{mode}: {}", said(&output));
            place.assert_clean();
        });
    }
}

#[test]
fn systemd_sysctl_inside_changes_no_sysctl_outside() {
    harmless(
        "systemd_sysctl_inside_changes_no_sysctl_outside",
        r#"
        for name in protected_fifos protected_regular protected_hardlinks protected_symlinks suid_dumpable; do
            echo "fs.$name = $((1 - $(cat /proc/sys/fs/$name) % 2))" >> /etc/sysctl.conf
        done
        printf 'kernel.printk = 1 1 1 1\nkernel.core_pattern = |/bin/false\nkernel.sysrq = 1\nvm.swappiness = 1\n' >> /etc/sysctl.conf
        mkdir -p /etc/sysctl.d; cp /etc/sysctl.conf /etc/sysctl.d/99.conf
        /usr/lib/systemd/systemd-sysctl
        printf '[Service]\nType=oneshot\nExecStart=/usr/lib/systemd/systemd-sysctl\n' > /etc/systemd/system/sysctl-again.service
        systemctl daemon-reload; systemctl start sysctl-again; sysctl -q -p /etc/sysctl.conf
        # The lab's root may make its own mounts writable.
        mount -o remount,rw,bind /proc/sys; sysctl -q -p /etc/sysctl.conf
        echo tried"#,
    );
}

#[test]
fn device_nodes_keep_their_modes_and_owners() {
    harmless(
        "device_nodes_keep_their_modes_and_owners",
        r#"
        for device in null zero full random urandom tty; do
            chmod 600 /dev/$device; chown 1:1 /dev/$device; touch /dev/$device; rm -f /dev/$device; mv /dev/$device /dev/gone
        done
        ln -s /nowhere /dev/log2; mkdir -p /dev/hugepages
        mount -o remount,rw,bind /dev/null; chmod 600 /dev/null
        printf 'z /dev/null 0600 root root -\nz /dev/zero 0600 root root -\n' > /tmp/z.conf; systemd-tmpfiles --create /tmp/z.conf
        echo tried"#,
    );
}

#[test]
fn nothing_reaches_the_kernel_log() {
    harmless(
        "nothing_reaches_the_kernel_log",
        r#"
        echo 'written by a lab' > /dev/kmsg; echo 'written by a lab' > /proc/kmsg; logger -p kern.crit 'written by a lab'
        mknod /tmp/kmsg c 1 11; echo 'written by a lab' > /tmp/kmsg
        journalctl --flush; systemd-analyze log-target kmsg; systemctl daemon-reload; systemctl daemon-reexec
        dmesg -C; dmesg -n 1; echo h > /proc/sysrq-trigger
        echo tried"#,
    );
}

#[test]
fn no_device_can_be_made() {
    harmless(
        "no_device_can_be_made",
        r#"
        for directory in / /tmp /run /dev /dev/shm /var /root /etc; do
            mknod $directory/memory c 1 1; mknod $directory/disk b 8 0; mknod $directory/nothing c 1 3
            for device in memory disk nothing; do
                if [ -e $directory/$device ] && (: < $directory/$device) 2> /dev/null; then echo "$directory/$device opens"; exit 1; fi
            done
        done
        echo tried"#,
    );
}

#[test]
fn names_clock_and_power_are_the_labs_own() {
    harmless(
        "names_clock_and_power_are_the_labs_own",
        r#"
        hostname other; echo other > /proc/sys/kernel/hostname; before=$(date +%s); date -s '2001-01-01' > /dev/null; [ $(($(date +%s) - before)) -lt 60 ] || exit 1
        swapoff -a; ip link add dummy0 type dummy; ip link set lo down; rmdir /sys/fs/cgroup/*; umount -a -t tmpfs
        echo tried; systemctl reboot -ff & wait"#,
    );
}

#[test]
fn the_hosts_programs_and_tables_cannot_be_changed() {
    harmless(
        "the_hosts_programs_and_tables_cannot_be_changed",
        r#"
        for directory in /usr /usr/bin /usr/lib/systemd /etc/alternatives /bin /lib /sbin; do
            touch $directory/by-a-lab && [ "$(findmnt -n -o FSTYPE --target $directory)" != tmpfs ] && { rm $directory/by-a-lab; echo "$directory can be written to"; exit 1; }
        done
        echo tried"#,
    );
}
