//! Chromium without a window, by its DevTools protocol over a pipe: JSON messages that end with NUL.
//!
//! Only what these tests need; <https://chromedevtools.github.io/devtools-protocol/> has the rest.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long one call may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Descriptors 3 and 4 are the pipe; its words to people are nobody's business.
const START: &str = "exec \"$0\" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --no-first-run --disable-background-networking --remote-debugging-pipe --user-data-dir=\"$1\" \
    3<&0 4>&1 < /dev/null > /dev/null 2>&1";

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    calls: u64,
    /// The addresses of all that the pages asked for.
    pub(crate) requests: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts the browser; none where there is none.
    pub(crate) fn start() -> Option<Browser> {
        let program = ["chromium", "chromium-headless-shell", "google-chrome"];
        let is_there = |name: &&str| {
            let mut version = Command::new(name);
            version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            version.status().is_ok_and(|status| status.success())
        };
        let program = program.into_iter().find(is_there)?;
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", START, program]).arg(profile.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (send, from) = channel();
        let output = BufReader::new(process.stdout.take().unwrap());
        thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap_or_default();
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let to = process.stdin.take().unwrap();
        let (session, calls, requests) = (None, 0, Vec::new());
        let mut browser =
            Browser { process, to, from, session, calls, requests, _profile: profile };
        browser.open();
        Some(browser)
    }

    fn open(&mut self) {
        let page = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": page["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", attach);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Runtime"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Calls a method and returns its result.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let mut message = json!({"id": self.calls, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.to, "{message}\0").unwrap();
        let id = self.calls;
        let answer = self.wait(|message| message["id"] == id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Reads messages up to the one that is meant.
    fn wait(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.from.recv_timeout(PATIENCE).expect("the browser has answered");
            if message["method"] == "Network.requestWillBeSent" {
                let address = message["params"]["request"]["url"].as_str().unwrap_or_default();
                self.requests.push(address.to_owned());
            }
            if is_meant(&message) {
                return message;
            }
        }
    }

    /// Goes to an address and waits until all of it is loaded.
    pub(crate) fn go(&mut self, address: &str) {
        // Nothing of a page before: only so is its end of loading not taken for that of the next.
        self.call("Page.navigate", json!({"url": "about:blank"}));
        self.eval("document.readyState");
        self.call("Page.navigate", json!({"url": address}));
        let loaded = "new Promise(done => document.readyState === 'complete' && location.href !== 'about:blank' \
            ? done(true) : addEventListener('load', () => done(true)))";
        self.eval(loaded);
    }

    /// The value of an expression in the page; of a promise, what it comes to.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let parameters = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
        });
        let result = self.call("Runtime.evaluate", parameters);
        assert!(result.get("exceptionDetails").is_none(), "{expression:.200}: {result}");
        result["result"]["value"].clone()
    }

    /// The same for an expression that is a list of texts.
    pub(crate) fn texts(&mut self, expression: &str) -> Vec<String> {
        let value = self.eval(expression);
        let texts = value.as_array().unwrap_or_else(|| panic!("{expression}: {value}")).iter();
        texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How wide the window is, and whether it is dark around it.
    pub(crate) fn look(&mut self, width: u32, scheme: &str) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500,
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media);
        // A page that is wider than its window never is.
        self.until(&format!("innerWidth === {width}"));
    }

    /// Waits until `condition` holds, for two seconds at most: a busy browser takes a moment for
    /// what it was told.
    pub(crate) fn until(&mut self, condition: &str) {
        self.eval(&format!(
            "new Promise(done => {{
                const end = Date.now() + 2000;
                const look = () => ({condition}) || Date.now() > end
                    ? done(true) : setTimeout(look, 5);
                look();
            }})"
        ));
    }

    /// Presses a key, as a person does.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        let mut parameters = json!({
            "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code,
        });
        match key {
            "Enter" => parameters["text"] = json!("\r"),
            " " => parameters["text"] = json!(" "),
            _ => {}
        }
        self.call("Input.dispatchKeyEvent", parameters.clone());
        parameters["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", parameters);
    }

    /// A picture of the whole page, as the bytes of a PNG in Base64.
    pub(crate) fn picture(&mut self) -> String {
        let wish = json!({"captureBeyondViewport": true, "format": "png"});
        self.call("Page.captureScreenshot", wish)["data"].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
