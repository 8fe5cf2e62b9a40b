//! 2.5: the first call starts it; systemd.socket(5), `Accept=`, and systemd.exec(5), `StandardInput=`.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use check::{
    Explain, Failure, PATIENCE, Result, Text, Unit, install, install_program, systemctl, text,
};

const SOCKET: Unit = Unit::named("greet.socket");
const SERVICE: &str = "greet@.service";
const PATH: &str = "/run/greet.sock";

#[test]
fn a_caller_is_greeted() -> Result {
    listen()?;
    let mut caller =
        call().say("a caller opens a stream at this path: ListenStream= is what makes it")?;
    greeted(&mut caller, "Ada")
}

#[test]
fn a_slow_caller_keeps_nobody_waiting() -> Result {
    listen()?;
    let mut slow = call()?;
    greeted(&mut call()?, "Grace")
        .say("the second caller waits until the first one has gone, or is sent away")
        .man("systemd.socket(5), Accept= and MaxConnections=")
        .at_setting(SOCKET.name(), "MaxConnections=")?;
    greeted(&mut slow, "Ada")
}

#[test]
fn being_enabled_hangs_the_socket_on_the_boot() -> Result {
    listen()?;
    SOCKET.enable()?;
    match SOCKET.property("UnitFileState")?.as_str() {
        "enabled" => Ok(()),
        state => Err(Failure::new("enabled", text!("{state}, after systemctl enable {unit}", state, unit = SOCKET))
            .say("it is the socket that has to be there after a boot, and so the socket that needs an [Install]; the service comes when somebody calls")
            .man("systemd.special(7), sockets.target")
            .at_setting(SOCKET.name(), "[Install]")),
    }
}

#[test]
fn nothing_runs_before_somebody_calls() -> Result {
    listen()?;
    let instances = systemctl(&["list-units", "--all", "--plain", "--no-legend", "greet@*"])?;
    if instances.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        "no instance of greet@.service, as nobody has called",
        Text::verbatim(instances),
    )
    .say("something besides the socket starts it")
    .at_setting(SOCKET.name(), "Wants="))
}

mod after_reboot {
    use super::{Explain, Result, SOCKET, call, greeted};

    #[test]
    fn callers_are_greeted_again() -> Result {
        let greeted = call().and_then(|mut caller| greeted(&mut caller, "Ada"));
        greeted.say("after the boot nobody listens: which target wants the socket, and is it part of a boot?").at_setting(SOCKET.name(), "WantedBy=")
    }
}

/// Installs the program and both units, and starts the socket anew, with no run of greet so far.
fn listen() -> Result {
    install_program("greet")?;
    install(&[SOCKET.name(), SERVICE])?;
    Unit::named("greet@check.service").runs_only("/usr/local/bin/greet")?;
    if let [program, ..] = SOCKET.programs()?.as_slice() {
        return Err(Failure::new("a socket that runs no program of its own", Text::verbatim(program))
            .say("systemd makes the socket, and takes away one that an earlier run has left; there is nothing to prepare")
            .man("systemd.socket(5), RemoveOnStop=")
            .at_setting(SOCKET.name(), "Exec"));
    }
    systemctl(&["stop", SOCKET.name(), "greet@*"])?;
    SOCKET.start().explain(|failure| {
        let say = match failure.journal_has("greet.service") {
            true => "without Accept=yes the socket hands itself to one service, greet.service, and there is none",
            false => "the socket does not get as far as to listen",
        };
        failure.add_say(say);
    }).man("systemd.socket(5), Accept=").at_setting(SOCKET.name(), "Accept=")
}

fn call() -> Result<UnixStream> {
    let stream = UnixStream::connect(PATH).map_err(|error| {
        Failure::new(text!("somebody to listen at {path}", path = PATH), Text::verbatim(error))
            .man("systemd.socket(5), ListenStream=")
            .at_setting(SOCKET.name(), "Listen")
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
    let instances = Unit::named("greet@*");
    let journal = instances.journal();
    let heard = format!("hello, {name}");
    let say = if journal.iter().any(|line| line.contains(&heard)) {
        "greet heard the caller, and answered to the journal: its standard output is to be the connection as well"
    } else if journal.iter().any(|line| line == "hello,") {
        "greet heard nobody, and answered to the journal: its standard input is /dev/null, if you say nothing, and not the connection"
    } else {
        ""
    };
    Err(Failure::new(text!("\"hello, {name}\\n\" on the connection", name), got)
        .say(say)
        .man("systemd.exec(5), StandardInput=")
        .at_setting(SERVICE, "Standard")
        .journal_of(instances))
}
