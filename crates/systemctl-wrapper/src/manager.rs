//! The service manager, as a value whose methods are its calls.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use zbus::proxy::{CacheProperties, MethodFlags};
use zbus::{MatchRule, Message, OwnedObjectPath, OwnedVariant};

use crate::bus::Bus;
use crate::proxies::ManagerProxy;
use crate::{
    Action, Error, Job, JobMode, JobResult, ListedJob, ListedUnit, Properties, Scope, Unit,
    UnitFile, pipeline,
};

const SERVICE: &str = "org.freedesktop.systemd1";
const PATH: &str = "/org/freedesktop/systemd1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// After so long without a signal, a job is looked up: the signal may have been lost with a manager that re-executed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// So many jobs of ours may be open, and so many calls be on their way. For each job PID 1 has a match rule at the bus, to
/// know when its caller goes away. A dbus-daemon that is not told otherwise takes 512 of them, and at the next one PID 1
/// gives up its connection.
const OPEN_MAX: usize = 256;

/// So many results are kept that nobody has asked for yet.
const RESULTS_MAX: usize = 1 << 16;

/// A connection to a service manager.
///
/// Its calls wait for the answer, at most for 25 seconds or what `SYSTEMD_BUS_TIMEOUT` says.
pub struct Manager {
    pub(crate) bus: Bus,
    pub(crate) proxy: ManagerProxy<'static>,
    heard: RefCell<Heard>,
    tells_transactions: bool,
}

/// What signals have told, and nobody has asked for yet.
#[derive(Default)]
struct Heard {
    listens_to_jobs: bool,
    is_subscribed: bool,
    results: HashMap<String, JobResult>,
    /// Jobs of ours of whose end nothing was heard.
    open: HashSet<String>,
    others: VecDeque<Message>,
}

impl Manager {
    /// Connects to the manager of `scope`.
    ///
    /// # Errors
    /// [`Error::NoBus`], [`Error::NoRuntimeDirectory`], [`Error::TimedOut`].
    pub fn connect(scope: &Scope) -> Result<Manager, Error> {
        let bus = Bus::connect(scope)?;
        // Properties are asked for when they are needed: a cache would cost a call and a match rule.
        let builder = ManagerProxy::builder(bus.connection()).cache_properties(CacheProperties::No);
        let proxy = bus.wait("connect", builder.build())?;
        let is_root = nix::unistd::Uid::effective().is_root();
        let tells_transactions = *scope == Scope::User || *scope == Scope::System && is_root;
        Ok(Manager { bus, proxy, heard: RefCell::default(), tells_transactions })
    }

    /// The manager's version, such as 252.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn version(&self) -> Result<u32, Error> {
        let properties = self.manager_properties()?;
        // "252.38-1~deb12u1", "v258~rc1"
        let text = properties.text("Version").trim_start_matches('v');
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        Ok(digits.parse().unwrap_or(0))
    }

    /// The properties of the manager itself.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn manager_properties(&self) -> Result<Properties, Error> {
        self.properties_at(PATH, "org.freedesktop.systemd1.Manager")
    }

    /// All properties of a unit. A unit that is not in memory is loaded for it; a missing one has `LoadState=not-found`.
    ///
    /// # Errors
    /// When the name is none, or the manager does not answer.
    pub fn properties(&self, unit: &str) -> Result<Properties, Error> {
        self.properties_at(&unit_path(unit), "").map_err(|error| error.about(unit))
    }

    /// A unit, with types.
    ///
    /// # Errors
    /// As [`Manager::properties`].
    pub fn unit(&self, unit: &str) -> Result<Unit, Error> {
        Ok(Unit::new(self.properties(unit)?))
    }

    /// Several units, asked for all at once.
    ///
    /// # Errors
    /// The first that occurs.
    pub fn units(&self, names: &[&str]) -> Result<Vec<Unit>, Error> {
        let paths: Vec<String> = names.iter().map(|name| unit_path(name)).collect();
        let questions = paths.iter().map(|path| self.get_all(path, "")).collect();
        let answers = self.bus.wait("GetAll", async { Ok(pipeline::all(questions).await) })?;
        let unit = |answer: zbus::Result<Properties>| {
            self.bus.wait("GetAll", async { answer }).map(Unit::new)
        };
        answers.into_iter().map(unit).collect()
    }

    /// The properties of the object at a path, such as a job's.
    ///
    /// # Errors
    /// When there is no such object.
    pub fn properties_at(&self, path: &str, interface: &str) -> Result<Properties, Error> {
        self.bus.wait("GetAll", self.get_all(path, interface))
    }

    /// What `is-active` needs, and no more: a unit's ActiveState, or another text property of the same interface.
    ///
    /// # Errors
    /// As [`Manager::properties`].
    pub fn unit_text(&self, unit: &str, property: &str) -> Result<String, Error> {
        let path = unit_path(unit);
        let asked = async {
            let body = ("org.freedesktop.systemd1.Unit", property);
            let answer = self
                .bus
                .connection()
                .call_method(Some(SERVICE), path.as_str(), Some(PROPERTIES), "Get", &body)
                .await?;
            let variant: OwnedVariant = answer.body().deserialize()?;
            String::try_from(variant)
        };
        self.bus.wait("Get", asked).map_err(|error| error.about(unit))
    }

    async fn get_all(&self, path: &str, interface: &str) -> zbus::Result<Properties> {
        let connection = self.bus.connection();
        let answer = connection
            .call_method(Some(SERVICE), path, Some(PROPERTIES), "GetAll", &interface)
            .await?;
        answer.body().deserialize_ignore_signature()
    }

    /// Asks for a job, and returns as soon as the manager has taken it on. [`Manager::wait_for_job`] waits for its end.
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
        // The rule must stand before the call: a quick job has ended before its number is known here.
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
        // The signal of a quick job comes before the answer to its call, so it is looked for only now.
        heard.open.retain(|path| !heard.results.contains_key(path));
        Ok(heard.open.len())
    }

    /// Whether the manager tells what a job pulls in. The bus lets only root, and everybody in their own manager, call the
    /// method that does: see org.freedesktop.systemd1.conf, in /usr/share/dbus-1/system.d.
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

    /// Waits until all of the jobs are over; the results in the same order. `pause` is called each second with the jobs
    /// that are not.
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

    /// The result of a job whose signal never came: a job that is gone is over, and the unit shows how it went.
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

    fn listen_to_jobs(&self) -> Result<(), Error> {
        if !self.heard.borrow().listens_to_jobs {
            self.subscribe_to(PATH, "org.freedesktop.systemd1.Manager", Some("JobRemoved"))?;
            self.heard.borrow_mut().listens_to_jobs = true;
        }
        Ok(())
    }

    /// Lets the manager send signals for changes of state; a second time it would refuse.
    pub(crate) fn subscribe_once(&self) -> Result<(), Error> {
        if !self.heard.borrow().is_subscribed {
            self.bus.wait("Subscribe", self.proxy.subscribe())?;
            self.heard.borrow_mut().is_subscribed = true;
        }
        Ok(())
    }

    /// Asks the bus for the manager's signals of one kind.
    pub(crate) fn subscribe_to(
        &self,
        path: &str,
        interface: &str,
        member: Option<&str>,
    ) -> Result<(), Error> {
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(SERVICE)
            .interface(interface)
            .path_namespace(path);
        let rule = match member {
            Some(member) => rule.member(member),
            None => rule,
        };
        let rule = rule.build().map_err(|error| Error::Protocol {
            what: "make a match rule".to_owned(),
            cause: error.to_string(),
        })?;
        self.bus.subscribe(rule)
    }

    /// Takes in one signal; false if none came before `deadline`.
    fn hear(&self, deadline: Instant) -> Result<bool, Error> {
        let Some(message) = self.bus.next_signal(Some(deadline))? else {
            return Ok(false);
        };
        self.sort_in(message);
        Ok(true)
    }

    fn sort_in(&self, message: Message) {
        let header = message.header();
        let is_removed = header.member().is_some_and(|member| member.as_str() == "JobRemoved");
        let heard = &mut self.heard.borrow_mut();
        if !is_removed {
            drop(header);
            heard.others.push_back(message);
            return;
        }
        if heard.results.len() >= RESULTS_MAX {
            heard.results.clear();
        }
        // A signal that is not as documented is none of ours.
        let body = message.body();
        if let Ok((_, path, _, result)) =
            body.deserialize::<(u32, OwnedObjectPath, String, String)>()
        {
            heard.results.insert(path.as_str().to_owned(), result.as_str().into());
        }
    }

    /// The next signal that is not about the end of a job; `None` after `deadline`.
    pub(crate) fn next_other(&self, deadline: Option<Instant>) -> Result<Option<Message>, Error> {
        loop {
            if let Some(message) = self.heard.borrow_mut().others.pop_front() {
                return Ok(Some(message));
            }
            match self.bus.next_signal(deadline)? {
                Some(message) => self.sort_in(message),
                None => return Ok(None),
            }
        }
    }

    /// The units in memory that one of the patterns fits; all of them without a pattern.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn list_units(&self, patterns: &[&str]) -> Result<Vec<ListedUnit>, Error> {
        let answer = self.proxy.list_units_by_patterns(&[], patterns);
        let raw = self.bus.wait("ListUnitsByPatterns", answer)?;
        Ok(raw.into_iter().map(ListedUnit::from_raw).collect())
    }

    /// The unit files on disk that one of the patterns fits; all of them without a pattern.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn list_unit_files(&self, patterns: &[&str]) -> Result<Vec<UnitFile>, Error> {
        let answer = self.proxy.list_unit_files_by_patterns(&[], patterns);
        let raw = self.bus.wait("ListUnitFilesByPatterns", answer)?;
        let file =
            |(path, state): (String, String)| UnitFile { path, state: state.as_str().into() };
        Ok(raw.into_iter().map(file).collect())
    }

    /// The jobs that the manager has now.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn list_jobs(&self) -> Result<Vec<ListedJob>, Error> {
        let raw = self.bus.wait("ListJobs", self.proxy.list_jobs())?;
        Ok(raw.into_iter().map(ListedJob::from_raw).collect())
    }

    /// Keeps units in memory as long as this connection lasts, so that their results can be read after their end. A unit
    /// that can't be held can't be started either: that error will name the cause.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn hold(&self, units: &[&str]) -> Result<(), Error> {
        // One by one: for each, the manager asks the bus back, and hundreds at once would fill its queue.
        for unit in units {
            match self.bus.wait("RefUnit", self.proxy.ref_unit(unit)) {
                Ok(()) | Err(Error::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The object of a unit: its name, with `_` and two hexadecimal digits for each byte that a path can't have.
pub(crate) fn unit_path(unit: &str) -> String {
    let mut path = format!("{PATH}/unit/");
    if unit.is_empty() {
        path.push('_');
    }
    for (at, byte) in unit.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => path.push(char::from(byte)),
            b'0'..=b'9' if at > 0 => path.push(char::from(byte)),
            _ => path.push_str(&format!("_{byte:02x}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_has_the_path_that_systemd_gives_it() {
        let path = |unit: &str| unit_path(unit).rsplit('/').next().unwrap().to_owned();
        assert_eq!(path("date-daemon.service"), "date_2ddaemon_2eservice");
        assert_eq!(path("1a.mount"), "_31a_2emount");
        assert_eq!(path("a@b\\x2d.service"), "a_40b_5cx2d_2eservice");
        assert_eq!(path(""), "_");
    }
}
