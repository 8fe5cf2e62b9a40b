//! A filter: which records pass, beyond what levels can say.

use std::fmt;
use std::sync::Arc;

use crate::Record;

/// Lets some records pass, and others not.
#[derive(Clone)]
pub struct Filter(Kind);

#[derive(Clone)]
enum Kind {
    Below(String),
    Rule(Arc<dyn Fn(&Record<'_>) -> bool + Send + Sync>),
}

impl Filter {
    /// Passes what was said to the logger of that name or to one below it: `a.b` and `a.b.c`, not
    /// `a.bc`.
    ///
    /// An empty name passes everything.
    pub fn name(name: &str) -> Filter {
        Filter(Kind::Below(name.to_owned()))
    }

    /// Passes what the function says.
    pub fn rule(rule: impl Fn(&Record<'_>) -> bool + Send + Sync + 'static) -> Filter {
        Filter(Kind::Rule(Arc::new(rule)))
    }

    pub(crate) fn passes(&self, record: &Record<'_>) -> bool {
        match &self.0 {
            Kind::Below(name) => {
                let rest = record.name.strip_prefix(name.as_str());
                name.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
            Kind::Rule(rule) => rule(record),
        }
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Below(name) => write!(f, "Filter({name:?})"),
            Kind::Rule(_) => f.write_str("Filter(rule)"),
        }
    }
}
