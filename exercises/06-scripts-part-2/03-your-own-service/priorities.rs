//! What the service says to the journal, and how much it matters; sd-daemon(3).

use check::{Explain, Failure, Result, Text, text, wait_until};

use super::system::{ERR, INFO, NOTICE, PROGRAM, SERVICE, WARNING, record, said, send_nothing};

/// Three texts are kept and six lines refused: the journal says so, and nothing else.
pub(super) fn are_right() -> Result {
    let mut taken = Vec::new();
    for _ in 0..3 {
        taken.push(record()?.0);
        send_nothing()?;
        send_nothing()?;
    }
    let (mut got, mut unnamed) = (Text::default(), None);
    let lines = wait_until("what the service has said", || {
        let lines = said()?;
        let count = |priority: &str| lines.iter().filter(|line| line.priority == priority).count();
        got = text!(
            "{notice} at notice, {info} at info, {warning} at warning, {err} at err or worse",
            notice = count(NOTICE),
            info = count(INFO),
            warning = count(WARNING),
            err = lines.iter().filter(|line| line.priority.as_str() <= ERR).count()
        );
        let names = |text: &String| lines.iter().any(|line| line.text.contains(text));
        unnamed = taken.iter().find(|text| !names(text));
        let is_all = taken
            .iter()
            .all(|text| lines.iter().any(|line| line.priority == INFO && line.text.contains(text)));
        let is_right = is_all && count(NOTICE) > 0 && count(WARNING) == 6;
        Ok((is_right || lines.len() > 200).then_some(lines))
    });
    let right = lines.and_then(|lines| {
        let once = |text: &String| {
            lines.iter().filter(|line| line.text.contains(text.as_str())).count() == 1
        };
        if taken.iter().all(once) && lines.iter().all(|line| line.priority.as_str() > ERR) {
            Ok(())
        } else {
            Err(Failure::new("", ""))
        }
    });
    right.map_err(|_| {
        Failure::new(
            "a notice that it is ready, 3 texts at info, once each, 6 warnings of what \
             was refused, and no error",
            got,
        )
        .say(match unnamed {
            Some(text) => text!("{text} was kept, and no line says so in its words", text),
            None => "a line that begins with <4> is a warning, whatever its words are; without a \
                     number it is info"
                .into(),
        })
        .man("sd-daemon(3); syslog(3)")
        .at_setting(PROGRAM, "#!")
        .journal_of(SERVICE)
    })
}
