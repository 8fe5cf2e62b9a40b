//! By which a learner comes in: the justfile and the editor's files.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::{lessons, read, root};

/// The recipes of the justfile, each with its lines.
fn recipes() -> BTreeMap<String, usize> {
    let mut recipes = BTreeMap::new();
    let mut recipe = String::new();
    // Neither a comment nor an attribute, such as [no-exit-message].
    let is_recipe = |line: &&str| !line.is_empty() && !line.starts_with(['#', '[']);
    for line in read("justfile").lines().filter(is_recipe) {
        if line.starts_with(' ') {
            *recipes.get_mut(&recipe).unwrap() += 1;
        } else {
            let head = line.split(':').next().unwrap();
            recipe = head.split(' ').next().unwrap().to_owned();
            recipes.insert(recipe.clone(), 0);
        }
    }
    recipes
}

#[test]
fn each_recipe_is_one_line_and_each_lesson_has_one() {
    let recipes = recipes();
    for (recipe, lines) in &recipes {
        assert_eq!(*lines, 1, "the recipe {recipe}");
    }
    let of_lessons = recipes.keys().filter(|name| name.starts_with("lesson-")).cloned();
    let lessons = lessons().into_values().map(|number| format!("lesson-{number}"));
    assert_eq!(of_lessons.collect::<BTreeSet<_>>(), lessons.collect::<BTreeSet<_>>());
}

/// Whoever calls has said what is wrong: just has nothing to add to it.
#[test]
fn no_recipe_adds_words_to_what_failed() {
    let justfile = read("justfile");
    for recipe in recipes().into_keys().filter(|recipe| recipe != "default") {
        let quiet = |end| justfile.contains(&format!("\n[no-exit-message]\n{recipe}{end}"));
        assert!(quiet(":") || quiet(" "), "the recipe {recipe} has no [no-exit-message]");
    }
}

#[test]
fn just_reads_the_justfile_as_we_do() {
    let just = |args: &[&str]| Command::new("just").args(args).current_dir(root()).output();
    let Ok(summary) = just(&["--summary"]) else {
        return lab::not_proved("just_reads_the_justfile_as_we_do", "just is not installed");
    };
    let summary = String::from_utf8(summary.stdout).unwrap();
    let theirs: BTreeSet<String> = summary.split_whitespace().map(str::to_owned).collect();
    assert_eq!(theirs, recipes().into_keys().collect());
    let format = just(&["--fmt", "--check", "--unstable"]).unwrap();
    assert!(format.status.success(), "{}", String::from_utf8_lossy(&format.stdout));
}

/// The starters fail by design, so the editor sees none of them: it sees the course, and the
/// exercises that were started, which `course start` writes to `work/Cargo.toml`.
#[test]
fn the_editor_s_files_are_json_and_name_both_workspaces() {
    let json = |name: &str| -> serde_json::Value {
        let file = format!(".vscode/{name}.json");
        serde_json::from_str(&read(&file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    let projects = &json("settings")["rust-analyzer.linkedProjects"];
    assert_eq!(*projects, serde_json::json!(["Cargo.toml", "work/Cargo.toml"]));
    assert_eq!(json("extensions")["recommendations"][0], "rust-lang.rust-analyzer");
    for task in json("tasks")["tasks"].as_array().unwrap() {
        let command = task["command"].as_str().unwrap();
        let verb = command.strip_prefix("cargo course ").unwrap();
        assert!(["watch", "check", "hint", "shell"].contains(&verb), "{command}");
    }
}
