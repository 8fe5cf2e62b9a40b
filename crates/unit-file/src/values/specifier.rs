//! Specifiers: the `%n` and `%i` that systemd fills in when it loads the unit; systemd.unit(5),
//! "Specifiers".
//!
//! They are read in nearly every value, also inside quotes. A `%` that should stay one is written
//! `%%`.
//!
//! The list is that of systemd.unit(5), each with the first release that has it in its sources.

/// A specifier's letter, its meaning, and the version that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specifier {
    /// The letter after the `%`.
    pub letter: char,
    /// What it becomes.
    pub meaning: &'static str,
    /// The first version that knows it.
    pub since: u32,
    /// Whether `[Install]` knows it too; systemctl reads that section, not the manager.
    pub in_install: bool,
}

/// Where a value stands, which decides about the specifiers it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Anywhere but `[Install]`.
    Unit,
    /// In `[Install]`.
    Install,
}

/// A `%` in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecifierUse {
    /// `%%`, a percent sign.
    Percent,
    /// One that systemd fills in.
    Known(&'static Specifier),
    /// A letter or digit that means nothing here: systemd refuses to expand the value.
    Unknown(char),
    /// A `%` before anything else or at the end: it stays a percent sign.
    Literal,
}

/// The `%`s of a value and their offsets, judged for a version of systemd.
pub fn specifiers(
    value: &str,
    context: Context,
    version: u32,
) -> impl Iterator<Item = (usize, SpecifierUse)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let found = at + value[at..].find('%')?;
        let next = value[found + 1..].chars().next();
        at = found + 1 + next.map_or(0, char::len_utf8);
        Some((found, judge(next, context, version)))
    })
}

/// A letter that systemd doesn't know makes filling in fail; a sign that is no letter leaves the
/// % as it is, so "100%" at the end of a text is fine.
fn judge(letter: Option<char>, context: Context, version: u32) -> SpecifierUse {
    match letter {
        Some('%') => SpecifierUse::Percent,
        Some(letter) if letter.is_ascii_alphanumeric() => {
            let usable = |known: &&Specifier| {
                known.letter == letter
                    && known.since <= version
                    && (known.in_install || context == Context::Unit)
            };
            SPECIFIERS
                .iter()
                .find(usable)
                .map_or(SpecifierUse::Unknown(letter), SpecifierUse::Known)
        }
        _ => SpecifierUse::Literal,
    }
}

/// The specifier of a letter, whatever the version.
///
/// For messages about units that are for another version.
pub fn specifier_of(letter: char) -> Option<&'static Specifier> {
    SPECIFIERS.iter().find(|known| known.letter == letter)
}

const fn both(letter: char, since: u32, meaning: &'static str) -> Specifier {
    Specifier { letter, meaning, since, in_install: true }
}

const fn unit(letter: char, since: u32, meaning: &'static str) -> Specifier {
    Specifier { letter, meaning, since, in_install: false }
}

static SPECIFIERS: [Specifier; 42] = [
    both('a', 246, "the machine's architecture"),
    both('A', 249, "the version of the operating system's image"),
    both('b', 208, "the boot id"),
    both('B', 246, "the build id of the operating system"),
    unit('c', 208, "the control group of the unit"),
    unit('C', 235, "the cache directory, /var/cache"),
    unit('d', 251, "the directory with the unit's credentials"),
    unit('D', 256, "the shared data directory, /usr/share"),
    unit('E', 239, "the configuration directory, /etc"),
    unit('f', 208, "the instance, or the prefix, as a path"),
    both('g', 240, "the group of the user that runs the service manager"),
    both('G', 240, "the numeric group of the user that runs the service manager"),
    unit('h', 208, "the home directory of the user that runs the service manager"),
    both('H', 208, "the host name"),
    both('i', 208, "the instance, as it stands in the unit's name"),
    unit('I', 208, "the instance, unescaped"),
    both('j', 239, "the last part of the prefix, after its last dash"),
    unit('J', 239, "the last part of the prefix, unescaped"),
    both('l', 246, "the short host name"),
    unit('L', 235, "the log directory, /var/log"),
    both('m', 208, "the machine id"),
    both('M', 249, "the id of the operating system's image"),
    both('n', 208, "the unit's full name"),
    both('N', 208, "the unit's name without its type"),
    both('o', 246, "the id of the operating system"),
    both('p', 208, "the prefix, before the @"),
    unit('P', 208, "the prefix, unescaped"),
    both('q', 251, "the pretty host name"),
    unit('r', 208, "the control group below which the manager places its slices"),
    unit('R', 208, "the root of the control groups"),
    unit('s', 208, "the shell of the user that runs the service manager"),
    unit('S', 235, "the state directory, /var/lib"),
    unit('t', 208, "the runtime directory, /run"),
    both('T', 239, "the directory for temporary files, /tmp"),
    both('u', 208, "the user that runs the service manager"),
    both('U', 208, "the number of the user that runs the service manager"),
    both('v', 208, "the kernel's release"),
    both('V', 239, "the directory for larger temporary files, /var/tmp"),
    both('w', 246, "the version of the operating system"),
    both('W', 246, "the variant of the operating system"),
    unit('y', 251, "the path of the unit file"),
    unit('Y', 251, "the directory of the unit file"),
];
