//! References to man pages in prose, such as `systemd.service(5)`, and where to read the pages.

use std::ops::Range;
use std::path::Path;

/// Where the pages are on a machine that has them, as hier(7) has it.
const PAGES: &str = "/usr/share/man";

/// What begins the name of a page that systemd itself has; those are on freedesktop.org.
const OF_SYSTEMD: [&str; 17] = [
    "systemd",
    "sd-",
    "sd_",
    "SD_",
    "journal",
    "systemctl",
    "loginctl",
    "busctl",
    "hostnamectl",
    "timedatectl",
    "localectl",
    "bootup",
    "daemon",
    "file-hierarchy",
    "machine-id",
    "os-release",
    "kernel-command-line",
];

/// Where the references in `text` stand: their bytes, name and section.
pub(crate) fn references(text: &str) -> Vec<(Range<usize>, &str, char)> {
    let is_name = |char: char| char.is_ascii_alphanumeric() || "._-@:+".contains(char);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('(') {
        let before = &text[..at];
        let name = &before[before.trim_end_matches(is_name).len()..];
        let mut after = text[at + 1..].chars();
        let (section, close) = (after.next(), after.next());
        if let (Some(section @ '1'..='8'), Some(')')) = (section, close)
            && name.starts_with(|char: char| char.is_ascii_alphabetic())
        {
            found.push((at - name.len()..at + 3, name, section));
        }
    }
    found
}

/// Where the page is on the web.
pub(crate) fn address(name: &str, section: char) -> String {
    if OF_SYSTEMD.iter().any(|start| name.starts_with(start)) {
        format!("https://www.freedesktop.org/software/systemd/man/latest/{name}.html")
    } else {
        format!("https://man7.org/linux/man-pages/man{section}/{name}.{section}.html")
    }
}

/// The addresses of the pages that `text` names and this machine lacks.
pub(crate) fn not_installed(text: &str) -> Vec<String> {
    not_in(Path::new(PAGES), text)
}

fn not_in(pages: &Path, text: &str) -> Vec<String> {
    // Pages are compressed in one way or another, or not at all.
    let is_there = |name: &str, section: char| {
        let page = |end| pages.join(format!("man{section}/{name}.{section}{end}")).exists();
        ["", ".gz", ".zst", ".xz", ".bz2"].into_iter().any(page)
    };
    let missing =
        references(text).into_iter().filter(|(_, name, section)| !is_there(name, *section));
    missing.map(|(_, name, section)| address(name, section)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{address, not_in, references};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = references(text).into_iter();
        let found: Vec<&str> = found.map(|(range, _, _)| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn references_are_found_and_calls_and_remarks_are_not() {
        check("the default (systemd.service(5)). See", &["systemd.service(5)"]);
        check("sd_notify(3), tmpfiles.d(5) and (1)", &["sd_notify(3)", "tmpfiles.d(5)"]);
        check("main() f(x) exit(9) 3(1) x(12) é(1", &[]);
    }

    #[test]
    fn systemds_own_pages_are_on_its_own_site() {
        let of_systemd = "https://www.freedesktop.org/software/systemd/man/latest/";
        assert_eq!(address("systemd.unit", '5'), format!("{of_systemd}systemd.unit.html"));
        assert!(address("signal", '7').ends_with("man7.org/linux/man-pages/man7/signal.7.html"));
    }

    #[test]
    fn a_page_that_is_not_installed_has_an_address() {
        let pages = tempfile::tempdir().unwrap();
        fs::create_dir(pages.path().join("man5")).unwrap();
        fs::write(pages.path().join("man5/systemd.exec.5.gz"), "").unwrap();
        let text = "systemd.exec(5), SANDBOXING; open(2), O_APPEND (the flag)";
        let address = "https://man7.org/linux/man-pages/man2/open.2.html";
        assert_eq!(not_in(pages.path(), text), [address]);
    }
}
