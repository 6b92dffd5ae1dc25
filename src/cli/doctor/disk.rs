//! Is there room for what is still to come?

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Finding, Patient};
use crate::config::settings::Transport;

const CHECK: &str = "disk";

/// With less than this a round of many changes may not find room.
const TOO_LITTLE: u64 = 100 << 20;
/// With less than this there is room, but not for long.
const LITTLE: u64 = 1 << 30;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let settings = &patient.settings;
    let mut folders = vec![folder_of(&settings.store.path)];
    if settings.mail.transport == Transport::Files {
        folders.push(settings.mail.directory.clone());
    }
    let database = std::fs::metadata(&settings.store.path).map_or(0, |file| file.len());
    // a folder that is still to be made lies where its parent does; of folders on one disk the first speaks for all
    let mut disks: BTreeMap<u64, PathBuf> = BTreeMap::new();
    for folder in folders.iter().rev().filter_map(|folder| existing(folder)) {
        if let Ok(found) = std::fs::metadata(&folder) {
            disks.insert(found.dev(), folder);
        }
    }
    disks.values().map(|folder| free(folder, database)).collect()
}

fn free(folder: &Path, database: u64) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let room = Room {
                free: disk.f_bavail.saturating_mul(disk.f_frsize),
                // file systems that need no inodes report none
                files: (disk.f_files > 0).then_some(disk.f_favail),
                database,
            };
            room.judge(&folder.display().to_string())
        }
        Err(error) => Finding::failed(CHECK, &anyhow::Error::from(error).context(format!("cannot ask how full {} is", folder.display()))),
    }
}

/// How much room a disk has.
struct Room {
    /// Bytes free for who is not root.
    free: u64,
    /// Files that can still be made, where that is limited.
    files: Option<u64>,
    /// Size of the database.
    database: u64,
}

impl Room {
    fn judge(&self, folder: &str) -> Finding {
        let (free, database) = (size(self.free), size(self.database));
        let says = (
            format!("{folder}: {free} liberi, il database ne occupa {database}"),
            format!("{folder}: {free} free, the database has {database}"),
        );
        let advice = (
            "liberare spazio, o tenere meno copie delle pagine ([store] keep_snapshots); un disco pieno non guasta nulla, ma il servizio si ferma finché non c'è posto",
            "free some space, or keep fewer copies of pages ([store] keep_snapshots); a full disk breaks nothing, but the service waits until there is room",
        );
        if self.files.is_some_and(|files| files < 1000) {
            let says = (
                format!("{folder}: non vi si possono creare altri file (inode)"),
                format!("{folder}: hardly any files (inodes) can be made there"),
            );
            return Finding::error(CHECK, says, ("liberare inode: df -i", "free some inodes: df -i"));
        }
        if self.free < TOO_LITTLE {
            Finding::error(CHECK, says, advice)
        } else if self.free < LITTLE || self.free < self.database {
            Finding::warning(CHECK, says, advice)
        } else {
            Finding::ok(CHECK, says)
        }
    }
}

/// In whole units: nobody wants all digits.
fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    units.iter().find(|(unit, _)| bytes >= *unit).map_or_else(|| format!("{bytes} B"), |(unit, name)| format!("{} {name}", bytes / unit))
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The folder, or the nearest above it that exists.
fn existing(folder: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(folder).ok()?;
    whole.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Level;
    use crate::domain::Language;

    #[test]
    fn little_room_is_told_before_there_is_none() {
        let room = |free, files, database| Room { free, files, database }.judge("/var/lib/sportello");
        let gib = 1 << 30;
        for (free, files, database, level) in [
            (50 * gib, Some(1_000_000), gib, Level::Ok),
            (50 * gib, None, gib, Level::Ok),
            (2 * gib, None, 3 * gib, Level::Warning), // no room for a copy
            (gib - 1, None, 0, Level::Warning),
            (TOO_LITTLE - 1, None, 0, Level::Error),
            (50 * gib, Some(3), 0, Level::Error),
        ] {
            assert_eq!(room(free, files, database).level, level, "{free} {files:?} {database}");
        }
        let says = room(50 * gib, None, 1_234_567).says;
        assert_eq!(says.in_language(Language::En), "/var/lib/sportello: 53 GB free, the database has 1 MB");
    }

    #[test]
    fn a_folder_that_is_still_to_be_made_lies_where_its_parent_does() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(existing(&folder.path().join("a/b")).as_deref(), Some(folder.path()));
        assert_eq!(folder_of(Path::new("sportello.db")), Path::new("."));
        assert_eq!(folder_of(Path::new("/var/lib/x.db")), Path::new("/var/lib"));
    }
}
