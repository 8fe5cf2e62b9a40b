//! Places in a file.

use std::ops::Range;

/// A range of bytes in the file.
pub type Span = Range<usize>;
