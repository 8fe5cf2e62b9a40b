//! All loggers of the process, and what counts for all of them: a level that is disabled, and who
//! speaks when nobody was told to.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};

use crate::logger::Node;
use crate::sink::StreamSink;
use crate::{Handler, Level, Logger, Record, layer, report};

static ROOT: Node = Node::new(0, Cow::Borrowed("root"), None, Level::WARNING);

/// The highest level that nobody shall hear. Python begins with 0, so what is said at 0 or below is
/// never heard.
static DISABLED: AtomicI32 = AtomicI32::new(0);

/// In the order in which they were made: a parent comes before its children.
#[derive(Default)]
struct Tree {
    nodes: Vec<&'static Node>,
    by_name: HashMap<&'static str, &'static Node>,
}

static TREE: LazyLock<Mutex<Tree>> = LazyLock::new(Mutex::default);

/// Who speaks when a record reaches no handler at all.
static LAST_RESORT: LazyLock<RwLock<Option<Arc<Handler>>>> = LazyLock::new(|| {
    let handler = Handler::new(StreamSink::new(io::stderr)).with_level(Level::WARNING);
    RwLock::new(Some(Arc::new(handler)))
});

fn tree() -> MutexGuard<'static, Tree> {
    TREE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The logger at the top: what it has, all have.
#[inline]
pub fn root() -> Logger {
    Logger(&ROOT)
}

/// The logger of that name, made when it is first asked for, with all those above it: `app.db` is
/// below `app`.
///
/// A logger is never removed, so don't make names from what a user sends.
pub fn get_logger(name: &str) -> Logger {
    if name.is_empty() || name == "root" {
        return root();
    }
    let mut tree = tree();
    if let Some(node) = tree.by_name.get(name) {
        return Logger(node);
    }
    let mut parent: &'static Node = &ROOT;
    let before = tree.nodes.len();
    let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
    for end in ends {
        let part = &name[..end];
        parent = match tree.by_name.get(part) {
            Some(node) => node,
            None => tree.grow(part, parent),
        };
    }
    let has_grown = tree.nodes.len() > before;
    drop(tree);
    // Below a silenced logger, a new one may hear more than any that was there before.
    if has_grown && layer::is_below_lowest(parent.threshold.load(Ordering::Relaxed)) {
        recompute();
    }
    Logger(parent)
}

impl Tree {
    fn grow(&mut self, name: &str, parent: &'static Node) -> &'static Node {
        let number = self.nodes.len() + 1;
        let node = Node::new(number, Cow::Owned(name.to_owned()), Some(parent), Level::NOTSET);
        node.effective.store(parent.effective.load(Ordering::Relaxed), Ordering::Relaxed);
        node.threshold.store(threshold(&node), Ordering::Relaxed);
        // Handles are copied freely and never freed, as in Python.
        let node: &'static Node = Box::leak(Box::new(node));
        self.nodes.push(node);
        self.by_name.insert(&node.name, node);
        node
    }
}

/// Nobody hears what is at or below this level, whatever the loggers say; NOTSET ends it.
pub fn disable(level: Level) {
    DISABLED.store(level.number(), Ordering::Relaxed);
    recompute();
}

/// Who speaks when a record reaches no handler: WARNING and above go to standard error, the message
/// alone, unless another handler is given here. With `None`, it is said once that there is no
/// handler.
pub fn set_last_resort(handler: Option<Arc<Handler>>) {
    *LAST_RESORT.write().unwrap_or_else(PoisonError::into_inner) = handler;
}

pub(crate) fn last_resort(record: &Record<'_>) {
    static SAID: AtomicBool = AtomicBool::new(false);
    let handler = LAST_RESORT.read().unwrap_or_else(PoisonError::into_inner).clone();
    match handler {
        Some(handler) => handler.handle(record),
        None if !SAID.swap(true, Ordering::Relaxed) => {
            report::say(format_args!("No handlers could be found for logger \"{}\"", record.name));
        }
        None => {}
    }
}

fn threshold(node: &Node) -> i32 {
    if node.disabled.load(Ordering::Relaxed) {
        return i32::MAX;
    }
    let above_disabled = DISABLED.load(Ordering::Relaxed).saturating_add(1);
    node.effective.load(Ordering::Relaxed).max(above_disabled)
}

/// After a change of any level: what counts at each logger, from the root down, and what tracing
/// may skip.
pub(crate) fn recompute() {
    let tree = tree();
    let mut lowest = i32::MAX;
    for node in std::iter::once(&&ROOT).chain(&tree.nodes) {
        let own = node.level.load(Ordering::Relaxed);
        let inherited = node.parent.map_or(0, |parent| parent.effective.load(Ordering::Relaxed));
        node.effective.store(if own == 0 { inherited } else { own }, Ordering::Relaxed);
        let threshold = threshold(node);
        node.threshold.store(threshold, Ordering::Relaxed);
        lowest = lowest.min(threshold);
    }
    drop(tree);
    layer::levels_changed(Level::new(lowest));
}
