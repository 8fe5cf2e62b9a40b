//! `--explain`, and `--dry-run` where a call makes no job: the calls, what they mean, and where to
//! read more.

use std::io::{self, Write};

use super::output::{Tint, plain, tinted};

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
