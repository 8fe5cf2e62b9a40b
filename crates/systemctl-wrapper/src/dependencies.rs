//! Who needs whom: the units that one unit leads to, with their states, as a graph;
//! systemd.unit(5).

use std::collections::{BTreeMap, VecDeque};

use crate::states::ActiveState;
use crate::{Error, Manager, Unit};

/// A graph has at most so many units; the rest is counted, not drawn.
const UNITS_MAX: usize = 2000;

/// A relation between two units, named as the property that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It can't do without: a start brings it along, and fails with it.
    Requires,
    /// It must be active already.
    Requisite,
    /// As `Requires=`, and it stops with it, whatever the reason.
    BindsTo,
    /// A start brings it along, and does not mind if that fails.
    Wants,
    /// As long as it is active, the other is started again and again.
    Upholds,
    /// The other one is `PartOf=` this one: it stops with it.
    ConsistsOf,
    /// It begins only when the other has ended its start; says nothing about who is started.
    After,
    /// The inverse of `After=`.
    Before,
    /// Not at the same time.
    Conflicts,
    /// When its event comes, it starts the other one.
    Triggers,
    /// When it has failed, it starts the other one.
    OnFailure,
}

impl Relation {
    /// What a start brings along: systemctl's forward dependencies.
    pub const FORWARD: [Relation; 6] = [
        Relation::Requires,
        Relation::Requisite,
        Relation::Wants,
        Relation::ConsistsOf,
        Relation::BindsTo,
        Relation::Upholds,
    ];

    /// The property, seen from the unit that says it.
    pub fn property(self) -> &'static str {
        match self {
            Relation::Requires => "Requires",
            Relation::Requisite => "Requisite",
            Relation::BindsTo => "BindsTo",
            Relation::Wants => "Wants",
            Relation::Upholds => "Upholds",
            Relation::ConsistsOf => "ConsistsOf",
            Relation::After => "After",
            Relation::Before => "Before",
            Relation::Conflicts => "Conflicts",
            Relation::Triggers => "Triggers",
            Relation::OnFailure => "OnFailure",
        }
    }

    /// The property of the other unit, which holds the same relation backwards.
    pub fn inverse(self) -> &'static str {
        match self {
            Relation::Requires => "RequiredBy",
            Relation::Requisite => "RequisiteOf",
            Relation::BindsTo => "BoundBy",
            Relation::Wants => "WantedBy",
            Relation::Upholds => "UpheldBy",
            Relation::ConsistsOf => "PartOf",
            Relation::After => "Before",
            Relation::Before => "After",
            Relation::Conflicts => "ConflictedBy",
            Relation::Triggers => "TriggeredBy",
            Relation::OnFailure => "OnFailureOf",
        }
    }
}

/// One unit leads to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The unit that has the dependency.
    pub from: String,
    /// The unit that it depends on.
    pub to: String,
    /// How.
    pub relation: Relation,
}

/// Units, and how they depend on each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The unit that all begins with.
    pub root: String,
    /// Each unit's state, by its name.
    pub states: BTreeMap<String, ActiveState>,
    /// The dependencies, sorted.
    pub edges: Vec<Edge>,
    /// How far each unit is from the first.
    pub depths: BTreeMap<String, usize>,
    /// Whether there was more than is in here.
    pub is_cut: bool,
}

impl Manager {
    /// Follows the relations from one unit on, each unit once, at most `depth` steps; `backward`
    /// follows them against their direction.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn graph(
        &self,
        root: &str,
        relations: &[Relation],
        backward: bool,
        depth: usize,
    ) -> Result<Graph, Error> {
        let mut graph = Graph { root: root.to_owned(), ..Graph::default() };
        graph.depths.insert(root.to_owned(), 0);
        let mut frontier: VecDeque<String> = VecDeque::from([root.to_owned()]);
        while !frontier.is_empty() {
            let level: Vec<String> = frontier.drain(..).collect();
            let names: Vec<&str> = level.iter().map(String::as_str).collect();
            for (name, unit) in level.iter().zip(self.units(&names)?) {
                graph.states.insert(name.clone(), unit.active.clone());
                let at = graph.depths[name];
                if at >= depth {
                    continue;
                }
                for (relation, other) in neighbours(&unit, relations, backward) {
                    frontier.extend(graph.add(name, other, relation, at + 1));
                }
            }
        }
        graph.edges.sort();
        graph.edges.dedup();
        Ok(graph)
    }
}

impl Graph {
    /// Adds a dependency; gives the other unit back if it is new.
    fn add(&mut self, from: &str, to: String, relation: Relation, depth: usize) -> Option<String> {
        let is_new = !self.depths.contains_key(&to);
        if is_new && self.depths.len() >= UNITS_MAX {
            self.is_cut = true;
            return None;
        }
        self.edges.push(Edge { from: from.to_owned(), to: to.clone(), relation });
        if is_new {
            self.depths.insert(to.clone(), depth);
        }
        is_new.then_some(to)
    }

    /// Calls the first unit by another of its names.
    pub fn rename_root(&mut self, name: &str) {
        let old = std::mem::replace(&mut self.root, name.to_owned());
        for edge in self.edges.iter_mut().filter(|edge| edge.from == old) {
            edge.from = name.to_owned();
        }
    }

    /// The units that one leads to directly, each once, targets last as systemctl(1) has them.
    pub fn children(&self, unit: &str) -> Vec<&str> {
        let of_unit = self.edges.iter().filter(|edge| edge.from == unit);
        let mut names: Vec<&str> = of_unit.map(|edge| edge.to.as_str()).collect();
        names.sort_by_key(|name| (name.ends_with(".target"), name.to_lowercase()));
        names.dedup();
        names
    }
}

fn neighbours(unit: &Unit, relations: &[Relation], backward: bool) -> Vec<(Relation, String)> {
    let of = |relation: &Relation| {
        let property = if backward { relation.inverse() } else { relation.property() };
        let names = unit.properties.texts(property).into_iter().map(str::to_owned);
        names.map(|name| (*relation, name)).collect::<Vec<_>>()
    };
    relations.iter().flat_map(of).collect()
}
