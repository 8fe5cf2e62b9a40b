//! 3.2: read what show prints; systemctl(1), show.

use check::{Explain, Failure, Result, Text, program, systemctl, text};

use super::shared::random;

const SHOW: &str = "systemctl(1), show";

#[test]
fn a_unit_is_read() -> Result {
    prints(
        "Id=web.service\nActiveState=active\nSubState=running\nMainPID=42\n",
        "web.service active running 42\n",
        "this is the plain case",
    )?;
    prints(
        "Id=a.service\nActiveState=activating\nSubState=auto-restart-queued\nMainPID=7\n",
        "a.service activating auto-restart-queued 7\n",
        "a value is all that stands behind the first =",
    )?;
    for state in ["inactive", "failed", "activating", "deactivating", "reloading"] {
        let text = format!("Id=a.service\nActiveState={state}\nSubState=dead\nMainPID=7\n");
        prints(
            &text,
            &format!("a.service {state} dead 7\n"),
            "this is one of the six words that systemd has had for long",
        )?;
    }
    Ok(())
}

#[test]
fn keeps_a_word_that_it_does_not_know() -> Result {
    for word in ["refreshing", "maintenance", "Active", "in-orbit"] {
        let text = format!("Id=a.service\nActiveState={word}\nSubState=x\nMainPID=1\n");
        prints(
            &text,
            &format!("a.service ?{word} x 1\n"),
            "systemd has added words before: a word that is not known is kept, and neither \
             guessed at nor refused",
        )?;
    }
    Ok(())
}

#[test]
fn takes_properties_in_any_order_with_others_between() -> Result {
    let others = "Ids=no\nIdOf=no\nActiveStateX=failed\nActiveStates=failed\nSubStateX=no\n\
                  SubStates=no\nMainPIDs=9\nMainPIDX=9\nExecMainPID=9\nID=no\nNames=no.service \
                  web.service\nOldSubState=no\nOldActiveState=failed\nsubstate=no\n";
    // Whoever takes a name for another one may be lucky, but not each time.
    for _ in 0..6 {
        let text = format!(
            "MainPID=42\nDescription=ActiveState=failed, or so\nSubState=running\nEnvironment=A=1 \
             B=2\n{others}ActiveState=active\nId=web.service\nIdle=no\n"
        );
        prints(
            &text,
            "web.service active running 42\n",
            "a property is known by its whole name, which ends at the first =; where its line \
             stands means nothing",
        )?;
    }
    prints(
        "Id=a=b.service\nSubState=x=y\nActiveState=active\nMainPID=1\n",
        "a=b.service active x=y 1\n",
        "only the first = of a line parts name and value",
    )
}

#[test]
fn a_dash_stands_for_what_is_not_there() -> Result {
    prints(
        "Id=a.target\nActiveState=active\nSubState=active\n",
        "a.target active active -\n",
        "a target has no main process, and no MainPID",
    )?;
    prints(
        "Id=a.service\nActiveState=inactive\nSubState=\nMainPID=0\n",
        "a.service inactive - -\n",
        "0 is no process, and an empty value is none",
    )?;
    prints(
        "MainPID=4194303\nActiveState=active\nId=a.service\n",
        "a.service active - 4194303\n",
        "an answer without SubState is one all the same; and a process may have a number up to \
         4194304",
    )
}

#[test]
fn reads_several_units() -> Result {
    let (mut text, mut wanted) = (String::new(), String::new());
    // Each of them lacks something that the one before it has.
    for number in 0..400 {
        let pid = 70_000 + random(1_000_000);
        let (answer, line) = match number % 4 {
            0 => (
                format!("MainPID={pid}\nId={number}.service\nActiveState=active\nSubState=running"),
                format!("{number}.service active running {pid}"),
            ),
            1 => (
                format!("Id={number}.socket\nActiveState=active\nSubState=listening"),
                format!("{number}.socket active listening -"),
            ),
            2 => (
                format!("ActiveState=failed\nMainPID={pid}\nId={number}.service"),
                format!("{number}.service failed - {pid}"),
            ),
            _ => (
                format!("ActiveState=inactive\nSubState=\nMainPID=0\nId={number}.mount"),
                format!("{number}.mount inactive - -"),
            ),
        };
        let blank = if number == 0 { "" } else { "\n" };
        text.push_str(&format!("{blank}{answer}\n"));
        wanted.push_str(&format!("{line}\n"));
    }
    // One that is asked for by two of its names is there twice.
    text.push_str("\nId=1.socket\nActiveState=active\n");
    wanted.push_str("1.socket active - -\n");
    prints(&text, &wanted, "a blank line ends a unit, and nothing of it is left for the next one")
}

#[test]
fn refuses_what_is_no_answer() -> Result {
    let good = "Id=a.service\nActiveState=active\nSubState=running\nMainPID=1\n";
    for bad in [
        "ActiveState=active\nSubState=running\n",
        "Id=b.service\nSubState=running\n",
        "Id=b.service\nActiveState=active\nMainPID=many\n",
        "Id=b.service\nActiveState=active\nMainPID=4x2\n",
        "hello",
    ] {
        for text in [bad.to_owned(), format!("{good}\n{bad}")] {
            let ended = program()?.arg(&text).output()?;
            let is_refused = ended.status.code() == Some(1)
                && ended.stdout.is_empty()
                && !ended.stderr.trim().is_empty();
            if !is_refused {
                let got = text!(
                    "{status}, and {printed}",
                    status = ended.status,
                    printed = Text::quoted(&ended.stdout)
                );
                return Err(Failure::new(
                    text!("{answer} to be refused", answer = Text::quoted(&text)),
                    got,
                )
                .say(
                    "half an answer is none: an error, exit status 1, and nothing printed; also \
                     when a good unit stands before the bad one",
                )
                .in_function("units"));
            }
        }
    }
    Ok(())
}

#[test]
fn works_with_the_real_answer() -> Result {
    let names =
        ["systemd-journald.service", "dbus.socket", "multi-user.target", "nobody-knows-it.service"];
    let all = systemctl(&[&["show"], &names[..]].concat())?;
    let mut wanted = String::new();
    for name in names {
        let value = |property: &str| systemctl(&["show", "--property", property, "--value", name]);
        let pid = value("MainPID")?;
        let pid = if pid.is_empty() || pid == "0" { "-".to_owned() } else { pid };
        wanted.push_str(&format!(
            "{name} {} {} {pid}\n",
            value("ActiveState")?,
            value("SubState")?
        ));
    }
    prints(&all, &wanted, "this is what systemd itself has just said, with all its properties")
}

fn prints(text: &str, wanted: &str, say: &'static str) -> Result {
    let ended = program()?.arg(text).output()?;
    if ended.stdout == wanted && ended.status.success() {
        return Ok(());
    }
    let got = text!(
        "{printed}; {status} {stderr}",
        printed = Text::quoted(&ended.stdout),
        status = ended.status,
        stderr = ended.stderr.trim()
    );
    Err(Failure::new(text!("{wanted}", wanted = Text::quoted(wanted)), got)
        .say(say)
        .man(SHOW)
        .in_function("units"))
}
