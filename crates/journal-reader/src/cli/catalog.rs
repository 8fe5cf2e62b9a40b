//! The message catalog: for well-known messages, a text that says what they mean and what to do;
//! journalctl -x.
//!
//! `/var/lib/systemd/catalog/database` is a header, a table of (message id, language, where),
//! sorted, and the texts.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::Path;

use journal_reader::{Entry, Id128};

use crate::cli::colour::{Colours, GREEN, NORMAL};

const DATABASE: &str = "/var/lib/systemd/catalog/database";
/// A database of the usual 300 texts has half a megabyte.
const MAX_SIZE: u64 = 64 << 20;

/// The catalog, read when it is first needed.
#[derive(Default)]
pub(crate) struct Catalog {
    database: Option<Vec<u8>>,
    /// The address in each text: messages repeat.
    urls: HashMap<Id128, Option<String>>,
}

impl Catalog {
    /// Appends the text of an entry's message, if it has one.
    pub(crate) fn push_text(&mut self, entry: &Entry<'_>, colours: Colours, out: &mut Vec<u8>) {
        let Some(text) = message_id(entry).and_then(|id| self.text(id)) else { return };
        let text = fill_in(&text, entry);
        let shade = if is_utf8_locale() { "░░" } else { "--" };
        let (grey, green, normal) = (colours.grey(), colours.if_on(GREEN), colours.if_on(NORMAL));
        for (at, line) in text.trim().split('\n').enumerate() {
            // Where the blank stands differs in the first line, as in journalctl.
            out.extend(match at {
                0 => format!("{grey}{shade} {normal}{green}{line}").into_bytes(),
                _ => format!("{normal}\n{grey}{shade}{normal} {green}{line}").into_bytes(),
            });
        }
        out.extend(format!("{normal}\n").bytes());
    }

    /// The address of the documentation that the text names.
    pub(crate) fn documentation(&mut self, entry: &Entry<'_>) -> Option<String> {
        let id = message_id(entry)?;
        if let Some(url) = self.urls.get(&id) {
            return url.clone();
        }
        let text = self.text(id).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Documentation:"));
        let url = line.and_then(|line| line.split_whitespace().next());
        let url = url.and_then(|url| valid_url(url.as_bytes()));
        self.urls.insert(id, url.clone());
        url
    }

    /// The text in the language of the locale, or in English.
    fn text(&mut self, id: Id128) -> Option<String> {
        let database = self.database.get_or_insert_with(|| {
            let size = fs::metadata(DATABASE).map_or(0, |metadata| metadata.len());
            if size <= MAX_SIZE { fs::read(DATABASE).unwrap_or_default() } else { Vec::new() }
        });
        let locale = locale();
        let language = locale.split(['.', '@']).next().unwrap_or_default();
        let short = language.split('_').next().unwrap_or_default();
        [language, short, ""].iter().find_map(|language| find(database, id, language))
    }
}

fn number(database: &[u8], at: usize) -> Option<usize> {
    let bytes = database.get(at..)?.first_chunk::<8>()?;
    usize::try_from(u64::from_le_bytes(*bytes)).ok()
}

/// Looks a text up by bisection.
fn find(database: &[u8], id: Id128, language: &str) -> Option<String> {
    if !database.starts_with(b"RHHHKSLP") {
        return None;
    }
    let (header, count, size) =
        (number(database, 16)?, number(database, 24)?, number(database, 32)?);
    let mut wanted = id.0.to_vec();
    wanted.extend(language.as_bytes());
    // The language has a fixed width of 32.
    wanted.resize(48, 0);
    let texts = count.checked_mul(size)?.checked_add(header)?;
    let item = |at: usize| database.get(header + at * size..)?.get(..size.max(56));
    let (mut low, mut high) = (0, count.min(database.len() / size.max(1)));
    while low < high {
        let middle = low + (high - low) / 2;
        let found = item(middle)?;
        match found[..48].cmp(&wanted) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                let text = database.get(texts.checked_add(number(found, 48)?)?..)?;
                let end = memchr::memchr(0, text)?;
                return Some(String::from_utf8_lossy(&text[..end]).into_owned());
            }
        }
    }
    None
}

fn message_id(entry: &Entry<'_>) -> Option<Id128> {
    entry.text("MESSAGE_ID")?.parse().ok()
}

/// Puts the entry's fields in the places of `@FIELD@`.
fn fill_in(text: &str, entry: &Entry<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
        let length = behind.find(|c| !is_name(c)).unwrap_or(behind.len());
        if length > 0 && behind[length..].starts_with('@') {
            let name = &behind[..length];
            out.push_str(&entry.text(name).unwrap_or_else(|| name.to_owned()));
            rest = &behind[length + 1..];
        } else {
            out.push('@');
            rest = behind;
        }
    }
    out + rest
}

fn locale() -> String {
    let set = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
    locale.filter(|locale| locale != "C" && locale != "POSIX").unwrap_or_default()
}

pub(crate) fn is_utf8_locale() -> bool {
    let set = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.ends_with("utf-8") || locale.ends_with("utf8")
}

/// An address that systemd would link to.
pub(crate) fn valid_url(url: &[u8]) -> Option<String> {
    let url = std::str::from_utf8(url).ok()?;
    let known = ["http://", "https://", "file:/", "info:", "man:"];
    let rest = known.iter().find_map(|scheme| url.strip_prefix(scheme))?;
    let clean = rest.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    (clean && !rest.is_empty()).then(|| url.to_owned())
}

/// The sign that a link is put on.
pub(crate) fn link_sign() -> &'static str {
    if is_utf8_locale() { "[\u{1f855}]" } else { "[LNK]" }
}

/// A link, for terminals that know them.
pub(crate) fn link(url: &str, text: &str) -> String {
    format!("\x1b]8;;{url}\x07{text}\x1b]8;;\x07")
}

/// A path as a link to the file on this machine.
pub(crate) fn link_to_file(path: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(path);
    if !Path::new(&*text).is_absolute() {
        return path.to_vec();
    }
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    let escaped: String = text
        .bytes()
        .map(|byte| match byte {
            b'%' => "%25".to_owned(),
            b'!'..=b'~' => char::from(byte).to_string(),
            other => format!("%{other:02x}"),
        })
        .collect();
    link(&format!("file://{host}{escaped}"), &text).into_bytes()
}
