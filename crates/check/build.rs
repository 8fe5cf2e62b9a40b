//! Makes a shared object of `src/clock/preload.rs`, which a submission loads when a check brings it
//! its clock.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::{env, io};

const SOURCE: &str = "src/clock/preload.rs";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={SOURCE}");
    let out = Path::new(&variable("OUT_DIR")?).join("clock.so");
    let mut rustc = Command::new(variable("RUSTC")?);
    rustc.args(["--crate-type=cdylib", "--crate-name=clock", "--edition=2024"]);
    // A panic that unwinds needs what only the standard library has.
    rustc.args(["-Copt-level=3", "-Cpanic=abort", "--target"]).arg(variable("TARGET")?);
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        rustc.arg("-C").arg(with("linker=", linker));
    }
    let status = rustc.arg(SOURCE).arg("-o").arg(out).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("rustc could not build {SOURCE}: {status}")))
    }
}

fn variable(name: &str) -> io::Result<OsString> {
    env::var_os(name).ok_or_else(|| io::Error::other(format!("no {name}")))
}

fn with(begin: &str, end: OsString) -> OsString {
    let mut word = OsString::from(begin);
    word.push(end);
    word
}
