//! Who uses whom inside a crate: the modules have an order, in which each uses only those below it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{files, is_test, read};

/// `["grade", "run"]` for `grade::run`; empty for the crate itself.
type Module = Vec<String>;

/// The modules of a crate, each with the paths that it uses.
struct Crate {
    uses: BTreeMap<Module, Vec<Use>>,
}

/// A path in a `use` or an expression.
struct Use {
    path: Vec<String>,
    /// `pub use`: what is found here stands somewhere else.
    is_public: bool,
}

#[test]
fn no_modules_go_in_a_circle() {
    for name in [
        "check",
        "check-report",
        "course",
        "date-service",
        "lab",
        "systemd-types",
        "unit-file",
        "unit-writer",
    ] {
        if let Some(circle) = Crate::read(name).circle() {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            panic!("{name}: a circle of modules: {}", names.join(" → "));
        }
    }
}

#[test]
fn a_circle_is_found() {
    let uses = |module: &str, text: &str| {
        let module: Module = module.split("::").map(str::to_owned).collect();
        let paths = paths(text, &module);
        (module, paths)
    };
    let of = |modules: [(Module, Vec<Use>); 3]| Crate { uses: modules.into() };
    let round = of([
        uses("a", "use crate::b::{self, X};"),
        uses("b", "use super::c::{d::{E}, F};"),
        uses("c", "fn f() { crate::a::g() }"),
    ]);
    assert_eq!(round.circle().map(|circle| circle.len()), Some(4));
    let straight = of([
        uses("a", "use crate::b::X;"),
        uses("b", "// crate::a\nuse super::c::F;\n"),
        uses("c", "use crate::other::F;"),
    ]);
    assert!(straight.circle().is_none());
    // What is public in a second place is used in its first.
    let again = of([
        uses("a", "pub use b::X; use b::Y;"),
        uses("a::b", "use crate::c::Z;"),
        uses("c", "fn f() {}"),
    ]);
    assert!(again.circle().is_none());
}

impl Crate {
    fn read(name: &str) -> Crate {
        let src = format!("crates/{name}/src");
        let shipped = files(&src, ".rs").into_iter().filter(|file| !is_test(file));
        let uses = shipped.map(|file| {
            let module = module_of(file.strip_prefix(&src).unwrap());
            let text = read(&file);
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let paths = paths(code, &module);
            (module, paths)
        });
        Crate { uses: uses.collect() }
    }

    /// Modules of which each uses the next, the first and last the same.
    fn circle(&self) -> Option<Vec<Module>> {
        let mut done = BTreeSet::new();
        self.uses.keys().find_map(|start| self.follow(start, &mut Vec::new(), &mut done))
    }

    fn follow(
        &self,
        module: &Module,
        way: &mut Vec<Module>,
        done: &mut BTreeSet<Module>,
    ) -> Option<Vec<Module>> {
        if let Some(first) = way.iter().position(|seen| seen == module) {
            let circle = way[first..].iter().chain([module]);
            return Some(circle.cloned().collect());
        }
        if done.contains(module) {
            return None;
        }
        way.push(module.clone());
        for used in self.uses.get(module).into_iter().flatten() {
            let target = self.home(&used.path);
            if target != *module
                && let Some(circle) = self.follow(&target, way, done)
            {
                return Some(circle);
            }
        }
        way.pop();
        done.insert(module.clone());
        None
    }

    /// The module in which what `path` names was written.
    fn home(&self, path: &[String]) -> Module {
        let length = (0..=path.len()).rev().find(|&length| self.uses.contains_key(&path[..length]));
        let (module, rest) = path.split_at(length.unwrap_or(0));
        let again = self.uses.get(module).and_then(|uses| {
            let mut public = uses.iter().filter(|used| used.is_public);
            public.find(|used| used.path.last() == rest.first() && used.path != path)
        });
        match again {
            Some(used) => self.home(&used.path),
            None => module.to_vec(),
        }
    }
}

/// `lib.rs` and `main.rs` are the crate itself, `a/mod.rs` is `a`.
fn module_of(file: &Path) -> Module {
    let path = file.with_extension("");
    let parts = path.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| !["lib", "main", "mod"].contains(&part.as_str())).collect()
}

/// All paths in `code` that begin with `crate`, `super` or `self`, or with a module of this one.
fn paths(code: &str, module: &Module) -> Vec<Use> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let children: Vec<&str> =
        code.lines().filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';')).collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let before = &code[..at];
        let first = before.rsplit(|char: char| !is_name(char)).next().unwrap();
        let is_start = !before[..before.len() - first.len()].ends_with("::");
        let base = match first {
            "crate" => Some(Vec::new()),
            "self" => Some(module.clone()),
            "super" => Some(module[..module.len().saturating_sub(1)].to_vec()),
            child if children.contains(&child) => Some([&module[..], &[child.to_owned()]].concat()),
            _ => None,
        };
        if let (Some(base), true) = (base, is_start) {
            let statement = before.rsplit([';', '}']).next().unwrap().trim_start();
            let is_public = statement.starts_with("pub");
            let tree = tree(&code[at + 2..]);
            let names = tree.into_iter().map(|rest| [&base[..], &rest].concat());
            found.extend(names.map(|path| Use { path, is_public }));
        }
    }
    found
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The paths of `a::{b, c::D}`, up to where it ends.
fn tree(text: &str) -> Vec<Vec<String>> {
    if let Some(list) = text.strip_prefix('{') {
        return branches(list).into_iter().flat_map(|branch| tree(branch.trim())).collect();
    }
    let name: String = text.chars().take_while(|&char| is_name(char)).collect();
    if name == "self" {
        return vec![Vec::new()];
    }
    match text[name.len()..].strip_prefix("::") {
        Some(rest) => {
            let rest = tree(rest).into_iter();
            rest.map(|rest| [vec![name.clone()], rest].concat()).collect()
        }
        None => vec![vec![name]],
    }
}

/// What stands between the commas of a list, up to its closing brace.
fn branches(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, char) in list.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(&list[start..at]);
                start = at + 1;
                if char == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.into_iter().filter(|branch| !branch.trim().is_empty()).collect()
}
