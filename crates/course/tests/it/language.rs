//! The learner's language: which one it is, and what is shown where something is not translated.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::project::{course, project, stderr, stdout};

/// What nobody's environment shall decide.
const VARIABLES: [&str; 5] = ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"];

fn run(root: &Path, args: &[&str], set: &[(&str, &str)]) -> Output {
    let mut command = course(root);
    VARIABLES.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.args(args).envs(set.iter().copied()).output().unwrap()
}

#[test]
fn an_unknown_language_is_named_with_those_there_are() {
    let root = project(&[("01-x.md", b"# X\n")]);
    for args in [&["--lang", "fr", "list"][..], &["lang", "fr"], &["--lang=fr"]] {
        let output = run(root.path(), args, &[]);
        let error = stderr(&output);
        let named = ["fr", "en (English)", "es (español)"].iter().all(|it| error.contains(it));
        assert!(!output.status.success() && named, "{error}");
        // In the language that is spoken otherwise.
        let error = stderr(&run(root.path(), args, &[("LANG", "es_ES.UTF-8")]));
        assert!(error.contains("el curso no habla"), "{error}");
    }
}

#[test]
fn an_option_without_its_language_is_said_to_need_one_in_the_language_that_is_spoken() {
    let root = project(&[("01-x.md", b"# X\n")]);
    for args in [&["--lang"][..], &["list", "--lang"], &["--lang", "--plain"]] {
        let output = run(root.path(), args, &[("LANG", "es_ES.UTF-8")]);
        let error = stderr(&output);
        assert!(error.contains("--lang <IDIOMA> necesita un valor"), "{error}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_language_is_remembered_and_an_option_outweighs_it() {
    let root = project(&[("01-x.md", b"# X\n")]);
    let said = |args: &[&str], set: &[(&str, &str)]| stdout(&run(root.path(), args, set));
    // A container has no locale: who reads Spanish is told, once.
    assert!(said(&[], &[]).starts_with("En español: cargo course lang es\n"));
    assert!(!said(&[], &[("LANG", "en_US.UTF-8")]).contains("español"));
    assert!(said(&[], &[("LANG", "es_MX.UTF-8")]).starts_with("Un curso de servicios"));
    assert_eq!(said(&["lang", "es"], &[]), "Desde ahora el curso habla español.\n");
    assert!(said(&[], &[("LANG", "en_US.UTF-8")]).starts_with("Un curso de servicios"));
    assert!(said(&["--lang", "en"], &[]).starts_with("A course on Linux services"));
    assert!(said(&["--help"], &[]).contains("Uso: cargo course [OPCIONES] [COMANDO]"));
    assert_eq!(said(&["lang", "en"], &[]), "From now on the course speaks English.\n");
    assert!(said(&[], &[]).starts_with("A course on Linux services"));
}

#[test]
fn a_terminal_without_utf8_gets_ascii() {
    let root = project(&[("01-x.md", b"# X\n")]);
    for locale in ["es_ES.ISO-8859-1", "es_ES", "es_ES@euro"] {
        for args in [&["lesson", "1", "--yes"][..], &["--help"], &["lesson", "9"]] {
            let output = run(root.path(), args, &[("LC_ALL", locale)]);
            let said = stdout(&output) + &stderr(&output);
            assert!(said.is_ascii() && !said.is_empty(), "{locale}: {said}");
        }
    }
    let output = run(root.path(), &["lesson", "9"], &[("LC_ALL", "es_ES.UTF-8")]);
    assert!(stderr(&output).contains("no se encuentra la lección 9"));
}

#[test]
fn what_was_not_translated_is_shown_in_english_and_counted() {
    let root = project(&[("01-x.md", b"# X\n\nFirst.\n\nSecond.\n")]);
    fs::create_dir_all(root.path().join("docs/es")).unwrap();
    fs::write(root.path().join("docs/es/01-x.md"), "# Equis\n\nPrimero.\n\nSegundo.\n").unwrap();
    let lesson = || stdout(&run(root.path(), &["lesson", "1", "--yes", "--lang", "es"], &[]));
    // Nobody has said what the page was made from.
    let text = lesson();
    assert!(text.contains("First.") && text.contains("siguen en inglés: 3."), "{text}");
    let blessed = run(root.path(), &["translated", "docs/es/01-x.md"], &[]);
    assert!(blessed.status.success(), "{}", stderr(&blessed));
    let text = lesson();
    assert!(
        text.contains("Equis") && text.contains("Segundo.") && !text.contains("inglés"),
        "{text}"
    );
    // One paragraph changes: that one is English again, and no other.
    let english = "# X\n\nFirst.\n\nSecond, changed.\n";
    fs::write(root.path().join("docs/en/01-x.md"), english).unwrap();
    let text = lesson();
    let shown = ["Primero.", "Second, changed.", "siguen en inglés: 1."];
    assert!(shown.iter().all(|it| text.contains(it)), "{text}");
    // Blessed with care: what has not changed must be said to be the same, or stale.
    let place = "docs/es/01-x.md:5";
    let refused = run(root.path(), &["translated", place], &[]);
    assert!(!refused.status.success() && stderr(&refused).contains("--same"));
    assert!(run(root.path(), &["translated", place, "--same"], &[]).status.success());
    assert!(lesson().contains("Segundo."));
    assert!(run(root.path(), &["translated", place, "--stale"], &[]).status.success());
    assert!(lesson().contains("Second, changed."));
    // A lock that was written by hand is not believed.
    let path = root.path().join("docs/es/lock");
    let lock = fs::read_to_string(&path).unwrap().replace("stale", "fresh");
    fs::write(&path, lock).unwrap();
    assert!(lesson().contains("Second, changed."));
    let survey = stdout(&run(root.path(), &["translated", "--lang", "en"], &[]));
    assert!(survey.contains("docs/es/lock:3 was edited by hand"), "{survey}");
    let survey = stdout(&run(root.path(), &["translated", "--lang", "es"], &[]));
    assert!(survey.contains("docs/es/lock:3 se editó a mano"), "{survey}");
    // A Spanish page whose English one is gone.
    fs::write(root.path().join("docs/es/09-gone.md"), "# Se fue\n").unwrap();
    let survey = stdout(&run(root.path(), &["translated", "--lang", "es"], &[]));
    let said = "docs/es/09-gone.md: no hay ninguna página inglesa que pueda decir";
    assert!(survey.contains(said), "{survey}");
}
