//! Why a promise was not kept, in the words that a good colleague would use.

use std::fmt;
use std::io;

use crate::{report, submission, systemctl};

/// What each promise returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// How much of a submission's words is repeated in `got`, in characters.
const GOT_LIMIT: usize = 1000;

/// A promise that was not kept.
pub struct Failure(Box<Words>);

/// What was expected, what came, and what a colleague would say about it.
pub struct Words {
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) say: String,
    pub(crate) man: String,
    pub(crate) place: Option<(String, Option<usize>)>,
    pub(crate) journal: Vec<String>,
}

impl Failure {
    /// A failure that can be explained further with [`Explain`].
    pub fn new(expected: impl Into<String>, got: impl Into<String>) -> Self {
        let mut words = Words {
            expected: expected.into(),
            got: String::new(),
            say: String::new(),
            man: String::new(),
            place: None,
            journal: Vec::new(),
        };
        words.set_got(got);
        Failure(Box::new(words))
    }

    /// The words as they are so far.
    pub fn words(&self) -> &Words {
        &self.0
    }
}

impl Words {
    /// What the submission did instead.
    pub fn got(&self) -> &str {
        &self.got
    }

    /// Says anew what the submission did instead.
    pub fn set_got(&mut self, got: impl Into<String>) {
        let got: String = got.into();
        self.got = match got.char_indices().nth(GOT_LIMIT) {
            Some((end, _)) => format!("{} …", &got[..end]),
            None => got,
        };
    }

    /// Shows what the journal says of a unit, unless something closer is shown.
    pub fn show_journal(&mut self, unit: &str) {
        if self.journal.is_empty() {
            self.journal = systemctl::journal(unit);
        }
    }

    /// Whether a line of the journal that it shows has `words` in it.
    pub fn journal_has(&self, words: &str) -> bool {
        self.journal.iter().any(|line| line.contains(words))
    }

    /// What a colleague would say, unless something closer has been said.
    pub fn add_say(&mut self, words: impl Into<String>) {
        if self.say.is_empty() {
            self.say = words.into();
        }
    }
}

/// Explains a failure, or the failure in a result; what is already explained keeps its first, closest words.
pub trait Explain: Sized {
    /// Applies `explain` to the failure, if there is one.
    fn explain(self, explain: impl FnOnce(&mut Words)) -> Self;

    /// What a colleague would say.
    fn say(self, words: impl Into<String>) -> Self {
        self.explain(|failure| failure.add_say(words))
    }

    /// The man page with its section, and the place in it: `open(2), O_APPEND`.
    fn man(self, page: &str) -> Self {
        self.explain(|failure| {
            if failure.man.is_empty() {
                failure.man = page.to_owned();
            }
        })
    }

    /// The learner's function that is to be mended; its line is found if it still has this name.
    fn in_function(self, name: &str) -> Self {
        self.explain(|failure| {
            if failure.place.is_none() {
                failure.place = submission::place_of(name);
            }
        })
    }

    /// The line of the learner's unit `file` that begins with `setting`; the file as a whole if there is none.
    fn at_setting(self, file: &str, setting: &str) -> Self {
        let line = submission::line_that_begins(file, setting);
        self.at_line(file, line)
    }

    /// The line of the learner's `file` that is to be mended.
    fn at_line(self, file: &str, line: Option<usize>) -> Self {
        self.explain(|failure| {
            if failure.place.is_none() {
                failure.place = Some((file.to_owned(), line));
            }
        })
    }

    /// The lines of the journal that show it.
    fn journal(self, lines: Vec<String>) -> Self {
        self.explain(|failure| failure.journal = lines)
    }
}

impl Explain for Failure {
    fn explain(mut self, explain: impl FnOnce(&mut Words)) -> Self {
        explain(&mut self.0);
        self
    }
}

impl<T> Explain for Result<T> {
    fn explain(self, explain: impl FnOnce(&mut Words)) -> Self {
        self.map_err(|failure| failure.explain(explain))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::new("a machine on which this check can run", error.to_string())
            .say("the check itself could not do its work; this may not be your mistake")
    }
}

impl From<nix::Error> for Failure {
    fn from(errno: nix::Error) -> Self {
        io::Error::from(errno).into()
    }
}

/// libtest formats the error that ends a test, once: this is where the failure is told to the runner.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        report::failure(&self.0);
        write!(f, "expected {}, got {}", self.0.expected, self.0.got)
    }
}
