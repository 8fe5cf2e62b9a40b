//! The table itself: read once from the text that is built into the program, then searched by key.

use std::sync::OnceLock;

use systemd_types::UnitType;

use super::kind::{Kind, parse};
use super::words_in;

/// The oldest version of systemd that the table covers.
pub const OLDEST: u32 = 252;
/// The newest version of systemd that the table covers.
pub const NEWEST: u32 = 262;

static TEXT: &str = include_str!("../../data/directives.tsv");

/// One key, in the sections where it means the same.
///
/// ```
/// use unit_file::directives::find;
///
/// let restart = find("Service", "Restart").expect("systemd knows the key");
/// assert_eq!((restart.man, restart.default), ("systemd.service(5)", Some("no")));
/// assert!(find("Unit", "Restart").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Directive {
    /// The key, without its `=`.
    pub key: &'static str,
    /// Between commas: `Service,Socket,Mount,Swap`.
    sections: &'static str,
    /// The kind of value it takes.
    pub kind: Kind,
    /// systemd fills specifiers in.
    pub fills_in: bool,
    /// What a value looks like, in a few words; `{}` stands for the words of the kind.
    looks: &'static str,
    /// The words of the kind, or its limits.
    words: &'static str,
    /// Each line adds to the earlier ones.
    pub is_list: bool,
    /// An empty value clears the list.
    pub resets: bool,
    /// systemd 252 warns about an empty value and ignores it; later versions take it for a reset.
    pub needs_value: bool,
    /// The first version that knows it.
    pub since: u32,
    /// The last version that obeys it, if later ones don't.
    pub until: Option<u32>,
    /// What to use instead, if the key is out of use: `BindsTo=`, or words.
    pub instead: Option<&'static str>,
    /// What holds if nobody sets it, where that is one word.
    pub default: Option<&'static str>,
    /// Where it is documented: `systemd.exec(5)`.
    pub man: &'static str,
    /// What it does, in one line; `None` for the rarest keys.
    pub text: Option<&'static str>,
}

impl Directive {
    /// The sections it belongs to.
    pub fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.sections.split(',')
    }

    /// Whether it belongs to the section.
    pub fn is_in(&self, section: &str) -> bool {
        let mut names = self.sections.as_bytes().split(|byte| *byte == b',');
        names.any(|name| name == section.as_bytes())
    }

    /// What a value looks like: `one of no, always`; nothing if the table doesn't know.
    pub fn looks(&self) -> String {
        let words: Vec<&str> = words_in(self.words, NEWEST).collect();
        self.looks.replace("{}", &words.join(", ")).trim_end().to_owned()
    }

    /// Whether a version of systemd obeys it.
    pub fn works_in(&self, version: u32) -> bool {
        self.since <= version && self.until.is_none_or(|until| version <= until)
    }
}

/// A line of the text, read when somebody asks for its key: most runs need few of them.
struct Row {
    key: &'static str,
    line: &'static str,
    /// In a box, so that a row nobody asks for costs three words and not thirty.
    directive: OnceLock<Option<Box<Directive>>>,
}

impl Row {
    /// A test sees to it that every row can be read.
    fn directive(&self) -> Option<&Directive> {
        self.directive.get_or_init(|| read_row(self.line).map(Box::new)).as_deref()
    }
}

/// The rows in the order of the text, which is that of the keys.
fn table() -> &'static [Row] {
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
        let row = |line: &'static str| {
            let (key, _) = line.split_once('\t')?;
            Some(Row { key, line, directive: OnceLock::new() })
        };
        lines.filter_map(row).collect()
    })
}

/// All keys in alphabetical order, each as often as it has meanings.
pub fn all() -> impl Iterator<Item = &'static Directive> + Clone {
    table().iter().filter_map(Row::directive)
}

/// A key's meanings: none if systemd doesn't know it.
pub fn by_key(key: &str) -> impl Iterator<Item = &'static Directive> + Clone {
    let table = table();
    let rows = &table[table.partition_point(|row| row.key.as_bytes() < key.as_bytes())..];
    let length = rows.iter().take_while(|row| row.key == key).count();
    rows[..length].iter().filter_map(Row::directive)
}

/// What a key means in a section.
pub fn find(section: &str, key: &str) -> Option<&'static Directive> {
    by_key(key).find(|row| row.is_in(section))
}

/// The sections that a unit of this type can have.
pub fn sections_of(unit_type: UnitType) -> &'static [&'static str] {
    match unit_type {
        UnitType::Service => &["Unit", "Service", "Install"],
        UnitType::Socket => &["Unit", "Socket", "Install"],
        UnitType::Mount => &["Unit", "Mount", "Install"],
        UnitType::Automount => &["Unit", "Automount", "Install"],
        UnitType::Swap => &["Unit", "Swap", "Install"],
        UnitType::Timer => &["Unit", "Timer", "Install"],
        UnitType::Path => &["Unit", "Path", "Install"],
        UnitType::Slice => &["Unit", "Slice", "Install"],
        UnitType::Scope => &["Unit", "Scope", "Install"],
        UnitType::Target | UnitType::Device => &["Unit", "Install"],
    }
}

/// A row of ten columns; a test sees to it that every row is one.
fn read_row(line: &'static str) -> Option<Directive> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    let (key, sections, kind, flags) = (next()?, next()?, next()?, next()?);
    let (since, until, instead, default, man, text) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    let kind = parse(kind)?;
    let flag = |name: &str| flags.split(',').any(|flag| flag == name);
    let given = |cell: &'static str| (cell != "-").then_some(cell);
    Some(Directive {
        key,
        sections,
        kind: kind.kind,
        fills_in: kind.fills_in,
        looks: kind.looks,
        words: kind.rest,
        is_list: flag("list"),
        resets: flag("reset"),
        needs_value: flag("full"),
        since: since.parse().ok()?,
        until: given(until).and_then(|until| until.parse().ok()),
        instead: given(instead),
        default: given(default),
        man,
        text: given(text),
    })
}
