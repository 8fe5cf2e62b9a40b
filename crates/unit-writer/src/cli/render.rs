//! Findings as people and programs read them.

use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use serde::Serialize;
use unit_file::syntax::{Span, UnitFile};
use unit_writer::checks::{Edit, Finding, Fix, Severity};
use unit_writer::load::Source;

/// Lines that are longer are not shown; nobody could find anything in them.
const MAX_SNIPPET: usize = 2000;

/// Collects what is found in the files and prints it, at once or as one JSON text at the end.
pub(crate) struct Report {
    json: Option<Vec<JsonFinding>>,
    renderer: Renderer,
    /// What was said of a drop-in already, when its unit was judged.
    seen: HashSet<(PathBuf, usize, &'static str)>,
    files: usize,
    counts: [usize; 3],
}

/// A finding, as `--json` prints it.
#[derive(Debug, Serialize)]
struct JsonFinding {
    file: String,
    /// From 1; 0 if the finding is about the whole file.
    line: usize,
    column: usize,
    severity: &'static str,
    code: &'static str,
    message: String,
    effect: String,
    fix: Option<String>,
    man: String,
}

impl Report {
    pub(crate) fn new(json: bool) -> Report {
        let json = json.then(Vec::new);
        Report { json, renderer: renderer(), seen: HashSet::new(), files: 0, counts: [0; 3] }
    }

    /// A report on standard error, where colours would be a guess.
    pub(crate) fn for_errors() -> Report {
        Report { renderer: Renderer::plain(), ..Report::new(false) }
    }

    /// Adds the findings of one file.
    pub(crate) fn add(
        &mut self,
        source: &Source,
        findings: Vec<Finding>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.files += 1;
        for finding in findings {
            if !self.is_new(source, &finding) {
                continue;
            }
            self.counts[finding.severity as usize] += 1;
            let part = source.part_of(finding.part);
            let path = part.path.display().to_string();
            match &mut self.json {
                Some(all) => all.push(json_finding(path, &part.file, finding)),
                None => writeln!(out, "{}\n", human(&self.renderer, &path, &part.file, &finding))?,
            }
        }
        Ok(())
    }

    /// A fault of a drop-in shows when its unit is judged, and when the drop-in is.
    fn is_new(&mut self, source: &Source, finding: &Finding) -> bool {
        let Some(span) = finding.span.as_ref().filter(|_| !source.beside.is_empty()) else {
            return true;
        };
        let path = source.part_of(finding.part).path.clone();
        self.seen.insert((path, span.start, finding.code))
    }

    /// Ends the report: the JSON text, or a line that sums it up.
    pub(crate) fn finish(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(all) = &self.json {
            serde_json::to_writer_pretty(&mut *out, all)?;
            return writeln!(out);
        }
        // Of what could not be read, the errors have told already.
        if self.files == 0 {
            return Ok(());
        }
        let counted = |count: usize, what: &str| {
            format!("{count} {what}{}", if count == 1 { "" } else { "s" })
        };
        let mut found = Vec::new();
        for (count, what) in self.counts.into_iter().zip(["remark", "warning", "error"]).rev() {
            if count > 0 {
                found.push(counted(count, what));
            }
        }
        let found = if found.is_empty() { "nothing to say".to_owned() } else { found.join(", ") };
        writeln!(out, "{} checked: {found}", counted(self.files, "file"))
    }

    /// The worst that was found.
    pub(crate) fn worst(&self) -> Option<Severity> {
        let severities = [Severity::Error, Severity::Warning, Severity::Info];
        severities.into_iter().find(|severity| self.counts[*severity as usize] > 0)
    }
}

/// Colours on a terminal, unless somebody asked for none; no-color.org.
fn renderer() -> Renderer {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let wants_colour = io::stdout().is_terminal() && !refused && !dumb;
    if wants_colour { Renderer::styled() } else { Renderer::plain() }
}

fn json_finding(path: String, file: &UnitFile, finding: Finding) -> JsonFinding {
    let (line, column) = finding.span.as_ref().map_or((0, 0), |span| file.position(span.start));
    JsonFinding {
        file: path,
        line,
        column,
        severity: finding.severity.as_str(),
        code: finding.code,
        message: finding.message,
        effect: finding.effect,
        fix: finding.fix.map(|fix| fix.says),
        man: finding.man,
    }
}

/// The lines with the words underlined, or only where it is; what systemd does; and the lines as
/// they will be, or how to mend it in words.
fn human(renderer: &Renderer, path: &str, file: &UnitFile, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let group = level.primary_title(finding.message.as_str()).id(finding.code);
    let window = finding.span.as_ref().and_then(|span| Window::around(file, span));
    let mut group = match (&window, &finding.span) {
        (Some(window), _) => {
            let annotation = AnnotationKind::Primary.span(window.mark.clone());
            group.element(window.snippet(path).annotation(annotation))
        }
        (None, Some(span)) => {
            let (line, column) = file.position(span.start);
            group.element(Origin::path(path).line(line).char_column(column))
        }
        (None, None) => group.element(Origin::path(path)),
    };
    if !finding.effect.is_empty() {
        group = group.element(Level::NOTE.with_name("effect").message(finding.effect.as_str()));
    }
    let mut patched = None;
    if let Some(fix) = &finding.fix {
        patched = window.as_ref().and_then(|window| window.patched(path, fix));
        if patched.is_none() {
            group = group.element(Level::HELP.with_name("fix").message(fix.says.as_str()));
        }
    }
    group = group.element(Level::NOTE.with_name("man").message(finding.man.as_str()));
    let groups: Vec<Group<'_>> = [group].into_iter().chain(patched).collect();
    renderer.render(&groups)
}

/// The lines around a span, as text, and the span in it.
struct Window<'a> {
    text: &'a str,
    first_line: usize,
    start: usize,
    mark: Span,
}

impl<'a> Window<'a> {
    fn around(file: &'a UnitFile, span: &Span) -> Option<Window<'a>> {
        let lines = file.lines();
        let index_of = |offset: usize| {
            lines.partition_point(|line| line.end <= offset).min(lines.len().saturating_sub(1))
        };
        let (first, last) =
            (index_of(span.start), index_of(span.end.saturating_sub(1).max(span.start)));
        let whole = lines.get(first)?.text.start..lines.get(last)?.text.end;
        // Bytes that are not UTF-8 and zero bytes between lines would shift the marks.
        let text = std::str::from_utf8(file.bytes().get(whole.clone())?).ok()?;
        if text.len() > MAX_SNIPPET || text.contains(['\0', '\r']) {
            return None;
        }
        let mark = span.start - whole.start..(span.end - whole.start).min(text.len());
        Some(Window { text, first_line: first + 1, start: whole.start, mark })
    }

    fn snippet<T: Clone>(&self, path: &'a str) -> Snippet<'a, T> {
        Snippet::source(self.text).line_start(self.first_line).path(path)
    }

    /// The lines as they will be, if all of the fix's edits are within the window.
    fn patched(&self, path: &'a str, fix: &'a Fix) -> Option<Group<'a>> {
        let end = self.start + self.text.len();
        let is_inside = |edit: &Edit| edit.span.start >= self.start && edit.span.end <= end;
        if fix.edits.is_empty() || !fix.edits.iter().all(is_inside) {
            return None;
        }
        let patches = fix.edits.iter().map(|edit| {
            Patch::new(edit.span.start - self.start..edit.span.end - self.start, &*edit.text)
        });
        let title = Level::HELP.with_name("fix").secondary_title(fix.says.as_str());
        Some(title.element(self.snippet(path).patches(patches)))
    }
}
