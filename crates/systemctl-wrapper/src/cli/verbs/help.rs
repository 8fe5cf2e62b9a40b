//! `help`: the list of verbs.

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::output::plain;
use crate::cli::verb::{VERBS, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "help",
    aliases: &[],
    arguments: "[VERB]",
    counts: (0, 1),
    summary: "List the verbs, or show the help of one",
    details: "",
    statuses: &[(0, "always"), (1, "there is no such verb")],
    run,
};

const HEAD: &str = "\
systemctl's verbs, over D-Bus, and what they did.

Usage: systemctl-wrapper [OPTION…] VERB [UNIT…]

Verbs; VERB --help says more:
";

const FOOT: &str = "
Options, as systemctl has them:
  --user, --system, -H [USER@]HOST   which manager
  -q -a -l --failed --type= --state= --plain --no-legend -o json   what is shown
  -p NAME -P NAME --value -n LINES   properties, and lines of the log
  --now --no-block --wait -T --job-mode= --runtime --force -s SIGNAL   what is done
And of its own:
  --explain   the D-Bus calls, what they mean, and the man page
  --dry-run   what would happen, with all jobs
  --reload    daemon-reload first, if a unit has changed on disk
  --settle=MS how long to watch a service after its start (300)

Examples:
  systemctl-wrapper start date-daemon
  systemctl-wrapper stop --dry-run dbus.socket
  systemctl-wrapper graph multi-user.target --svg > boot.svg
";

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    context.page();
    if let Some(name) = args.first() {
        let verb = VERBS.iter().find(|verb| verb.is_called(name));
        let verb = verb.ok_or_else(|| {
            let name = plain(name);
            Usage(format!("{name} is no verb; if it is a unit, its pages: systemctl help {name}"))
        })?;
        verb.help(context.out)?;
        return Ok(0);
    }
    write!(context.out, "{HEAD}")?;
    for verb in VERBS {
        writeln!(context.out, "  {:<22} {}", verb.name, verb.summary)?;
    }
    write!(context.out, "{FOOT}")?;
    Ok(0)
}
