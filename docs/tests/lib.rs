//! Nothing but tests: `tests/pages` looks at the built pages in a real browser.
