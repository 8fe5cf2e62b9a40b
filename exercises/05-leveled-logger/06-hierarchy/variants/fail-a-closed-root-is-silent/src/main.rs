//! The leveled logger, step 6: `leveled-6 NAME=FILE ... NAME! ... -- NAME MESSAGE ...` gives files to loggers, and says
//! messages to them.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(dashes) = arguments.iter().position(|argument| argument == "--") else {
        eprintln!("usage: leveled-6 NAME=FILE ... NAME! ... -- NAME MESSAGE ...");
        return ExitCode::from(2);
    };
    let mut tree = Tree::default();
    for argument in &arguments[..dashes] {
        if let Some((name, file)) = argument.split_once('=') {
            tree.files.push((name.to_string(), PathBuf::from(file)));
        } else if let Some(name) = argument.strip_suffix('!') {
            tree.closed.push(name.to_string());
        }
    }
    for pair in arguments[dashes + 1..].chunks_exact(2) {
        for file in files_for(&tree, &pair[0]) {
            if let Err(error) = append(file, &format!("{}: {}\n", pair[0], pair[1])) {
                eprintln!("leveled-6: cannot write to {}: {error}", file.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn append(file: &Path, line: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(file)?.write_all(line.as_bytes())
}

/// What the loggers have. A logger that is not in here has nothing of its own, and exists all the same.
#[derive(Default)]
struct Tree {
    /// A logger's name, and a file that it was given.
    files: Vec<(String, PathBuf)>,
    /// The loggers from which nothing goes further up.
    closed: Vec<String>,
}

fn above(name: &str) -> Option<&str> {
    if name == "root" {
        return None;
    }
    Some(name.rsplit_once('.').map_or("root", |(parent, _)| parent))
}
fn files_for<'a>(tree: &'a Tree, name: &str) -> Vec<&'a Path> {
    let mut found: Vec<&Path> = Vec::new();
    if tree.closed.iter().any(|c| c == "root") {
        return found;
    }
    let mut at = Some(name);
    while let Some(name) = at {
        for (owner, file) in &tree.files {
            if owner == name && !found.contains(&file.as_path()) {
                found.push(file);
            }
        }
        if tree.closed.iter().any(|closed| closed == name) {
            break;
        }
        at = above(name);
    }
    found
}
