//! Who waits for whom: a job for other jobs, and a caller for the end of the boot.

use crate::manager::PATH;
use crate::proxies::RawJob;
use crate::{Error, ListedJob, Manager};

impl Manager {
    /// The jobs for whose end a job waits. None if it has ended meanwhile.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn jobs_before(&self, id: u32) -> Result<Vec<ListedJob>, Error> {
        other_jobs(self.bus.wait("GetJobBefore", self.proxy.get_job_before(id)))
    }

    /// The jobs that wait for the end of a job. None if it has ended meanwhile.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn jobs_after(&self, id: u32) -> Result<Vec<ListedJob>, Error> {
        other_jobs(self.bus.wait("GetJobAfter", self.proxy.get_job_after(id)))
    }

    /// Waits until the boot is over.
    ///
    /// # Errors
    /// When the manager does not answer, or goes away.
    pub fn wait_for_boot(&self) -> Result<(), Error> {
        // Asked for before the first question: the boot may end right after the answer.
        self.subscribe_to(PATH, "org.freedesktop.systemd1.Manager", Some("StartupFinished"))?;
        self.subscribe_once()?;
        while ["initializing", "starting"].contains(&self.state()?.as_str()) {
            self.next_other(None)?;
        }
        Ok(())
    }
}

fn other_jobs(answer: Result<Vec<RawJob>, Error>) -> Result<Vec<ListedJob>, Error> {
    match answer {
        Ok(jobs) => Ok(jobs.into_iter().map(ListedJob::from_raw).collect()),
        Err(Error::Refused { name, .. }) if name.ends_with(".NoSuchJob") => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
