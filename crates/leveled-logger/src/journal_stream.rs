//! Whether systemd's journal reads what a process prints; see systemd.exec(5), `$JOURNAL_STREAM`.

use std::os::fd::BorrowedFd;

/// Whether the journal is at the other end of this descriptor.
///
/// That the variable is there is not enough: a child may have been redirected since. It holds the
/// device and inode of the stream that systemd made, and they must be those of the descriptor.
pub fn reads(descriptor: BorrowedFd<'_>) -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    let Ok(stat) = nix::sys::stat::fstat(descriptor) else {
        return false;
    };
    let Some((device, inode)) = stream.split_once(':') else {
        return false;
    };
    device.parse() == Ok(stat.st_dev) && inode.parse() == Ok(stat.st_ino)
}
