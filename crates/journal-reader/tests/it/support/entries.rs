//! Messages as they are on a real machine, odd ones included: repeated and binary fields, no
//! message, long ones, colours, a clock that is set back, the manager speaking about units,
//! crashes, the kernel.

use super::random::Random;

/// An entry, before it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) realtime: u64,
    pub(crate) monotonic: u64,
    pub(crate) boot: [u8; 16],
    pub(crate) fields: Vec<(String, Vec<u8>)>,
}

impl Written {
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(field, it)| field == name && it == value.as_bytes())
    }

    fn add(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.fields.push((name.to_owned(), value.into()));
    }
}

pub(crate) fn hex(id: &[u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

const WORDS: [&str; 24] = [
    "timeout",
    "connection",
    "closed",
    "upstream",
    "worker",
    "retry",
    "cache",
    "handshake",
    "checksum",
    "mismatch",
    "queue",
    "flush",
    "session",
    "token",
    "expired",
    "disk",
    "Exception",
    "reload",
    "certificate",
    "client",
    "request",
    "served",
    "naïve café ✓",
    "at last",
];

pub(crate) const UNITS: usize = 24;

pub(crate) fn unit_name(number: usize) -> String {
    match number {
        0 => "web@1.service".to_owned(),
        1 => "db.socket".to_owned(),
        2 => "user.slice".to_owned(),
        number => format!("app-{number}.service"),
    }
}

fn sentence(random: &mut Random, words: usize) -> String {
    let mut text: Vec<String> = (0..words).map(|_| (*random.pick(&WORDS)).to_owned()).collect();
    text.push(random.below(100_000).to_string());
    text.join(" ")
}

/// Like on real machines about one message in a hundred is longer than the 512 bytes from which
/// journald compresses it: stack traces, and here and there a dump.
fn message(random: &mut Random) -> Vec<u8> {
    match random.below(800) {
        0 => Vec::new(),
        1 => b"binary \xff\xfe\x80 and \x01\x02 ".to_vec(),
        2 => (0..150).map(|_| sentence(random, 9)).collect::<Vec<_>>().join("; ").into_bytes(),
        3 => b"a\tb\x1b[31m red \x1b[0mand \x1b]8;;x\x07link\x1b]8;;\x07\r\nsecond line\r".to_vec(),
        4 => b"\x1b[K broken \x1b[12 sequence \x1b".to_vec(),
        5 => b"ends with a newline\n".to_vec(),
        6 => b"\n\nempty lines\n\nwithin".to_vec(),
        7 => b"only \xed\xa0\x80 surrogates".to_vec(),
        8 => "no characters \u{fffe} \u{85}".into(),
        9..=18 => (0..12)
            .map(|line| {
                format!("{}at frame {line}", " ".repeat(line.min(1) * 4)) + &sentence(random, 4)
            })
            .collect::<Vec<_>>()
            .join("\n")
            .into_bytes(),
        19..=60 => format!("\x1b[32mINFO\x1b[0m {}", sentence(random, 5)).into_bytes(),
        _ => {
            let words = 3 + random.below(8);
            sentence(random, words).into_bytes()
        }
    }
}

/// The entries of a seed.
pub(crate) fn generate(seed: u64, count: usize) -> Vec<Written> {
    let mut random = Random(seed);
    let mut boot = random.id();
    // 2024-10-01; each boot begins anew.
    let mut now = 1_727_740_800_000_000 + (seed % 1000) * 1_000_000;
    let mut booted = now;
    let (mut skew, machine) = (0_u64, Random(seed ^ 0xfeed).id());
    let mut entries = Vec::with_capacity(count);
    for number in 0..count {
        if number > 0 && random.below((count / 5).max(2)) == 0 {
            boot = random.id();
            now += 5_000_000;
            booted = now;
        }
        if number == count / 2 {
            // The clock is set back by two minutes.
            skew = 120_000_000;
        }
        let gap = if random.happens(800) { 60_000 } else { 6_000_000 };
        now += 1 + random.below(gap) as u64;
        let mut entry =
            Written { realtime: now - skew, monotonic: now - booted, boot, fields: Vec::new() };
        entry.add("_BOOT_ID", hex(&boot));
        entry.add("_MACHINE_ID", hex(&machine));
        entry.add("_HOSTNAME", format!("host{}", seed % 10));
        fill(&mut entry, &mut random, number);
        entries.push(entry);
    }
    entries
}

fn fill(entry: &mut Written, random: &mut Random, number: usize) {
    let priority = match random.below(100) {
        0..4 => random.below(4),
        4..12 => 4,
        12..25 => 5,
        25..90 => 6,
        _ => 7,
    };
    if !random.happens(5) {
        entry.add("PRIORITY", priority.to_string());
    }
    match random.below(100) {
        0..4 => {
            entry.add("_TRANSPORT", "kernel");
            entry.add("SYSLOG_IDENTIFIER", "kernel");
            entry.add(
                "_SOURCE_MONOTONIC_TIMESTAMP",
                (entry.monotonic.saturating_sub(7)).to_string(),
            );
        }
        4..7 => {
            entry.add("_TRANSPORT", "audit");
            entry.add("SYSLOG_IDENTIFIER", "audit");
        }
        7..15 => manager(entry, random),
        15 => {
            entry.add("MESSAGE_ID", "fc2e22bc6ee647b6b90729ab34a250b1");
            entry.add("_UID", "0");
            entry.add("COREDUMP_UNIT", unit_name(random.below(UNITS)));
            entry.add("SYSLOG_IDENTIFIER", "systemd-coredump");
        }
        16 => {
            entry.add("_UID", "0");
            entry.add("_COMM", "objector");
            entry.add("OBJECT_SYSTEMD_UNIT", unit_name(random.below(UNITS)));
        }
        17..20 => {
            entry.add("_UID", "1000");
            entry.add("_SYSTEMD_UNIT", "user@1000.service");
            entry.add("_SYSTEMD_USER_UNIT", unit_name(random.below(UNITS)));
            entry.add("SYSLOG_IDENTIFIER", "gnome-shell");
        }
        _ => service(entry, random),
    }
    if random.happens(3) {
        entry.add("TAG", "one");
        entry.add("TAG", "two");
    }
    if random.happens(2) {
        entry.add("BLOB", vec![0, 1, 2, b'\n', 255]);
        entry.add("LONG", "x".repeat(5000));
    }
    if random.happens(4) {
        entry.add("CONFIG_FILE", "/etc/app.conf");
        entry.add("MESSAGE", "/etc/app.conf:12: unknown lvalue");
    } else if !random.happens(4) {
        let message = message(random);
        entry.add("MESSAGE", message);
    }
    if number.is_multiple_of(3) {
        entry.add("SEQUENCE", number.to_string());
    }
}

fn manager(entry: &mut Written, random: &mut Random) {
    let ids = [
        "5eb03494b6584870a536b337290809b3",
        "d9b373ed55a64feb8242e02dbe79a49c",
        "39f53479d3a045ac8e11786248231fbf",
        "be02cf6855d2428ba40df7e9d022f03d",
    ];
    entry.add("_TRANSPORT", "journal");
    entry.add("_PID", "1");
    entry.add("_UID", "0");
    entry.add("_COMM", "systemd");
    entry.add("SYSLOG_IDENTIFIER", "systemd");
    entry.add("_SYSTEMD_UNIT", "init.scope");
    entry.add("UNIT", unit_name(random.below(UNITS)));
    entry.add("JOB_TYPE", "start");
    entry.add("MESSAGE_ID", *random.pick(&ids));
    entry.add("_SOURCE_REALTIME_TIMESTAMP", (entry.realtime - 11).to_string());
}

fn service(entry: &mut Written, random: &mut Random) {
    let number = random.below(UNITS).min(random.below(UNITS));
    entry.add("_TRANSPORT", if number.is_multiple_of(2) { "stdout" } else { "syslog" });
    entry.add("_PID", (300 + number * 7).to_string());
    entry.add("_UID", if number.is_multiple_of(3) { "0" } else { "33" });
    entry.add("_COMM", format!("app{number}"));
    entry.add("_EXE", format!("/usr/bin/app{number}"));
    if number != 5 {
        entry.add("SYSLOG_IDENTIFIER", format!("app-{number}"));
    }
    entry.add("_SYSTEMD_UNIT", unit_name(number));
    entry.add(
        "_SYSTEMD_SLICE",
        if number.is_multiple_of(4) { "user.slice" } else { "system.slice" },
    );
    if number % 2 == 1 {
        entry.add("SYSLOG_PID", (300 + number).to_string());
        entry.add("_SOURCE_REALTIME_TIMESTAMP", (entry.realtime - 20).to_string());
    }
}
