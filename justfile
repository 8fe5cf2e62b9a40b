# The front door: each recipe is one line, and what it does is in the program that it calls.

# List the recipes
default:
    @just --list --unsorted

# Walk lesson 1: the date daemon
[no-exit-message]
lesson-1 *options:
    @cargo course lesson 1 {{ options }}

# Walk lesson 2: the unit writer
[no-exit-message]
lesson-2 *options:
    @cargo course lesson 2 {{ options }}

# Walk lesson 3: the systemctl wrapper
[no-exit-message]
lesson-3 *options:
    @cargo course lesson 3 {{ options }}

# Walk lesson 4: the journal reader
[no-exit-message]
lesson-4 *options:
    @cargo course lesson 4 {{ options }}

# Walk lesson 5: the leveled logger
[no-exit-message]
lesson-5 *options:
    @cargo course lesson 5 {{ options }}

# Walk lesson 6, the last: scripts, part 2
[no-exit-message]
lesson-6 *options:
    @cargo course lesson 6 {{ options }}

# Walk a lesson by its number or name: just lesson 1
[no-exit-message]
lesson *options:
    @cargo course lesson {{ options }}

# Answer the questions of a lesson: just quiz 3
[no-exit-message]
quiz *options:
    @cargo course quiz {{ options }}

# List the exercises, and where you stand
[no-exit-message]
list:
    @cargo course list

# Start an exercise: just start 1.2
[no-exit-message]
start *exercise:
    @cargo course start {{ exercise }}

# Check an exercise, by default the one you are at
[no-exit-message]
check *options:
    @cargo course check {{ options }}

# Check again on each save
[no-exit-message]
watch *options:
    @cargo course watch {{ options }}

# Open a shell in a lab with your files installed: just shell 2.8
[no-exit-message]
shell *options:
    @cargo course shell {{ options }}

# Show the next hint
[no-exit-message]
hint *exercise:
    @cargo course hint {{ exercise }}

# Show how the authors did it, once you have passed
[no-exit-message]
solution *options:
    @cargo course solution {{ options }}

# Put the starter back; what you had is kept
[no-exit-message]
reset *exercise:
    @cargo course reset {{ exercise }}

# Try every check on the answers that it must accept and refuse
[no-exit-message]
verify *options:
    @cargo course verify {{ options }}

# Open a shell in a fresh lab
[no-exit-message]
lab *options:
    @cargo run --package lab -- shell {{ options }}

# Say why a lab does not start, and what mends it
[no-exit-message]
doctor:
    @cargo course doctor

# Prove everything: every chapter and every promise
[no-exit-message]
test:
    cargo test --workspace

# Count the lines of each crate
[no-exit-message]
sizes:
    @cargo test --quiet --package course --test tidy size_of -- --nocapture

# Measure, beside the peers
[no-exit-message]
bench:
    cargo bench --workspace --bench '*'

# Draw the picture of lesson 6 anew, from the system that runs in a lab
[no-exit-message]
picture:
    DRAW=1 cargo test --package course --test last_lesson picture

# Build the pages into docs/book, with what the lab really answers
[no-exit-message]
book *options:
    @cargo course book {{ options }}

# Run the gate, as the server does
[no-exit-message]
ci:
    .ci/run
