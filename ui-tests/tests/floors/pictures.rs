//! The pictures of the floors in `ARCHITECTURE.md`.
//!
//! A picture is a block of code that begins with ```` ```text floors runtime/src ````. Its lines are floors, the top
//! first, and have the form `│ layer, mount │ client │ an explanation │`. The files of rooms with a wall between them may
//! not import each other; those of rooms with a comma may. A room is a module: `mount.rs`, or the folder `mount/`.
//! Several folders share a picture if their names follow each other: such a folder may lack a room.

use super::imports::Import;

const BEGIN: &str = "```text floors ";
const WALL: char = '│';

/// The floors of one folder, or of several that are alike.
pub(crate) struct Picture {
    pub(crate) folders: Vec<String>,
    rooms: Vec<Room>,
}

struct Room {
    name: String,
    /// The number of the floor, counted from the top.
    floor: usize,
    /// The number of the part of the floor between two walls.
    part: usize,
}

/// Returns all pictures of a text.
pub(crate) fn parse(text: &str) -> Vec<Picture> {
    let mut pictures = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(folders) = line.strip_prefix(BEGIN) {
            let floors =
                lines.by_ref().take_while(|line| *line != "```").filter(|line| line.starts_with(WALL));
            let rooms = floors.enumerate().flat_map(|(floor, line)| rooms(floor, line)).collect();
            pictures
                .push(Picture { folders: folders.split_whitespace().map(str::to_owned).collect(), rooms });
        }
    }
    pictures
}

fn rooms(floor: usize, line: &str) -> Vec<Room> {
    let mut parts: Vec<_> = line.trim().trim_matches(WALL).split(WALL).collect();
    parts.pop().expect("a floor has an explanation");
    let parts = parts.into_iter().enumerate();
    let room = |part, name: &str| Room { name: name.trim().to_owned(), floor, part };
    parts.flat_map(|(part, names)| names.split(',').map(move |name| room(part, name))).collect()
}

impl Picture {
    /// Returns what is wrong with these files of a crate and their imports.
    pub(crate) fn violations(&self, files: &[String], imports: &[Import]) -> Vec<String> {
        let homeless = files.iter().filter(|file| self.is_in_folder(file) && self.room(file).is_none());
        let homeless = homeless.map(|file| format!("{file} is in no room of the floors of {}", self.title()));
        homeless.chain(imports.iter().filter_map(|import| self.violation(import))).collect()
    }

    /// Returns the rooms that have no file.
    pub(crate) fn empty_rooms(&self, files: &[String]) -> Vec<String> {
        let is_empty = |room: &&Room| !files.iter().any(|file| self.module(file) == Some(&room.name));
        let empty = |room: &Room| format!("`{}` of the floors of {} has no file", room.name, self.title());
        self.rooms.iter().filter(is_empty).map(empty).collect()
    }

    fn violation(&self, import: &Import) -> Option<String> {
        if self.folder(&import.from) != self.folder(&import.to) {
            return None;
        }
        let (from, to) = (self.room(&import.from)?, self.room(&import.to)?);
        let relation = match to.floor.cmp(&from.floor) {
            std::cmp::Ordering::Less => "above",
            std::cmp::Ordering::Equal if to.part != from.part => "beside",
            _ => return None,
        };
        Some(format!("{import}: `{}` is {relation} `{}`", to.name, from.name))
    }

    fn room(&self, file: &str) -> Option<&Room> {
        let module = self.module(file)?;
        self.rooms.iter().find(|room| room.name == module)
    }

    /// Returns the module of a folder of this picture that a file belongs to.
    fn module<'a>(&self, file: &'a str) -> Option<&'a str> {
        let inside = file.strip_prefix(self.folder(file)?)?.strip_prefix('/')?;
        inside.split('/').next()?.split('.').next()
    }

    fn is_in_folder(&self, file: &str) -> bool {
        self.folder(file).is_some()
    }

    fn folder(&self, file: &str) -> Option<&str> {
        let folders = self.folders.iter().map(String::as_str);
        folders.into_iter().find(|folder| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    fn title(&self) -> String {
        self.folders.join(" and ")
    }
}
