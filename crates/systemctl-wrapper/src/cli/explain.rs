//! `--explain`, and `--dry-run` where a call makes no job: the calls, what they mean, and where to
//! read more.

use std::io::{self, Write};

use super::output::{Tint, plain, remark, tinted};

/// Writes a call, and what it means.
pub(crate) fn call(out: &mut dyn Write, intro: &str, call: &str) -> io::Result<()> {
    let method = call.split('(').next().unwrap_or_default();
    let call = plain(call);
    writeln!(
        out,
        "{}",
        tinted(&format!("{intro} org.freedesktop.systemd1.Manager.{call}"), Tint::Faint)
    )?;
    // StartUnit and its kin make a job as well.
    let method = if JOBS.contains(&method) { "EnqueueUnitJob" } else { method };
    let known = MEANINGS.iter().find(|(known, _)| *known == method);
    if let Some((_, meaning)) = known {
        writeln!(out, "{}", tinted(&format!("       {meaning}"), Tint::Faint))?;
    }
    Ok(())
}

/// Explains a verb that only asks, on standard error: programs read its answer.
pub(crate) fn question(verb: &str) {
    let known = QUESTIONS.iter().find(|(verbs, ..)| verbs.contains(&verb));
    if let Some((_, call, meaning)) = known {
        remark!("D-Bus: org.freedesktop.{call}\n       {meaning}");
    }
}

/// Verbs, the call behind them, and what it means.
const QUESTIONS: [(&[&str], &str, &str); 9] = [
    (
        &["list-units", "list-timers", "list-sockets"],
        "systemd1.Manager.ListUnitsByPatterns",
        "All units in memory, a row each: not those that are only on disk. Of timers and sockets, \
         their properties are asked for next. systemctl(1), list-units",
    ),
    (
        &["list-unit-files"],
        "systemd1.Manager.ListUnitFilesByPatterns",
        "The manager reads all directories of unit files for it, which takes it long. \
         systemctl(1), list-unit-files",
    ),
    (&["list-jobs"], "systemd1.Manager.ListJobs", "What waits, and what is being done now."),
    (
        &["show", "cat"],
        "DBus.Properties.GetAll",
        "All properties of the unit's object. A unit that is not in memory is loaded for it. \
         org.freedesktop.systemd1(5)",
    ),
    (
        &["list-dependencies", "graph", "blame"],
        "DBus.Properties.GetAll",
        "Of the unit, and then of those that it names, all at once, step by step. \
         systemd.unit(5), Mapping of unit properties to their inverses",
    ),
    (
        &["is-active", "is-failed"],
        "DBus.Properties.Get",
        "One property of the unit's object: ActiveState. systemctl(1), is-active",
    ),
    (
        &["is-enabled"],
        "systemd1.Manager.GetUnitFileState",
        "Looks for the unit's file and its links on disk; the unit need not be in memory. \
         systemctl(1), is-enabled",
    ),
    (
        &["is-system-running", "show-environment"],
        "DBus.Properties.GetAll",
        "All properties of the manager itself: SystemState, Environment, and many more. \
         org.freedesktop.systemd1(5)",
    ),
    (
        &["get-default"],
        "systemd1.Manager.GetDefaultTarget",
        "Where the link default.target leads to: what a boot starts. bootup(7)",
    ),
];

const JOBS: [&str; 7] = [
    "StartUnit",
    "StopUnit",
    "RestartUnit",
    "TryRestartUnit",
    "ReloadUnit",
    "ReloadOrRestartUnit",
    "ReloadOrTryRestartUnit",
];

const MEANINGS: [(&str, &str); 24] = [
    (
        "EnqueueUnitJob",
        "The manager makes a job and one for each unit that it pulls in, and answers at \
         once with the job's path. When the job ends it sends the signal JobRemoved with \
         the result; the match for it stands before the call. systemctl(1), \
         systemd.unit(5)",
    ),
    (
        "KillUnit",
        "The manager sends the signal to the unit's processes; it does not stop the unit. \
         systemctl(1), kill",
    ),
    (
        "CleanUnit",
        "Removes the unit's cache and runtime directories, while it is stopped. \
         systemctl(1), clean",
    ),
    (
        "FreezeUnit",
        "The kernel stops all processes of the unit's control group, as they are. \
         systemctl(1), freeze",
    ),
    ("ThawUnit", "And lets them run again. systemctl(1), thaw"),
    (
        "ResetFailedUnit",
        "Forgets that the unit failed, and how often it was started lately. systemctl(1), \
         reset-failed",
    ),
    ("ResetFailed", "The same for all units. systemctl(1), reset-failed"),
    ("ClearJobs", "Ends all jobs; what they have begun is not undone. systemctl(1), cancel"),
    ("CancelJob", "Ends a job; what it has begun is not undone. systemctl(1), cancel"),
    (
        "EnableUnitFiles",
        "Makes the links of [Install] in /etc/systemd/system: WantedBy=x.target becomes a \
         link in x.target.wants/. Nothing is started. systemctl(1), enable",
    ),
    ("DisableUnitFiles", "Removes all links to the unit. What runs goes on. systemctl(1), disable"),
    ("ReenableUnitFiles", "Removes the links and makes them anew. systemctl(1), reenable"),
    (
        "PresetUnitFilesWithMode",
        "Enables or disables, as the distribution's policy has it. systemd.preset(5)",
    ),
    (
        "MaskUnitFiles",
        "Makes a link to /dev/null in place of the unit: nothing can start it then. \
         systemctl(1), mask",
    ),
    ("UnmaskUnitFiles", "Removes that link. systemctl(1), unmask"),
    ("LinkUnitFiles", "Makes a unit file elsewhere known by a link. systemctl(1), link"),
    (
        "RevertUnitFiles",
        "Removes drop-ins and overriding files, so that the vendor's remain. \
         systemctl(1), revert",
    ),
    (
        "AddDependencyUnitFiles",
        "Makes a link in the target's .wants/ or .requires/. systemctl(1), add-wants",
    ),
    (
        "SetDefaultTarget",
        "Makes /etc/systemd/system/default.target a link to it: what a boot starts. \
         bootup(7)",
    ),
    (
        "SetUnitProperties",
        "Changes the unit now, and writes a drop-in for later, unless --runtime. \
         systemctl(1), set-property",
    ),
    (
        "Reload",
        "All unit files are read again, and the generators run; units that run keep \
         running. systemctl(1), daemon-reload",
    ),
    (
        "Reexecute",
        "The manager starts itself anew and takes over its units. systemctl(1), \
         daemon-reexec",
    ),
    (
        "SetEnvironment",
        "New processes of all units get it, unless the unit says otherwise. systemctl(1), \
         set-environment",
    ),
    ("UnsetEnvironment", "New processes no longer get it. systemctl(1), unset-environment"),
];
