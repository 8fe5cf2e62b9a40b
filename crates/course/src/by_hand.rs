//! `course shell`: a lab in which the learner's files are installed as the check does it, and a
//! prompt.

use std::path::Path;

use anstyle::Style;
use check_report::{Text, text};
use lab::{Access, Bind, COMMAND_TIMEOUT, End, Joined, Lab, Options};

use crate::cli::ShellArgs;
use crate::door;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Grader, Layout, Refusal};
use crate::project::Project;
use crate::terminal::Terminal;
use crate::work::Work;

const PLAIN: Style = Style::new();

/// Installs the files in the directory `$1` where an administrator would: units, scripts, and the
/// program `$2` under the name `$3`. Prints what it installs.
const INSTALL: &str = r#"
cd -- "$1"
for file in *; do
  case $file in
    *.service | *.socket | *.target | *.timer | *.mount | *.path | *.slice)
      to=/etc/systemd/system/$file; mode=644;;
    *)
      [ "$(head --bytes=2 -- "$file" 2>&-)" = '#!' ] || continue
      to=/usr/local/bin/$file; mode=755;;
  esac
  install --mode=$mode -- "$file" "$to" && echo "$to"
done
[ -z "$2" ] || { install -- "$2" "/usr/local/bin/$3" && echo "/usr/local/bin/$3"; }
"#;

/// Opens the shell that `args` asks for.
pub(crate) fn shell(
    project: &Project,
    args: &ShellArgs,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    if args.join {
        return visit(project, args.name.as_deref(), terminal);
    }
    let work = Work::open(project, terminal)?;
    let exercise = work.at(args.name.as_deref())?;
    let grader = Grader::new(project, args.mode, true);
    open(&work, &grader, &exercise, args.mode, terminal)
}

/// Opens a shell for `exercise`.
pub(crate) fn open(
    work: &Work<'_>,
    grader: &Grader<'_>,
    exercise: &Exercise,
    mode: Option<lab::Mode>,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let source = work.started(exercise)?;
    let layout = match grader.by_hand(exercise, &source)? {
        Ok(layout) => layout,
        Err(Refusal::File(why)) => {
            terminal.say(why)?;
            return Err(Error::NotPassed);
        }
        Err(Refusal::DoesNotCompile(said)) => {
            terminal.say("It does not compile:")?;
            terminal.answered(PLAIN, said.trim_end())?;
            return Err(Error::NotPassed);
        }
    };
    let binds = binds(work.project, &source, &layout);
    let lab = Lab::boot(&Options { mode, binds })?;
    let installed = install(&lab, exercise, &layout)?;
    let id = exercise.id();
    let title = exercise.title();
    terminal.say_in(PLAIN.bold(), text!("{id} {title}: a lab of your own", id, title))?;
    for path in installed.lines() {
        terminal.say(text!("  installed: {path}", path))?;
    }
    what_to_type(exercise, &installed, terminal)?;
    let _door = door::open(&lab, work.project, &id, &source);
    let rebooted = || {};
    match lab.shell(&source, "root", rebooted) {
        // That it was left with the status of its last command is nobody's error.
        Ok(_) | Err(lab::Error::Gone(End::PoweredOff)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What the lab shows of the host, read-only: the project, the learner's copy, and what was laid
/// out for the shell.
fn binds(project: &Project, source: &Path, layout: &Layout) -> Vec<Bind> {
    let root = project.root.as_path();
    let mut paths = vec![root];
    paths.extend([source, &layout.dir].into_iter().filter(|path| !path.starts_with(root)));
    let bind = |path: &Path| Bind { path: path.to_owned(), access: Access::ReadOnly };
    paths.into_iter().map(bind).collect()
}

/// Installs what was laid out, and prepares what the check prepares; returns what was installed.
fn install(lab: &Lab, exercise: &Exercise, layout: &Layout) -> Result<String, Error> {
    let program = layout.program.as_ref().map(|path| path.display().to_string());
    let name = exercise.program().unwrap_or_default();
    let files = layout.files();
    let mut install = lab.command("bash");
    install.args(["-c", INSTALL, "bash"]).arg(&files).arg(program.unwrap_or_default()).arg(name);
    let installed = install.output(COMMAND_TIMEOUT)?;
    let prepare = format!("{}\nsystemctl daemon-reload", exercise.manifest.by_hand.prepare);
    // What the learner has written may be wrong; then that is what they want to see.
    lab.command("bash").args(["-c", &prepare]).current_dir(&files).output(COMMAND_TIMEOUT)?;
    Ok(String::from_utf8_lossy(&installed.stdout).into_owned())
}

/// What a learner at the prompt may want to begin with, and how they leave.
fn what_to_type(
    exercise: &Exercise,
    installed: &str,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let by_hand = &exercise.manifest.by_hand;
    let commands =
        if by_hand.try_first.is_empty() { usual(installed) } else { by_hand.try_first.clone() };
    if !commands.is_empty() {
        terminal.say("Try:")?;
    }
    for command in commands {
        terminal.line(PLAIN.bold(), &format!("  {command}"))?;
    }
    terminal.say(
        "You are root in there. exit leaves it, and then all of it is gone; your files are yours \
         to edit outside, and are installed anew by the next shell.",
    )
}

/// What one does with units, and with a program.
fn usual(installed: &str) -> Vec<String> {
    let names = installed.lines().filter_map(|path| path.rsplit('/').next());
    let unit = |name: &&str| installed.contains(&format!("/etc/systemd/system/{name}"));
    let (units, programs): (Vec<&str>, Vec<&str>) = names.partition(unit);
    match (units.first(), programs.first()) {
        (Some(unit), _) => {
            let verbs = ["systemctl start", "systemctl status", "journalctl --unit"];
            verbs.iter().map(|verb| format!("{verb} {unit}")).collect()
        }
        (None, Some(program)) => vec![(*program).to_owned()],
        (None, None) => Vec::new(),
    }
}

/// Goes into a lab that another terminal has open: the one of the lesson or exercise `wanted`.
fn visit(
    project: &Project,
    wanted: Option<&str>,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let mut open = door::knock(project)?;
    if open.is_empty() {
        return Err(Error::Says(
            "there is no lab to join: it is there while a lesson waits for you, or cargo course \
             shell is open in another terminal"
                .into(),
        ));
    }
    let known = open.iter().map(Joined::about).collect::<Vec<_>>().join(", ");
    open.retain(|joined| wanted.is_none_or(|wanted| wanted == joined.about()));
    let at = if open.len() > 1 { which(&open, terminal)? } else { Some(0) };
    let Some(joined) = at.and_then(|at| open.get(at)) else {
        return Err(Error::Says(text!(
            "cannot tell which lab: those of {known} are open; name one, such as cargo course \
             shell 2.8 --join",
            known,
        )));
    };
    let about = in_words(joined);
    terminal.say(text!(
        "This is {about}, which the other terminal keeps. exit leaves it as it is.",
        about,
    ))?;
    // That the lab may end under the visitor is no error of theirs.
    joined.command("bash").current_dir(joined.directory()).status()?;
    Ok(())
}

/// The lab that the learner means; none if there is nobody to ask.
fn which(open: &[Joined], terminal: &mut Terminal<'_>) -> Result<Option<usize>, Error> {
    if !terminal.is_interactive() {
        return Ok(None);
    }
    terminal.say("Several labs are open. Which one?")?;
    for (at, joined) in open.iter().enumerate() {
        let (number, about) = (at + 1, terminal.fill(&in_words(joined)));
        terminal.line(PLAIN, &format!("  {number}  {about}"))?;
    }
    Ok(Some(terminal.choice(open.len())?.map_or(0, |number| number - 1)))
}

/// Whose lab it is, as the door says it.
fn in_words(joined: &Joined) -> Text {
    let id = joined.about();
    if id.contains('.') {
        text!("the lab of {id}", id)
    } else {
        text!("the lab of lesson {number}", number = id)
    }
}
