//! The handlers that a logger's records reach, found once and remembered by each thread: no lock on
//! the way of a line.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};

use crate::logger::Node;
use crate::{Filter, Handler};

/// What happens to a record of a logger: its filters are asked, then the handlers, its own first.
pub(crate) struct Chain {
    pub(crate) filters: Vec<Filter>,
    pub(crate) handlers: Vec<Arc<Handler>>,
}

/// Grows with every change of a handler, a filter or a propagation, anywhere.
static GENERATION: AtomicU32 = AtomicU32::new(0);

type Remembered = Vec<Option<(u32, Chain)>>;

thread_local! {
    /// By the number of the logger.
    static REMEMBERED: RefCell<Remembered> = const { RefCell::new(Vec::new()) };
}

/// What was remembered is wrong now.
pub(crate) fn changed() {
    GENERATION.fetch_add(1, Ordering::Release);
}

/// Shows the chain of a logger.
pub(crate) fn with<R>(node: &'static Node, show: impl Fn(&Chain) -> R) -> R {
    let shown = REMEMBERED.try_with(|all| {
        let mut all = all.try_borrow_mut().ok()?;
        Some(show(recall(&mut all, node)))
    });
    match shown {
        Ok(Some(shown)) => shown,
        // The thread is at its very end and has forgotten everything; or a handler logs.
        Ok(None) | Err(_) => show(&find(node)),
    }
}

#[inline]
fn recall<'a>(all: &'a mut Remembered, node: &'static Node) -> &'a Chain {
    let generation = GENERATION.load(Ordering::Acquire);
    if all.len() <= node.number {
        all.resize_with(node.number + 1, || None);
    }
    let known = &mut all[node.number];
    if known.as_ref().is_some_and(|(at, _)| *at != generation) {
        *known = None;
    }
    &known.get_or_insert_with(|| (generation, find(node))).1
}

/// Walks up the tree, as far as records do.
fn find(node: &'static Node) -> Chain {
    let filters = node.own.read().unwrap_or_else(PoisonError::into_inner).filters.clone();
    let mut handlers = Vec::new();
    let mut next = Some(node);
    while let Some(node) = next {
        let own = node.own.read().unwrap_or_else(PoisonError::into_inner);
        handlers.extend(own.handlers.iter().cloned());
        next = node.parent.filter(|_| node.propagates.load(Ordering::Relaxed));
    }
    Chain { filters, handlers }
}
