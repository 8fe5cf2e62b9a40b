//! The pictures in the book, in each language, and what they say in Spanish. The key is the English
//! text, as in `es.toml`. A picture whose words have no Spanish is not drawn.

use std::fs;
use std::path::{Path, PathBuf};

use check_report::Text;

/// The project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Says a text in the language that a picture is drawn in.
pub(crate) type Say<'a> = &'a dyn Fn(Text) -> String;

/// Compares a picture with the one in the book of each language. `draw` gets what says a text.
#[track_caller]
pub(crate) fn check(name: &str, said: &'static str, draw: &dyn Fn(Say<'_>) -> Vec<String>) {
    for language in ["en", "es"] {
        let say = |text: Text| say(language, &text);
        let drawing = draw(&say);
        let lines: Vec<&str> = drawing.iter().map(|line| line.trim_end()).collect();
        let text = format!("{}\n\n{}\n", say(said.into()), lines.join("\n"));
        compare(&format!("docs/{language}/pictures/{name}.txt"), &text);
    }
}

/// Compares a file of the book with what was drawn.
#[track_caller]
pub(crate) fn compare(path: &str, drawn: &str) {
    let file = root().join(path);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, drawn).unwrap();
    }
    let book = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(book, drawn, "{path}: BLESS=1 cargo test --package course --test pictures");
}

const SPANISH: [(&str, &str); 61] = [
    // The lab.
    (
        "Your machine and the lab: two systemds, each PID 1 in its own world, on one kernel. \
         Below the lab's systemd are the units that run in it.",
        "Tu máquina y el laboratorio: dos systemd, cada uno PID 1 en su propio mundo, sobre un \
         solo kernel. Debajo del systemd del laboratorio están las unidades que se ejecutan en él.",
    ),
    ("{systemd}, PID 1 of the lab", "{systemd}, PID 1 del laboratorio"),
    ("/etc and /var", "/etc y /var"),
    ("processes", "procesos"),
    ("journal", "journal"),
    ("network", "red"),
    ("its own", "lo suyo"),
    ("systemd, PID 1", "systemd, PID 1"),
    ("your services", "tus servicios"),
    ("cargo course", "cargo course"),
    ("your own", "lo tuyo"),
    ("the lab", "el laboratorio"),
    (
        "one kernel, and the programs in /usr, for both",
        "un kernel y los programas de /usr, para los dos",
    ),
    ("your machine", "tu máquina"),
    // The life of a daemon.
    (
        "The life of a daemon of Type=notify, from exec to its end, with the states that \
         systemctl status shows.",
        "La vida de un demonio de Type=notify, desde exec hasta su final, con los estados que \
         muestra systemctl status.",
    ),
    (
        "systemctl start: systemd makes a process, and it executes the program",
        "systemctl start: systemd crea un proceso, que ejecuta el programa",
    ),
    (
        "the daemon has opened its file, and sends READY=1",
        "el demonio ha abierto su archivo, y envía READY=1",
    ),
    ("systemctl stop: systemd sends SIGTERM", "systemctl stop: systemd envía SIGTERM"),
    (
        "the daemon writes its last line and ends, exit status 0",
        "el demonio escribe su última línea y termina, estado de salida 0",
    ),
    // The units of lesson 2.
    (
        "How the units of this lesson hang together: the boot wants the target, the target its \
         members, and each says itself what it needs and waits for.",
        "Cómo se relacionan las unidades de esta lección: el arranque quiere el target, el target \
         quiere sus miembros, y cada uno dice qué necesita y a qué espera.",
    ),
    ("{unit}, and stops with it", "{unit}, y se detiene con él"),
    ("starts {unit}", "inicia {unit}"),
    ("needs {unit}", "necesita {unit}"),
    ("needs {unit}, and waits for it", "necesita {unit}, y espera a que esté"),
    ("{target}, the boot", "{target}, el arranque"),
    // The sections.
    (
        "The three sections of a service, and where each setting belongs. In another section it \
         is ignored.",
        "Las tres secciones de un servicio, y el lugar de cada ajuste. En otra sección se ignora.",
    ),
    ("what it is, and whom it needs", "qué es y a quién necesita"),
    ("how the program runs", "cómo se ejecuta el programa"),
    ("who starts it, once enabled", "quién lo inicia si se habilita"),
    // The journal's file.
    (
        "The file of the journal from inside: what lies in it, in the order in which it first \
         comes, and the way of a match from a value to its entries.",
        "El archivo del journal por dentro: qué contiene, en el orden en que aparece por primera \
         vez, y el camino de una búsqueda desde un valor hasta sus entradas.",
    ),
    ("FIELD HASH TABLE: the names", "FIELD HASH TABLE: los nombres"),
    (
        "DATA HASH TABLE: a hash leads to a bucket, and that to an object",
        "DATA HASH TABLE: un hash lleva a un cubo, y el cubo a un objeto",
    ),
    (
        "DATA: one FIELD=value, once for all entries that have it",
        "DATA: un CAMPO=valor, una sola vez para todas las entradas que lo tienen",
    ),
    ("FIELD: a name, such as PRIORITY", "FIELD: un nombre, como PRIORITY"),
    (
        "ENTRY: one line of the log, a list of its DATA",
        "ENTRY: una línea del registro, la lista de sus DATA",
    ),
    (
        "ENTRY ARRAY: which entries there are; and which a DATA has",
        "ENTRY ARRAY: qué entradas hay; y cuáles tiene un DATA",
    ),
    ("HEADER: where everything begins", "HEADER: dónde empieza todo"),
    ("system.journal, from its first byte", "system.journal, desde su primer byte"),
    ("its hash", "su hash"),
    ("a bucket", "un cubo"),
    ("its DATA", "su DATA"),
    ("its ENTRY ARRAY", "su ENTRY ARRAY"),
    ("its entries", "sus entradas"),
    ("a match", "una búsqueda"),
    // The way of a log line.
    (
        "The way of a line that is said to a logger: the nearest level above decides whether it is \
         let through, then each logger on the way up hands it to its handlers.",
        "El camino de una línea que se le dice a un logger: el nivel más cercano hacia arriba \
         decide si pasa; después, cada logger del camino la entrega a sus manejadores.",
    ),
    ("{logger}, at DEBUG: two connections left", "{logger}, en DEBUG: two connections left"),
    (
        "the threshold: {from} has none, {decides} says {level}; it passes",
        "el umbral: {from} no tiene, {decides} dice {level}; pasa",
    ),
    (
        "the handlers of {logger}: filter, format, write",
        "los manejadores de {logger}: filtrar, dar formato, escribir",
    ),
    ("propagates", "se propaga"),
    // The states of a unit.
    (
        "The states of a unit, and what leads from one to another",
        "Los estados de una unidad, y qué lleva de uno a otro",
    ),
    ("start", "start"),
    ("ready", "lista"),
    ("error, time-out", "error, plazo"),
    ("reload", "reload"),
    ("ready again", "lista otra vez"),
    ("stop, or it ends", "stop, o termina"),
    ("it dies", "muere"),
    ("stopped", "detenida"),
    ("error", "error"),
    ("start, Restart=", "start, Restart="),
    ("reset-failed", "reset-failed"),
];

/// Says `text` in `language`.
#[track_caller]
pub(crate) fn say(language: &str, text: &Text) -> String {
    if language == "en" {
        return text.english();
    }
    let spanish = |english: &str| {
        let found = SPANISH.iter().find(|(key, _)| *key == english);
        Some(found.unwrap_or_else(|| panic!("no Spanish for {english:?}")).1.to_owned())
    };
    text.fill(&spanish)
}

/// The state machine as the wrapper draws it, with its causes and its label in Spanish.
pub(crate) fn in_spanish(english: &str) -> String {
    let mut drawn = String::new();
    let mut rest = english;
    while let Some((before, after)) = rest.split_once("<text class=\"cause\"") {
        let (place, after) = after.split_once('>').unwrap();
        let (word, after) = after.split_once('<').unwrap();
        let word = say("es", &Text::of(word));
        drawn += &format!("{before}<text class=\"cause\"{place}>{word}<");
        rest = after;
    }
    drawn += rest;
    let label = "The states of a unit, and what leads from one to another";
    assert!(drawn.contains(label));
    drawn.replace(label, &say("es", &label.into()))
}
