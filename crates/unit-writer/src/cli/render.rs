//! Findings as people and programs read them.

use std::io::{self, IsTerminal, Write};

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};
use serde::Serialize;
use unit_file::syntax::{Span, UnitFile};
use unit_writer::checks::{Finding, Fix, Severity};
use unit_writer::load::Source;

/// Lines that are longer are not shown; nobody could find anything in them.
const MAX_SNIPPET: usize = 2000;

/// Collects what is found in the files and prints it, at once or as one JSON text at the end.
pub(crate) struct Report {
    json: Option<Vec<JsonFinding>>,
    renderer: Renderer,
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
        Report { json: json.then(Vec::new), renderer: renderer(), files: 0, counts: [0; 3] }
    }

    /// A report on standard error, where colours would be a guess.
    pub(crate) fn for_errors() -> Report {
        Report { json: None, renderer: Renderer::plain(), files: 0, counts: [0; 3] }
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
            self.counts[finding.severity as usize] += 1;
            let part = source.part_of(finding.part);
            let path = part.path.display().to_string();
            match &mut self.json {
                Some(all) => all.push(json_finding(&path, &part.file, finding)),
                None => writeln!(out, "{}\n", human(&self.renderer, &path, &part.file, &finding))?,
            }
        }
        Ok(())
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
        let [infos, warnings, errors] = self.counts;
        let found: Vec<String> = [(errors, "error"), (warnings, "warning"), (infos, "remark")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| counted(count, what))
            .collect();
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
pub(crate) fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !refused && !dumb
}

fn renderer() -> Renderer {
    if wants_colour() { Renderer::styled() } else { Renderer::plain() }
}

fn json_finding(path: &str, file: &UnitFile, finding: Finding) -> JsonFinding {
    let (line, column) = finding.span.as_ref().map_or((0, 0), |span| file.position(span.start));
    JsonFinding {
        file: path.to_owned(),
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

fn human(renderer: &Renderer, path: &str, file: &UnitFile, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let window = finding.span.as_ref().and_then(|span| Window::around(file, span));
    let mut group = level.primary_title(finding.message.as_str()).id(finding.code).element(place(
        path,
        file,
        finding,
        window.as_ref(),
    ));
    if !finding.effect.is_empty() {
        group = group.element(Level::NOTE.with_name("effect").message(finding.effect.as_str()));
    }
    let patches =
        window.as_ref().zip(finding.fix.as_ref()).and_then(|(window, fix)| window.patches(fix));
    if let (Some(fix), None) = (&finding.fix, &patches) {
        group = group.element(Level::HELP.with_name("fix").message(fix.says.as_str()));
    }
    group = group.element(Level::NOTE.with_name("man").message(finding.man.as_str()));
    let mut groups = vec![group];
    if let (Some(fix), Some(patches), Some(window)) = (&finding.fix, patches, &window) {
        groups.push(patched(path, fix, patches, window));
    }
    renderer.render(&groups)
}

/// The lines with the words underlined, or only where it is.
fn place<'a>(
    path: &'a str,
    file: &UnitFile,
    finding: &Finding,
    window: Option<&'a Window>,
) -> Element<'a> {
    match (window, &finding.span) {
        (Some(window), _) => {
            let annotation = AnnotationKind::Primary.span(window.mark.clone());
            Snippet::source(window.text.as_str())
                .line_start(window.first_line)
                .path(path)
                .annotation(annotation)
                .into()
        }
        (None, Some(span)) => {
            let (line, column) = file.position(span.start);
            Origin::path(path).line(line).char_column(column).into()
        }
        (None, None) => Origin::path(path).into(),
    }
}

/// The lines as they will be.
fn patched<'a>(
    path: &'a str,
    fix: &'a Fix,
    patches: Vec<Patch<'a>>,
    window: &'a Window,
) -> Group<'a> {
    let snippet = Snippet::source(window.text.as_str())
        .line_start(window.first_line)
        .path(path)
        .patches(patches);
    Level::HELP.with_name("fix").secondary_title(fix.says.as_str()).element(snippet)
}

/// The lines around a span, as text, and the span in it.
struct Window {
    text: String,
    first_line: usize,
    start: usize,
    mark: Span,
}

impl Window {
    fn around(file: &UnitFile, span: &Span) -> Option<Window> {
        let lines = file.lines();
        let index_of = |offset: usize| {
            lines.partition_point(|line| line.end <= offset).min(lines.len().saturating_sub(1))
        };
        let (first, last) =
            (index_of(span.start), index_of(span.end.saturating_sub(1).max(span.start)));
        let whole = lines.get(first)?.text.start..lines.get(last)?.text.end;
        // Bytes that are not UTF-8 and zero bytes between lines would shift the marks.
        let text = std::str::from_utf8(file.bytes().get(whole.clone())?).ok()?;
        if text.len() > MAX_SNIPPET || text.contains('\0') || text.contains('\r') {
            return None;
        }
        let mark = span.start - whole.start..(span.end - whole.start).min(text.len());
        Some(Window { text: text.to_owned(), first_line: first + 1, start: whole.start, mark })
    }

    /// The fix's edits, if all of them are within the window.
    fn patches(&self, fix: &Fix) -> Option<Vec<Patch<'static>>> {
        let end = self.start + self.text.len();
        let is_inside =
            fix.edits.iter().all(|edit| edit.span.start >= self.start && edit.span.end <= end);
        let patch = |edit: &unit_writer::checks::Edit| {
            Patch::new(edit.span.start - self.start..edit.span.end - self.start, edit.text.clone())
        };
        (is_inside && !fix.edits.is_empty()).then(|| fix.edits.iter().map(patch).collect())
    }
}
