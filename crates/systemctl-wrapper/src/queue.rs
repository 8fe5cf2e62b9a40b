//! Jobs: asked for, and waited for until their signal says how they ended.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use zbus::OwnedObjectPath;
use zbus::proxy::MethodFlags;

use crate::{Action, Error, Job, JobMode, JobResult, Manager, pipeline};

/// After so long without a signal, a job is looked up: the signal may have been lost with a manager
/// that re-executed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// So many jobs of ours may be open, and so many calls be on their way. For each job PID 1 has a
/// match rule at the bus, to know when its caller goes away. A dbus-daemon that is not told
/// otherwise takes 512 of them, and at the next one PID 1 gives up its connection.
const OPEN_MAX: usize = 256;

impl Manager {
    /// Asks for a job, and returns as soon as the manager has taken it on.
    /// [`Manager::wait_for_job`] waits for its end.
    ///
    /// # Errors
    /// When the manager refuses: [`Error::cause`] says why.
    pub fn enqueue(&self, unit: &str, action: Action, mode: &JobMode) -> Result<Job, Error> {
        let mut jobs = self.enqueue_all(&[unit], action, mode)?;
        jobs.pop().ok_or(Error::Disconnected)?
    }

    /// Asks for a job for each of the units, all at once; the answers in the same order.
    ///
    /// # Errors
    /// When the connection fails. What the manager refuses is in the list.
    pub fn enqueue_all(
        &self,
        units: &[&str],
        action: Action,
        mode: &JobMode,
    ) -> Result<Vec<Result<Job, Error>>, Error> {
        // The rule must stand before the call: a quick job has ended before its number is known
        // here.
        self.listen_to_jobs()?;
        let mut jobs = Vec::with_capacity(units.len());
        for some in units.chunks(OPEN_MAX / 2) {
            self.wait_until_few_are_open(OPEN_MAX / 2)?;
            let questions = some.iter().map(|unit| self.ask_for_job(unit, action, mode)).collect();
            let answers =
                self.bus.wait(action.method(), async { Ok(pipeline::all(questions).await) })?;
            for (answer, unit) in answers.into_iter().zip(some) {
                let job = self.bus.wait(action.method(), async { answer });
                if let Ok(job) = &job {
                    self.heard.borrow_mut().open.insert(job.path.clone());
                }
                jobs.push(job.map_err(|error| error.about(unit)));
            }
        }
        Ok(jobs)
    }

    /// Waits until at most so many of our jobs are open; not for good, for signals may be lost.
    fn wait_until_few_are_open(&self, limit: usize) -> Result<(), Error> {
        while self.open_jobs()? > limit {
            if !self.hear(Instant::now() + LOOK_AGAIN)? {
                break;
            }
        }
        Ok(())
    }

    /// How many of our jobs are open, by all that has been heard.
    fn open_jobs(&self) -> Result<usize, Error> {
        while self.hear(Instant::now())? {}
        let heard = &mut *self.heard.borrow_mut();
        // The signal of a quick job comes before the answer to its call, so it is looked for only
        // now.
        heard.open.retain(|path| !heard.results.contains_key(path));
        Ok(heard.open.len())
    }

    /// Whether the manager tells what a job pulls in. The bus lets only root, and everybody in
    /// their own manager, call the method that does: see org.freedesktop.systemd1.conf, in
    /// /usr/share/dbus-1/system.d.
    pub fn tells_transactions(&self) -> bool {
        self.tells_transactions
    }

    async fn ask_for_job(&self, unit: &str, action: Action, mode: &JobMode) -> zbus::Result<Job> {
        if self.tells_transactions {
            let (id, path, unit, _, kind, affected) =
                self.proxy.enqueue_unit_job(unit, action.word(), &mode.0).await?;
            let pulled_in = affected.into_iter().map(|(_, _, unit, _, kind)| (unit, kind));
            let pulled_in = pulled_in.collect();
            return Ok(Job { id, path: path.as_str().to_owned(), unit, kind, pulled_in });
        }
        let flags = MethodFlags::ALLOW_INTERACTIVE_AUTH;
        let body = (unit, mode.0.as_str());
        let path: Option<OwnedObjectPath> =
            self.proxy.inner().call_with_flags(action.method(), flags, &body).await?;
        let path = path.map(|path| path.as_str().to_owned()).unwrap_or_default();
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        let kind = action.word().to_owned();
        Ok(Job { id, path, unit: unit.to_owned(), kind, pulled_in: Vec::new() })
    }

    /// Waits until the job is over.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn wait_for_job(&self, job: &Job) -> Result<JobResult, Error> {
        let results = self.wait_for_jobs(std::slice::from_ref(job), |_| {})?;
        results.into_iter().next().ok_or(Error::Disconnected)
    }

    /// Waits until all of the jobs are over; the results in the same order. `pause` is called each
    /// second with the jobs that are not.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn wait_for_jobs(
        &self,
        jobs: &[Job],
        mut pause: impl FnMut(&[&Job]),
    ) -> Result<Vec<JobResult>, Error> {
        let mut results: HashMap<&str, JobResult> = HashMap::new();
        // A manager that has heard nothing yet may have come too late: it looks at once.
        let mut looked = self.heard.borrow().listens_to_jobs.then(Instant::now);
        self.listen_to_jobs()?;
        loop {
            for job in jobs {
                if let Some(result) = self.heard.borrow_mut().results.remove(&job.path) {
                    results.insert(&job.path, result);
                }
            }
            let open: Vec<&Job> =
                jobs.iter().filter(|job| !results.contains_key(job.path.as_str())).collect();
            if open.is_empty() {
                break;
            }
            if looked.is_some() {
                if self.hear(Instant::now() + Duration::from_secs(1))? {
                    continue;
                }
                pause(&open);
            }
            if looked.is_none_or(|looked| looked.elapsed() >= LOOK_AGAIN) {
                looked = Some(Instant::now());
                for job in open {
                    if let Some(result) = self.look_up(job)? {
                        results.insert(&job.path, result);
                    }
                }
            }
        }
        Ok(jobs.iter().filter_map(|job| results.get(job.path.as_str()).cloned()).collect())
    }

    /// The result of a job whose signal never came: a job that is gone is over, and the unit shows
    /// how it went.
    fn look_up(&self, job: &Job) -> Result<Option<JobResult>, Error> {
        match self.properties_at(&job.path, "org.freedesktop.systemd1.Job") {
            Ok(_) => return Ok(None),
            Err(Error::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
        // Its signal may have come while we asked.
        if let Some(result) = self.heard.borrow_mut().results.remove(&job.path) {
            return Ok(Some(result));
        }
        let unit = self.unit(&job.unit)?;
        let went_wrong = unit.active == crate::ActiveState::Failed;
        Ok(Some(if went_wrong { JobResult::Failed } else { JobResult::Done }))
    }
}
