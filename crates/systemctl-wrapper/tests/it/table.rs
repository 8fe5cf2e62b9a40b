//! `watch` on a terminal: the table, and its keys.

use crate::harness::{lab, says, write_files};

const UNITS: &str = "
== /etc/systemd/system/one.service
[Service]
ExecStart=/bin/sh -c 'while :; do echo a word of one; sleep 1; done'
== /etc/systemd/system/one-with-a-name-that-a-narrow-terminal-has-no-room-for.service
[Service]
ExecStart=/bin/sleep infinity
";

/// A terminal of 60 columns and 9 lines, with keys from descriptor 9; what is drawn is in
/// /tmp/drawn.
const TERMINAL: &str = "
    until_true() { for i in $(seq 200); do eval \"$1\" && return; sleep 0.1; done; echo \"never: $1\"; }
    shown() { until_true \"grep -sq '$1' /tmp/drawn\"; }
    mkfifo /tmp/keys
    TERM=xterm script -fqec \"stty cols 60 rows 9; $W watch 'one*' 'sys*'\" /tmp/drawn \
        < /tmp/keys > /dev/null &
    exec 9> /tmp/keys";

#[test]
fn the_table_fits_its_terminal_and_obeys_its_keys() {
    let Some(lab) = lab("the_table_fits_its_terminal_and_obeys_its_keys") else { return };
    write_files(&lab, UNITS);
    // The key shows the last line, which may be the manager's own for a moment: it is pressed again.
    let (said, status) = says(
        &lab,
        &format!(
            "systemctl start 'one-with-a-name-that-a-narrow-terminal-has-no-room-for' one
             until_pid() {{ systemctl show -P MainPID one; }}; before=$(until_pid)
             {TERMINAL}
             shown '▶.*one'; printf j >&9
             printf r >&9; shown 'restart one'; until_true '[ $(until_pid) != '$before' ]'
             until_true 'printf l >&9; grep -sq \"a word of one\" /tmp/drawn'
             printf x >&9; until_true '! systemctl -q is-active one'; shown 'inactive'
             printf s >&9; until_true 'systemctl -q is-active one'
             printf q >&9; wait $!; echo \"ended with $?\""
        ),
    );
    assert_eq!((said.as_str(), status), ("ended with 0\n", 0));
    let (drawn, _) = says(&lab, "sed 's/\\x1b\\[[0-9;]*[A-Za-z]/\\f/g' /tmp/drawn");
    let drawn = drawn.lines().filter(|line| !line.starts_with("Script ")).collect::<Vec<_>>();
    for line in &drawn {
        let width = line.rsplit('\u{c}').next().unwrap_or_default().trim_end().chars().count();
        assert!(width <= 60, "{width}: {line}");
    }
    assert!(drawn.iter().any(|line| line.trim_end().ends_with('…')), "{drawn:#?}");
}
