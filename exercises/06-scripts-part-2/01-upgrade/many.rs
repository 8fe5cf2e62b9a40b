//! Twenty callers at one time; systemd.exec(5).

use check::{Explain, Result};

use super::super::shared::Caller;
use super::{PATH, SERVICE, WAITING, asked, greeted};

/// All who may wait call, and the clerk talks with all of them at once.
pub(super) fn twenty_call() -> Result {
    const CALLED: &str = "twenty called at once, and were not all answered: has the service a \
                          limit to files or tasks that is less than that?";
    let callers: Result<Vec<Caller>> = (0..WAITING).map(|_| Caller::at(PATH)).collect();
    let mut callers = callers.say(CALLED)?;
    let talk = |callers: &mut Vec<Caller>| -> Result {
        callers.iter_mut().try_for_each(|caller| asked(caller).map(drop))?;
        for caller in callers {
            caller.say("Ada\n");
            greeted(caller, "Ada")?;
        }
        Ok(())
    };
    talk(&mut callers)
        .say(CALLED)
        .man("systemd.exec(5), LimitNOFILE=")
        .at_setting(SERVICE.name(), "Limit")
        .journal_of(SERVICE)
}
