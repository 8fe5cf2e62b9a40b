//! 2.1: three sections, up to a reboot; systemd.unit(5) and systemd.service(5).

use std::fs;
use std::sync::OnceLock;

use check::{Explain, Failure, Result, Text, Unit, proc_of, text, wait_until};

use super::shared::{PROGRAM, Run, Worker, Written, companions, is_alive, is_running, runs};

const FILE: &str = "worker.service";
const WORKER: Unit = Unit::named(FILE);

#[test]
fn a_start_puts_the_worker_to_work() -> Result {
    let worker = install()?;
    let run = worker.start().explain(|failure| {
        if failure.journal_has("take no arguments") {
            failure.add_say(
                "the worker takes no arguments. No shell reads ExecStart=: >, |, &, # and $(…) \
                 reach the program as arguments, like any other word",
            );
        } else if !failure.got().starts_with("Failed to start") {
            failure.add_say("the program does not get as far as its work");
        }
    })?;
    is_main_process(&run)
}

#[test]
fn being_enabled_hangs_it_on_the_boot() -> Result {
    let _worker = install()?;
    let Before { state, refusal, .. } = before_any_start()?;
    if state == "enabled" {
        return Ok(());
    }
    if let Some(refusal) = refusal {
        let got = text!("{state}; {refusal}", state, refusal = refusal.trim());
        return Err(Failure::new("enabled", got)
            .say("systemctl enable refuses what [Install] asks for")
            .man("systemd.unit(5), [INSTALL] SECTION OPTIONS")
            .at_setting(FILE, "[Install]"));
    }
    Err(Failure::new("enabled", text!("{state}, after systemctl enable", state))
        .say(
            "systemctl enable does what [Install] says, and there it says nothing: no target is \
             named that would want the unit",
        )
        .man("systemd.unit(5), [INSTALL] SECTION OPTIONS")
        .at_setting(FILE, "[Install]"))
}

#[test]
fn says_what_it_is() -> Result {
    let _worker = install()?;
    let description = &before_any_start()?.description;
    // Not every language has blanks between its words.
    let letters: String =
        description.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let is_name = ["worker", "workerservice", "todo"].contains(&letters.as_str());
    if !is_name && letters.chars().count() > 1 {
        return Ok(());
    }
    Err(Failure::new("a Description= in words", Text::quoted(description))
        .say(
            "without Description= the journal and the status show the file's name, which says \
             nothing new; so say more than that",
        )
        .man("systemd.unit(5), Description=")
        .at_setting(FILE, "Description="))
}

#[test]
fn stays_at_work_until_it_is_told_to_end() -> Result {
    let worker = install()?;
    worker.start()?;
    Written::as_named(FILE).lasts()?;
    WORKER.stop()?;
    let again = worker.start().say("the first start worked, and the second did not")?;
    is_main_process(&again)?;
    leaves_nobody_beside_it(&again)?;
    makes_no_units()?;
    says_it_to_the_journal(&again)
}

/// What runs before or after the start is over when the start is. Who stays may end the worker
/// later.
fn leaves_nobody_beside_it(run: &Run) -> Result {
    let mut seen = Text::default();
    wait_until("nobody beside the worker", || {
        if !is_alive(&run.pid) {
            seen = "the worker has ended".into();
            return Ok(Some(false));
        }
        let beside = companions(FILE, &run.pid)?;
        seen = Text::verbatim(beside.join(", "));
        Ok(beside.is_empty().then_some(true))
    })
    .and_then(
        |alone| if alone { Ok(()) } else { Err(Failure::new("a worker that stays at work", "")) },
    )
    .explain(|failure| failure.set_got(seen))
    .say(
        "what runs before or after the start comes to its end there; what stays behind may end \
         the worker, or outlive it",
    )
    .man("systemd.service(5), ExecStartPost=")
    .at_setting(FILE, "Exec")
}

/// Who makes a unit that starts later may end the worker then.
fn makes_no_units() -> Result {
    let before = &before_any_start()?.made;
    match units_of_a_command().into_iter().find(|unit| !before.contains(unit)) {
        None => Ok(()),
        Some(unit) => Err(Failure::new("no unit but the worker's own", Text::verbatim(unit))
            .say(
                "what systemd-run makes outlives what has called it, and may end the worker \
                 later: leave the rest of the machine alone",
            )
            .man("systemd-run(1)")
            .at_setting(FILE, "Exec")),
    }
}

/// The units that are nobody's file: systemd-run(1) and other programs have made them.
fn units_of_a_command() -> Vec<String> {
    let made = fs::read_dir("/run/systemd/transient").into_iter().flatten().flatten();
    made.filter_map(|unit| unit.file_name().into_string().ok()).collect()
}

/// What the worker says reaches the journal, or a log: the kernel knows where it goes.
fn says_it_to_the_journal(run: &Run) -> Result {
    for (stream, setting) in [("1", "StandardOutput="), ("2", "StandardError=")] {
        let goes = fs::read_link(proc_of(&run.pid).join("fd").join(stream));
        let goes = goes.unwrap_or_default().to_string_lossy().into_owned();
        // A socket is the journal's, a pipe leads to another program; the kernel's messages are
        // read by the journal too.
        let reaches = ["socket:", "pipe:", "/dev/kmsg", "/var/log/"];
        if !reaches.iter().any(|kind| goes.starts_with(kind)) {
            let got = text!("{goes}, as file descriptor {stream} of the worker", goes, stream);
            return Err(Failure::new("output that goes to the journal, or below /var/log", got)
                .say(
                    "nobody reads there what the worker says; the journal is where it goes if the \
                     unit says nothing of it",
                )
                .man("systemd.exec(5), StandardOutput=")
                .at_setting(FILE, setting));
        }
    }
    // What is less important than this is thrown away on its way; -1 is no limit.
    let [most, level] = WORKER.properties(["LogLevelMax", "SyslogLevel"])?;
    let number = |text: &str| text.parse::<i32>().unwrap_or(-1);
    if number(&most) < 0 || number(&most) >= number(&level) % 8 {
        return Ok(());
    }
    Err(Failure::new(
        "output that goes to the journal, or below /var/log",
        text!("LogLevelMax={most}, where it is of level {level}", most, level),
    )
    .say("LogLevelMax= throws away what is less important, and a program's words are of level 6")
    .man("systemd.exec(5), LogLevelMax=")
    .at_setting(FILE, "LogLevelMax="))
}

mod after_reboot {
    use super::{Explain, FILE, Result, Text, WORKER, is_main_process, runs, text, wait_until};

    #[test]
    fn is_at_work_again() -> Result {
        let run = wait_until("the worker to be at work after the boot", || Ok(runs().pop()))
            .explain(|failure| failure.add_say(why_not().unwrap_or_default()))
            .man("systemd.special(7)")
            .at_setting(FILE, "WantedBy=")
            .journal_of(WORKER)?;
        is_main_process(&run)
    }

    /// Which targets want the unit, and whether the boot reaches any of them.
    fn why_not() -> Result<Text> {
        let by = format!("{} {}", WORKER.property("WantedBy")?, WORKER.property("RequiredBy")?);
        Ok(match by.trim() {
            "" => "nothing that this boot brings up wants the unit: is the target's name right, \
                   and is it reached at boot?"
                .into(),
            targets => text!(
                "{targets} wants it, but is not reached at boot, or the worker did not stay at \
                 work",
                targets,
            ),
        })
    }
}

/// What the unit says of itself before anything of it has run. What runs as the lab's root can
/// write to its own file, and to systemd's.
struct Before {
    description: String,
    state: String,
    /// Why it could not be enabled.
    refusal: Option<String>,
    made: Vec<String>,
}

static BEFORE: OnceLock<Before> = OnceLock::new();

fn before_any_start() -> Result<&'static Before> {
    BEFORE.get().ok_or_else(Failure::later)
}

/// What else the unit runs is the learner's to choose here: what counts is the process that systemd
/// watches.
fn install() -> Result<Worker> {
    Worker::install(FILE, &[], |_| {
        let description = WORKER.property("Description")?;
        // Without an [Install] it fails, or does nothing: the state tells.
        let refusal = WORKER.enable().err().map(|failure| failure.got().to_owned());
        let state = WORKER.property("UnitFileState")?;
        let _ = BEFORE.set(Before { description, state, refusal, made: units_of_a_command() });
        Ok(())
    })
}

const WHEN_DONE: &str = "Type= says when a start is done: oneshot waits for the end of the \
                         program, forking for its first process to leave";
const NOT_ITSELF: &str = "systemd watches another program, which has started the worker: \
                          ExecStart= names the worker itself, or a shell that becomes it (exec)";
const ENDED: &str = "the worker was at work and is not any more: what else the unit runs has ended \
                     it, or a limit has; the journal says which";
const POST: &str =
    "the start is not done before ExecStartPost= is, and that does not come to its end";

/// Fails if the worker is not the process that systemd watches, or systemd doesn't take it for
/// running.
fn is_main_process(run: &Run) -> Result {
    let mut seen = Text::default();
    let mut say = WHEN_DONE;
    wait_until("the worker to be the main process of an active unit", || {
        let [state, sub, main] = WORKER.properties(["ActiveState", "SubState", "MainPID"])?;
        let is_it = state == "active" && main == run.pid;
        say = match (state.as_str(), sub.as_str()) {
            ("active", _) if main != "0" => NOT_ITSELF,
            (_, "start-post") => POST,
            ("inactive" | "failed" | "deactivating", _) => ENDED,
            _ => WHEN_DONE,
        };
        seen = text!(
            "{state}, with the main process {main} (the worker is {pid})",
            state,
            main,
            pid = run.pid
        );
        Ok(is_it.then_some(()))
    })
    .explain(|failure| failure.set_got(seen))
    .say(say)
    .man("systemd.service(5), Type=")
    .at_setting(FILE, "Type=")?;
    is_running(&run.pid, PROGRAM)
        .say("something else runs in the worker's place")
        .at_setting(FILE, "ExecStart=")
}
