//! The rules of the house, as ordinary tests. `ARCHITECTURE.md` gives the reasons.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod circles;
mod front_doors;
mod matrix;
mod sizes;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use course::Project;

/// What the shared rooms may use. A lesson is a crate whose name is a chapter's slug, or will be; a
/// chapter without one has a crate that puts lessons together, see [`gathering`].
const SHARED: [(&str, &[&str]); 6] = [
    ("systemd-types", &[]),
    ("unit-file", &["systemd-types"]),
    ("lab", &[]),
    ("check-report", &[]),
    ("check", &["check-report"]),
    ("course", &["check-report", "lab"]),
];

/// What any lesson may use; its tests may use the lab and the lessons before it, too.
const FOR_LESSONS: [&str; 2] = ["systemd-types", "unit-file"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below `directory` with that ending, relative to the root; build directories left out.
fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![root().join(directory)];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = fs::read_dir(directory) else {
            continue;
        };
        for entry in entries.map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() && entry.file_name() != "target" {
                directories.push(path);
            } else if kind.is_file() && path.to_str().unwrap().ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The manifest of each crate of the workspace, by its name.
fn manifests() -> BTreeMap<String, toml::Table> {
    let directories = fs::read_dir(root().join("crates")).unwrap();
    directories
        .map(|directory| {
            let directory = directory.unwrap();
            let manifest = fs::read_to_string(directory.path().join("Cargo.toml")).unwrap();
            (directory.file_name().into_string().unwrap(), manifest.parse().unwrap())
        })
        .collect()
}

/// The number and name of each lesson that has a chapter; the introduction is none.
fn lessons() -> BTreeMap<String, u8> {
    let project = Project::find(&root()).unwrap();
    let lessons = project.lessons().unwrap().into_iter();
    lessons.filter(|lesson| lesson.number > 0).map(|lesson| (lesson.slug, lesson.number)).collect()
}

/// The crates of lessons that have none of their own name, each with its lesson's number: what the
/// units of such a lesson run, and is no lesson itself. These put lessons together, so they may use
/// the libraries of all that come before.
fn gathering(members: &BTreeSet<&str>, lessons: &BTreeMap<String, u8>) -> BTreeMap<String, u8> {
    let mut found = BTreeMap::new();
    for (slug, number) in lessons.iter().filter(|(slug, _)| !members.contains(slug.as_str())) {
        let units: String = files(&format!("units/{slug}"), ".service").iter().map(read).collect();
        let is_run = |name: &&&str| units.contains(&format!("=/usr/local/bin/{name} "));
        let programs = members.iter().filter(|name| !lessons.contains_key(**name)).filter(is_run);
        found.extend(programs.map(|name| ((*name).to_owned(), *number)));
    }
    found
}

/// The other crates of this workspace that a table of a manifest names.
fn uses<'a>(manifest: &'a toml::Table, table: &str, members: &BTreeSet<&str>) -> Vec<&'a str> {
    let table = manifest.get(table).and_then(toml::Value::as_table);
    let names = table.into_iter().flat_map(|table| table.keys());
    names.map(String::as_str).filter(|name| members.contains(name)).collect()
}

#[test]
fn nobody_depends_upward() {
    let manifests = manifests();
    let members: BTreeSet<&str> = manifests.keys().map(String::as_str).collect();
    let lessons = lessons();
    let gathering = gathering(&members, &lessons);
    let number =
        |name: &str| lessons.get(name).or_else(|| gathering.get(name)).copied().unwrap_or(u8::MAX);
    for (name, manifest) in &manifests {
        for tables in [["dependencies", "build-dependencies"], ["dev-dependencies", ""]] {
            let is_test = tables[0] == "dev-dependencies";
            for used in tables.iter().flat_map(|table| uses(manifest, table, &members)) {
                let shared = SHARED.iter().find(|(room, _)| room == name);
                let may_use_lessons = is_test || gathering.contains_key(name);
                let fits = match shared {
                    Some((_, may_use)) => may_use.contains(&used),
                    None if may_use_lessons && lessons.contains_key(used) => {
                        number(used) < number(name)
                    }
                    None => FOR_LESSONS.contains(&used) || is_test && used == "lab",
                };
                assert!(fits, "{name} must not use {used}");
            }
        }
    }
}

#[test]
fn each_crate_is_named_for_its_directory_and_keeps_the_lints() {
    for (directory, manifest) in manifests() {
        assert_eq!(manifest["package"]["name"].as_str(), Some(directory.as_str()));
        let inherits = |table: &toml::Table| {
            table.get("workspace").and_then(toml::Value::as_bool) == Some(true)
        };
        let lints = manifest.get("lints").and_then(toml::Value::as_table);
        assert!(lints.is_some_and(inherits), "{directory}: [lints] workspace = true");
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = manifest.get(table).and_then(toml::Value::as_table);
            for (name, dependency) in table.into_iter().flatten() {
                let shared = dependency.as_table().is_some_and(inherits);
                assert!(
                    shared,
                    "{directory}: {name}.workspace = true, and its version in the root"
                );
            }
        }
    }
}

#[test]
fn one_slug_lines_everything_up() {
    let manifests = manifests();
    let members: BTreeSet<&str> = manifests.keys().map(String::as_str).collect();
    let gathering = gathering(&members, &lessons());
    for (slug, number) in lessons() {
        let has_crate =
            manifests.contains_key(&slug) || gathering.values().any(|one| *one == number);
        assert!(has_crate, "lesson {number} has no crates/{slug}, and its units run no crate");
        let units = files(&format!("units/{slug}"), "");
        assert!(!units.is_empty(), "lesson {number} has no units in units/{slug}");
    }
    let exercises = fs::read_dir(root().join("exercises")).into_iter().flatten();
    let names = exercises.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter(|name| name.starts_with(|first: char| first.is_ascii_digit())) {
        let chapter = root().join(format!("docs/en/{name}.md"));
        assert!(chapter.is_file(), "exercises/{name} has no chapter docs/en/{name}.md");
    }
}

fn ships(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "src")
}

/// Whether a file below `src` holds tests only.
fn is_test(file: &Path) -> bool {
    file.iter().any(|part| part == "tests" || part == "tests.rs")
}

#[test]
fn each_shared_dependency_is_used() {
    let root: toml::Table = read("Cargo.toml").parse().unwrap();
    let shared = root["workspace"]["dependencies"].as_table().unwrap().iter();
    // Our own crates stand there all, whoever uses them.
    let shared = shared.filter(|(_, source)| source.get("path").is_none()).map(|(name, _)| name);
    let mut users: Vec<String> = files("crates", "Cargo.toml").iter().map(read).collect();
    users.push(read("exercises/checks/Cargo.toml"));
    for name in shared {
        let is_used = |manifest: &String| {
            let mut lines = manifest.lines();
            lines.any(|line| {
                line.starts_with(&format!("{name}.")) || line.starts_with(&format!("{name} "))
            })
        };
        assert!(
            users.iter().any(is_used),
            "nothing uses {name}, which the root's Cargo.toml names"
        );
    }
}

#[test]
fn nothing_is_left_to_be_done() {
    let mark = ["TO", "DO"].concat();
    for file in files("crates", ".rs") {
        assert!(!read(&file).contains(&mark), "{}", file.display());
    }
}

#[test]
fn unsafe_code_stays_where_the_kernel_is_called() {
    // The lab makes namespaces, the daemon reads timers, the check library limits what a submission
    // may take, the journal reader maps files, the logger catches the signals that end a program,
    // the date service owns the sockets that systemd hands over.
    const ROOMS: [&str; 6] = [
        "crates/lab",
        "crates/date-daemon",
        "crates/check",
        "crates/journal-reader",
        "crates/leveled-logger",
        "crates/date-service",
    ];
    let blocks = ["{", "fn", "impl", "extern"].map(|word| ["unsafe", word].join(" "));
    for file in files("crates", ".rs") {
        let text = read(&file);
        let found = blocks.iter().any(|block| text.contains(block));
        // A test may write a hostile submission.
        let allowed = !ships(&file) || ROOMS.iter().any(|room| file.starts_with(room));
        assert!(!found || allowed, "{} has unsafe code", file.display());
    }
}

#[test]
fn the_book_never_shows_the_answers() {
    for page in files("docs", ".md") {
        let shows =
            read(&page).lines().any(|line| line.contains("{{#") && line.contains("variants"));
        assert!(!shows, "{}", page.display());
    }
}

#[test]
fn the_index_of_exercises_names_each_with_its_title() {
    let index = read("docs/en/exercises.md");
    for file in files("exercises", "/exercise.toml") {
        let names: Vec<&str> = file.iter().map(|part| part.to_str().unwrap()).collect();
        let number =
            |name: &str| name.split('-').next().and_then(|digits| digits.parse::<u8>().ok());
        let (Some(lesson), Some(exercise)) = (number(names[1]), number(names[2])) else {
            continue;
        };
        let manifest: toml::Table = read(&file).parse().unwrap();
        let line = format!("- **{lesson}.{exercise}** {}", manifest["title"].as_str().unwrap());
        assert!(index.contains(&line), "docs/en/exercises.md does not say {line:?}");
    }
}

#[test]
fn the_index_by_idea_names_each_exercise() {
    let tasks = files("exercises", "/README.md");
    let number = |part: &std::ffi::OsStr| {
        let digits = part.to_str()?.split('-').next()?.parse::<u8>().ok()?;
        Some(digits.to_string())
    };
    let id = |path: &PathBuf| {
        let parts: Vec<String> = path.iter().skip(1).take(2).filter_map(number).collect();
        (parts.len() == 2).then(|| parts.join("."))
    };
    let exercises: BTreeSet<String> = tasks.iter().filter_map(id).collect();
    assert!(exercises.len() > 40, "{exercises:?}");
    for page in ["docs/en/exercises.md", "docs/es/exercises.md"] {
        let text = read(page);
        let named = text.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("**"));
        let named: BTreeSet<String> = named.map(|(id, _)| id.to_owned()).collect();
        assert_eq!(named, exercises, "{page}");
    }
}
