//! What is written of texts that nobody chose.

use leveled_logger::{Formatter, Level, Record, Said, Style};
use proptest::prelude::any;

fn written(message: &str) -> String {
    let said = Said::message_only(message);
    let record = Record {
        name: "root",
        level: Level::INFO,
        level_name: "INFO".into(),
        said: &said,
        created_ns: 0,
        msecs: 0.0,
        relative_ms: 0.0,
        path: "",
        line: 0,
        function: "",
        thread_name: "MainThread",
        thread: 1,
        process_name: "MainProcess",
        process: 1,
    };
    Formatter::new("", None, Style::Percent).unwrap().format(&record).unwrap()
}

proptest::proptest! {
    #[test]
    fn no_control_character_gets_through_and_nothing_else_is_changed(text in any::<String>()) {
        let line = written(&text);
        assert!(!line.contains(char::is_control), "{line:?}");
        // Marks that turn the direction of writing are made visible as well.
        let is_plain = |c: char| !c.is_control() && !('\u{2000}'..'\u{2070}').contains(&c);
        if text.chars().all(is_plain) {
            assert_eq!(line, text);
        }
    }

    #[test]
    fn a_control_character_is_found_wherever_it_stands(before in "[ -~]{0,20}", after in "[ -~ñ]{0,20}") {
        for c in ['\0', '\n', '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}'] {
            let line = written(&format!("{before}{c}{after}"));
            assert!(!line.contains(c) && line.len() > before.len() + after.len(), "{line:?}");
        }
    }

    #[test]
    fn no_format_makes_the_compiler_panic(format in "[%{}$()a-z0-9.:!<>=_ -]{0,24}") {
        for style in [Style::Percent, Style::Brace, Style::Dollar] {
            if let Ok(formatter) = Formatter::new(&format, None, style) {
                let said = Said::message_only("x");
                let _ = (formatter, said);
            }
        }
    }
}
