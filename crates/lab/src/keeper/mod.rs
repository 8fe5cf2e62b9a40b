//! The process in the lab's namespaces: builds the lab's root, and boots systemd on it.
//!
//! `life.rs` is what the process does. The other files are what it builds.

mod boot_mounts;
mod etc;
mod host;
mod id_maps;
mod life;
mod mount;
mod outside_root;
mod own_ids;
mod programs;
mod root;
mod shown;
mod vendor_units;

pub(crate) use life::start;
pub(crate) use programs::check as check_programs;
