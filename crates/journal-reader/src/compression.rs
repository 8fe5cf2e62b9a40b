//! Compressed payloads. What a header claims is never allocated in advance: a few bytes can claim
//! exabytes.

use std::io::Read;

use lzma_rust2::XzReader;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::format::Compression;

/// The longest payload that is decompressed; a longer one counts as damaged. journald itself
/// accepts 48 KiB a line and, from a program that writes to it directly, more; 64 MiB keeps a
/// made-up file from taking the memory.
pub const MAX_PAYLOAD: usize = 64 << 20;

/// Memory for decompressed payloads, used again for each.
#[derive(Default)]
pub struct Decoder {
    output: Vec<u8>,
    /// Kept, for to make its tables costs more than to decompress a short payload.
    zstd: Option<Box<FrameDecoder>>,
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
            Compression::Zstd => self.zstd(stored)?,
            Compression::Lz4 => self.lz4(stored)?,
            Compression::Xz => read_all(XzReader::new(stored, false), &mut self.output)?,
        }
        Some(&self.output)
    }

    fn zstd(&mut self, mut stored: &[u8]) -> Option<()> {
        let frame = self.zstd.get_or_insert_with(|| Box::new(FrameDecoder::new()));
        frame.reset(&mut stored).ok()?;
        while !frame.is_finished() {
            frame.decode_blocks(&mut stored, BlockDecodingStrategy::UptoBytes(1 << 20)).ok()?;
            frame.collect_to_writer(&mut self.output).ok()?;
            if self.output.len() > MAX_PAYLOAD {
                return None;
            }
        }
        Some(())
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
