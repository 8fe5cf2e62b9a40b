//! The words that an option takes, for `--type=help` and its like.

use systemctl_wrapper::{ActiveState, LoadState, Manager, UnitFileState, signal_name};
use systemd_types::UnitType;

use super::Usage;
use super::options::Options;

/// The words of each kind of unit for what it does, as of systemd 257; a newer one may have more.
const SUB_STATES: [(UnitType, &str); 11] = [
    (UnitType::Automount, "dead waiting running failed"),
    (UnitType::Device, "dead tentative plugged"),
    (
        UnitType::Mount,
        "dead mounting mounting-done mounted remounting unmounting remounting-sigterm \
         remounting-sigkill unmounting-sigterm unmounting-sigkill failed cleaning",
    ),
    (UnitType::Path, "dead waiting running failed"),
    (UnitType::Scope, "dead start-chown running abandoned stop-sigterm stop-sigkill failed"),
    (
        UnitType::Service,
        "dead condition start-pre start start-post running exited reload reload-signal \
         reload-notify mounting stop stop-watchdog stop-sigterm stop-sigkill stop-post \
         final-watchdog final-sigterm final-sigkill failed dead-before-auto-restart failed-before-auto-restart \
         dead-resources-pinned auto-restart auto-restart-queued cleaning",
    ),
    (UnitType::Slice, "dead active"),
    (
        UnitType::Socket,
        "dead start-pre start-chown start-post listening running stop-pre stop-pre-sigterm \
         stop-pre-sigkill stop-post final-sigterm final-sigkill failed cleaning",
    ),
    (
        UnitType::Swap,
        "dead activating activating-done active deactivating deactivating-sigterm \
         deactivating-sigkill failed cleaning",
    ),
    (UnitType::Target, "dead active"),
    (UnitType::Timer, "dead waiting running elapsed failed"),
];

/// What `clean` can remove.
const RESOURCES: [&str; 7] =
    ["runtime", "state", "cache", "logs", "configuration", "fdstore", "all"];

/// The version of systemd that brought a word; 0 for those that have always been there.
fn since(kind: &str, word: &str) -> u32 {
    match (kind, word) {
        ("service", "reload-signal" | "reload-notify") => 253,
        (
            "service",
            "dead-before-auto-restart"
            | "failed-before-auto-restart"
            | "dead-resources-pinned"
            | "auto-restart-queued",
        ) => 254,
        ("clean", "fdstore") => 254,
        ("clean", "all") => 257,
        ("service", "mounting") | ("active", "refreshing") => 257,
        _ => 0,
    }
}

/// The words that the manager knows; all of them where there is none to ask.
fn known<'a>(kind: &str, words: impl IntoIterator<Item = &'a str>, version: u32) -> Vec<&'a str> {
    words.into_iter().filter(|word| since(kind, word) <= version).collect()
}

fn version(options: &Options) -> u32 {
    let asked = Manager::connect(&options.scope()).and_then(|manager| manager.version());
    asked.unwrap_or(u32::MAX)
}

/// The words that were asked for, each in a line of its own; `None` where no option says `help`. A
/// type that is none is refused.
pub(crate) fn asked_for(options: &Options) -> Result<Option<String>, Usage> {
    let asks = |words: &[String]| words.iter().any(|word| word == "help");
    let types = UnitType::ALL.map(UnitType::as_str);
    let paragraph = |title: &str, words: &[&str]| {
        let head =
            if options.has_legend() { format!("Available {title}:\n") } else { String::new() };
        format!("{head}{}\n", words.join("\n"))
    };
    if asks(&options.types) {
        return Ok(Some(paragraph("unit types", &types)));
    }
    if asks(&options.states) {
        let version = version(options);
        let mut all = vec![
            paragraph("unit load states", LoadState::KNOWN),
            paragraph(
                "unit active states",
                &known("active", ActiveState::KNOWN.iter().copied(), version),
            ),
            paragraph("unit file states", UnitFileState::KNOWN),
        ];
        all.extend(SUB_STATES.iter().map(|(kind, words)| {
            let words = known(kind.as_str(), words.split(' '), version);
            paragraph(&format!("{kind} unit substates"), &words)
        }));
        return Ok(Some(all.join("\n")));
    }
    if asks(&options.what) {
        let words = known("clean", RESOURCES, version(options));
        return Ok(Some(format!("{}\n", words.join("\n"))));
    }
    if options.signal.as_deref().is_some_and(|word| ["help", "list"].contains(&word)) {
        let names = (1..=64).map(|number| format!("{number:<6} {}\n", signal_name(number)));
        return Ok(Some(names.collect()));
    }
    let is_known = |word: &str| types.contains(&word) || LoadState::KNOWN.contains(&word);
    match options.types.iter().find(|word| !is_known(word)) {
        Some(word) => Err(Usage(format!("{word:?} is no type of unit: --type=help lists them"))),
        None => Ok(None),
    }
}
