//! The names that put lessons and exercises in order: `01-date-daemon`.

/// The number and the rest of a name that begins with two digits and a hyphen.
pub(crate) fn parse(name: &str) -> Option<(u8, &str)> {
    let (digits, slug) = name.split_once('-')?;
    let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !slug.is_empty()).then(|| Some((digits.parse().ok()?, slug)))?
}
