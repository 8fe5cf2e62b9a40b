//! Closes what no namespace keeps apart, by a filter of system calls; see seccomp(2).
//!
//! The kernel's keyrings belong to users, and a lab of an ordinary user has that user's: whoever is
//! root in it could read their keys, and leave some that outlive the lab. Sockets of `AF_VSOCK`
//! reach the host of a virtual machine from any network namespace; see vsock(7).

use std::io;

use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_JUMP, BPF_K, BPF_LD, BPF_RET, BPF_STMT, BPF_W};
use libc::{sock_filter, sock_fprog};

/// The numbers of the system calls concerned, for programs of one kind. A 64-bit machine runs those
/// of its 32-bit sibling too, whose numbers are others.
struct Abi {
    /// How the kernel names it; `AUDIT_ARCH_` in linux/audit.h.
    arch: u32,
    /// add_key(2), request_key(2), keyctl(2). For the oldest, also socketcall(2), whose arguments a
    /// filter cannot see.
    refused: &'static [u32],
    /// socket(2).
    socket: &'static [u32],
}

/// In numbers of x32 programs this bit is set.
#[cfg(target_arch = "x86_64")]
const X32: u32 = 0x4000_0000;

#[cfg(target_arch = "x86_64")]
const ABIS: &[Abi] = &[
    Abi {
        arch: 0xc000_003e,
        refused: &[248, 249, 250, X32 | 248, X32 | 249, X32 | 250],
        socket: &[41, X32 | 41],
    },
    Abi { arch: 0x4000_0003, refused: &[286, 287, 288, 102], socket: &[359] },
];

#[cfg(target_arch = "aarch64")]
const ABIS: &[Abi] = &[
    Abi { arch: 0xc000_00b7, refused: &[217, 218, 219], socket: &[198] },
    Abi { arch: 0x4000_0028, refused: &[309, 310, 311, 102], socket: &[281] },
];

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ABIS: &[Abi] = &[];

/// Where a filter finds the number, the kind of program and the first argument; `struct
/// seccomp_data` in seccomp(2).
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;

/// Sets the filter for this process and all that it starts. Takes `CAP_SYS_ADMIN` in its user
/// namespace, which the root of a lab has.
pub(crate) fn close() -> io::Result<()> {
    let mut filter = filter();
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

fn filter() -> Vec<sock_filter> {
    let mut filter = Vec::new();
    for abi in ABIS {
        let body = body(abi);
        filter.extend([load(ARCH), unless(abi.arch, body.len() as u8)]);
        filter.extend(body);
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    filter
}

/// What is refused to programs of one kind, and at the end that all else is allowed.
fn body(abi: &Abi) -> Vec<sock_filter> {
    let mut body = vec![load(NUMBER)];
    for &number in abi.refused {
        body.extend([unless(number, 1), refuse(libc::EPERM)]);
    }
    for &number in abi.socket {
        body.extend([unless(number, 4), load(FIRST_ARGUMENT)]);
        body.extend([unless(libc::AF_VSOCK as u32, 1), refuse(libc::EAFNOSUPPORT)]);
        body.push(answer(libc::SECCOMP_RET_ALLOW));
    }
    body.push(answer(libc::SECCOMP_RET_ALLOW));
    body
}

fn load(offset: u32) -> sock_filter {
    // SAFETY: only builds a value.
    unsafe { BPF_STMT((BPF_LD | BPF_W | BPF_ABS) as u16, offset) }
}

/// Goes on with the next instruction if what was loaded is `value`; if not, skips `count` of them.
fn unless(value: u32, count: u8) -> sock_filter {
    // SAFETY: only builds a value.
    unsafe { BPF_JUMP((BPF_JMP | BPF_JEQ | BPF_K) as u16, value, 0, count) }
}

fn answer(action: u32) -> sock_filter {
    // SAFETY: only builds a value.
    unsafe { BPF_STMT((BPF_RET | BPF_K) as u16, action) }
}

fn refuse(errno: i32) -> sock_filter {
    answer(libc::SECCOMP_RET_ERRNO | errno as u32)
}
