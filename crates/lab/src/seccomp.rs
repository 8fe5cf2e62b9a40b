//! Closes what no namespace keeps apart, by a filter of system calls; see seccomp(2).
//!
//! The kernel's keyrings belong to users, and a lab of an ordinary user has that user's: whoever is
//! root in it could read their keys, and leave some that outlive the lab. Sockets of `AF_VSOCK`
//! reach the host of a virtual machine from any network namespace; see vsock(7).
//!
//! A file that a lab writes on the host stays there, and belongs to somebody there. If it had the
//! set-user-ID bit, anybody on the host who reaches it could become that user. The owner of a file
//! needs no capability to set the bit, and a mount option hides it only inside. So a lab that may
//! write to a directory of the host sets no such bit anywhere, as a service with
//! `RestrictSUIDSGID=` in systemd.exec(5); nor, where its root is root on the disk, a capability of
//! a file; see capabilities(7).

use std::io;

use libc::{BPF_ABS, BPF_ALU, BPF_AND, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_RET, BPF_W};
use libc::{sock_filter, sock_fprog};

use crate::mode::Mode;
use crate::options::Access;
use crate::protocol::Plan;

/// As whom a lab can write to the host's file systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// It cannot.
    Nothing,
    /// Its root is an ordinary user there.
    AsUser,
    /// Its root is root there, as in [`Mode::Root`], which maps the ids of the files.
    AsRoot,
}

impl Writes {
    pub(crate) fn of(plan: &Plan) -> Self {
        match plan.mode {
            _ if plan.binds.iter().all(|bind| bind.access == Access::ReadOnly) => Writes::Nothing,
            Mode::Subuid | Mode::Single | Mode::Sudo => Writes::AsUser,
            Mode::Root | Mode::HostRoot => Writes::AsRoot,
        }
    }
}

/// The numbers of the system calls concerned, for programs of one kind. A 64-bit machine runs those
/// of its 32-bit sibling too, whose numbers are others.
struct Abi {
    /// How the kernel names it; `AUDIT_ARCH_` in linux/audit.h.
    arch: u32,
    /// add_key(2), request_key(2), keyctl(2). For the oldest, also socketcall(2), whose arguments a
    /// filter cannot see.
    keys: &'static [u32],
    /// socket(2).
    socket: u32,
    /// Those that take the mode of a file, and which argument it is: chmod(2), fchmod(2),
    /// fchmodat(2), creat(2), mknod(2), mknodat(2).
    modes: &'static [(u32, u32)],
    /// open(2) and openat(2), which take one only to make a file; their flags come before it.
    opens: &'static [(u32, u32)],
    /// setxattr(2), lsetxattr(2), fsetxattr(2), by which a file gets capabilities.
    attributes: &'static [u32],
}

/// In numbers of x32 programs this bit is set.
const X32: u32 = 0x4000_0000;

#[cfg(target_arch = "x86_64")]
const ABIS: &[Abi] = &[
    Abi {
        arch: 0xc000_003e,
        keys: &[248, 249, 250],
        socket: 41,
        modes: &[(90, 1), (91, 1), (268, 2), (85, 1), (133, 1), (259, 2)],
        opens: &[(2, 2), (257, 3)],
        attributes: &[188, 189, 190],
    },
    Abi {
        arch: 0x4000_0003,
        keys: &[286, 287, 288, 102],
        socket: 359,
        modes: &[(15, 1), (94, 1), (306, 2), (8, 1), (14, 1), (297, 2)],
        opens: &[(5, 2), (295, 3)],
        attributes: &[226, 227, 228],
    },
];

#[cfg(target_arch = "aarch64")]
const ABIS: &[Abi] = &[
    Abi {
        arch: 0xc000_00b7,
        keys: &[217, 218, 219],
        socket: 198,
        modes: &[(52, 1), (53, 2), (33, 2)],
        opens: &[(56, 3)],
        attributes: &[5, 6, 7],
    },
    Abi {
        arch: 0x4000_0028,
        keys: &[309, 310, 311, 102],
        socket: 281,
        modes: &[(15, 1), (94, 1), (333, 2), (8, 1), (14, 1), (324, 2)],
        opens: &[(5, 2), (322, 3)],
        attributes: &[226, 227, 228],
    },
];

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ABIS: &[Abi] = &[];

/// Of the newer system calls the number is everywhere the same. fchmodat2(2):
const FCHMODAT2: (u32, u32) = (452, 2);
/// setxattrat(2).
const SETXATTRAT: u32 = 463;
/// openat2(2), which has its mode in memory, and io_uring_setup(2), by which files are opened
/// without a system call: a filter sees neither, and programs do without them on older kernels.
const UNSEEN: [u32; 2] = [437, 425];

/// The bits that make a program run as the file's owner or group; see inode(7).
const SET_ID: u32 = libc::S_ISUID | libc::S_ISGID;
/// With one of these flags open(2) makes a file. The second is the bit of `O_TMPFILE` that is not
/// `O_DIRECTORY`.
const MAKES: u32 = libc::O_CREAT as u32 | (libc::O_TMPFILE & !libc::O_DIRECTORY) as u32;

/// Where a filter finds the number and the kind of program; `struct seccomp_data` in seccomp(2).
const NUMBER: u32 = 0;
const ARCH: u32 = 4;

/// Where it finds an argument: of its 64 bits the lower half.
const fn argument(index: u32) -> u32 {
    16 + 8 * index
}

/// Sets the filter for this process and all that it starts. Takes `CAP_SYS_ADMIN` in its user
/// namespace, which the root of a lab has.
pub(crate) fn close(writes: Writes) -> io::Result<()> {
    let mut filter = filter(writes);
    let program = sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: `program` names `filter` with its length, and the kernel copies both.
    let result =
        unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    match result {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            // A kernel without filters: nothing more can be closed there.
            error if error.raw_os_error() == Some(libc::EINVAL) => Ok(()),
            error => Err(error),
        },
    }
}

fn filter(writes: Writes) -> Vec<sock_filter> {
    let mut filter = Vec::new();
    for abi in ABIS {
        let body = body(abi, writes);
        filter.extend([load(ARCH), unless(abi.arch, body.len() as u8)]);
        filter.extend(body);
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    filter
}

/// What is refused to programs of one kind, and at the end that all else is allowed.
fn body(abi: &Abi, writes: Writes) -> Vec<sock_filter> {
    let mut body = vec![load(NUMBER), only(!X32)];
    let vsock = unless(libc::AF_VSOCK as u32, 1);
    body.extend(abi.keys.iter().flat_map(|&number| refuse_if(number, &[], libc::EPERM)));
    body.extend(refuse_if(abi.socket, &[load(argument(0)), vsock], libc::EAFNOSUPPORT));
    if writes != Writes::Nothing {
        for &(number, mode) in abi.modes.iter().chain([&FCHMODAT2]) {
            let sets_id = [load(argument(mode)), unless_any(SET_ID, 1)];
            body.extend(refuse_if(number, &sets_id, libc::EPERM));
        }
        for &(number, mode) in abi.opens {
            let makes = [load(argument(mode - 1)), unless_any(MAKES, 3)];
            let sets_id = [load(argument(mode)), unless_any(SET_ID, 1)];
            body.extend(refuse_if(number, &[makes, sets_id].concat(), libc::EPERM));
        }
        body.extend(UNSEEN.iter().flat_map(|&number| refuse_if(number, &[], libc::ENOSYS)));
    }
    if writes == Writes::AsRoot {
        let attributes = abi.attributes.iter().chain([&SETXATTRAT]);
        body.extend(attributes.flat_map(|&number| refuse_if(number, &[], libc::EOPNOTSUPP)));
    }
    body.push(answer(libc::SECCOMP_RET_ALLOW));
    body
}

/// Refuses the system call `number` if `condition` does not skip that, and else allows it; goes on
/// with the next instruction after any other.
fn refuse_if(number: u32, condition: &[sock_filter], errno: i32) -> Vec<sock_filter> {
    let mut whole = vec![unless(number, condition.len() as u8 + 2)];
    whole.extend(condition);
    whole.push(answer(libc::SECCOMP_RET_ERRNO | errno as u32));
    whole.push(answer(libc::SECCOMP_RET_ALLOW));
    whole
}

fn load(offset: u32) -> sock_filter {
    instruction(BPF_LD | BPF_W | BPF_ABS, offset, 0)
}

/// Keeps only `bits` of what was loaded.
fn only(bits: u32) -> sock_filter {
    instruction(BPF_ALU | BPF_AND | BPF_K, bits, 0)
}

/// Goes on with the next instruction if what was loaded is `value`; if not, skips `count` of them.
fn unless(value: u32, count: u8) -> sock_filter {
    instruction(BPF_JMP | BPF_JEQ | BPF_K, value, count)
}

/// The same if it has any of `bits`.
fn unless_any(bits: u32, count: u8) -> sock_filter {
    instruction(BPF_JMP | BPF_JSET | BPF_K, bits, count)
}

fn answer(action: u32) -> sock_filter {
    instruction(BPF_RET | BPF_K, action, 0)
}

fn instruction(code: u32, k: u32, skipped: u8) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: skipped, k }
}
