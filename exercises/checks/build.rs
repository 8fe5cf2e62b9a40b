//! Finds the `check.rs` of every exercise and makes each a module of the check binary: `l01::e02`.
//! What the checks of one lesson share is in the lesson's own `check.rs`, the module `shared`
//! beside them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Asked as it runs, and said without a directory before it: a clone that was copied with its
    // target would go on with the exercises of the first one.
    let here = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("no cargo"))?;
    let exercises = Path::new(&here).join("..");
    println!("cargo::rerun-if-changed=..");
    let mut modules = String::new();
    for lesson in numbered(&exercises)? {
        let mut checks = module("shared", &lesson)?;
        for exercise in numbered(&lesson)? {
            checks += &module(&format!("e{}", number(&exercise)), &exercise)?;
        }
        let _ = writeln!(modules, "mod l{} {{\n{checks}}}", number(&lesson));
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(Path::new(&out).join("checks.rs"), modules)
}

/// The line that makes the `check.rs` in `directory` the module `name`; nothing if there is none.
fn module(name: &str, directory: &Path) -> io::Result<String> {
    let check = directory.join("check.rs");
    if check.is_file() {
        Ok(format!("#[path = {:?}] mod {name};\n", check.canonicalize()?))
    } else {
        Ok(String::new())
    }
}

/// The directories in `directory` that are named `NN-something`, in order.
fn numbered(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir()
            && name(&path).as_bytes().get(2) == Some(&b'-')
            && number(&path).bytes().all(|byte| byte.is_ascii_digit())
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The two digits that a directory's name begins with.
fn number(directory: &Path) -> &str {
    name(directory).get(..2).unwrap_or_default()
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
