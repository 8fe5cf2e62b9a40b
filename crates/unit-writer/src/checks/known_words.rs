//! Words of the kernel and of systemd that values may contain: signals, capabilities, address
//! families and their like.
//!
//! Each list is a text with blanks between its words.

use std::collections::HashSet;
use std::sync::OnceLock;

use unit_file::directives::has_word;
use unit_file::values::parse_integer;

/// The capabilities of Linux, without `CAP_`; capabilities(7).
pub(super) const CAPABILITIES: &str = "\
    chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable \
    net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio \
    sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time \
    sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog \
    wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore";

/// The address families of Linux; address_families(7).
pub(super) const ADDRESS_FAMILIES: &str = "\
    AF_UNSPEC AF_UNIX AF_LOCAL AF_FILE AF_INET AF_AX25 AF_IPX AF_APPLETALK AF_NETROM AF_BRIDGE \
    AF_ATMPVC AF_X25 AF_INET6 AF_ROSE AF_DECnet AF_NETBEUI AF_SECURITY AF_KEY AF_NETLINK AF_ROUTE \
    AF_PACKET AF_ASH AF_ECONET AF_ATMSVC AF_RDS AF_SNA AF_IRDA AF_PPPOX AF_WANPIPE AF_LLC AF_IB \
    AF_MPLS AF_CAN AF_TIPC AF_BLUETOOTH AF_IUCV AF_RXRPC AF_ISDN AF_PHONET AF_IEEE802154 AF_CAIF \
    AF_ALG AF_NFC AF_VSOCK AF_KCM AF_QIPCRTR AF_SMC AF_XDP AF_MCTP";

/// The kinds of namespaces that `RestrictNamespaces=` names; namespaces(7).
pub(super) const NAMESPACES: &str = "\
    cgroup ipc net mnt pid user uts time";

/// The groups of system calls; systemd.exec(5), `SystemCallFilter=`.
pub(super) const SYSTEM_CALL_GROUPS: &str = "\
    @aio @basic-io @chown @clock @cpu-emulation @debug @default @file-system @io-event @ipc \
    @keyring @known @memlock @module @mount @network-io @obsolete @pkey @privileged @process \
    @raw-io @reboot @resources @sandbox @setuid @signal @swap @sync @system-service @timer";

/// Names of exit statuses; `systemd-analyze exit-status` lists them.
pub(super) const EXIT_STATUSES: &str = "\
    SUCCESS FAILURE INVALIDARGUMENT NOTIMPLEMENTED NOPERMISSION NOTINSTALLED NOTCONFIGURED \
    NOTRUNNING USAGE DATAERR NOINPUT NOUSER NOHOST UNAVAILABLE SOFTWARE OSERR OSFILE CANTCREAT \
    IOERR TEMPFAIL PROTOCOL NOPERM CONFIG CHDIR NICE FDS EXEC MEMORY LIMITS OOM_ADJUST SIGNAL_MASK \
    STDIN STDOUT CHROOT IOPRIO TIMERSLACK SECUREBITS SETSCHEDULER CPUAFFINITY GROUP USER \
    CAPABILITIES CGROUP SETSID CONFIRM STDERR PAM NETWORK NAMESPACE NO_NEW_PRIVILEGES SECCOMP \
    SELINUX_CONTEXT PERSONALITY APPARMOR ADDRESS_FAMILIES RUNTIME_DIRECTORY CHOWN \
    SMACK_PROCESS_LABEL KEYRING STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY \
    CONFIGURATION_DIRECTORY NUMA_POLICY CREDENTIALS BPF EXCEPTION";

/// Families of netlink sockets, as `ListenNetlink=` names them; netlink(7).
pub(super) const NETLINK_FAMILIES: &str = "\
    route firewall inet-diag nflog xfrm selinux iscsi audit fib-lookup connector netfilter ip6-fw \
    dnrtmsg kobject-uevent generic scsitransport ecryptfs rdma";

/// Controllers of control groups; systemd.resource-control(5), `Delegate=`.
pub(super) const CONTROLLERS: &str = "\
    cpu cpuacct cpuset io blkio memory devices pids bpf-firewall bpf-devices bpf-foreign \
    bpf-socket-bind bpf-restrict-network-interfaces bpf-bind-network-interface";

/// The errors of Linux; errno(3).
pub(super) const ERRORS: &str = "\
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN EWOULDBLOCK ENOMEM EACCES \
    EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY \
    EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK EDEADLOCK ENAMETOOLONG ENOLCK \
    ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK \
    ECOMM EPROTO EMULTIHOP EBADMSG EOVERFLOW EILSEQ EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE \
    EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP ENOTSUP EPFNOSUPPORT \
    EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET \
    ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH \
    EALREADY EINPROGRESS ESTALE EUCLEAN EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED \
    EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON";

/// The signals of Linux, without `SIG`; signal(7).
const SIGNALS: &str = "\
    HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT \
    STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS POLL";

/// Whether a text names a signal: `SIGTERM`, `TERM`, `15`, `RTMIN+3`.
pub(super) fn is_signal(text: &str) -> bool {
    let name = text.strip_prefix("SIG").unwrap_or(text);
    let below = |number: &str, limit: u8| number.parse::<u8>().is_ok_and(|number| number <= limit);
    let real_time = |base: &str, sign: char| {
        let rest = name.strip_prefix(base);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix(sign).is_some_and(|offset| below(offset, 30))
        })
    };
    has_word(SIGNALS, name)
        || parse_integer(text).is_ok_and(|number| (1..=64).contains(&number))
        || real_time("RTMIN", '+')
        || real_time("RTMAX", '-')
}

/// Whether the kernel has a system call of this name, on any architecture; as of the newest version
/// of the table.
pub(super) fn is_system_call(name: &str) -> bool {
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    NAMES
        .get_or_init(|| include_str!("../../data/system-calls.txt").lines().collect())
        .contains(name)
}
