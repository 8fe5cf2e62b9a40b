//! Callers of every kind are answered, and none of them keeps the others waiting.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

use date_service::callers::serve;

fn read(mut stream: impl Read) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn each_caller_is_told_one_line_on_whatever_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let (tcp, unix) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), UnixListener::bind(&path).unwrap());
    let address = tcp.local_addr().unwrap();
    let (stopping, stop) = io::pipe().unwrap();
    let mut number = 0;
    // They come before anybody serves: the queue is the socket's.
    let call = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    };
    let first = call();
    let silent = call();
    let mut talker = call();
    talker.write_all(&[b'x'; 2000]).unwrap();
    let left = call();
    left.shutdown(Shutdown::Both).unwrap();
    drop(left);
    thread::scope(|scope| {
        scope.spawn(|| {
            let answer = || {
                number += 1;
                format!("line {number}")
            };
            serve(&[tcp.into(), unix.into()], stopping.as_fd(), answer).unwrap();
        });
        assert_eq!(read(first), "line 1\n");
        assert_eq!(read(talker), "line 3\n");
        // One who reads nothing is in nobody's way.
        assert!(read(UnixStream::connect(&path).unwrap()).starts_with("line "));
        for _ in 0..50 {
            assert!(read(call()).starts_with("line "));
        }
        drop(silent);
        drop(stop);
    });
}
