//! The process in the lab's namespaces: builds the lab's root, and boots systemd on it.
//!
//! `monitor_side.rs` is the monitor's side, `life.rs` what the process does. The other files are
//! what it builds.

mod boot_mounts;
mod etc;
mod host;
mod life;
mod monitor_side;
mod mount;
mod outside_root;
mod own_ids;
mod programs;
mod root;
mod shown;
mod vendor_units;

pub(crate) use monitor_side::Keeper;
pub(crate) use programs::check as check_programs;
