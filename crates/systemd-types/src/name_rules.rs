//! How long a unit's name may be, and of which characters; see systemd.unit(5).

/// A name is shorter than this many bytes, its suffix included.
pub const UNIT_NAME_MAX: usize = 256;

/// The characters of a name, besides the `@` of a template.
pub(crate) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.' | '\\')
}
