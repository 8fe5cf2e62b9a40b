//! How a second terminal finds the lab of the first: by a name made of the project's directory.

use std::path::Path;

use lab::{Door, Joined, Lab};

use crate::error::Error;
use crate::project::Project;

/// How many labs of one project can be joined at once.
const DOORS_MAX: u8 = 4;

/// Opens a door to `lab`, for [`join`]. Without one the lab is as good, so none is no error.
pub(crate) fn open(lab: &Lab, project: &Project, about: &str, directory: &Path) -> Option<Door> {
    names(project).find_map(|name| lab.open_door(&name, about, directory).ok())
}

/// Goes into the lab of this project that runs already; of several, the one that began first.
pub(crate) fn join(project: &Project) -> Result<Joined, Error> {
    for name in names(project) {
        if let Some(joined) = lab::join(&name)? {
            return Ok(joined);
        }
    }
    Err(Error::NothingToJoin)
}

/// The names of the doors. A socket's name has no room for a path, so it is a number made of it.
fn names(project: &Project) -> impl Iterator<Item = String> {
    let hash = crate::files::hash(project.root.as_os_str().as_encoded_bytes().iter().copied());
    (0..DOORS_MAX).map(move |number| format!("{hash:016x}-{number}"))
}
