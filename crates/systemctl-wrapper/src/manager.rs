//! The service manager, as a value whose methods are its calls.

use std::cell::{OnceCell, RefCell};

use serde::Serialize;
use zbus::message::Sequence;
use zbus::proxy::CacheProperties;
use zbus::{DynamicType, Message, OwnedVariant};

use crate::bus::Bus;
use crate::proxies::ManagerProxy;
use crate::signals::Heard;
use crate::{Error, ListedJob, ListedUnit, Properties, Scope, Unit, UnitFile, pipeline};

pub(crate) const SERVICE: &str = "org.freedesktop.systemd1";
pub(crate) const PATH: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const UNIT: &str = "org.freedesktop.systemd1.Unit";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// A connection to a service manager.
///
/// Its calls wait for the answer, at most for 25 seconds or what `SYSTEMD_BUS_TIMEOUT` says.
pub struct Manager {
    pub(crate) bus: Bus,
    pub(crate) proxy: ManagerProxy<'static>,
    pub(crate) heard: RefCell<Heard>,
    pub(crate) tells_transactions: bool,
    version: OnceCell<u32>,
}

impl Manager {
    /// Connects to the manager of `scope`.
    ///
    /// # Errors
    /// [`Error::NoBus`], [`Error::NoRuntimeDirectory`], [`Error::TimedOut`].
    pub fn connect(scope: &Scope) -> Result<Manager, Error> {
        let bus = Bus::connect(scope)?;
        // Properties are asked for when they are needed: a cache would cost a call and a match
        // rule.
        let builder = ManagerProxy::builder(bus.connection()).cache_properties(CacheProperties::No);
        let proxy = bus.wait("connect", builder.build())?;
        let is_root = nix::unistd::Uid::effective().is_root();
        let tells_transactions = *scope == Scope::User || *scope == Scope::System && is_root;
        let (heard, version) = (RefCell::default(), OnceCell::new());
        Ok(Manager { bus, proxy, heard, tells_transactions, version })
    }

    /// The manager's version, such as 252; it is asked for once.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn version(&self) -> Result<u32, Error> {
        if let Some(known) = self.version.get() {
            return Ok(*known);
        }
        // "252.38-1~deb12u1", "v258~rc1"
        let text = self.bus.wait("Get", self.text_at(PATH, MANAGER, "Version"))?;
        let text = text.trim_start_matches('v');
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let version = digits.parse().unwrap_or(0);
        Ok(*self.version.get_or_init(|| version))
    }

    /// The properties of the manager itself.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn manager_properties(&self) -> Result<Properties, Error> {
        self.properties_at(PATH, MANAGER)
    }

    /// The state of the whole: `running`, `degraded`, `starting`.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn state(&self) -> Result<String, Error> {
        self.bus.wait("Get", self.text_at(PATH, MANAGER, "SystemState"))
    }

    /// All properties of a unit. A unit that is not in memory is loaded for it; a missing one has
    /// `LoadState=not-found`.
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
        self.units_by(names, "")
    }

    /// Several units, with what all kinds of units have and nothing else: for a service, that is
    /// not half of it, for the manager too.
    ///
    /// # Errors
    /// The first that occurs.
    pub fn units_in_short(&self, names: &[&str]) -> Result<Vec<Unit>, Error> {
        self.units_by(names, UNIT)
    }

    fn units_by(&self, names: &[&str], interface: &str) -> Result<Vec<Unit>, Error> {
        let paths: Vec<String> = names.iter().map(|name| unit_path(name)).collect();
        let questions = paths.iter().map(|path| self.get_all(path, interface)).collect();
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

    /// What `is-active` needs, and no more: a unit's ActiveState, or another text property of the
    /// same interface.
    ///
    /// # Errors
    /// As [`Manager::properties`].
    pub fn unit_text(&self, unit: &str, property: &str) -> Result<String, Error> {
        let mut texts = self.unit_texts(&[unit], property)?;
        texts.pop().ok_or(Error::Disconnected)?
    }

    /// The same of several units, asked for all at once; the answers in the same order.
    ///
    /// # Errors
    /// When the connection fails. What the manager refuses is in the list.
    pub fn unit_texts(
        &self,
        units: &[&str],
        property: &str,
    ) -> Result<Vec<Result<String, Error>>, Error> {
        let paths: Vec<String> = units.iter().map(|unit| unit_path(unit)).collect();
        let questions = paths.iter().map(|path| self.text_at(path, UNIT, property)).collect();
        let answers = self.bus.wait("Get", async { Ok(pipeline::all(questions).await) })?;
        let text = |(answer, unit): (zbus::Result<String>, &&str)| {
            self.bus.wait("Get", async { answer }).map_err(|error| error.about(unit))
        };
        Ok(answers.into_iter().zip(units).map(text).collect())
    }

    async fn text_at(&self, path: &str, interface: &str, property: &str) -> zbus::Result<String> {
        let body = (interface, property);
        let answer = self.call(path, PROPERTIES, "Get", &body).await?;
        let variant: OwnedVariant = answer.body().deserialize()?;
        String::try_from(variant)
    }

    async fn get_all(&self, path: &str, interface: &str) -> zbus::Result<Properties> {
        let answer = self.call(path, PROPERTIES, "GetAll", &interface).await?;
        answer.body().deserialize_ignore_signature()
    }

    /// The units in memory that one of the patterns fits; all of them without a pattern.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn list_units(&self, patterns: &[&str]) -> Result<Vec<ListedUnit>, Error> {
        Ok(self.list_units_at(patterns)?.0)
    }

    /// The same, and where among all messages the answer stood.
    pub(crate) fn list_units_at(
        &self,
        patterns: &[&str],
    ) -> Result<(Vec<ListedUnit>, Sequence), Error> {
        let none: &[&str] = &[];
        let asked = async {
            let answer = self.call(PATH, MANAGER, "ListUnitsByPatterns", &(none, patterns)).await?;
            Ok((answer.body().deserialize_ignore_signature()?, answer.recv_position()))
        };
        self.bus.wait("ListUnitsByPatterns", asked)
    }

    async fn call<B: Serialize + DynamicType>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &B,
    ) -> zbus::Result<Message> {
        let connection = self.bus.connection();
        connection.call_method(Some(SERVICE), path, Some(interface), method, body).await
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

    /// Keeps units in memory as long as this connection lasts, so that their results can be read
    /// after their end. A unit that can't be held can't be started either: that error will name
    /// the cause.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn hold(&self, units: &[&str]) -> Result<(), Error> {
        // One by one: for each, the manager asks the bus back, and hundreds at once would fill its
        // queue.
        for unit in units {
            match self.bus.wait("RefUnit", self.proxy.ref_unit(unit)) {
                Ok(()) | Err(Error::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The object of a unit: its name, with `_` and two hexadecimal digits for each byte that a path
/// can't have.
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
