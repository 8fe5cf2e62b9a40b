//! The manager's signals: asked for once, and sorted by who waits for them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Instant;

use zbus::{MatchRule, Message, OwnedObjectPath};

use crate::manager::{PATH, SERVICE};
use crate::{Error, JobResult, Manager};

/// So many results are kept that nobody has asked for yet.
const RESULTS_MAX: usize = 1 << 16;

/// What signals have told, and nobody has asked for yet.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) listens_to_jobs: bool,
    is_subscribed: bool,
    pub(crate) results: HashMap<String, JobResult>,
    /// Jobs of ours of whose end nothing was heard.
    pub(crate) open: HashSet<String>,
    others: VecDeque<Message>,
}

impl Manager {
    pub(crate) fn listen_to_jobs(&self) -> Result<(), Error> {
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
    pub(crate) fn hear(&self, deadline: Instant) -> Result<bool, Error> {
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
}
