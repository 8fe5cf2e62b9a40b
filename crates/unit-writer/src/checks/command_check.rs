//! A command that is being judged, and the questions that all checks of commands ask of it.

use unit_file::syntax::{Assignment, Span};
use unit_file::values::{Command, Prefix, Word};

use super::subject::Subject;

/// The page that explains it all.
pub(super) const MAN: &str = "systemd.service(5)";

/// A command and where it stands.
pub(super) struct CommandCheck<'c, 'a> {
    pub(super) subject: &'c Subject<'a>,
    pub(super) assignment: &'c Assignment,
    pub(super) command: &'c Command,
}

/// Keys that give the command other files to see than the machine's.
const OTHER_ROOTS: &str = "RootDirectory RootImage ExecSearchPath BindPaths BindReadOnlyPaths \
                           MountImages ExtensionImages";

impl CommandCheck<'_, '_> {
    pub(super) fn span_of(&self, word: &Word) -> Span {
        self.assignment.value.span_of(word.span.clone())
    }

    /// A sandbox may give the command other files to see than the machine's.
    pub(super) fn sees_other_files(&self) -> bool {
        OTHER_ROOTS.split(' ').any(|key| self.subject.has(key))
    }

    /// The prefix - says that a failure of the command does not count.
    pub(super) fn may_fail(&self) -> bool {
        self.command.has(Prefix::IgnoreFailure)
    }

    /// Whether the unit may set `$PATH` for its commands.
    pub(super) fn has_own_path(&self) -> bool {
        let lines = self.subject.effective.values("Service", "Environment");
        lines.iter().any(|entry| entry.assignment.value.text().contains("PATH="))
            || ["EnvironmentFile", "PassEnvironment"].iter().any(|key| self.subject.has(key))
    }

    /// A unit that only starts where a file is has said so itself.
    pub(super) fn is_conditional(&self, path: &str) -> bool {
        let keys = [
            "ConditionFileIsExecutable",
            "ConditionPathExists",
            "AssertFileIsExecutable",
            "AssertPathExists",
        ];
        let mut values = keys.iter().flat_map(|key| self.subject.effective.values("Unit", key));
        values.any(|entry| entry.assignment.value.text().trim_start_matches('|') == path)
    }
}
