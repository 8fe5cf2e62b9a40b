//! What is known of common programs: which are shells and interpreters, and which of their options
//! keep them in the foreground or send them to the background. Their own man pages are the source.

use unit_file::directives::has_word;
use unit_file::values::Command;

/// Shells, whose `-c` takes a script.
pub(super) const SHELLS: &str = "sh bash dash zsh ksh ash fish csh busybox";
/// Programs that run a script in a file, in the foreground.
const INTERPRETERS: &str = "python pypy perl ruby node nodejs php lua tclsh Rscript deno bun";
/// Programs that make machine code at run time.
const COMPILERS_AT_RUN_TIME: &str =
    "node nodejs java mono mono-sgen dotnet luajit deno bun pypy julia pwsh chromium firefox";

/// Long options that say the same in most programs.
const FOREGROUND: &str = "--foreground -foreground --nodaemon --no-daemon -nodaemon --nodaemonize \
                          --no-daemonize --nofork --no-fork --no-detach --nodetach -DFOREGROUND \
                          --daemon=no --daemon=false --daemon=off --daemonize=no";
const BACKGROUND: &str = "--daemon --daemonize -daemonize --detach --background --daemon=yes \
                          --daemon=true --daemonize=yes";

/// Programs and the words that keep them in the foreground.
const IN_FOREGROUND: &[(&str, &str)] = &[
    ("sshd", "-D"),
    ("cron", "-f"),
    ("crond", "-n -f"),
    ("ntpd", "-n"),
    ("dnsmasq", "-k -d"),
    ("rsyslogd", "-n"),
    ("atd", "-f"),
    ("php-fpm", "-F"),
    ("smbd", "-F"),
    ("nmbd", "-F"),
    ("winbindd", "-F"),
    ("haproxy", "-db"),
    ("unbound", "-d"),
    ("named", "-f -g"),
    ("chronyd", "-d -n"),
    ("snmpd", "-f"),
    ("lighttpd", "-D"),
    ("squid", "-N"),
    ("dhcpd", "-f"),
    ("dhclient", "-d"),
    ("pppd", "nodetach"),
    ("proftpd", "-n"),
    ("supervisord", "-n"),
    ("nginx", "off;"),
    ("varnishd", "-F"),
    ("acpid", "-f"),
];

/// Programs and the words that send them to the background.
const IN_BACKGROUND: &[(&str, &str)] = &[
    ("memcached", "-d"),
    ("screen", "-dm -dmS"),
    ("tmux", "-d"),
    ("gunicorn", "-D"),
    ("mongod", "--fork"),
    ("celery", "multi"),
    ("pm2", "start"),
    ("forever", "start"),
    ("apachectl", "start"),
    ("apache2ctl", "start"),
    ("php-fpm", "-D"),
    ("mosquitto", "-d"),
    ("autossh", "-f"),
    ("ssh", "-f"),
    ("start-stop-daemon", "-b"),
    ("docker-compose", "-d"),
    ("lxc-start", "-d"),
];

/// Programs that go to the background unless a word keeps them from it.
const DAEMONS_BY_DEFAULT: &str = "nginx supervisord varnishd vsftpd";

/// The name of a program without its path.
pub(super) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or_default()
}

/// `python` of `/usr/bin/python3.11`.
fn without_version(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'))
}

/// Whether the program is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    has_word(SHELLS, base_name(program))
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
pub(super) fn arguments(command: &Command) -> impl Iterator<Item = String> {
    command.arguments.iter().skip(1).map(|word| word.text().into_owned())
}

/// The word that keeps the program in the foreground.
pub(super) fn foreground_word(command: &Command) -> Option<String> {
    let name = base_name(&command.program);
    let own = IN_FOREGROUND.iter().find(|(program, _)| *program == without_version(name));
    let own = own.map_or("", |(_, words)| words);
    arguments(command)
        .find(|word| has_word(FOREGROUND, word) || word.split(' ').any(|part| has_word(own, part)))
}

/// What sends the program to the background: a word, or its own habit.
pub(super) fn background_word(command: &Command) -> Option<String> {
    if foreground_word(command).is_some() {
        return None;
    }
    let name = without_version(base_name(&command.program));
    if has_word("docker podman nerdctl", name) {
        return detached_container(command);
    }
    let own = IN_BACKGROUND.iter().find(|(program, _)| *program == name);
    let own = own.map_or("", |(_, words)| words);
    let mut words = arguments(command);
    let found = words.find(|word| has_word(BACKGROUND, word) || has_word(own, word));
    found.or_else(|| has_word(DAEMONS_BY_DEFAULT, name).then(|| name.to_owned()))
}

/// `docker run -d` and `docker compose up -d` start containers that are no children of theirs.
fn detached_container(command: &Command) -> Option<String> {
    let words: Vec<String> = arguments(command).collect();
    let starts = words.iter().any(|word| matches!(word.as_str(), "run" | "up"));
    let is_detach = |word: &&String| word.as_str() == "--detach" || is_short_option(word, 'd');
    words.iter().find(is_detach).filter(|_| starts).cloned()
}

/// `-it` has the option t.
pub(super) fn is_short_option(word: &str, option: char) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
    letters.is_some_and(|letters| {
        letters.len() <= 4
            && letters.chars().all(|c| c.is_ascii_lowercase())
            && letters.contains(option)
    })
}
