//! The course: walks the chapters, grades the exercises, keeps the progress.

fn main() {}
