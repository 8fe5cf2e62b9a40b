//! Cures for what cannot be provoked everywhere: the switches of distributions, as their kernels
//! say them.

use super::namespaces;

#[track_caller]
fn check(file: &str, value: &str, command: &str) {
    let said = |asked: &str| (asked == file).then(|| value.to_owned());
    let cure = namespaces(&said).expect("this switch is known");
    assert!(cure.ends_with(&format!("{command}`")), "{cure}");
    assert!(cure.contains(file), "{cure}");
}

#[test]
fn names_the_switch_that_forbids_user_namespaces() {
    check(
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1\n",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    );
    check(
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0\n",
        "sysctl -w kernel.unprivileged_userns_clone=1",
    );
    check("/proc/sys/user/max_user_namespaces", "0\n", "sysctl -w user.max_user_namespaces=15000");
}

#[test]
fn names_no_switch_that_is_as_it_should_be() {
    let said = |file: &str| {
        let value = if file.contains("apparmor") { "0" } else { "1" };
        Some(value.to_owned())
    };
    let cure = namespaces(&said);
    assert!(!cure.is_some_and(|cure| cure.contains("sysctl")));
}
