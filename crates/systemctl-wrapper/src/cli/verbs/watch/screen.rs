//! The table on a terminal, and its keys.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use super::{Action, Context, Duration, Fits, Instant, JobMode, ListedUnit, listed};
use crate::cli::journal;
use crate::cli::list::cut;
use crate::cli::output::{plain, tint_of, tinted};

/// A key is looked for so often; changes of state come by signals in between.
const KEYS: Duration = Duration::from_millis(100);

/// So many rows are shown: more than that is a list, not a view.
const ROWS: usize = 20;

/// The lines below the rows, with the one of the cursor.
const BELOW: usize = 4;

struct Screen {
    units: Vec<ListedUnit>,
    chosen: usize,
    note: String,
}

/// Shows the table until q, Ctrl-C or the end of the bus.
pub(super) fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    let manager = context.manager()?;
    let mut watch = manager.watch(None)?;
    let units = listed(&mut watch, patterns)?.into_iter().filter(ListedUnit::is_of_interest);
    let mut screen = Screen { units: units.collect(), chosen: 0, note: String::new() };
    let raw = Raw::enter()?;
    let keys = keys();
    let mut fits = Fits::new(patterns);
    screen.draw(context.out)?;
    loop {
        let change = watch.next(Some(Instant::now() + KEYS))?;
        let is_ours = change.is_some_and(|change| fits.fits(&change.unit) && screen.take(change));
        let key = match keys.try_recv() {
            Ok(key) => Some(key),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => break,
        };
        match key {
            Some(b'q' | 3 | 4) => break,
            Some(key) => screen.press(context, key)?,
            None if !is_ours => continue,
            None => {}
        }
        screen.draw(context.out)?;
    }
    drop(raw);
    writeln!(context.out)?;
    Ok(0)
}

impl Screen {
    /// Takes a change in; true if the table looks different then.
    fn take(&mut self, change: super::StateChange) -> bool {
        let known = self.units.iter_mut().find(|unit| unit.name == change.unit);
        match known {
            Some(unit) => {
                unit.active = change.active.as_str().into();
                unit.sub = change.sub;
            }
            None => self.units.push(ListedUnit {
                name: change.unit,
                description: String::new(),
                load: "loaded".into(),
                active: change.active.as_str().into(),
                sub: change.sub,
                following: String::new(),
                job: String::new(),
            }),
        }
        true
    }

    fn press(&mut self, context: &mut Context<'_>, key: u8) -> anyhow::Result<()> {
        let last = self.units.len().saturating_sub(1);
        match key {
            b'j' | b'B' => self.chosen = (self.chosen + 1).min(last),
            b'k' | b'A' => self.chosen = self.chosen.saturating_sub(1),
            b's' => self.act(context, Action::Start),
            b'x' => self.act(context, Action::Stop),
            b'r' => self.act(context, Action::Restart),
            b'l' => self.log(context)?,
            _ => {}
        }
        Ok(())
    }

    /// Asks for a job, and does not wait: its effect shows in the table.
    fn act(&mut self, context: &Context<'_>, action: Action) {
        let Some(unit) = self.units.get(self.chosen) else { return };
        if context.options.dry_run {
            self.note = format!("would {action} {}", unit.name);
            return;
        }
        let answer = context
            .manager()
            .and_then(|manager| manager.enqueue(&unit.name, action, &JobMode::default()));
        self.note = match answer {
            Ok(job) => format!("{action} {}: job {}", unit.name, job.id),
            Err(error) => format!("cannot {action} {}: {error}", unit.name),
        };
    }

    /// The last line of its log.
    fn log(&mut self, context: &Context<'_>) -> anyhow::Result<()> {
        let Some(unit) = self.units.get(self.chosen) else { return Ok(()) };
        let unit = context.manager()?.unit(&unit.name)?;
        let last = journal::start(&context.scope, &unit, 1, "cat").lines().pop();
        self.note = last.unwrap_or_else(|| format!("{} has logged nothing", unit.id));
        Ok(())
    }

    /// Draws what the terminal has room for: a line that is broken, or a row too many, and the next
    /// drawing is at another place.
    fn draw(&self, out: &mut dyn Write) -> io::Result<()> {
        let size = terminal_size::terminal_size_of(io::stdout());
        let (columns, lines) = size.map_or((80, 24), |size| (size.0.0.into(), size.1.0.into()));
        let rows = usize::saturating_sub(lines, BELOW).clamp(1, ROWS);
        let first = self.chosen.saturating_sub(rows - 1);
        write!(out, "\u{1b}[H\u{1b}[2J")?;
        for (at, unit) in self.units.iter().enumerate().skip(first).take(rows) {
            let mark = if at == self.chosen { "▶" } else { " " };
            let word = unit.active.as_str();
            let state = tinted(&format!("{word:<12}"), tint_of(word));
            let rest = format!("{:<12} {}", plain(&unit.sub), plain(&unit.name));
            write!(out, "{mark} {state} {}\r\n", cut(&rest, usize::saturating_sub(columns, 15)))?;
        }
        let keys = "s start  x stop  r restart  l log  q quit";
        let note = plain(&self.note);
        write!(out, "\r\n{}\r\n{}\r\n", cut(keys, columns), cut(&note, columns))?;
        out.flush()
    }
}

/// Keys as they are pressed, without Enter and unseen; put back when dropped.
struct Raw(Termios);

impl Raw {
    fn enter() -> io::Result<Raw> {
        let before = tcgetattr(io::stdin().as_fd())?;
        let mut raw = before.clone();
        raw.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG);
        tcsetattr(io::stdin().as_fd(), SetArg::TCSANOW, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin().as_fd(), SetArg::TCSANOW, &self.0);
    }
}

/// A thread that does nothing but read keys, for the table waits for signals.
fn keys() -> Receiver<u8> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut byte = [0];
        while io::stdin().read_exact(&mut byte).is_ok() && send.send(byte[0]).is_ok() {}
    });
    receive
}
