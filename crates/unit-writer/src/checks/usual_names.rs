//! What people and other programs call the words of closed lists, where systemd has a name of its
//! own for the same thing.
//!
//! The nearest word by its letters is often the name of another thing: aarch64 is one letter away
//! from sparc64, and AF_IPV6 from AF_IPX.
//!
//! ```ini
//! [Unit]
//! ConditionArchitecture=aarch64
//! [Service]
//! RestrictAddressFamilies=AF_UNIX AF_IPV6
//! LogLevelMax=warn
//! ```

/// The keys, between blanks, and of each usual name the word that systemd has.
const NAMES: [(&str, &str); 16] = [
    (
        // What uname(1) and package managers say.
        "ConditionArchitecture AssertArchitecture SystemCallArchitectures",
        "aarch64=arm64 armv8=arm64 amd64=x86-64 x86_64=x86-64 x64=x86-64 i386=x86 i486=x86 \
         i586=x86 i686=x86 ia32=x86 armhf=arm armel=arm armv6l=arm armv7=arm armv7l=arm \
         ppc64le=ppc64-le ppc64el=ppc64-le powerpc=ppc powerpc64=ppc64 riscv=riscv64 mipsel=mips-le",
    ),
    (
        "ConditionVirtualization AssertVirtualization",
        "virtualbox=oracle vbox=oracle hyperv=microsoft hyper-v=microsoft esxi=vmware aws=amazon \
         ec2=amazon gce=google gcp=google lxd=lxc nspawn=systemd-nspawn libvirt=kvm \
         kubernetes=container k8s=container",
    ),
    (
        "ConditionSecurity AssertSecurity",
        "secureboot=uefi-secureboot secure-boot=uefi-secureboot tpm=tpm2",
    ),
    (
        // unless-stopped is a word of docker.
        "Restart",
        "true=always yes=always on=always 1=always unless-stopped=always false=no off=no 0=no \
         never=no failure=on-failure error=on-failure on-error=on-failure success=on-success",
    ),
    ("Type", "fork=forking daemon=forking once=oneshot"),
    (
        // syslog(3) has local7 as the last; other programs have other names for levels.
        "SyslogFacility",
        "local8=local7 local9=local7 security=auth",
    ),
    (
        "LogLevelMax SyslogLevel",
        "warn=warning error=err errors=err critical=crit fatal=crit panic=emerg emergency=emerg \
         information=info verbose=debug trace=debug all=debug",
    ),
    (
        // The names are those of clone(2): CLONE_NEWNET and so on.
        "RestrictNamespaces DelegateNamespaces",
        "network=net mount=mnt mounts=mnt process=pid pids=pid users=user hostname=uts \
         cgroups=cgroup",
    ),
    (
        "RestrictAddressFamilies",
        "AF_IPV4=AF_INET AF_IPV6=AF_INET6 AF_INET4=AF_INET AF_TCP=AF_INET AF_UDP=AF_INET \
         IPV4=AF_INET IPV6=AF_INET6 INET4=AF_INET TCP=AF_INET UDP=AF_INET",
    ),
    ("KillMode", "cgroup=control-group group=control-group all=control-group"),
    ("NotifyAccess", "yes=main true=main"),
    (
        "StandardInput StandardOutput StandardError",
        "none=null off=null no=null /dev/null=null console=tty log=journal journald=journal \
         stdout=inherit",
    ),
    (
        "CPUSchedulingPolicy",
        "SCHED_OTHER=other SCHED_BATCH=batch SCHED_IDLE=idle SCHED_FIFO=fifo SCHED_RR=rr \
         normal=other round-robin=rr",
    ),
    ("ProtectHome", "ro=read-only readonly=read-only"),
    ("ProtectSystem", "ro=strict readonly=strict read-only=strict all=strict"),
    ("IOSchedulingClass", "rt=realtime real-time=realtime be=best-effort"),
];

/// systemd's word for what the key's usual values call otherwise.
///
/// Asked only for words that systemd doesn't take.
pub(super) fn usual_name(key: &str, word: &str) -> Option<&'static str> {
    let (_, names) = NAMES.iter().find(|(keys, _)| keys.split(' ').any(|other| other == key))?;
    let mut names = names.split_whitespace().filter_map(|name| name.split_once('='));
    names.find(|(usual, _)| usual.eq_ignore_ascii_case(word)).map(|(_, word)| word)
}
