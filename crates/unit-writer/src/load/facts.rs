//! What other units ask about a unit.

use systemd_types::UnitName;
use unit_file::effective::Effective;
use unit_file::values::parse_boolean;

/// What other units ask about a unit.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The unit's name.
    pub name: UnitName,
    /// `After=`
    pub after: Vec<String>,
    /// `Before=`
    pub before: Vec<String>,
    /// `WantedBy=` and `RequiredBy=`
    pub wanted_by: Vec<String>,
    /// `DefaultDependencies=`, which is yes if nothing else is said.
    pub has_default_dependencies: bool,
    /// `RuntimeDirectory=`, unless its directories stay when the unit stops.
    pub runtime_directories: Vec<String>,
    /// `RemainAfterExit=yes`
    pub remains: bool,
    /// `Type=oneshot`
    pub is_oneshot: bool,
    /// `Restart=always` and `on-success`
    pub restarts: bool,
    /// `StandardInput=socket`, or the same of an output: the service gets one socket.
    pub takes_socket: bool,
}

impl Facts {
    /// Takes the facts out of a unit.
    pub fn of(name: &UnitName, unit: &Effective<'_>) -> Facts {
        let words = |section: &str, key: &str| -> Vec<String> {
            unit.words(section, key).into_iter().map(str::to_owned).collect()
        };
        let says = |section: &str, key: &str| unit.last(section, key).map(parse_boolean);
        let stays =
            unit.last("Service", "RuntimeDirectoryPreserve").is_some_and(|value| value != "no");
        Facts {
            name: name.clone(),
            after: words("Unit", "After"),
            before: words("Unit", "Before"),
            wanted_by: [words("Install", "WantedBy"), words("Install", "RequiredBy")].concat(),
            has_default_dependencies: says("Unit", "DefaultDependencies") != Some(Ok(false)),
            runtime_directories: if stays {
                Vec::new()
            } else {
                words("Service", "RuntimeDirectory")
            },
            remains: says("Service", "RemainAfterExit") == Some(Ok(true)),
            is_oneshot: unit.last("Service", "Type") == Some("oneshot"),
            restarts: matches!(unit.last("Service", "Restart"), Some("always" | "on-success")),
            takes_socket: ["StandardInput", "StandardOutput", "StandardError"]
                .iter()
                .any(|key| unit.last("Service", key) == Some("socket")),
        }
    }
}
