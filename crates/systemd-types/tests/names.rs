//! Names: the table of answers that systemd gives, and the shape of our own messages.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use systemd_types::{
    Globs, Priority, UnitName, UnitType, escape, escape_path, mangle, unescape, unescape_path,
};

/// The answer of the crate to one row of the table, in the table's own notation.
fn answer(operation: &str, input: &str, detail: &str) -> String {
    let or_error = |result: Option<String>| result.unwrap_or_else(|| "error".to_owned());
    match operation {
        "valid" => is_valid(input, detail).to_string(),
        "slice" => UnitName::new(input).is_ok_and(|name| name.is_valid_slice()).to_string(),
        "prefix" => or_error(UnitName::new(input).ok().map(|name| name.prefix().to_owned())),
        "to-path" => or_error(UnitName::new(input).ok().and_then(|name| name.to_path().ok())),
        "unescape-path" => or_error(unescape_path(input).ok()),
        "mangle" => {
            let globs = if detail == "globs" { Globs::Allowed } else { Globs::Refused };
            or_error(mangle(input, UnitType::Service, globs).ok())
        }
        "from-path" => {
            let unit_type = detail.parse().unwrap();
            or_error(
                UnitName::from_path(input, unit_type).ok().map(|name| name.as_str().to_owned()),
            )
        }
        other => panic!("the table has an operation {other:?} that nobody judges"),
    }
}

fn is_valid(name: &str, flags: &str) -> bool {
    let Ok(name) = UnitName::new(name) else {
        return false;
    };
    flags.split('|').any(|flag| match flag {
        "any" => true,
        "plain" => name.instance().is_none(),
        "instance" => name.is_instance(),
        "template" => name.is_template(),
        other => panic!("the table has a flag {other:?} that nobody judges"),
    })
}

#[test]
fn answers_as_systemd_does() {
    let table = include_str!("cases/unit-names.tsv");
    let mut judged = 0;
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let [operation, input, detail, expected] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not four columns: {row}");
        };
        assert_eq!(answer(operation, input, detail), expected, "{row}");
        judged += 1;
    }
    assert!(judged > 70, "only {judged} rows");
}

#[test]
fn escapes_bytes_and_comes_back() {
    for text in ["a-b", "ü/ä", ".hidden", "a.b", "tab\t", "back\\slash", "", "-", "100%"] {
        assert_eq!(unescape(&escape(text)).unwrap(), text.as_bytes(), "{text:?}");
    }
    assert_eq!(escape(".a-b ü"), "\\x2ea\\x2db\\x20\\xc3\\xbc");
    assert_eq!(escape_path("//srv/./my data/").unwrap(), "srv-my\\x20data");
    assert!(unescape("a b").is_err() && unescape("\\x4").is_err() && unescape("\\n").is_err());
}

#[test]
fn takes_a_name_apart() {
    let name = UnitName::new("getty@tty1.service").unwrap();
    assert_eq!((name.prefix(), name.instance()), ("getty", Some("tty1")));
    assert_eq!(name.template().unwrap().as_str(), "getty@.service");
    assert_eq!(name.with_instance("tty2").unwrap().as_str(), "getty@tty2.service");
    assert_eq!(name.with_type(UnitType::Socket).unwrap().as_str(), "getty@tty1.socket");
    assert!(UnitName::new("plain.service").unwrap().with_instance("x").is_err());
}

#[test]
fn says_why_a_name_is_refused() {
    let reason = |name: &str| UnitName::new(name).unwrap_err().to_string();
    assert!(reason("nosuffix").contains("does not end in a unit type"));
    assert!(reason("../x.service").contains("'/'"));
    assert!(reason("@x.service").contains("nothing before"));
    assert!(reason(&format!("{}.service", "a".repeat(300))).contains("308 bytes"));
}

#[test]
fn priorities_have_eight_names() {
    for number in 0..8 {
        let priority = Priority::new(number).unwrap();
        assert_eq!(priority.name().parse(), Ok(priority));
        assert_eq!(number.to_string().parse(), Ok(priority));
    }
    assert!(
        Priority::new(8).is_none()
            && "8".parse::<Priority>().is_err()
            && "error".parse::<Priority>().is_err()
    );
    assert!(Priority::ERR < Priority::WARNING);
}
