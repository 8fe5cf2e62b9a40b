//! Why a promise was not kept, in the words that a good colleague would use.

use std::fmt;
use std::io;

use check_report::{Explanation, Text};

use crate::unit::Unit;
use crate::{report, submission};

/// The file of a Rust submission.
const SOURCE: &str = "src/main.rs";

/// What each promise returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// A promise that was not kept, or could not be tried.
pub struct Failure {
    pub(crate) explanation: Box<Explanation>,
    is_later: bool,
}

impl Failure {
    /// A failure that can be explained further with [`Explain`].
    ///
    /// ```
    /// use check::{Explain, Failure, text};
    ///
    /// let state = "inactive";
    /// let failure = Failure::new("an active unit", text!("ActiveState={state}", state))
    ///     .say("nothing wants the unit")
    ///     .man("systemd.unit(5), Wants=");
    /// assert_eq!(failure.got(), "ActiveState=inactive");
    /// ```
    pub fn new(expected: impl Into<Text>, got: impl Into<Text>) -> Self {
        let explanation =
            Explanation { expected: expected.into(), got: got.into(), ..Explanation::default() };
        Failure { explanation: Box::new(explanation), is_later: false }
    }

    /// A promise that could not be tried, because of what another promise has reported already. One
    /// mistake is one failure, and what depends on it is looked at when it is mended.
    pub fn later() -> Self {
        Failure::new("what is needed for this", "something that is missing, or was seen only once")
            .say(
                "no other promise says what: check it again, and if that does not help, please \
                 report it",
            )
            .into_later()
    }

    /// The same for a failure that another promise reports more closely. A learner reads these
    /// words if it did not: what it tries again may be right the second time.
    #[must_use]
    pub fn into_later(self) -> Self {
        Failure { is_later: true, ..self }
    }

    /// What the submission did instead, in English.
    pub fn got(&self) -> String {
        self.explanation.got.english()
    }

    /// Says anew what the submission did instead.
    pub fn set_got(&mut self, got: impl Into<Text>) {
        self.explanation.got = got.into();
    }

    /// What a colleague would say, unless something closer has been said.
    pub fn add_say(&mut self, words: impl Into<Text>) {
        if self.explanation.say.is_empty() {
            self.explanation.say = words.into();
        }
    }

    /// Shows what the journal says of `unit`, unless something closer is shown.
    pub(crate) fn show_journal(&mut self, unit: Unit<'_>) {
        if self.explanation.journal.is_empty() {
            self.explanation.journal = unit.journal();
        }
    }

    /// Points at a place in the learner's work, unless a closer one is named.
    fn point_at(&mut self, file: &str, line: impl FnOnce() -> Option<usize>) {
        if self.explanation.file.is_none() {
            (self.explanation.file, self.explanation.line) = (Some(file.to_owned()), line());
        }
    }

    /// Whether a line of the journal that it shows has `words` in it.
    pub fn journal_has(&self, words: &str) -> bool {
        self.explanation.journal.iter().any(|line| line.contains(words))
    }
}

/// Explains a failure, or the failure in a result; what is already explained keeps its first,
/// closest words.
///
/// ```no_run
/// use check::{Explain, Result, Unit};
///
/// fn starts_at_boot() -> Result {
///     Unit::named("web.service")
///         .wait_for("ActiveState", "active")
///         .say("it was started, and never enabled")
///         .man("systemd.unit(5), \"[Install]\"")
///         .at_setting("web.service", "WantedBy")
/// }
/// ```
pub trait Explain: Sized {
    /// Applies `explain` to the failure, if there is one.
    fn explain(self, explain: impl FnOnce(&mut Failure)) -> Self;

    /// What a colleague would say.
    fn say(self, words: impl Into<Text>) -> Self {
        self.explain(|failure| failure.add_say(words))
    }

    /// The man page with its section, and the place in it: `open(2), O_APPEND`.
    fn man(self, page: impl Into<Text>) -> Self {
        self.explain(|failure| {
            if failure.explanation.man.is_empty() {
                failure.explanation.man = page.into();
            }
        })
    }

    /// The learner's function that is to be mended; its line is found if it still has this name.
    fn in_function(self, name: &str) -> Self {
        self.explain(|failure| {
            failure.point_at(SOURCE, || {
                submission::line_of(SOURCE, |line| submission::begins_function(line, name))
            });
        })
    }

    /// The line of the learner's unit `file` that begins with `setting`; the file as a whole if
    /// there is none.
    fn at_setting(self, file: &str, setting: &str) -> Self {
        self.explain(|failure| {
            failure.point_at(file, || submission::line_of(file, |line| line.starts_with(setting)));
        })
    }

    /// The line of the learner's `file` that is to be mended.
    fn at_line(self, file: &str, line: Option<usize>) -> Self {
        self.explain(|failure| failure.point_at(file, || line))
    }

    /// The lines of the journal of `unit`.
    fn journal_of(self, unit: Unit<'_>) -> Self {
        self.explain(|failure| failure.show_journal(unit))
    }
}

impl Explain for Failure {
    fn explain(mut self, explain: impl FnOnce(&mut Failure)) -> Self {
        explain(&mut self);
        self
    }
}

impl<T> Explain for Result<T> {
    fn explain(self, explain: impl FnOnce(&mut Failure)) -> Self {
        self.map_err(|failure| failure.explain(explain))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // The disk is the lab's, and nobody but the submission fills it.
        if error.kind() == io::ErrorKind::StorageFull {
            return Failure::new("room on the lab's disk, for others too", Text::verbatim(error))
                .say(
                    "the disk is full, and it was not when the check began: what does your work \
                     write, and how much of it?",
                );
        }
        Failure::new("a machine on which this check can run", Text::verbatim(error))
            .say("the check itself could not do its work; this may not be your mistake")
    }
}

impl From<nix::Error> for Failure {
    fn from(errno: nix::Error) -> Self {
        io::Error::from(errno).into()
    }
}

/// libtest formats the error that ends a test, once: this is where the failure is told to the
/// runner.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        report::failure(*self.explanation.clone(), self.is_later);
        write!(f, "expected {}, got {}", self.explanation.expected.english(), self.got())
    }
}
