//! Compressed payloads. What a header claims is never allocated in advance: a few bytes can claim exabytes.

use std::io::Read;

use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;

use crate::format::Compression;

/// The longest payload that is decompressed; a longer one counts as damaged. journald itself accepts 48 KiB a line
/// and, from a program that writes to it directly, more; 64 MiB keeps a made-up file from taking the memory.
pub const MAX_PAYLOAD: usize = 64 << 20;

/// Memory for decompressed payloads, used again for each.
#[derive(Default)]
pub struct Decoder {
    output: Vec<u8>,
}

impl Decoder {
    /// An empty one.
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Decompresses `stored`; `None` if it is damaged or longer than [`MAX_PAYLOAD`].
    pub(crate) fn decompress(&mut self, how: Compression, stored: &[u8]) -> Option<&[u8]> {
        self.output.clear();
        // A large one may have come before; nobody shall pay for it until the end.
        self.output.shrink_to(1 << 20);
        match how {
            Compression::Zstd => {
                let mut stored = stored;
                read_all(StreamingDecoder::new(&mut stored).ok()?, &mut self.output)?;
            }
            Compression::Lz4 => self.lz4(stored)?,
            Compression::Xz => read_all(XzReader::new(stored, false), &mut self.output)?,
        }
        Some(&self.output)
    }

    fn lz4(&mut self, stored: &[u8]) -> Option<()> {
        let (size, block) = stored.split_first_chunk::<8>()?;
        let size = usize::try_from(u64::from_le_bytes(*size)).ok()?;
        // A block can't grow by more than this, so a claim beyond is a lie.
        if size > MAX_PAYLOAD || size / 255 > block.len() {
            return None;
        }
        self.output.resize(size, 0);
        let written = lz4_flex::block::decompress_into(block, &mut self.output).ok()?;
        (written == size).then_some(())
    }
}

/// Reads to the end, but not more than [`MAX_PAYLOAD`].
fn read_all(reader: impl Read, output: &mut Vec<u8>) -> Option<()> {
    reader.take(MAX_PAYLOAD as u64 + 1).read_to_end(output).ok()?;
    (output.len() <= MAX_PAYLOAD).then_some(())
}
