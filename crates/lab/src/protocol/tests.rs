use super::{pair, receive, send};

#[test]
fn a_peer_that_ended_is_heard_out_even_if_it_left_ours_unread() {
    let (ours, theirs) = pair().expect("sockets can be made");
    send(&ours, &"never read", &[]).expect("it can be sent");
    send(&theirs, &"last words", &[]).expect("it can be sent");
    drop(theirs);
    let words = receive::<String>(&ours).expect("it can be heard").map(|(words, _)| words);
    assert_eq!(words.as_deref(), Some("last words"));
    assert!(receive::<String>(&ours).expect("it has closed").is_none());
}
