//! What a check tells the course while it runs: one JSON object a line, on standard error.
//!
//! It isn't the verdict. Which promises were kept is said by the check binary's own output; a
//! [`Message`] says what the check is waiting for, and why a promise was broken. What is said to a
//! learner is a [`Text`].
//!
//! ```
//! use check_report::{Explanation, Message, text};
//!
//! let explanation = Explanation {
//!     expected: "a line in dates.log".into(),
//!     got: text!("{lines} lines", lines = 0),
//!     ..Explanation::default()
//! };
//! let line = Message::Failure { promise: "l01::e02::appends".into(), explanation }.to_line();
//! assert!(line.ends_with("}\n"));
//!
//! // A line of another origin is no message.
//! assert!(Message::from_line("thread panicked").is_none());
//! let Some(Message::Failure { explanation, .. }) = Message::from_line(&line) else { panic!() };
//! assert_eq!(explanation.got.english(), "0 lines");
//! ```

mod text;

use serde::{Deserialize, Serialize};

pub use text::{Text, Value, assert_fits};

/// One line of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// What the check is about to do, so that the course can name it if it has to stop the check.
    At {
        /// The promise's name in the check binary, such as `l01::e02::keeps_what_was_there`.
        promise: String,
        /// The check's own source file.
        file: String,
        /// The line in it.
        line: u32,
        /// What it does, such as "waiting for a line in dates.log".
        what: Text,
    },
    /// A promise was not kept.
    Failure {
        /// The promise's name in the check binary.
        promise: String,
        /// Why not.
        #[serde(flatten)]
        explanation: Explanation,
    },
    /// A promise could not be tried, because of something that another promise has reported.
    Later {
        /// The promise's name in the check binary.
        promise: String,
        /// What to say if, against all expectation, no other promise has reported anything.
        #[serde(flatten)]
        explanation: Explanation,
    },
}

impl Message {
    /// The message as a line, with the newline.
    pub fn to_line(&self) -> String {
        let json = serde_json::to_string(self).expect("a message has only strings and numbers");
        format!("{json}\n")
    }

    /// Reads a line; nothing if it is no message. Text before the message is left out: a check that
    /// is stopped may have begun a line of its own.
    pub fn from_line(line: &str) -> Option<Self> {
        serde_json::from_str(&line[line.find('{')?..]).ok()
    }
}

/// Why a promise was not kept, in the words that a good colleague would use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Explanation {
    /// What should have been.
    pub expected: Text,
    /// What was.
    pub got: Text,
    /// What a colleague would say; empty if there is nothing to say.
    pub say: Text,
    /// The man page with its section, and the place in it: `open(2), O_APPEND`.
    pub man: Text,
    /// The learner's file, if one can be named.
    pub file: Option<String>,
    /// The line in it, counted from 1.
    pub line: Option<usize>,
    /// The lines of the journal that show it.
    pub journal: Vec<String>,
}
