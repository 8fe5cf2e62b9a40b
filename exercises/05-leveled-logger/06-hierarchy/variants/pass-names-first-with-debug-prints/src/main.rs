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

fn files_for<'a>(tree: &'a Tree, name: &str) -> Vec<&'a Path> {
    let mut chain: Vec<String> = Vec::new();
    if name != "root" {
        let parts: Vec<&str> = name.split('.').collect();
        for n in (1..=parts.len()).rev() {
            chain.push(parts[..n].join("."));
        }
    }
    chain.push("root".to_string());
    let mut seen = std::collections::HashSet::new();
    let mut out = vec![];
    for n in &chain {
        eprintln!("debug: at {n}");
        for (_, f) in tree.files.iter().filter(|(o, _)| o == n) {
            if seen.insert(f) {
                out.push(f.as_path());
            }
        }
        if tree.closed.contains(n) {
            return out;
        }
    }
    out
}
