//! A finding: what is wrong where, what systemd will do about it, and how to mend it.
//!
//! A good finding answers four questions in this order. The message says what is wrong, in terms
//! of the file; the effect says what systemd does, in terms of what happens; the fix says what to
//! write; and the man page is where to read on.

use unit_file::syntax::Span;

/// Of a file with more faults than this, the rest is not told: it is no unit file.
pub const MAX_FINDINGS: usize = 200;

/// What the worst errors cost.
pub(super) const REFUSED: &str = "systemd refuses the unit; it does not load";

/// How bad a finding is.
///
/// The effect alone decides, not how easily it is mended: an error is what stops the unit, a
/// warning what makes it do something else than it says.
///
/// ```
/// use unit_writer::checks::Severity;
///
/// assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Info);
/// assert_eq!(Severity::Info.as_str(), "info");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Legal, and worth knowing.
    Info,
    /// The unit loads, but something in it is ignored or means something else.
    Warning,
    /// systemd refuses the unit, or it can't start as written.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing to say about a unit file.
///
/// ```
/// use unit_writer::checks::{Finding, Severity};
///
/// let finding = Finding::warning("unknown-key", 10..19, "systemd knows no key ExecStrat=")
///     .effect("systemd ignores this line")
///     .suggest("write ExecStart=", 10..19, "ExecStart");
/// assert_eq!(finding.severity, Severity::Warning);
/// ```
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of finding it is, in a few words with dashes: `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Which part of the file it is about; `None` for the whole of it.
    pub span: Option<Span>,
    /// Where the span is in another file than the one that is judged: in the unit's part of this
    /// index, in the order that systemd reads them.
    pub part: Option<usize>,
    /// What is wrong, in lower case.
    pub message: String,
    /// What systemd will do.
    pub effect: String,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// The man page to read.
    pub man: String,
}

/// How to mend it: in words, and where there is just one way, as changes to the file.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What to do, in lower case.
    pub says: String,
    /// The changes; none if only somebody who knows the service can tell.
    pub edits: Vec<Edit>,
    /// Whether the changes are surely what was meant, so that `--fix` makes them.
    pub is_safe: bool,
}

/// Some bytes of the file, and what takes their place.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// The new text.
    pub text: String,
}

impl Finding {
    /// A finding about a part of the file.
    pub fn new(
        severity: Severity,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            code,
            severity,
            span: Some(span),
            part: None,
            message: message.into(),
            effect: String::new(),
            fix: None,
            man: "systemd.syntax(7)".to_owned(),
        }
    }

    /// An error about a part of the file.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Error, code, span, message)
    }

    /// A warning about a part of the file.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Warning, code, span, message)
    }

    /// A remark about a part of the file.
    pub fn info(code: &'static str, span: Span, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Info, code, span, message)
    }

    /// A finding about the whole file.
    pub fn whole(severity: Severity, code: &'static str, message: impl Into<String>) -> Finding {
        Finding { span: None, ..Finding::new(severity, code, 0..0, message) }
    }

    /// Says what systemd does.
    pub fn effect(mut self, effect: impl Into<String>) -> Finding {
        self.effect = effect.into();
        self
    }

    /// Names the man page.
    pub fn man(mut self, page: impl Into<String>) -> Finding {
        self.man = page.into();
        self
    }

    /// Says what to do, where that takes somebody who knows the service.
    pub fn advice(mut self, says: impl Into<String>) -> Finding {
        self.fix = Some(Fix { says: says.into(), edits: Vec::new(), is_safe: false });
        self
    }

    /// Offers a change that is probably, but not surely, meant.
    pub fn suggest(
        mut self,
        says: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Finding {
        self.fix = Some(Fix {
            says: says.into(),
            edits: vec![Edit { span, text: text.into() }],
            is_safe: false,
        });
        self
    }

    /// Offers a change that is surely meant.
    pub fn mend(mut self, says: impl Into<String>, edits: Vec<Edit>) -> Finding {
        self.fix = Some(Fix { says: says.into(), edits, is_safe: true });
        self
    }
}

/// Takes what a rule says, which is mostly nothing.
///
/// `Vec::extend` would do the same; but it moves a whole finding even where there is none, and
/// rules are asked some ten thousand times in a run.
pub(super) trait Told {
    /// Adds the finding, if there is one.
    fn tell(&mut self, finding: Option<Finding>);
}

impl Told for Vec<Finding> {
    fn tell(&mut self, finding: Option<Finding>) {
        if let Some(finding) = finding {
            self.push(finding);
        }
    }
}
