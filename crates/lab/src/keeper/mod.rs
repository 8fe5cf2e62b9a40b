//! The process in the lab's namespaces: builds the lab's root, and boots systemd on it.
//!
//! `handle.rs` is the monitor's side, `life.rs` what the process does. The other files are what it
//! builds.

mod boot_mounts;
mod etc;
mod handle;
mod host;
mod life;
mod mount;
mod outside_root;
mod programs;
mod root;
mod vendor_units;

pub(crate) use handle::Keeper;
pub(crate) use programs::check as check_programs;
