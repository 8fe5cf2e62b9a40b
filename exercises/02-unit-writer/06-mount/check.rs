//! 2.6: a name that follows from a path; systemd.mount(5) and systemd-escape(1).

use std::fs;

use check::{
    Explain, Failure, Result, Text, Unit, file_text, in_lab, install_as, proc_of, systemctl, text,
};

use super::shared::{Settings, Written, needed, once, settle};

const FILE: &str = "scratch.mount";
const NAME_FILE: &str = "name.txt";
const PLACE: &str = "/srv/photo-cache";
const ESCAPING: &str = "systemd.unit(5), String Escaping for Inclusion in Unit Names";
const OPTIONS: &str = "systemd.mount(5), Options=; tmpfs(5)";
/// How many files it must have room for, each of a few bytes.
const FILES: usize = 100;
/// What it takes in all.
const SIZE: u64 = 1 << 20;

#[test]
fn a_start_mounts_a_tmpfs_there() -> Result {
    let name = install_mount()?;
    let unit = Unit::named(&name);
    start(unit)?;
    settle()?;
    Written { file: FILE, unit }.lasts()?;
    is_mounted()
        .say("Type= says which file system it is, and Where= to which directory it belongs")?;
    systemctl(&["stop", "--", &name])?;
    if let Some((kind, _)) = mount() {
        return Err(Failure::new(
            text!("nothing mounted at {place} after a stop", place = PLACE),
            Text::verbatim(kind),
        )
        .man("systemd.mount(5)")
        .at_setting(FILE, "[Mount]"));
    }
    start(unit)?;
    settle()?;
    is_mounted().say("the first start worked, and the second did not")
}

#[test]
fn being_enabled_hangs_it_on_the_boot() -> Result {
    let name = install_mount()?;
    let unit = Unit::named(&name);
    unit.enable()?;
    match unit.property("UnitFileState")?.as_str() {
        "enabled" => Ok(()),
        state => Err(Failure::new("enabled", text!("{state}, after systemctl enable", state))
            .say(
                "a mount unit is mounted at boot when a target wants it, as with any other unit: \
                 it needs an [Install]",
            )
            .man("systemd.unit(5), [INSTALL] SECTION OPTIONS")
            .at_setting(FILE, "[Install]")),
    }
}

#[test]
fn has_the_name_that_systemd_looks_for() -> Result {
    install_mount().map(drop)
}

#[test]
fn holds_many_small_files() -> Result {
    start(Unit::named(&install_mount()?))?;
    is_mounted()?;
    let place = in_lab(PLACE);
    for number in 0..FILES {
        fs::write(place.join(format!("{number}.jpg")), [0; 16]).map_err(|error| {
            let expected =
                text!("room for {files} small files in {place}", files = FILES, place = PLACE);
            Failure::new(expected, text!("{error}, at file {number}", error, number))
                .say(
                    "thumbnails are written, and there are many of them: Options= takes it away, \
                     with ro or with nr_inodes=",
                )
                .man(OPTIONS)
                .at_setting(FILE, "Options=")
        })?;
    }
    Ok(())
}

#[test]
fn lets_no_program_run_from_it() -> Result {
    start(Unit::named(&install_mount()?))?;
    is_mounted()?;
    let options = mount().map(|(_, options)| options).unwrap_or_default();
    if options.split(',').any(|option| option == "noexec") {
        return Ok(());
    }
    Err(Failure::new("noexec", Text::verbatim(options))
        .say("without noexec, what is stored here can be run")
        .man(OPTIONS)
        .at_setting(FILE, "Options="))
}

#[test]
fn takes_no_more_than_1_mib() -> Result {
    start(Unit::named(&install_mount()?))?;
    is_mounted()?;
    let options = mount().map(|(_, options)| options).unwrap_or_default();
    let size = options.split(',').find_map(|option| option.strip_prefix("size="));
    let say = match size {
        Some("1024k") => return Ok(()),
        None => "without a size, a tmpfs may take half of the memory",
        Some(_) => "there is a size, and it is another one than size=1M",
    };
    let expected = text!("{kib} KiB: size={kib}k", kib = SIZE >> 10);
    Err(Failure::new(expected, Text::verbatim(options))
        .say(say)
        .man(OPTIONS)
        .at_setting(FILE, "Options="))
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
    let name = file_text(NAME_FILE)?.trim().to_owned();
    once(|| {
        is_mount_name(&name)?;
        install_under(&name)?;
        mounts_what_is_asked_for(&name)?;
        Written { file: FILE, unit: Unit::named(&name) }.keeps_to_itself(&[&name])
    })?;
    Ok(name)
}

fn is_mount_name(name: &str) -> Result {
    let wrong = |say: &'static str| {
        let expected = text!("the name of the mount unit for {place}", place = PLACE);
        Err(Failure::new(expected, Text::verbatim(name))
            .say(say)
            .man(ESCAPING)
            .at_line(NAME_FILE, Some(1)))
    };
    if name.is_empty() || name.len() >= 256 || name.contains(['/', '\0', '\n']) {
        return wrong("one line, and no path: / is written as - in a name");
    }
    if name.contains(['"', '\'', ' ']) {
        return wrong("the name alone: no shell reads this file, so there are no quotes around it");
    }
    if name.ends_with(".mount") {
        Ok(())
    } else {
        wrong("the end of the name says which kind of unit it is: .mount")
    }
}

fn install_under(name: &str) -> Result {
    install_as(&[(FILE, name)])
        .explain(|failure| {
            let got = failure.got();
            let say = if !(got.contains("doesn't match") || got.contains("does not match")) {
                return;
            } else if name == "srv-photo-cache.mount" {
                "that is the name for /srv/photo/cache: each - in a name is a / of the path; a - \
                 of the path itself is written \\x2d"
            } else {
                "systemd works the name out from Where=, and finds another one than yours"
            };
            failure.add_say(say);
        })
        .man(ESCAPING)
}

/// Fails before anything is mounted: elsewhere, it would cover what the machine needs, and other
/// types run programs.
fn mounts_what_is_asked_for(name: &str) -> Result {
    let settings = Settings::of(Unit::named(name))?;
    let (place, kind) = (settings.get("Where"), settings.get("Type"));
    if place != PLACE {
        return Err(Failure::new(
            text!("Where={place}", place = PLACE),
            text!("Where={place}", place),
        )
        .say("this unit would mount something at another place")
        .man("systemd.mount(5), Where=")
        .at_setting(FILE, "Where="));
    }
    if kind != "tmpfs" {
        return Err(Failure::new("Type=tmpfs", text!("Type={kind}", kind))
            .say(
                "Type= says which file system it is: tmpfs is the one that is kept in memory, and \
                 can have a size",
            )
            .man("systemd.mount(5), Type=; tmpfs(5)")
            .at_setting(FILE, "Type="));
    }
    Ok(())
}

fn start(unit: Unit<'_>) -> Result {
    needed(|| unit.start())
        .say(
            "mount(8) was called with your What=, Where=, Type= and Options=, and did not like \
             them",
        )
        .man("systemd.mount(5), Options=")
        .at_setting(FILE, "[Mount]")
}

fn is_mounted() -> Result {
    match mount() {
        Some((kind, _)) if kind == "tmpfs" => Ok(()),
        mount => {
            let got = match mount {
                Some((kind, _)) => Text::verbatim(kind),
                None => text!("nothing mounted at {place}", place = PLACE),
            };
            Err(Failure::new(text!("a tmpfs at {place}", place = PLACE), got)
                .man("systemd.mount(5), Type=")
                .at_setting(FILE, "Where="))
        }
    }
}

/// The file system that is mounted there, and its options, as the kernel tells; see
/// proc_pid_mounts(5).
fn mount() -> Option<(String, String)> {
    let mounts = fs::read_to_string(proc_of("1").join("mounts")).ok()?;
    let last = mounts.lines().rev().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let is_there = fields.next() == Some(PLACE);
        is_there.then(|| Some((fields.next()?.to_owned(), fields.next()?.to_owned())))
    });
    last?
}
