//! Exit statuses in words: systemd's own, from 200 on, say what went wrong before the program ran;
//! systemd.exec(5), "Process Exit Codes".

use nix::sys::signal::Signal;

/// An exit status that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitCode {
    /// The number.
    pub number: u8,
    /// systemd's name of it.
    pub name: &'static str,
    /// What it says, as a half sentence.
    pub meaning: &'static str,
}

impl ExitCode {
    /// The status of that number, if systemd gives it a name.
    pub fn of(number: i64) -> Option<ExitCode> {
        let known = |(code, _, _): &&(u8, _, _)| i64::from(*code) == number;
        let (number, name, meaning) = TABLE.iter().find(known)?;
        Some(ExitCode { number: *number, name, meaning })
    }
}

/// The name of a signal, such as `SIGKILL`, or `SIGRTMIN+3` of those without a meaning; signal(7).
pub fn signal_name(number: i64) -> String {
    if (REAL_TIME_MIN..=REAL_TIME_MAX).contains(&number) {
        return format!("SIGRTMIN+{}", number - REAL_TIME_MIN);
    }
    let signal = i32::try_from(number).ok().and_then(|number| Signal::try_from(number).ok());
    signal.map_or_else(|| format!("signal {number}"), |signal| signal.as_str().to_owned())
}

/// The signal of a number or a name, with or without `SIG`: `9`, `KILL`, `SIGRTMIN+3`, `RTMAX-1`.
pub fn signal_number(text: &str) -> Option<i32> {
    let real_time = REAL_TIME_MIN..=REAL_TIME_MAX;
    if let Ok(number) = text.parse::<i64>() {
        return i32::try_from(number).ok().filter(|_| (1..=REAL_TIME_MAX).contains(&number));
    }
    let name = text.strip_prefix("SIG").unwrap_or(text);
    let from = |base: i64, offset: &str| {
        let is_offset = offset.is_empty() || offset.starts_with(['+', '-']);
        let offset = if offset.is_empty() { "0" } else { offset };
        let number = base.checked_add(offset.parse().ok().filter(|_| is_offset)?)?;
        i32::try_from(number).ok().filter(|_| real_time.contains(&number))
    };
    if let Some(offset) = name.strip_prefix("RTMIN") {
        return from(REAL_TIME_MIN, offset);
    }
    if let Some(offset) = name.strip_prefix("RTMAX") {
        return from(REAL_TIME_MAX, offset);
    }
    format!("SIG{name}").parse::<Signal>().ok().map(|signal| signal as i32)
}

/// The first and the last signal that the C library leaves to programs.
const REAL_TIME_MIN: i64 = 34;
const REAL_TIME_MAX: i64 = 64;

const TABLE: [(u8, &str, &str); 51] = [
    (1, "FAILURE", "the program says that it failed"),
    (2, "INVALIDARGUMENT", "the program says that its arguments are wrong"),
    (3, "NOTIMPLEMENTED", "the program can't do that"),
    (4, "NOPERMISSION", "the program may not do that"),
    (5, "NOTINSTALLED", "the program misses something"),
    (6, "NOTCONFIGURED", "the program is not configured"),
    (7, "NOTRUNNING", "the program does not run"),
    (126, "126", "a shell found the command, but may not run it"),
    (127, "127", "a shell did not find the command"),
    (200, "CHDIR", "the directory of WorkingDirectory= can't be entered"),
    (201, "NICE", "the priority of Nice= can't be set"),
    (202, "FDS", "the descriptors can't be handed over"),
    (203, "EXEC", "the program was not found, or can't be run"),
    (204, "MEMORY", "there was not enough memory"),
    (205, "LIMITS", "a limit such as LimitNOFILE= can't be set"),
    (206, "OOM_ADJUST", "OOMScoreAdjust= can't be set"),
    (207, "SIGNAL_MASK", "the signals can't be set up"),
    (208, "STDIN", "the standard input can't be opened"),
    (209, "STDOUT", "the standard output can't be opened"),
    (210, "CHROOT", "the directory of RootDirectory= can't become the root"),
    (211, "IOPRIO", "IOSchedulingClass= can't be set"),
    (212, "TIMERSLACK", "TimerSlackNSec= can't be set"),
    (213, "SECUREBITS", "SecureBits= can't be set"),
    (214, "SETSCHEDULER", "CPUSchedulingPolicy= can't be set"),
    (215, "CPUAFFINITY", "CPUAffinity= can't be set"),
    (216, "GROUP", "there is no such group as in Group="),
    (217, "USER", "there is no such user as in User="),
    (218, "CAPABILITIES", "the capabilities can't be set"),
    (219, "CGROUP", "the control group can't be entered"),
    (220, "SETSID", "no session can be made"),
    (221, "CONFIRM", "the start was not confirmed"),
    (222, "STDERR", "the standard error can't be opened"),
    (224, "PAM", "the session of PAMName= can't be made"),
    (225, "NETWORK", "the network of PrivateNetwork= can't be made"),
    (
        226,
        "NAMESPACE",
        "the mounts can't be made: a path of ReadWritePaths= or the like is missing",
    ),
    (227, "NO_NEW_PRIVILEGES", "NoNewPrivileges= can't be set"),
    (228, "SECCOMP", "the system call filter can't be set"),
    (229, "SELINUX_CONTEXT", "the SELinux context can't be set"),
    (230, "PERSONALITY", "Personality= can't be set"),
    (231, "APPARMOR_PROFILE", "the AppArmor profile can't be set"),
    (232, "ADDRESS_FAMILIES", "RestrictAddressFamilies= can't be set"),
    (233, "RUNTIME_DIRECTORY", "the directory of RuntimeDirectory= can't be made"),
    (235, "CHOWN", "the socket can't be given to its owner"),
    (236, "SMACK_PROCESS_LABEL", "the SMACK label can't be set"),
    (237, "KEYRING", "the key ring can't be made"),
    (238, "STATE_DIRECTORY", "the directory of StateDirectory= can't be made"),
    (239, "CACHE_DIRECTORY", "the directory of CacheDirectory= can't be made"),
    (240, "LOGS_DIRECTORY", "the directory of LogsDirectory= can't be made"),
    (241, "CONFIGURATION_DIRECTORY", "the directory of ConfigurationDirectory= can't be made"),
    (242, "NUMA_POLICY", "NUMAPolicy= can't be set"),
    (243, "CREDENTIALS", "a credential of LoadCredential= can't be loaded"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_a_number_and_names() {
        for number in (1..=31).chain(34..=64) {
            assert_eq!(signal_number(&signal_name(number)).map(i64::from), Some(number));
            assert_eq!(signal_number(&number.to_string()).map(i64::from), Some(number));
        }
        let check = |text: &str, number: Option<i32>| {
            assert_eq!(signal_number(text), number, "{text}");
        };
        check("KILL", Some(9));
        check("RTMIN", Some(34));
        check("SIGRTMAX-1", Some(63));
        for wrong in ["", "0", "65", "-1", "usr1", "SIGSIGKILL", "RTMIN3", "RTMAX+1", "SIG"] {
            check(wrong, None);
        }
    }
}
