//! The calls that change a unit or the manager without a job.

use zbus::{OwnedVariant, Str, Variant};

use crate::{Error, Manager, Value};

impl Manager {
    /// Sends a signal to a unit's processes: `whom` is `main`, `control` or `all`.
    ///
    /// # Errors
    /// When the unit has no processes, or is not in memory.
    pub fn kill(&self, unit: &str, whom: &str, signal: i32) -> Result<(), Error> {
        let answer = self.proxy.kill_unit(unit, whom, signal);
        self.bus.wait("KillUnit", answer).map_err(|error| error.about(unit))
    }

    /// Lets the manager read all unit files again. Units that run keep running.
    ///
    /// # Errors
    /// When the manager refuses.
    pub fn daemon_reload(&self) -> Result<(), Error> {
        self.bus.wait("Reload", self.proxy.reload())
    }

    /// Lets the manager start itself anew; it keeps its units. The bus sees it come back under a
    /// new name.
    ///
    /// # Errors
    /// When the manager refuses. That it went away before it answered is none.
    pub fn daemon_reexec(&self) -> Result<(), Error> {
        match self.bus.wait("Reexecute", self.proxy.reexecute()) {
            Err(Error::Refused { name, .. }) if name.ends_with(".NoReply") => Ok(()),
            other => other,
        }
    }

    /// Removes what a unit left in its directories: `cache`, `runtime`, `state`, `logs`,
    /// `configuration`, `all`.
    ///
    /// # Errors
    /// When the unit runs, or has no such directories.
    pub fn clean(&self, unit: &str, what: &[&str]) -> Result<(), Error> {
        let answer = self.proxy.clean_unit(unit, what);
        self.bus.wait("CleanUnit", answer).map_err(|error| error.about(unit))
    }

    /// Stops the unit's processes where they are.
    ///
    /// # Errors
    /// When the unit does not run, or the kernel can't.
    pub fn freeze(&self, unit: &str) -> Result<(), Error> {
        let answer = self.proxy.freeze_unit(unit);
        self.bus.wait("FreezeUnit", answer).map_err(|error| error.about(unit))
    }

    /// Lets them run again.
    ///
    /// # Errors
    /// As [`Manager::freeze`].
    pub fn thaw(&self, unit: &str) -> Result<(), Error> {
        let answer = self.proxy.thaw_unit(unit);
        self.bus.wait("ThawUnit", answer).map_err(|error| error.about(unit))
    }

    /// Forgets that a unit failed, or all of them; and how often it was started lately.
    ///
    /// # Errors
    /// When the unit is not in memory.
    pub fn reset_failed(&self, unit: Option<&str>) -> Result<(), Error> {
        match unit {
            Some(unit) => {
                let answer = self.proxy.reset_failed_unit(unit);
                self.bus.wait("ResetFailedUnit", answer).map_err(|error| error.about(unit))
            }
            None => self.bus.wait("ResetFailed", self.proxy.reset_failed()),
        }
    }

    /// Cancels a job, or all of them. What a job has begun is not undone.
    ///
    /// # Errors
    /// When there is no such job.
    pub fn cancel(&self, job: Option<u32>) -> Result<(), Error> {
        match job {
            Some(id) => self.bus.wait("CancelJob", self.proxy.cancel_job(id)),
            None => self.bus.wait("ClearJobs", self.proxy.clear_jobs()),
        }
    }

    /// Changes properties of a unit that are settings too; what is not text, a truth or a number is
    /// not taken.
    ///
    /// # Errors
    /// When the unit has no such setting, or the value is of the wrong type.
    pub fn set_properties(
        &self,
        unit: &str,
        runtime: bool,
        properties: &[(String, Value)],
    ) -> Result<(), Error> {
        let variant = |name: &str, value: &Value| match value {
            Value::Bool(truth) => Variant::from(*truth),
            // Shares of 2³²: the manager takes no wider number for them.
            Value::Number(number) if name.ends_with("Scale") => {
                Variant::from(u32::try_from(*number).unwrap_or(u32::MAX))
            }
            Value::Number(number) => Variant::from(*number),
            Value::Signed(number) => Variant::from(*number),
            Value::Fraction(number) => Variant::from(*number),
            other => Variant::from(Str::from(other.as_text().unwrap_or_default().to_owned())),
        };
        let raw = properties.iter().filter_map(|(name, value)| {
            OwnedVariant::try_from(variant(name, value)).ok().map(|value| (name.clone(), value))
        });
        let answer = self.proxy.set_unit_properties(unit, runtime, raw.collect());
        self.bus.wait("SetUnitProperties", answer).map_err(|error| error.about(unit))
    }

    /// Sets variables for all new processes: `NAME=VALUE`.
    ///
    /// # Errors
    /// When one of them is no assignment.
    pub fn set_environment(&self, assignments: &[&str]) -> Result<(), Error> {
        self.bus.wait("SetEnvironment", self.proxy.set_environment(assignments))
    }

    /// Takes variables away: `NAME`, or `NAME=VALUE` for that value only.
    ///
    /// # Errors
    /// When one of them is no name.
    pub fn unset_environment(&self, names: &[&str]) -> Result<(), Error> {
        self.bus.wait("UnsetEnvironment", self.proxy.unset_environment(names))
    }

    /// The name of the unit that a process belongs to.
    ///
    /// # Errors
    /// When it belongs to none.
    pub fn unit_of_process(&self, pid: u32) -> Result<String, Error> {
        let path = self.bus.wait("GetUnitByPID", self.proxy.get_unit_by_pid(pid))?;
        let properties = self.properties_at(path.as_str(), "org.freedesktop.systemd1.Unit")?;
        Ok(properties.text("Id").to_owned())
    }

    /// The processes of a unit: control group, process id, command line.
    ///
    /// # Errors
    /// When the unit is not in memory.
    pub fn processes(&self, unit: &str) -> Result<Vec<(String, u32, String)>, Error> {
        self.bus.wait("GetUnitProcesses", self.proxy.get_unit_processes(unit))
    }
}
