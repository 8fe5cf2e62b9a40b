//! The calls that we make, as Rust functions; org.freedesktop.systemd1(5) has them all.
//!
//! `zbus` turns each line into a call. Kept small on purpose: a generated file of all interfaces
//! has ten thousand lines.

use zbus::{OwnedObjectPath, OwnedVariant, proxy};

/// A link that was made or removed: `symlink` or `unlink`, the link, what it points to.
pub(crate) type RawChange = (String, String, String);

/// A job of a transaction: its number, its path, its unit, the unit's path, its type.
pub(crate) type RawAffected = (u32, OwnedObjectPath, String, OwnedObjectPath, String);

/// A row of ListJobs: number, unit, type, state, and two paths.
pub(crate) type RawJob = (u32, String, String, String, OwnedObjectPath, OwnedObjectPath);

#[proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
pub(crate) trait Manager {
    #[zbus(allow_interactive_auth)]
    #[allow(clippy::type_complexity, reason = "the shape of the answer on the wire")]
    fn enqueue_unit_job(
        &self,
        unit: &str,
        action: &str,
        mode: &str,
    ) -> zbus::Result<(u32, OwnedObjectPath, String, OwnedObjectPath, String, Vec<RawAffected>)>;
    #[zbus(allow_interactive_auth)]
    fn cancel_job(&self, id: u32) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn clear_jobs(&self) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn kill_unit(&self, unit: &str, whom: &str, signal: i32) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn clean_unit(&self, unit: &str, what: &[&str]) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn freeze_unit(&self, unit: &str) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn thaw_unit(&self, unit: &str) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn reset_failed_unit(&self, unit: &str) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn reset_failed(&self) -> zbus::Result<()>;
    fn ref_unit(&self, unit: &str) -> zbus::Result<()>;
    #[zbus(name = "GetUnitByPID")]
    fn get_unit_by_pid(&self, pid: u32) -> zbus::Result<OwnedObjectPath>;
    #[allow(clippy::type_complexity, reason = "the shape of the answer on the wire")]
    fn get_unit_processes(&self, unit: &str) -> zbus::Result<Vec<(String, u32, String)>>;
    fn list_unit_files_by_patterns(
        &self,
        states: &[&str],
        patterns: &[&str],
    ) -> zbus::Result<Vec<(String, String)>>;
    fn list_jobs(&self) -> zbus::Result<Vec<RawJob>>;
    fn get_job_after(&self, id: u32) -> zbus::Result<Vec<RawJob>>;
    fn get_job_before(&self, id: u32) -> zbus::Result<Vec<RawJob>>;
    fn get_unit_file_state(&self, unit: &str) -> zbus::Result<String>;
    fn get_unit_file_links(&self, unit: &str, runtime: bool) -> zbus::Result<Vec<String>>;

    #[zbus(allow_interactive_auth)]
    fn enable_unit_files(
        &self,
        files: &[&str],
        runtime: bool,
        force: bool,
    ) -> zbus::Result<(bool, Vec<RawChange>)>;
    #[zbus(allow_interactive_auth)]
    fn reenable_unit_files(
        &self,
        files: &[&str],
        runtime: bool,
        force: bool,
    ) -> zbus::Result<(bool, Vec<RawChange>)>;
    #[zbus(allow_interactive_auth)]
    fn disable_unit_files(&self, files: &[&str], runtime: bool) -> zbus::Result<Vec<RawChange>>;
    #[zbus(allow_interactive_auth)]
    fn preset_unit_files_with_mode(
        &self,
        files: &[&str],
        mode: &str,
        runtime: bool,
        force: bool,
    ) -> zbus::Result<(bool, Vec<RawChange>)>;
    #[zbus(allow_interactive_auth)]
    fn mask_unit_files(
        &self,
        files: &[&str],
        runtime: bool,
        force: bool,
    ) -> zbus::Result<Vec<RawChange>>;
    #[zbus(allow_interactive_auth)]
    fn unmask_unit_files(&self, files: &[&str], runtime: bool) -> zbus::Result<Vec<RawChange>>;
    #[zbus(allow_interactive_auth)]
    fn link_unit_files(
        &self,
        files: &[&str],
        runtime: bool,
        force: bool,
    ) -> zbus::Result<Vec<RawChange>>;
    #[zbus(allow_interactive_auth)]
    fn revert_unit_files(&self, files: &[&str]) -> zbus::Result<Vec<RawChange>>;
    #[zbus(allow_interactive_auth)]
    fn add_dependency_unit_files(
        &self,
        files: &[&str],
        target: &str,
        kind: &str,
        runtime: bool,
        force: bool,
    ) -> zbus::Result<Vec<RawChange>>;
    fn get_default_target(&self) -> zbus::Result<String>;
    #[zbus(allow_interactive_auth)]
    fn set_default_target(&self, target: &str, force: bool) -> zbus::Result<Vec<RawChange>>;

    #[zbus(allow_interactive_auth)]
    fn set_unit_properties(
        &self,
        unit: &str,
        runtime: bool,
        properties: Vec<(String, OwnedVariant)>,
    ) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn set_environment(&self, assignments: &[&str]) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn unset_environment(&self, names: &[&str]) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn reload(&self) -> zbus::Result<()>;
    #[zbus(allow_interactive_auth)]
    fn reexecute(&self) -> zbus::Result<()>;
    fn subscribe(&self) -> zbus::Result<()>;
}
