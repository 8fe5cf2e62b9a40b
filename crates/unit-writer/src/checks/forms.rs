//! Values with a form of their own: fields between colons, encoded bytes, names for the journal.
//!
//! Few keys have each of these forms, and each form has one short rule here.
//!
//! ```ini
//! [Service]
//! LoadCredential=/etc/app/secret
//! LogExtraFields=component=web
//! CoredumpFilter=everything
//! ```

use unit_file::directives::{Form, has_word};
use unit_file::values::{Backslash, Invalid, judge_path, parse_percent, parse_size, split};

use super::amounts::percent;
use super::known_words::known_words;
use super::lists::{complain, each, each_behind_tilde};
use super::problem::{Problem, one};
use super::scalars::fd_name;

/// Each form has its function: what systemd refuses here, it ignores with a line in the journal.
pub(super) fn problems(form: Form, value: &str) -> Vec<Problem> {
    match form {
        Form::Credential => one(credential(value)),
        Form::CredentialText => one(credential_text(value).map(drop)),
        Form::CredentialBytes => one(credential_text(value).and_then(|(_, bytes)| base64(bytes))),
        Form::LogFields => log_fields(value),
        Form::LogNamespace => one(log_namespace(value)),
        Form::FileSystems => file_systems(value),
        Form::CoreDump => one(core_dump(value)),
        Form::Hash => one(hash(value)),
        Form::Signature => one(signature(value)),
        Form::ImageOptions => image_options(value),
        Form::OpenFile => one(open_file(value)),
        Form::FirewallSets => firewall_sets(value),
        Form::DirectoryQuota => one(directory_quota(value)),
        Form::BpfProgram => one(bpf_program(value)),
        Form::Bytes => one(base64(value)),
    }
}

/// All of these are read as a whole, and ignored as a whole: the setting stays as it was.
fn refuse(value: &str, reason: &str) -> Result<(), Invalid> {
    Err(Invalid::whole(value, format!("{value:?} {reason}")))
}

/// A name without slashes and colons: the credential becomes a file of this name.
fn is_file_name(name: &str) -> bool {
    let is_odd = name.is_empty() || name.contains('/') || matches!(name, "." | "..");
    !is_odd && fd_name(name).is_ok()
}

/// Of the source, a path is a file or a socket, and a name a credential of the system itself.
fn credential(value: &str) -> Result<(), Invalid> {
    let (name, source) = value.split_once(':').unwrap_or((value, ""));
    let is_plain = || !["//", "/./"].iter().any(|detour| source.contains(detour));
    let is_path = judge_path(source).is_ok() && is_plain();
    let is_source = source.is_empty() || is_file_name(source) || is_path;
    match (is_file_name(name), is_source) {
        (true, true) => Ok(()),
        (false, _) => refuse(value, "does not begin with a name, as in secret:/etc/app/secret"),
        _ => refuse(value, "has neither an absolute path nor a name behind the colon"),
    }
}

/// The text may have colons itself, so only the first one parts it from the name.
fn credential_text(value: &str) -> Result<(&str, &str), Invalid> {
    let fields = value.split_once(':');
    fields
        .filter(|(name, text)| is_file_name(name) && !text.is_empty())
        .ok_or_else(|| Invalid::whole(value, format!("{value:?} is not of the form name:text")))
}

/// Four letters for three bytes, filled up with =; blanks don't count.
fn base64(value: &str) -> Result<(), Invalid> {
    let letters: Vec<u8> = value.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let body = letters.strip_suffix(b"==").or(letters.strip_suffix(b"=")).unwrap_or(&letters);
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if letters.len().is_multiple_of(4) && body.iter().all(is_letter) {
        return Ok(());
    }
    refuse(value, "is not Base64")
}

/// journald keeps names that begin with an underscore to itself, and takes capitals alone; see
/// systemd.journal-fields(7). An open quote costs the whole line here.
fn log_fields(value: &str) -> Vec<Problem> {
    if let Some(error) = split(value, Backslash::Escapes).error {
        return vec![error.into()];
    }
    each(value, Backslash::Escapes, |word| {
        let text = word.text();
        let Some((name, _)) = text.split_once('=') else {
            return complain(word, format!("{text:?} is not of the form NAME=value"));
        };
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let begins = name.starts_with(|c: char| c.is_ascii_uppercase());
        if begins && name.len() <= 64 && name.chars().all(is_part) {
            return None;
        }
        let reason = format!("{name:?} is no name of a field: capitals, digits and _ only");
        let meant = name.trim_start_matches('_').to_ascii_uppercase();
        complain(word, reason).map(|problem| problem.meant(text.replacen(name, &meant, 1).into()))
    })
}

/// The name becomes part of the names of a socket unit, a directory and a service's instance.
fn log_namespace(value: &str) -> Result<(), Invalid> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    let is_name = !value.is_empty() && !matches!(value, "." | "..") && value.len() < 220;
    if is_name && value.chars().all(is_part) {
        return Ok(());
    }
    refuse(value, "can't be the name of a namespace")
}

/// Names of file systems are the kernel's, which has more than systemd knows; the groups are
/// systemd's own.
fn file_systems(value: &str) -> Vec<Problem> {
    each_behind_tilde(value, |word| {
        let text = word.text();
        let groups = known_words("FILE_SYSTEM_GROUPS");
        let is_good = !text.starts_with('@') || has_word(groups, &text);
        if is_good { None } else { complain(word, format!("there is no group {text}")) }
    })
}

/// core(5), "Controlling which mappings are written to the core dump".
fn core_dump(value: &str) -> Result<(), Invalid> {
    let is_number =
        |word: &str| u64::from_str_radix(word.strip_prefix("0x").unwrap_or(word), 16).is_ok();
    let is_word = |word: &str| has_word(known_words("CORE_DUMP_PARTS"), word) || is_number(word);
    if value.split_whitespace().all(is_word) {
        return Ok(());
    }
    let known = known_words("CORE_DUMP_PARTS").replace(' ', ", ");
    refuse(value, &format!("is neither a hexadecimal number nor words of {known}"))
}

/// The hash at the top of a dm-verity tree, 128 bits at least; a path names a file that holds it.
fn hash(value: &str) -> Result<(), Invalid> {
    let is_hex =
        value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if value.starts_with('/') || (is_hex && value.len() >= 32) {
        return Ok(());
    }
    refuse(value, "is neither an absolute path nor a hash of 32 or more hexadecimal digits")
}

/// The signature of the root hash, in PKCS#7: in a file of its own, or in the unit itself.
fn signature(value: &str) -> Result<(), Invalid> {
    match value.strip_prefix("base64:") {
        Some(bytes) => base64(bytes),
        None if value.starts_with('/') => Ok(()),
        None => refuse(value, "is neither an absolute path nor Base64 behind base64:"),
    }
}

/// `ro`, or `root:ro`; systemd.exec(5) lists the partitions.
fn image_options(value: &str) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        let (partition, _) = text.split_once(':')?;
        let is_known = has_word(known_words("PARTITIONS"), partition);
        if is_known { None } else { complain(word, format!("there is no partition {partition:?}")) }
    })
}

/// `/path`, `/path:name` or `/path:name:options`.
fn open_file(value: &str) -> Result<(), Invalid> {
    let fields: Vec<&str> = value.split(':').collect();
    let options = fields.get(2).copied().unwrap_or_default();
    let mut options = options.split(',').filter(|option| !option.is_empty());
    let is_option = |option: &str| has_word("read-only append truncate graceful", option);
    let is_good = fields.len() <= 3
        && fields[0].starts_with('/')
        && fields.get(1).is_none_or(|name| fd_name(name).is_ok())
        && options.all(is_option);
    let reason = "is not like /path:name:read-only; options are read-only, append, truncate and \
                  graceful";
    if is_good { Ok(()) } else { refuse(value, reason) }
}

/// `cgroup:inet:table:set`; systemd.resource-control(5). systemd adds the number of the
/// unit's control group, user or group to that set of nftables; nft(8) lists the families.
fn firewall_sets(value: &str) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        let fields: Vec<&str> = text.split(':').collect();
        let is_name = |name: &&str| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || "/\\_.".contains(c);
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part)
        };
        let is_good = matches!(fields[..], [source, family, table, set]
            if has_word("cgroup user group", source)
                && has_word("arp bridge inet ip ip6 netdev", family)
                && is_name(&table) && is_name(&set));
        let reason = || format!("{text:?} is not like cgroup:inet:table:set");
        if is_good { None } else { complain(word, reason()) }
    })
}

/// A share of the file system that the directory is on, or a size. Project quotas enforce it, which
/// count the blocks below a directory, whoever owns them.
fn directory_quota(value: &str) -> Result<(), Invalid> {
    match value {
        "off" => Ok(()),
        _ if value.ends_with('%') => parse_percent(value).and_then(|_| percent(value)),
        _ => parse_size(value).map(drop),
    }
}

/// The place is one that the kernel attaches programs to a control group at.
fn bpf_program(value: &str) -> Result<(), Invalid> {
    let (place, path) = value.split_once(':').unwrap_or((value, ""));
    if has_word(known_words("BPF_PLACES"), place) && judge_path(path).is_ok() {
        return Ok(());
    }
    refuse(value, "is not like egress:/sys/fs/bpf/name")
}
