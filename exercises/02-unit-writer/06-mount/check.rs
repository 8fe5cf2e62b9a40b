//! 2.6: a name that follows from a path; systemd.mount(5) and systemd-escape(1).

use std::fs;

use check::{Explain, Failure, Result, Text, Unit, file_text, install_as, proc_of, text};

const FILE: &str = "scratch.mount";
const NAME_FILE: &str = "name.txt";
const PLACE: &str = "/srv/photo-cache";
const ESCAPING: &str = "systemd.unit(5), String Escaping for Inclusion in Unit Names";

#[test]
fn a_start_mounts_a_tmpfs_there() -> Result {
    let name = install_mount()?;
    start(&name)?;
    is_mounted().say("Type= says which file system it is, and Where= to which folder it belongs")
}

#[test]
fn being_enabled_hangs_it_on_the_boot() -> Result {
    let name = install_mount()?;
    let mount = Unit::named(&name);
    mount.enable()?;
    match mount.property("UnitFileState")?.as_str() {
        "enabled" => Ok(()),
        state => Err(Failure::new("enabled", text!("{state}, after systemctl enable", state))
            .say("a mount unit is mounted at boot when a target wants it, as with any other unit: it needs an [Install]")
            .man("systemd.unit(5), [INSTALL] SECTION OPTIONS")
            .at_setting(FILE, "[Install]")),
    }
}

#[test]
fn has_the_name_that_systemd_looks_for() -> Result {
    install_mount().map(drop)
}

#[test]
fn lets_no_program_run_from_it() -> Result {
    mounted_with("noexec", "without noexec, what is stored here can be run")
}

#[test]
fn takes_no_more_than_1_mib() -> Result {
    mounted_with("size=1024k", "without a size, a tmpfs may take half of the memory")
}

mod after_reboot {
    use super::{Explain, FILE, Result, is_mounted};

    #[test]
    fn is_mounted_again() -> Result {
        is_mounted()
            .say("it is enabled, but what wants it is no part of this boot")
            .man("systemd.special(7)")
            .at_setting(FILE, "WantedBy=")
    }
}

/// Installs the unit under the learner's name for it.
fn install_mount() -> Result<String> {
    let words = file_text(NAME_FILE)?;
    let name = words.trim();
    let wrong = |got: &str, say: &'static str| {
        let expected = text!("the name of the mount unit for {place}", place = PLACE);
        Err(Failure::new(expected, Text::verbatim(got))
            .say(say)
            .man(ESCAPING)
            .at_line(NAME_FILE, Some(1)))
    };
    let is_file_name = !name.is_empty() && name.len() < 256 && !name.contains(['/', '\0', '\n']);
    if !is_file_name {
        return wrong(name, "one line, and no path: / is written as - in a name");
    }
    if !name.ends_with(".mount") {
        return wrong(name, "the end of the name says which kind of unit it is: .mount");
    }
    install_as(&[(FILE, name)]).explain(|failure| {
        let got = failure.got();
        let say = if !(got.contains("doesn't match") || got.contains("does not match")) {
            return;
        } else if name == "srv-photo-cache.mount" {
            "that is the name for /srv/photo/cache: each - in a name is a / of the path; a - of the path itself is written \\x2d"
        } else {
            "systemd works the name out from Where=, and finds another one than yours"
        };
        failure.add_say(say);
    })
    .man(ESCAPING)?;
    Ok(name.to_owned())
}

fn start(name: &str) -> Result {
    Unit::named(name)
        .start()
        .say("mount(8) was called with your What=, Where=, Type= and Options=, and did not like them")
        .man("systemd.mount(5), Options=")
        .at_setting(FILE, "[Mount]")
}

fn is_mounted() -> Result {
    match mount() {
        Some((kind, _)) if kind == "tmpfs" => Ok(()),
        mount => {
            let nothing = || text!("nothing mounted at {place}", place = PLACE);
            let got = mount.map_or_else(nothing, |(kind, _)| Text::verbatim(kind));
            Err(Failure::new(text!("a tmpfs at {place}", place = PLACE), got)
                .man("systemd.mount(5), Type=")
                .at_setting(FILE, "Where="))
        }
    }
}

fn mounted_with(option: &str, otherwise: &'static str) -> Result {
    start(&install_mount()?)?;
    is_mounted()?;
    let options = mount().map(|(_, options)| options).unwrap_or_default();
    if options.split(',').any(|has| has == option) {
        return Ok(());
    }
    Err(Failure::new(Text::verbatim(option), Text::verbatim(options))
        .say(otherwise)
        .man("systemd.mount(5), Options=; tmpfs(5)")
        .at_setting(FILE, "Options="))
}

/// The file system that is mounted there, and its options, as the kernel tells; see proc_pid_mounts(5).
fn mount() -> Option<(String, String)> {
    let mounts = fs::read_to_string(proc_of("1").join("mounts")).ok()?;
    let last = mounts.lines().rev().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let is_there = fields.next() == Some(PLACE);
        is_there.then(|| Some((fields.next()?.to_owned(), fields.next()?.to_owned())))
    });
    last?
}
