//! What is known of common programs: which are shells and interpreters, and which of their options
//! keep them in the foreground or send them to the background. Their own man pages are the source.
//!
//! systemd knows nothing of this: to it, a program is a path. But the commonest mistakes of units
//! are between a type of service and a program.

use std::borrow::Cow;
use std::sync::OnceLock;

use unit_file::directives::has_word;
use unit_file::values::Command;

/// Programs that run a script in a file, in the foreground.
const INTERPRETERS: &str = "python pypy perl ruby node nodejs php lua tclsh Rscript deno bun";
/// Programs that make machine code at run time.
const COMPILERS_AT_RUN_TIME: &str =
    "node nodejs java mono mono-sgen dotnet luajit deno bun pypy julia pwsh chromium firefox";

/// Programs that look for files in the directory they start in, and the options that name another.
pub(super) const LOOKS_AROUND: &str = "npm yarn pnpm make bundle rake composer pipenv poetry \
                                       docker-compose gunicorn uvicorn flask";
pub(super) const NAMES_DIRECTORY: &str = "--chdir --prefix -C --cwd -f --file --project-directory \
                                          --app-dir --pythonpath --directory --dir";

/// Long options that say the same in most programs.
const FOREGROUND: &str = "--foreground -foreground --nodaemon --no-daemon -nodaemon --nodaemonize \
                          --no-daemonize --nofork --no-fork --no-detach --nodetach -DFOREGROUND \
                          --daemon=no --daemon=false --daemon=off --daemonize=no";
const BACKGROUND: &str = "--daemon --daemonize -daemonize --detach --background --daemon=yes \
                          --daemon=true --daemonize=yes";

/// Programs that go to the background unless a word keeps them from it.
const DAEMONS_BY_DEFAULT: &str = "nginx supervisord varnishd startup.sh apache2 httpd";
/// Programs that stay in the foreground unless a word sends them to the background.
const STAYS_BY_DEFAULT: &str = "gunicorn uvicorn hypercorn daphne waitress-serve flask streamlit \
                                jupyter npm yarn pnpm prometheus grafana-server node_exporter \
                                minio vault consul etcd traefik caddy mongod memcached mosquitto \
                                websockify ttyd code-server sleep tail socat";
/// Programs whose --daemon means something else.
const STAYS_ANYWAY: &str = "lxc-monitord";

/// Programs with options of their own for the foreground (the first column) and the background.
static TEXT: &str = include_str!("../../data/programs.tsv");

/// The words of a program in a column of the table.
fn own_words(program: &str, column: usize) -> &'static str {
    static ROWS: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| TEXT.lines().filter_map(|line| line.split_once('\t')).collect());
    let of = |program: &str| rows.iter().find(|(name, _)| *name == program);
    let row = of(program).or_else(|| of(without_version(program)));
    let words = row.and_then(|(_, words)| words.split('\t').nth(column));
    words.filter(|words| *words != "-").unwrap_or_default()
}

/// The name of a program without its path.
pub(super) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or_default()
}

/// `python` of `/usr/bin/python3.11`.
///
/// Distributions install several versions of an interpreter side by side.
fn without_version(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'))
}

/// Whether the program is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    let shells = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "csh", "busybox"];
    shells.contains(&base_name(program))
}

/// Whether the program runs scripts: python, node, perl and so on; no shell.
pub(super) fn is_interpreter(program: &str) -> bool {
    has_word(INTERPRETERS, without_version(base_name(program)))
}

/// Whether the program makes machine code at run time.
pub(super) fn compiles_at_run_time(program: &str) -> bool {
    has_word(COMPILERS_AT_RUN_TIME, without_version(base_name(program)))
}

/// The words behind the program.
pub(super) fn arguments(command: &Command) -> impl Iterator<Item = Cow<'_, str>> {
    command.arguments.iter().skip(1).map(|word| word.text())
}

/// The word that keeps the program in the foreground.
///
/// Words in quotes count too: nginx takes "daemon off;" as one.
pub(super) fn foreground_word(command: &Command) -> Option<Cow<'_, str>> {
    let name = base_name(&command.program);
    let own = own_words(name, 0);
    arguments(command)
        .find(|word| has_word(FOREGROUND, word) || word.split(' ').any(|part| has_word(own, part)))
}

/// Whether the program is known to stay in the foreground by itself.
pub(super) fn stays_by_default(command: &Command) -> bool {
    let name = base_name(&command.program);
    let is_container = has_word("docker podman nerdctl docker-compose", name)
        && arguments(command).any(|word| matches!(&*word, "run" | "up"));
    (is_container || has_word(STAYS_BY_DEFAULT, name)) && background_word(command).is_none()
}

/// What sends the program to the background: a word, or its own habit.
pub(super) fn background_word(command: &Command) -> Option<Cow<'_, str>> {
    let own_name = base_name(&command.program);
    let name = without_version(own_name);
    if foreground_word(command).is_some() || has_word(STAYS_ANYWAY, name) {
        return None;
    }
    if has_word("docker podman nerdctl", name) {
        return detached_container(command);
    }
    let own = own_words(own_name, 1);
    let mut words = arguments(command);
    let found = words.find(|word| has_word(BACKGROUND, word) || has_word(own, word));
    // Scripts of System V start a daemon and end.
    let is_init_script = command.program.starts_with("/etc/init.d/");
    let starts = || arguments(command).find(|word| is_init_script && word == "start");
    found.or_else(starts).or_else(|| {
        DAEMONS_BY_DEFAULT
            .split(' ')
            .find(|daemon| [name, own_name].contains(daemon))
            .map(Cow::Borrowed)
    })
}

/// `docker run -d` and `docker compose up -d` start containers that are no children of theirs.
fn detached_container(command: &Command) -> Option<Cow<'_, str>> {
    let words: Vec<Cow<'_, str>> = arguments(command).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    // `docker start` leaves the container alone unless it is told to stay with it.
    if has("start") && !words.iter().any(|word| word == "--attach" || is_short_option(word, 'a')) {
        return Some("start".into());
    }
    let is_detach = |word: &&Cow<'_, str>| **word == "--detach" || is_short_option(word, 'd');
    words.iter().find(is_detach).filter(|_| has("run") || has("up")).cloned()
}

/// `-it` has the option t.
///
/// Single letters may be put together behind one dash; longer words behind one dash are options
/// of their own.
pub(super) fn is_short_option(word: &str, option: char) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
    letters.is_some_and(|letters| {
        letters.len() <= 4
            && letters.chars().all(|c| c.is_ascii_lowercase())
            && letters.contains(option)
    })
}
