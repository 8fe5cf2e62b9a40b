//! A scenario has a process of its own, in an empty directory. What it leaves there, and what it
//! says, is compared with what CPython left and said.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Parent: prepares the directory, runs the child in it, compares.
pub(crate) fn judge(case: &Value) -> Result<(), String> {
    let directory = tempfile::tempdir().unwrap();
    let work = directory.path().join("work");
    fs::create_dir(&work).unwrap();
    for (name, text) in case["initial_files"].as_object().into_iter().flatten() {
        fs::write(work.join(name), text.as_str().unwrap()).unwrap();
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env("LOGGING_CASE_CHILD", "scenario")
        .env("LOGGING_CASE_RESULTS", directory.path().join("results"))
        .env("TZ", case["tz"].as_str().unwrap_or("UTC0"))
        .current_dir(&work)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), case).unwrap();
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(format!("{stdout}{stderr}"));
    }
    compare("stdout", case["expected_stdout"].as_str(), &stdout)?;
    compare("stderr", case["expected_stderr"].as_str(), &stderr)?;
    compare(
        "stderr's first line",
        case["expected_stderr_first_line"].as_str(),
        stderr.lines().next().unwrap_or(""),
    )?;
    if let Some(part) = case["expected_stderr_contains"].as_str()
        && !stderr.contains(part)
    {
        return Err(format!("stderr lacks {part:?}: {stderr:?}"));
    }
    let files: BTreeMap<String, String> = files(&work);
    if json!(files) != case["expected_files"] {
        return Err(format!("expected the files {}, got {}", case["expected_files"], json!(files)));
    }
    let results = fs::read_to_string(directory.path().join("results")).unwrap();
    same_results(&case["expected_results"], &serde_json::from_str(&results).unwrap())
}

fn compare(what: &str, expected: Option<&str>, got: &str) -> Result<(), String> {
    match expected {
        Some(expected) if expected != got => {
            Err(format!("{what}: expected {expected:?}, got {got:?}"))
        }
        _ => Ok(()),
    }
}

fn files(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| {
            let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect()
}

/// Of an error, only that there is one, and at which step: the words and types are Rust's.
fn same_results(expected: &Value, got: &Value) -> Result<(), String> {
    let simple = |results: &Value| -> Vec<Value> {
        let all = results.as_array().cloned().unwrap_or_default().into_iter();
        all.map(|result| match result.get("error") {
            Some(_) => json!({ "op": result["op"], "error": true }),
            None => result,
        })
        .collect()
    };
    let (expected, got) = (simple(expected), simple(got));
    if expected == got { Ok(()) } else { Err(format!("expected {expected:?}, got {got:?}")) }
}
