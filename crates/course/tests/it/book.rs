//! The pages: what mdBook gets back, and what it is told when something fails.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::project::{can_boot, course, program, project, stderr, stdout};

/// A page with each kind of block.
const PAGE: &str = "# Page {#page}

See systemd.unit(5) and `signal(7)`, not `main(1)x`.

```ini,file=/etc/systemd/system/x.service
# Comment <b>
[Service]
ExecStart=/usr/bin/sleep %i
```

```console
lab# systemctl show --property=Restart x
Restart=[..]
lab# seq 30; echo '{{#include x}} </pre>'; exit 3
1
...
{{#include x}} </pre>
? 3
```
";

/// What mdBook would send for these pages.
fn request(root: &Path, pages: &[(&str, &str)]) -> String {
    let chapter = |(name, text): &(&str, &str)| {
        json!({"Chapter": {
            "name": name, "content": text, "number": null, "sub_items": [],
            "path": name, "source_path": name, "parent_names": [],
        }})
    };
    let items: Vec<Value> = pages.iter().map(chapter).collect();
    let context = json!({
        "root": root.join("docs"), "renderer": "html", "mdbook_version": "0.5.4",
        "config": {"book": {"src": "en", "language": "en"}},
    });
    json!([context, {"items": items}]).to_string()
}

fn preprocess(root: &Path, request: &str) -> Output {
    send(course(root), request)
}

/// The preprocessor's answer to mdBook's request, on standard input.
fn send(mut command: Command, request: &str) -> Output {
    command.args(["book", "preprocess"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end before it has read all, which is then its answer.
    let _ = child.stdin.take().unwrap().write_all(request.as_bytes());
    child.wait_with_output().unwrap()
}

/// The pages that come back.
#[track_caller]
fn pages(output: &Output) -> Vec<String> {
    let book: Value =
        serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}", stderr(output)));
    let items = book["items"].as_array().unwrap().iter();
    items.map(|item| item["Chapter"]["content"].as_str().unwrap().to_owned()).collect()
}

fn project_of(text: &str) -> TempDir {
    project(&[("01-x.md", text.as_bytes()), ("SUMMARY.md", b"# X\n\n- [X](01-x.md)\n")])
}

#[test]
fn answers_stand_in_the_place_of_wildcards() {
    if !can_boot("answers_stand_in_the_place_of_wildcards") {
        return;
    }
    let root = project_of(PAGE);
    let output = preprocess(root.path(), &request(root.path(), &[("01-x.md", PAGE)]));
    assert!(output.status.success(), "{}", stderr(&output));
    let page = pages(&output).remove(0);
    let has = |text: &str| assert!(page.contains(text), "{text}:\n{page}");
    has(
        "# Page {#page}\n\n\n<p class=\"answered\">The answers on this page are real: a lab gave them",
    );
    has("Restart=no");
    has("<span class=\"prompt\">lab# </span><kbd>systemctl show --property=Restart x</kbd>");
    has("<samp>1\n<span class=\"gap\">...</span>\n&#123;&#123;#include x}} &lt;/pre&gt;</samp>");
    has("<span class=\"status\">exit status 3</span>");
    has("<summary>all 31 lines</summary>");
    has("\n29\n30\n");
    has("<figcaption>/etc/systemd/system/x.service</figcaption>");
    has("<span class=\"unit-comment\"># Comment &lt;b&gt;</span>");
    has(
        "<span class=\"unit-key\">ExecStart</span>=/usr/bin/sleep <span class=\"unit-special\">%i</span>",
    );
    has("title=\"man 5 systemd.unit\">systemd.unit(5)</a> and <a class=\"man\"");
    has(">signal(7)</a>, not `main(1)x`.");
    assert!(!page.contains("[..]") && !page.contains("```"), "{page}");
}

#[test]
fn a_chapter_whose_lab_dies_says_so_and_fails_with_its_line() {
    if !can_boot("a_chapter_whose_lab_dies_says_so_and_fails_with_its_line") {
        return;
    }
    let text = "# X\n\nBefore.\n\n```console\nlab# echo $((40 + 2))\n4[..]\nlab# systemctl poweroff; sleep 60\n```\n\nAfter.\n\n```console\nlab# echo a\n[..]\n```\n";
    let root = project_of(text);
    let output = preprocess(root.path(), &request(root.path(), &[("01-x.md", text)]));
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(error.contains("cannot build the page of docs/en/01-x.md: line 8: "), "{error}");
    // The pages are wanted: they come, and the outcome is noted.
    let outcome = root.path().join("outcome");
    fs::write(&outcome, "").unwrap();
    let mut command = course(root.path());
    command.env("COURSE_BOOK_OUTCOME", &outcome);
    let output = send(command, &request(root.path(), &[("01-x.md", text)]));
    assert!(output.status.success(), "{}", stderr(&output));
    let page = pages(&output).remove(0);
    assert!(page.contains("<samp>42</samp>"), "{page}");
    assert!(page.contains("<p class=\"failed\">The walk ended here, in line 8: "), "{page}");
    assert!(page.contains("<kbd>echo a</kbd>\n<samp>[..]</samp>"), "{page}");
    assert!(fs::read_to_string(outcome).unwrap().contains("line 8: "));
}

#[test]
fn an_answer_that_differs_fails_with_its_line() {
    let text = "# X\n\n```console\n$ echo one\ntwo\n```\n";
    let root = project_of(text);
    let output = preprocess(root.path(), &request(root.path(), &[("01-x.md", text)]));
    let error = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{error}");
    let said = "docs/en/01-x.md: line 4: `echo one` did not answer as the chapter says";
    assert!(error.contains(said), "{error}");
}

#[test]
fn without_a_lab_the_page_stands_as_it_is_written_and_says_so() {
    let promise = "without_a_lab_the_page_stands_as_it_is_written_and_says_so";
    // In a user namespace in which nobody exists, nobody may make a lab.
    let unshare = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", program]);
        command
    };
    if !unshare("true").status().is_ok_and(|status| status.success()) {
        return lab::not_proved(promise, "unshare --user is refused");
    }
    let root = project_of(PAGE);
    let mut command = unshare(program());
    command.current_dir(root.path());
    let output = send(command, &request(root.path(), &[("01-x.md", PAGE)]));
    let error = stderr(&output);
    assert!(output.status.success(), "{error}");
    assert!(error.contains("docs/en/01-x.md: no lab, so it stands as written: "), "{error}");
    let page = pages(&output).remove(0);
    assert!(page.contains("<p class=\"answered\">No lab could run"), "{page}");
    assert!(page.contains("Restart=[..]"), "{page}");
}

#[test]
fn only_html_is_served_and_only_mdbook_is_answered() {
    let root = project_of("# X\n");
    let status = |args: &[&str]| course(root.path()).args(args).status().unwrap().code();
    assert_eq!(status(&["book", "preprocess", "supports", "html"]), Some(0));
    assert_eq!(status(&["book", "preprocess", "supports", "epub"]), Some(1));
    for request in ["", "{}", "[1]", "no JSON"] {
        let output = preprocess(root.path(), request);
        assert_eq!(output.status.code(), Some(1), "{request:?}");
        let error = stderr(&output);
        assert!(error.contains("not mdBook's JSON"), "{request:?}: {error}");
    }
}

#[test]
fn a_book_is_built_for_each_language_and_its_place_is_said() {
    let promise = "a_book_is_built_for_each_language_and_its_place_is_said";
    if Command::new("mdbook").arg("--version").output().is_err() {
        return lab::not_proved(promise, "mdbook is not installed");
    }
    let root = project_of("# X\n\n```console\n$ echo a-$((1 + 1))\na-[..]\n```\n");
    let docs = root.path().join("docs");
    fs::create_dir(docs.join("es")).unwrap();
    for file in ["01-x.md", "SUMMARY.md"] {
        fs::copy(docs.join("en").join(file), docs.join("es").join(file)).unwrap();
    }
    let settings = "[book]\ntitle = \"T\"\nsrc = \"en\"\n[preprocessor.course]\ncommand = \"course book preprocess\"\nbefore = [\"links\"]\n[output.html]\n";
    fs::write(docs.join("book.toml"), settings).unwrap();
    let output = course(root.path()).arg("book").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    for page in ["book/01-x.html", "book/es/01-x.html"] {
        let page = fs::read_to_string(docs.join(page)).unwrap();
        assert!(page.contains("<samp>a-2</samp>"), "{page}");
    }
    let said = stdout(&output);
    assert!(said.contains("en: ") && said.contains("docs/book/es/index.html"), "{said}");
    // Without a browser the pages are built all the same, and the error says where.
    let mut command = course(root.path());
    command.args(["book", "--open"]).env("BROWSER", "false");
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let output = command.output().unwrap();
    let error = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("cannot open a browser: ") && error.contains("docs/book/index.html"),
        "{error}"
    );
    // What fails fails the build, and the page is there.
    for language in ["en", "es"] {
        fs::write(docs.join(language).join("01-x.md"), "# X\n\n```console\n$ false\n```\n")
            .unwrap();
    }
    let output = course(root.path()).arg("book").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("docs/es/01-x.md: line 4: "), "{}", stderr(&output));
    let page = fs::read_to_string(docs.join("book/01-x.html")).unwrap();
    assert!(page.contains("The walk ended here, in line 4"), "{page}");
    let page = fs::read_to_string(docs.join("book/es/01-x.html")).unwrap();
    assert!(page.contains("línea 4: `false` no respondió como dice el capítulo"), "{page}");
}
