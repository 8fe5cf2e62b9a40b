//! What all verbs have in common that do something to one unit after the other, without a job.

use systemctl_wrapper::{Error, Manager};
use systemd_types::UnitType;

use super::context::Context;
use super::{names, report};

/// Does it to each unit, and writes what there is to say. One that fails does not keep the others
/// from having their turn.
pub(crate) fn each(
    context: &mut Context<'_>,
    typed: &[String],
    call: impl Fn(&str) -> String,
    mut effect: impl FnMut(&Manager, &str) -> Result<String, Error>,
) -> anyhow::Result<u8> {
    let manager = context.manager_to_change()?;
    let mut status = 0;
    for unit in names::expand(context, typed, UnitType::Service)? {
        if !context.may_call(&call(&unit))? {
            continue;
        }
        match effect(&manager, &unit) {
            Ok(said) if context.is_loud() => writeln!(context.out, "{unit}: {said}")?,
            Ok(_) => {}
            Err(error) => {
                report(&error.into(), &format!("{} {unit}", context.verb()));
                status = 1;
            }
        }
    }
    Ok(status)
}
