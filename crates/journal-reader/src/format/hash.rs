//! The two hashes: SipHash-2-4 with the file's id as its key, and in older files Bob Jenkins'
//! lookup3. The entry's `xor_hash` is made of Jenkins hashes in both.

use siphasher::sip::SipHasher24;

use crate::id128::Id128;

/// The hash of files with KEYED_HASH.
pub fn keyed(file_id: Id128, bytes: &[u8]) -> u64 {
    SipHasher24::new_with_key(&file_id.0).hash(bytes)
}

/// lookup3's `hashlittle2` with both seeds 0; the first half is the upper one.
pub fn jenkins(bytes: &[u8]) -> u64 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let [mut a, mut b, mut c] = [start; 3];
    let mut rest = bytes;
    while rest.len() > 12 {
        let (block, tail) = rest.split_at(12);
        (a, b, c) = add(a, b, c, block);
        (a, b, c) = mix(a, b, c);
        rest = tail;
    }
    if !rest.is_empty() {
        let mut block = [0; 12];
        block[..rest.len()].copy_from_slice(rest);
        (a, b, c) = add(a, b, c, &block);
        (b, c) = last_mix(a, b, c);
    }
    u64::from(c) << 32 | u64::from(b)
}

fn add(a: u32, b: u32, c: u32, block: &[u8]) -> (u32, u32, u32) {
    let word = |at| super::le32(block, at);
    (a.wrapping_add(word(0)), b.wrapping_add(word(4)), c.wrapping_add(word(8)))
}

/// Mixes three words reversibly; lookup3's `mix`.
fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    a = a.wrapping_sub(c) ^ c.rotate_left(4);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(6);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(8);
    b = b.wrapping_add(a);
    a = a.wrapping_sub(c) ^ c.rotate_left(16);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(19);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(4);
    b = b.wrapping_add(a);
    (a, b, c)
}

/// Mixes three words irreversibly; lookup3's `final`.
fn last_mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32) {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    c = (c ^ b).wrapping_sub(b.rotate_left(24));
    (b, c)
}
