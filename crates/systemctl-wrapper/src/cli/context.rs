//! What each verb is given: the options, the manager, and where to write.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::rc::Rc;

use systemctl_wrapper::{Error, JobMode, Manager, Scope};

use super::options::Options;
use super::pager::Out;
use super::{agent, explain};

/// What a verb works with. The manager is connected to at the first use: some verbs need none.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    pub(crate) out: &'a mut Out,
    pub(crate) scope: Scope,
    manager: RefCell<Option<Rc<Manager>>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(options: &'a Options, out: &'a mut Out) -> anyhow::Result<Self> {
        Ok(Context { options, out, scope: options.scope(), manager: RefCell::default() })
    }

    /// The manager.
    pub(crate) fn manager(&self) -> Result<Rc<Manager>, Error> {
        if let Some(manager) = &*self.manager.borrow() {
            return Ok(Rc::clone(manager));
        }
        self.reconnect()
    }

    /// A new connection, after the bus has gone away: with its own restart, for instance.
    pub(crate) fn reconnect(&self) -> Result<Rc<Manager>, Error> {
        let manager = Rc::new(Manager::connect(&self.scope)?);
        *self.manager.borrow_mut() = Some(Rc::clone(&manager));
        Ok(manager)
    }

    /// The manager, for a verb that changes something: polkit(8) may want to ask for a password.
    pub(crate) fn manager_to_change(&self) -> Result<Rc<Manager>, Error> {
        if self.scope == Scope::System && !self.options.no_ask_password {
            agent::start();
        }
        self.manager()
    }

    /// What was typed for a verb.
    pub(crate) fn verb(&self) -> &str {
        self.options.words.first().map(String::as_str).unwrap_or_default()
    }

    /// Whether the lines that only people read are wanted.
    pub(crate) fn is_loud(&self) -> bool {
        !self.options.quiet
    }

    /// From now on the output goes through a pager, where there is somebody to turn pages.
    pub(crate) fn page(&mut self) {
        if !self.options.no_pager {
            self.out.page();
        }
    }

    /// The width of the terminal, where lines are to be cut at its edge.
    pub(crate) fn columns(&self) -> Option<usize> {
        if self.out.is_paged() || self.options.full || !io::stdout().is_terminal() {
            return None;
        }
        let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let size = || terminal_size::terminal_size_of(io::stdout()).map(|size| size.0.0);
        // A serial line does not know how wide its terminal is; nearly all have as many as this.
        let columns = told.filter(|columns| *columns > 0).or_else(size).unwrap_or(80_u16);
        Some(usize::from(columns).max(20))
    }

    /// The mode for new jobs.
    pub(crate) fn job_mode(&self) -> JobMode {
        let options = self.options;
        let named = [
            (options.fail, "fail"),
            (options.irreversible, "replace-irreversibly"),
            (options.ignore_dependencies, "ignore-dependencies"),
        ];
        let older = named.iter().find(|(is_typed, _)| *is_typed).map(|(_, mode)| *mode);
        let mode = older.or(options.job_mode.as_deref());
        mode.map_or_else(JobMode::default, |mode| JobMode(mode.to_owned()))
    }

    /// Says which call is made, and what it means, if that was asked for.
    pub(crate) fn explain(&mut self, call: &str) -> io::Result<()> {
        if self.options.explain {
            explain::call(self.out, "D-Bus:", call)?;
        }
        Ok(())
    }

    /// The same for a call that changes something at once. False for `--dry-run`: then it is said
    /// what would be called, and it must not be.
    pub(crate) fn may_call(&mut self, call: &str) -> io::Result<bool> {
        if self.options.dry_run {
            explain::call(self.out, "would call", call)?;
            return Ok(false);
        }
        self.explain(call).map(|()| true)
    }
}
