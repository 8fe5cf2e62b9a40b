//! The glossary's third column, and how Spanish is written here: tú, ¿?, and headings without
//! gerunds.

use std::fs;
use std::path::Path;

use super::super::lock;
use super::super::page::cutter;
use super::super::pages::spanish_pages;
use super::super::pieces::Kind;
use super::super::words::{QUIZ, TextTable};
use super::{assert_none, root};
use crate::exercise::tables;

/// Words that mean something else, or that have another one here, and that one.
const NEVER: [(&str, &str); 74] = [
    ("fichero", "archivo"),
    ("ficheros", "archivos"),
    ("carpeta", "directorio"),
    ("carpetas", "directorios"),
    ("daemon", "demonio"),
    ("daemons", "demonios"),
    ("administrador de servicios", "gestor"),
    ("archivo unitario", "archivo de unidad"),
    ("bitácora", "registro"),
    ("diario", "journal"),
    ("enchufe", "socket"),
    ("zócalo", "socket"),
    ("montura", "montaje"),
    ("cronómetro", "temporizador"),
    ("timer", "temporizador"),
    ("timers", "temporizadores"),
    ("anulación", "drop-in"),
    ("parámetro", "ajuste, opción o argumento"),
    ("parámetros", "ajustes, opciones o argumentos"),
    ("directiva", "ajuste"),
    ("directivas", "ajustes"),
    ("apartado", "sección"),
    ("lanzar", "iniciar"),
    ("lanza", "inicia"),
    ("levantar", "iniciar"),
    ("finalizar", "detener o terminar"),
    ("finaliza", "termina"),
    ("bootear", "arrancar"),
    ("estatus", "estado"),
    ("status", "estado"),
    ("corriendo", "en marcha"),
    ("correr", "ejecutar"),
    ("tarea", "trabajo, o ejercicio"),
    ("requerimiento", "requisito"),
    ("loguear", "registrar"),
    ("severidad", "gravedad"),
    ("registrador", "logger"),
    ("adjuntar", "añadir al final"),
    ("anexar", "añadir al final"),
    ("buffer", "búfer"),
    ("buffers", "búferes"),
    ("subproceso", "proceso hijo, o hilo"),
    ("atrapar", "capturar"),
    ("asesinar", "matar"),
    ("crashear", "caerse"),
    ("pipa", "tubería"),
    ("camino del archivo", "ruta"),
    ("consola", "terminal"),
    ("orden de consola", "comando"),
    ("bandera", "opción, o marca"),
    ("flag", "opción, o marca"),
    ("por defecto", "valor predeterminado"),
    ("default", "valor predeterminado"),
    ("caja de arena", "aislamiento"),
    ("sandboxing", "aislamiento"),
    ("endurecer", "reforzar la seguridad"),
    ("id de usuario", "identificador de usuario"),
    ("el root", "root"),
    ("núcleo", "kernel"),
    ("encabezado", "cabecera"),
    ("punto muerto", "interbloqueo"),
    ("línea muerta", "plazo"),
    ("timeout", "tiempo límite"),
    ("parsear", "analizar"),
    ("setear", "poner"),
    ("remover", "quitar"),
    ("librería", "biblioteca"),
    ("librerías", "bibliotecas"),
    ("aprendiz", "estudiante"),
    ("chequear", "comprobar"),
    ("checar", "comprobar"),
    ("testear", "comprobar"),
    ("sugerencia", "pista"),
    ("ordenador", "máquina"),
];
/// Forms of address that are not tú, and calques.
const ALSO_NEVER: [(&str, &str); 22] = [
    ("usted", "tú"),
    ("ustedes", "quienes"),
    ("vosotros", "quienes"),
    ("computadora", "máquina"),
    ("por favor", "nada"),
    ("coger", "tomar"),
    ("ahorita", "ahora"),
    ("eventualmente", "al final"),
    ("actualmente", "en realidad, o ahora"),
    ("reportar", "avisar, informar"),
    ("accesar", "acceder a"),
    ("en orden de", "para"),
    ("hace sentido", "tiene sentido"),
    ("basado en", "según"),
    ("nota que", "fíjate en que"),
    ("es por eso que", "por eso"),
    ("tan pronto como", "en cuanto"),
    ("encriptar", "cifrar"),
    ("bizarro", "raro"),
    ("soporta", "admite"),
    ("asume que", "supone que"),
    ("sumisión", "entrega"),
];
/// Where a word or a sign of the lists stands and is right: it is what is spoken of, or what a
/// program says.
const YET: [&str; 9] = [
    "avísanos, por favor",
    "retorno de carro",
    "systemctl status",
    "Leer status",
    "exit status",
    "nota que se perdió una señal",
    "? está en lugar de cada",
    "demonio (daemon)",
    "temporizador (timer)",
];

/// The Spanish texts: where each is, its kind and its words.
fn texts() -> Vec<(String, Kind, String)> {
    let root = root();
    let mut texts = Vec::new();
    for path in spanish_pages(&root).into_iter().filter(|path| path != Path::new(lock::PATH)) {
        let text = fs::read_to_string(root.join(&path)).unwrap();
        for piece in cutter(&path)(&text).into_iter().filter(|piece| piece.is_prose()) {
            let place = format!("{}:{}", path.display(), piece.line);
            texts.push((place, piece.kind, plain(piece.text)));
        }
    }
    let others = [root.join("crates/course/es.toml"), root.join(QUIZ)];
    for path in tables(&root).into_iter().chain(others) {
        let table = TextTable::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let place = path.strip_prefix(&root).unwrap().display().to_string();
        for (section, words) in table.sections() {
            for text in words.values() {
                // A starter is code, where names stand without marks.
                let kind = if section == "starter" { Kind::Comment } else { Kind::Paragraph };
                texts.push((format!("{place} [{section}]"), kind, plain(text)));
            }
        }
    }
    texts
}

/// The words alone: no code, no link's target, nothing in quotes, and one blank between two.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '«']) {
        let end = if rest[at..].starts_with('`') { "`" } else { "»" };
        let open = at + rest[at..].chars().next().unwrap().len_utf8();
        out += &rest[..at];
        out.push('_');
        rest = rest[open..].split_once(end).map_or("", |(_, rest)| rest);
    }
    out += rest;
    // A heading's id, and a place for a value.
    while let Some((before, after)) = out.split_once('{') {
        let after = after.split_once('}').map_or("", |(_, after)| after);
        out = format!("{before}_{after}");
    }
    let words = out.split_whitespace().filter(|word| *word != ">");
    let mut out = words.collect::<Vec<_>>().join(" ");
    for yet in YET {
        out = out.replace(yet, "");
    }
    out
}

/// Whether `words` stand in `text`, as words of their own and no part of a name.
fn has(text: &str, words: &str) -> bool {
    // In capitals it is the heading of a man page; in brackets a section.
    let small = |word: &str| {
        if word.chars().any(char::is_lowercase) {
            word.to_lowercase()
        } else {
            "_".repeat(word.chars().count())
        }
    };
    let text = text.split(' ').map(small).collect::<Vec<_>>().join(" ");
    text.match_indices(words).any(|(at, _)| {
        let inside = |char: char| char.is_alphanumeric() || "-_=./@()*[]".contains(char);
        let before = text[..at].chars().next_back();
        let mut after = text[at + words.len()..].chars();
        let (next, then) = (after.next(), after.next());
        // A full stop ends a sentence, and a bracket may follow; a name goes on after them.
        let goes_on = match next {
            Some('.') => then.is_some_and(char::is_alphanumeric),
            Some(')' | '*') | None => false,
            Some(char) => inside(char),
        };
        !before.is_some_and(|char| inside(char) && !"(*".contains(char)) && !goes_on
    })
}

#[test]
fn the_glossary_s_words_are_used_and_no_others() {
    let mut faults = Vec::new();
    for (place, _, text) in texts() {
        for (word, instead) in NEVER.iter().chain(&ALSO_NEVER) {
            if has(&text, word) {
                faults.push(format!("{place}: {word}: say {instead}\n  {text}"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn questions_and_shouts_are_opened_and_closed() {
    let mut faults = Vec::new();
    for (place, kind, text) in texts() {
        let count = |sign: char| text.chars().filter(|char| *char == sign).count();
        // A sign alone may be what is spoken of; in a starter, Rust has signs of its own.
        let questions = count('¿') > count('?');
        let unopened = kind != Kind::Comment && count('?') > count('¿') && !text.contains(")?");
        let unopened = unopened && text.contains("? ") | text.ends_with('?') && !has_rust(&text);
        if questions || unopened || count('¡') > count('!') {
            faults.push(format!("{place}: {text}"));
        }
    }
    assert_none(&faults);
}

/// Whether a hint shows Rust, where ? and ! are signs of the language.
fn has_rust(text: &str) -> bool {
    ["::", "()", "?;", "{:?}", "!("].iter().any(|sign| text.contains(sign))
}

#[test]
fn headings_are_nouns_in_small_letters() {
    let mut faults = Vec::new();
    for (place, _, text) in texts().into_iter().filter(|(_, kind, _)| *kind == Kind::Heading) {
        let title = text.trim_start_matches('#').split("{#").next().unwrap().trim().to_owned();
        let words: Vec<&str> = title.split_whitespace().collect();
        let gerund = words.iter().any(|word| {
            ["ando", "iendo", "yendo"].iter().any(|end| word.ends_with(end)) && *word != "cuando"
        });
        let capitals = words.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
        if gerund || title.ends_with('.') || (words.len() > 3 && capitals * 2 > words.len()) {
            faults.push(format!("{place}: {title}"));
        }
    }
    assert_none(&faults);
}

#[test]
fn a_forbidden_word_is_found_and_a_name_is_none() {
    assert!(has("el fichero.", "fichero") && has("(Fichero)", "fichero"));
    for text in ["date-daemon", "x.timer", "daemon(7)", "ficheros", "--status", "status=3"] {
        let word =
            ["daemon", "timer", "fichero", "status"].into_iter().find(|it| text.contains(it));
        assert!(!has(text, word.unwrap()), "{text}");
    }
    assert_eq!(plain("un `timer` y «default»\n> sí"), "un _ y _ sí");
}
