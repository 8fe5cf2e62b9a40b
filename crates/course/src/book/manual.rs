//! References to man pages in prose, such as `systemd.service(5)`: as links to where they can be
//! read, with the command that shows the page offline.

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
pub(super) fn references(text: &str) -> Vec<(std::ops::Range<usize>, &str, char)> {
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

/// The reference as a link, in HTML.
pub(super) fn link(name: &str, section: char) -> String {
    let address = if OF_SYSTEMD.iter().any(|start| name.starts_with(start)) {
        format!("https://www.freedesktop.org/software/systemd/man/latest/{name}.html")
    } else {
        format!("https://man7.org/linux/man-pages/man{section}/{name}.{section}.html")
    };
    format!(
        "<a class=\"man\" href=\"{address}\" title=\"man {section} {name}\">{name}({section})</a>"
    )
}

#[cfg(test)]
mod tests {
    use super::{link, references};

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
        assert!(link("systemd.unit", '5').contains("freedesktop.org/software/systemd/man/latest/"));
        assert!(link("signal", '7').contains("man7.org/linux/man-pages/man7/signal.7.html"));
    }
}
