//! N.M: one idea; man page(section).

use check::{Explain, Failure, Result, Text, program};

/// The name of the function is the promise that the learner reads.
#[test]
fn prints_the_answer() -> Result {
    let said = program()?.output()?.stdout;
    if said == "42\n" {
        return Ok(());
    }
    Err(Failure::new("42 and a newline", Text::quoted(&said))
        .say("that is not the answer")
        .man("stdout(3)")
        .in_function("answer"))
}
