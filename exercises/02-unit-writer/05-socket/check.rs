//! 2.5: the first call starts it; systemd.socket(5), `Accept=`, and systemd.exec(5),
//! `StandardInput=`.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use check::{
    Explain, Failure, PATIENCE, Result, Text, Unit, install, install_program, systemctl, text,
    wait_until,
};

use super::shared::{Settings, Written, needed, once, skipped};

const SOCKET: Written<'static> = Written::as_named("greet.socket");
/// Any instance tells what the template says.
const SERVICE: Written<'static> =
    Written { file: "greet@.service", unit: Unit::named("greet@check.service") };
const INSTANCES: Unit = Unit::named("greet@*");
const PROGRAM: &str = "/usr/local/bin/greet";
const PATH: &str = "/run/greet.sock";
/// How many callers at once are nothing unusual.
const CALLERS: usize = 10;

#[test]
fn a_caller_is_greeted() -> Result {
    listen()?;
    for name in ["Ada", "Grace", "Margaret"] {
        let mut caller =
            call().say("a caller opens a stream at this path: ListenStream= is what makes it")?;
        greeted(&mut caller, name)?;
        drop(caller);
        // One after the other: what many at a time mean is another promise. Whether it goes, too.
        let _ = wait_until("the greet to be gone", || Ok(instances()?.is_none().then_some(())));
    }
    Ok(())
}

#[test]
fn a_slow_caller_keeps_nobody_waiting() -> Result {
    listen()?;
    // What one caller alone does not get is another promise.
    call().and_then(|mut one| greeted(&mut one, "Ada")).map_err(Failure::into_later)?;
    let mut slow = (0..CALLERS).map(|_| call()).collect::<Result<Vec<UnixStream>>>()?;
    greeted(&mut call()?, "Grace")
        .say(text!(
            "{callers} callers are thinking of their names, and one more has to wait until the \
             first one has gone, or is sent away",
            callers = CALLERS
        ))
        .man("systemd.socket(5), Accept= and MaxConnections=")
        .at_setting(SOCKET.file, "MaxConnections=")?;
    let running = instances()?.unwrap_or_default();
    if let Some(name) = running.split_whitespace().next() {
        Written { unit: Unit::named(name), ..SERVICE }.lasts()?;
    }
    for caller in slow.iter_mut().rev() {
        greeted(caller, "Ada")
            .say("this caller took their time, and others came and went meanwhile")?;
    }
    Ok(())
}

#[test]
fn being_enabled_hangs_the_socket_on_the_boot() -> Result {
    listen()?;
    SOCKET.unit.enable()?;
    match SOCKET.unit.property("UnitFileState")?.as_str() {
        "enabled" => Ok(()),
        state => Err(Failure::new(
            "enabled",
            text!("{state}, after systemctl enable {unit}", state, unit = SOCKET.unit),
        )
        .say(
            "it is the socket that has to be there after a boot, and so the socket that needs an \
             [Install]; the service comes when somebody calls",
        )
        .man("systemd.special(7), sockets.target")
        .at_setting(SOCKET.file, "[Install]")),
    }
}

#[test]
fn everybody_may_call_and_as_often_as_they_like() -> Result {
    listen()?;
    SOCKET.lasts()?;
    // That nobody listens there is another promise.
    let file = fs::metadata(PATH).map_err(|_| Failure::later())?;
    let mode = file.permissions().mode() & 0o777;
    // To connect takes the right to write; see unix(7).
    if mode & 0o002 == 0 {
        return Err(Failure::new(
            "a socket that everybody may write to",
            text!("the mode {mode}", mode = format!("{mode:04o}")),
        )
        .say(
            "whoever calls needs the right to write to the socket: 0666 is what it has if you say \
             nothing",
        )
        .man("systemd.socket(5), SocketMode=; unix(7)")
        .at_setting(SOCKET.file, "SocketMode="));
    }
    everybody_gets_there()?;
    takes_many()
}

/// Fails if a directory on the way to the socket is closed to others; links are followed.
fn everybody_gets_there() -> Result {
    let socket = fs::canonicalize(PATH)?;
    // What is above /run is the lab's, or the machine's.
    for directory in socket.ancestors().skip(1).take_while(|above| above.starts_with("/run")) {
        let mode = fs::metadata(directory)?.permissions().mode() & 0o777;
        if mode & 0o001 == 0 {
            let got = text!(
                "{directory} with the mode {mode}",
                directory = directory.display(),
                mode = format!("{mode:04o}")
            );
            return Err(Failure::new("a socket that everybody gets to", got)
                .say(
                    "whoever calls has to pass all directories on the way to the socket: 0755 is \
                     what they have if you say nothing",
                )
                .man("systemd.socket(5), DirectoryMode=")
                .at_setting(SOCKET.file, "DirectoryMode="));
        }
    }
    Ok(())
}

#[test]
fn nothing_runs_but_for_a_caller() -> Result {
    listen()?;
    if let Some(instances) = instances()? {
        return Err(Failure::new(
            "no instance of greet@.service, as nobody has called",
            Text::verbatim(instances),
        )
        .say("something besides the socket starts it")
        .at_setting(SOCKET.file, "Wants="));
    }
    let mut caller = call().map_err(Failure::into_later)?;
    greeted(&mut caller, "Ada").map_err(Failure::into_later)?;
    // The end of the stream: greet has ended, and nobody else has the connection.
    let _ = caller.read_to_end(&mut Vec::new());
    drop(caller);
    let mut left = String::new();
    wait_until("the greet to be gone when its caller has been greeted", || {
        left = instances()?.unwrap_or_default();
        let again = left.contains("auto-restart") || left.contains("failed");
        Ok((left.is_empty() || again).then_some(()))
    })
    .explain(|failure| failure.set_got(Text::verbatim(&left)))?;
    if left.is_empty() {
        return Ok(());
    }
    Err(Failure::new("no greet any more when its caller has been greeted", Text::verbatim(left))
        .say("a greet is for one caller: started once more, it has nobody to talk to")
        .man("systemd.service(5), Restart=")
        .at_setting(SERVICE.file, "Restart="))
}

mod after_reboot {
    use super::{Explain, Result, SOCKET, call, greeted};

    #[test]
    fn callers_are_greeted_again() -> Result {
        for name in ["Ada", "Grace"] {
            let greeted = call().and_then(|mut caller| greeted(&mut caller, name));
            greeted
                .say(
                    "after the boot nobody listens: which target wants the socket, and is it part \
                     of a boot?",
                )
                .at_setting(SOCKET.file, "WantedBy=")?;
        }
        Ok(())
    }
}

/// Installs the program and both units, and starts the socket anew, with no run of greet so far.
fn listen() -> Result {
    once(|| {
        install_program("greet")?;
        let files = [SOCKET.file, SERVICE.file];
        install(&files)?;
        SERVICE.keeps_to_itself(&files)?;
        SERVICE.runs_only(PROGRAM, "")?;
        SOCKET.keeps_to_itself(&files)?;
        prepares_nothing()
    })?;
    systemctl(&["stop", SOCKET.file, INSTANCES.name()])?;
    SOCKET.unit.reset_failed();
    INSTANCES.reset_failed();
    needed(start)
}

fn start() -> Result {
    let say = |failure: &mut Failure| {
        // systemd looks for that service before it listens.
        failure.add_say(match SOCKET.unit.property("Accept").as_deref() {
            Ok("no") => {
                "without Accept=yes the socket hands itself to one service, greet.service, and \
                 there is none"
            }
            _ => "the socket does not get as far as to listen",
        });
    };
    let started = SOCKET.unit.start().explain(say);
    started.man("systemd.socket(5), Accept=").at_setting(SOCKET.file, "Accept=")
}

fn prepares_nothing() -> Result {
    match SOCKET.unit.programs()?.first() {
        None => Ok(()),
        Some(program) => {
            Err(Failure::new("a socket that runs no program of its own", Text::verbatim(program))
                .say(
                    "systemd makes the socket, and takes away one that an earlier run has left; \
                     there is nothing to prepare",
                )
                .man("systemd.socket(5), RemoveOnStop=")
                .at_setting(SOCKET.file, "Exec"))
        }
    }
}

/// Fails if the socket takes fewer callers than [`CALLERS`] at a time, or in a second.
fn takes_many() -> Result {
    let settings = Settings::of(SOCKET.unit)?;
    let number = |name: &str| settings.get(name).parse::<usize>().ok();
    let at_once = number("MaxConnections").is_none_or(|limit| limit >= CALLERS);
    // For a Unix socket, a source is an account; systemd 252 does not count them yet.
    let by_one =
        number("MaxConnectionsPerSource").is_none_or(|limit| limit == 0 || limit >= CALLERS);
    let time = settings.span("TriggerLimitIntervalUSec").unwrap_or_default();
    let calls = number("TriggerLimitBurst").unwrap_or_default();
    let in_time =
        calls == 0 || calls >= CALLERS && Duration::from_millis(100) * calls as u32 >= time;
    if at_once && by_one && (in_time || time.is_zero()) {
        return Ok(());
    }
    let got = text!(
        "MaxConnections={connections}, MaxConnectionsPerSource={by_one}, and {calls} calls in \
         {time}",
        connections = settings.get("MaxConnections"),
        by_one = settings.get("MaxConnectionsPerSource"),
        calls,
        time = settings.get("TriggerLimitIntervalUSec")
    );
    Err(Failure::new(
        text!(
            "a socket for {callers} callers at a time, and as many in a second",
            callers = CALLERS
        ),
        got,
    )
    .say(
        "when there are more, they are sent away; and after too many calls the socket fails, and \
         nobody is greeted until somebody starts it again",
    )
    .man("systemd.socket(5), MaxConnections= and TriggerLimitIntervalSec=")
    .at_setting(SOCKET.file, if at_once && by_one { "TriggerLimit" } else { "MaxConnections" }))
}

/// The instances of greet that are there, as systemctl lists them; nothing if there are none.
fn instances() -> Result<Option<String>> {
    let list = systemctl(&["list-units", "--all", "--plain", "--no-legend", INSTANCES.name()])?;
    Ok((!list.is_empty()).then_some(list))
}

fn call() -> Result<UnixStream> {
    let stream = UnixStream::connect(PATH).map_err(|error| {
        Failure::new(text!("somebody to listen at {path}", path = PATH), Text::verbatim(error))
            .say(skipped(SOCKET.unit))
            .man("systemd.socket(5), ListenStream=")
            .at_setting(SOCKET.file, "Listen")
    })?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Tells `name`, and expects to be greeted by it.
fn greeted(caller: &mut UnixStream, name: &str) -> Result {
    // A greet that has ended already, or never began, shows in what is read.
    let _ = caller.write_all(format!("{name}\n").as_bytes());
    let mut answer = String::new();
    let read = BufReader::new(caller).read_line(&mut answer);
    if answer == format!("hello, {name}\n") {
        return Ok(());
    }
    let got = match read {
        Ok(0) => "the connection was closed, without an answer".into(),
        Ok(_) => Text::quoted(&answer),
        Err(error) => Text::verbatim(error),
    };
    let expected = text!("\"hello, {name}\\n\" on the connection", name);
    Err(Failure::new(expected, got)
        .journal_of(INSTANCES)
        .explain(|failure| failure.add_say(misunderstanding(failure, name, &answer)))
        .man("systemd.exec(5), StandardInput=")
        .at_setting(SERVICE.file, "Standard"))
}

/// What went wrong between greet and its caller, as the journal and the answer show it.
fn misunderstanding(failure: &Failure, name: &str, answer: &str) -> &'static str {
    let speaks_to = SERVICE.unit.property("StandardOutput").unwrap_or_default();
    if answer.is_empty() && !["inherit", "socket", "journal"].contains(&speaks_to.as_str()) {
        "greet's words go where StandardOutput= sends them, and that is not the connection"
    } else if failure.journal_has(&format!("hello, {name}")) {
        "greet heard the caller, and answered to the journal: its standard output is to be the \
         connection as well"
    } else if answer == "hello, \n" {
        "greet answered, and heard nobody: its standard input is /dev/null, if you say nothing, \
         and not the connection"
    } else if failure.journal_has("hello,") {
        "greet heard nobody, and answered to the journal: its standard input is /dev/null, if you \
         say nothing, and not the connection"
    } else {
        ""
    }
}
