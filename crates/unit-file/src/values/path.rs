//! Paths in values: absolute ones, tidied as systemd tidies them.

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// It doesn't begin with `/`.
    #[error("the path is not absolute")]
    Relative,
    /// It has a part `..`.
    #[error("the path contains \"..\"")]
    DotDot,
    /// Longer than the kernel takes.
    #[error("the path is too long")]
    TooLong,
}

/// The kernel's limit on a path, its closing zero byte included.
const PATH_MAX: usize = 4096;
/// The kernel's limit on one part of a path.
const NAME_MAX: usize = 255;

/// Judges a path as most keys do: absolute, of a length that can exist, and without `..`.
///
/// systemd compares paths as text and never asks the disk, so a `..` could lead around a check.
pub fn judge_path(path: &str) -> Result<(), PathProblem> {
    judge_length(path)?;
    if path.split('/').any(|part| part == "..") { Err(PathProblem::DotDot) } else { Ok(()) }
}

/// Judges a path as command lines do, where `..` is fine.
pub(super) fn judge_length(path: &str) -> Result<(), PathProblem> {
    if !path.starts_with('/') {
        return Err(PathProblem::Relative);
    }
    if path.len() >= PATH_MAX || path.split('/').any(|part| part.len() > NAME_MAX) {
        return Err(PathProblem::TooLong);
    }
    Ok(())
}

/// Takes out `//`, `/./` and a trailing `/`; `..` stays.
///
/// Two paths that are the same text after this are the same to systemd; links are not followed.
pub fn simplify(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
