//! How a second terminal finds the lab of the first: by a name made of the project's directory.

use std::path::Path;

use lab::{Door, Joined, Lab};

use crate::error::Error;
use crate::project::Project;

/// How many labs of one project can be joined at once.
const DOORS_MAX: u8 = 4;

/// Opens a door to `lab`, for [`knock`]. It says whose the lab is: a lesson's, such as `1`, or an
/// exercise's, such as `2.8`. Without a door the lab is as good, so none is no error.
pub(crate) fn open(lab: &Lab, project: &Project, whose: &str, directory: &Path) -> Option<Door> {
    names(project).find_map(|name| lab.open_door(&name, whose, directory).ok())
}

/// The labs of this project that run already.
pub(crate) fn knock(project: &Project) -> Result<Vec<Joined>, Error> {
    let doors = names(project).map(|name| lab::join(&name));
    Ok(doors.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// The names of the doors. A socket's name has no room for a path, so it is a number made of it.
fn names(project: &Project) -> impl Iterator<Item = String> {
    let hash = crate::files::hash(project.root.as_os_str().as_encoded_bytes().iter().copied());
    (0..DOORS_MAX).map(move |number| format!("{hash:016x}-{number}"))
}
