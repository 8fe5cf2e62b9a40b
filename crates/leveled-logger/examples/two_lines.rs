//! The two lines of Python, `basicConfig` and `debug`, in Rust.

use leveled_logger::{Level, basic_config, debug};

fn main() -> Result<(), leveled_logger::Error> {
    basic_config().filename("/tmp/two-lines.log").level(Level::DEBUG).apply()?;
    debug!("this is in the file, and would not be without the level");
    Ok(())
}
