//! The line that opens a fenced block: what the block is for.
//!
//! mdBook shows the first word as the language and hides the rest, so the page stays plain.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// The longest time that a chapter may ask to repeat a command for.
const RETRY: Duration = Duration::from_secs(60);

/// What a fenced block is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fence {
    /// `console`, `console,retry=5s`: commands and what they answer.
    Console { retry: Duration },
    /// `ini,file=/etc/systemd/system/x.service`: a file that the lesson writes in the lab.
    File { path: PathBuf },
    /// `rust`: shown.
    Listing,
}

impl Fence {
    /// Reads an info string such as `ini,file=/etc/hostname`.
    pub(super) fn parse(info: &str) -> Result<Fence, String> {
        let (language, option) = match info.split_once(',') {
            Some((language, option)) => (language, Some(option)),
            None => (info, None),
        };
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '_');
        if language.is_empty() || !language.chars().all(known) {
            return Err(
                "a block that doesn't say what it is, such as console or ini,file=/path".to_owned()
            );
        }
        let option = option.map(|option| option.split_once('=').unwrap_or((option, "")));
        match (language, option) {
            ("console", None) => Ok(Fence::Console { retry: Duration::ZERO }),
            ("console", Some(("retry", time))) => Ok(Fence::Console { retry: seconds(time)? }),
            ("console", Some((name, _))) => {
                Err(format!("unknown option `{name}`; a console block has retry=5s"))
            }
            (_, None) => Ok(Fence::Listing),
            (_, Some(("file", path))) => Ok(Fence::File { path: lab_path(path)? }),
            (_, Some((name, _))) => {
                Err(format!("unknown option `{name}`; a {language} block has file=/path"))
            }
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.strip_suffix('s')
        .and_then(|number| number.parse().ok())
        .map(Duration::from_secs)
        .filter(|time| (Duration::from_secs(1)..=RETRY).contains(time))
        .ok_or_else(|| format!("`retry={text}`: a time from 1s to {}s", RETRY.as_secs()))
}

/// A path in the lab, whole and without steps back: the reader must see where the file goes.
fn lab_path(text: &str) -> Result<PathBuf, String> {
    let path = Path::new(text);
    let mut parts = path.components();
    let plain = parts.next() == Some(Component::RootDir)
        && parts.clone().count() > 0
        && parts.all(|part| matches!(part, Component::Normal(_)));
    if plain && !text.ends_with('/') && !text.contains(['\0', ',', ' ']) {
        Ok(path.to_owned())
    } else {
        Err(format!("`file={text}`: an absolute path of a file, without `..`, spaces or commas"))
    }
}

#[cfg(test)]
mod tests {
    use super::Fence;
    use std::time::Duration;

    #[test]
    fn an_info_string_says_what_a_block_is_for() {
        let console = |seconds| Ok(Fence::Console { retry: Duration::from_secs(seconds) });
        assert_eq!(Fence::parse("console"), console(0));
        assert_eq!(Fence::parse("console,retry=5s"), console(5));
        assert_eq!(Fence::parse("rust"), Ok(Fence::Listing));
        let path = "/etc/x.service".into();
        assert_eq!(Fence::parse("ini,file=/etc/x.service"), Ok(Fence::File { path }));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        #[track_caller]
        fn check(info: &str, cause: &str) {
            let error = Fence::parse(info).unwrap_err();
            assert!(error.contains(cause), "{info:?}: {error}");
        }
        check("", "doesn't say what it is");
        check(",retry=5s", "doesn't say what it is");
        check("console retry=5s", "doesn't say what it is");
        check("console,rety=5s", "unknown option `rety`");
        check("console,file=/etc/x", "unknown option `file`");
        check("rust,ignore", "unknown option `ignore`");
        check("ini,retry=5s", "unknown option `retry`");
        for time in ["", "5", "s", "0s", "61s", "-1s", "5m", "99999999999999999999s", "5s,file=/x"]
        {
            check(&format!("console,retry={time}"), "a time from 1s to 60s");
        }
        for path in ["", "/", "etc/x", "/etc/../x", "/etc/", "/a b", "/a,b", "/./../x"] {
            check(&format!("ini,file={path}"), "an absolute path");
        }
    }
}
