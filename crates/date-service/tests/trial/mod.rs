//! The proof: a caller asks a hundred times a second while the service is restarted and upgraded,
//! and all that was asked, told and written down is counted.
//!
//! Used by the test, for a moment, and by the benchmark, for longer.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lab::{Access, Bind, Lab, Options};

const LIMIT: Duration = Duration::from_secs(300);
/// Set where this program is the caller, in the lab.
const CALLER: &str = "DATE_SERVICE_CALLER";
const EVERY: Duration = Duration::from_millis(10);
/// So many may wait for their answer at once.
const CALLERS: usize = 32;

const INSTALL: &str = "
set -e
install $PROGRAM /usr/local/bin/date-service
install -D --target-directory=/usr/local/lib/date-service $UNITS/rotate $UNITS/report $UNITS/failed
cp --recursive $UNITS/date-service* /etc/systemd/system/
[ $USERS = true ] || rm --recursive /etc/systemd/system/date-service.service.d
# Nobody restarts a service so often; here it is what is tried, and not a crash loop that must be ended.
mkdir -p /etc/systemd/system/date-service.service.d
printf '[Unit]\\nStartLimitIntervalSec=0\\n' > /etc/systemd/system/date-service.service.d/often.conf
date-service new-key > /etc/date-service.key
# Two versions that differ, so that one can be told from the other.
for version in 1 2; do cp /usr/local/bin/date-service /tmp/$version; echo $version >> /tmp/$version; done
systemctl daemon-reload
systemctl start date-service.target date-service.socket";

/// A restart or an upgrade in each round, and in the end the word for the caller to stop.
const CHANGE: &str = "
set -e
until [ -e /tmp/first ]; do sleep 0.01; done
for round in $(seq $((RESTARTS + UPGRADES))); do
  if [ $round -le $UPGRADES ]; then
    version=/tmp/$((round % 2 + 1))
    install $version /usr/local/bin/date-service
    systemctl restart date-service
    cmp $version /proc/$(systemctl show --property=MainPID --value date-service)/exe
  else
    systemctl restart date-service
  fi
done
touch /tmp/enough";

/// What was counted.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) asked: usize,
    pub(crate) answered: usize,
    /// Told, and not in the register; or in the register twice, or left out.
    pub(crate) lost_lines: usize,
    pub(crate) longest_ms: u64,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Count { asked, answered, lost_lines, longest_ms } = self;
        let lost = asked - answered + lost_lines;
        write!(
            f,
            "asked {asked}, answered {answered}, lost {lost}; the longest took {longest_ms} ms"
        )
    }
}

/// In the lab, as the caller: does its work, and does not return. Elsewhere it does nothing.
pub(crate) fn call_if_asked() {
    if env::var_os(CALLER).is_some() {
        call();
        std::process::exit(0);
    }
}

/// Asks until there is enough, each 10 ms, whether the last answer is there or not.
fn call() {
    let (asked, begin) = (AtomicU32::new(0), Instant::now());
    let told = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while !Path::new("/tmp/enough").exists() {
                    let turn = asked.fetch_add(1, Ordering::Relaxed);
                    // A caller that asks so often is what this is about: not a wait for something.
                    thread::sleep((EVERY * turn).saturating_sub(begin.elapsed()));
                    let called = Instant::now();
                    let answer = ask().unwrap_or_else(|error| format!("error {error}"));
                    told.lock().unwrap().push((called.elapsed().as_millis(), answer));
                    if turn == 0 {
                        std::fs::write("/tmp/first", "").unwrap();
                    }
                }
            });
        }
    });
    for (took, answer) in told.into_inner().unwrap() {
        println!("{took} {answer}");
    }
}

fn ask() -> std::io::Result<String> {
    let mut line = String::new();
    BufReader::new(TcpStream::connect("127.0.0.1:13")?).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

/// Runs it; `args` are those with which this program is the caller. `None` where no lab runs.
pub(crate) fn count(promise: &str, args: &[&str], restarts: u32, upgrades: u32) -> Option<Count> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let caller = env::current_exe().unwrap();
    let mut binds = vec![Bind { path: project.clone(), access: Access::ReadOnly }];
    for program in [Path::new(env!("CARGO_BIN_EXE_date-service")), &caller] {
        if !program.starts_with(&project)
            && binds.iter().all(|bind| !program.starts_with(&bind.path))
        {
            let path = program.parent().unwrap().to_owned();
            binds.push(Bind { path, access: Access::ReadOnly });
        }
    }
    let lab = match Lab::boot(&Options { mode: None, binds }) {
        Ok(lab) => lab,
        Err(error) => {
            lab::not_proved(promise, &error.to_string().replace('\n', " "));
            return None;
        }
    };
    let script = |script: &str| {
        let mut command = lab.command("bash");
        command.args(["-c", script]);
        command.env("PROGRAM", env!("CARGO_BIN_EXE_date-service"));
        command.env("UNITS", project.join("units/scripts-part-2"));
        command.env("USERS", lab.mode().has_users().to_string());
        command.env("RESTARTS", restarts.to_string()).env("UPGRADES", upgrades.to_string());
        let output = command.output(LIMIT).unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        text
    };
    script(INSTALL);
    let answers = thread::scope(|scope| {
        let changes = scope.spawn(|| script(CHANGE));
        let output = lab.command(&caller).args(args).env(CALLER, "1").output(LIMIT).unwrap();
        changes.join().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    });
    let register =
        script("systemctl stop date-service.target; cat /var/lib/date-service/dates.log");
    Some(compare(&answers, &register))
}

fn compare(answers: &str, register: &str) -> Count {
    // The test harness prints lines of its own; a caller's begin with a number.
    let answers = answers.lines().filter_map(|line| line.split_once(' '));
    let answers: Vec<(u64, &str)> =
        answers.filter_map(|(took, answer)| Some((took.parse().ok()?, answer))).collect();
    // What was told, without its seal, has to be a line of the register.
    let told: Vec<&str> = answers.iter().filter_map(|(_, answer)| entry(answer)).collect();
    let written: BTreeSet<&str> = register.lines().collect();
    let missing = told.iter().filter(|told| !written.contains(**told)).count();
    let twice = told.len() - told.iter().collect::<BTreeSet<_>>().len();
    let numbers = register.lines().filter_map(|line| line.split(' ').next()?.parse::<usize>().ok());
    let out_of_order = (1..).zip(numbers).filter(|(line, number)| line != number).count();
    Count {
        asked: answers.len(),
        answered: told.len(),
        lost_lines: missing + twice + out_of_order,
        longest_ms: answers.iter().map(|(took, _)| *took).max().unwrap_or(0),
    }
}

/// Number and date of an answer.
fn entry(answer: &str) -> Option<&str> {
    let (entry, seal) = answer.rsplit_once(' ')?;
    let (number, _) = entry.split_once(' ')?;
    (number.parse::<u64>().is_ok() && seal.len() == 16).then_some(entry)
}
