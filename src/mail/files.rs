//! Mails as `.eml` files in a folder: the way out that needs no server.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::Delivery;

use super::outbox::{Answer, Desk, Transport, WriteError, seal};
use super::{Sealed, outbox};

/// A folder that mails are written into.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

/// The folder cannot take mails.
#[derive(Debug, thiserror::Error)]
#[error("cannot write mails into {}: {source} · create the folder, or choose another in mail.directory", folder.display())]
pub struct FilesError {
    folder: PathBuf,
    source: std::io::Error,
}

impl Files {
    /// Opens the folder, making it where it is missing.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, FilesError> {
        let folder = folder.into();
        match fs::create_dir_all(&folder) {
            Ok(()) => Ok(Self { folder }),
            Err(source) => Err(FilesError { folder, source }),
        }
    }

    /// The file of a mail: named from its delivery, so that a second attempt replaces the first and never adds to it.
    pub fn path(&self, sealed: &Sealed) -> PathBuf {
        self.folder.join(format!("{:08}.eml", sealed.delivery.0))
    }

    /// Writes the whole mail or nothing: a file beside it, forced to the disk, then renamed.
    fn write(&self, sealed: &Sealed) -> std::io::Result<PathBuf> {
        let path = self.path(sealed);
        let draft = self.folder.join(format!(".{:08}.eml.part", sealed.delivery.0));
        let mut file = File::create(&draft)?;
        file.write_all(&sealed.bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&draft, &path)?;
        sync_folder(&self.folder)?;
        Ok(path)
    }
}

/// Makes the renaming itself durable, where folders can be opened.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Transport for Files {
    type Letter = Sealed;

    fn write(&self, delivery: &Delivery, desk: &Desk, now: Timestamp) -> Result<Sealed, WriteError> {
        seal(delivery, desk, now)
    }

    fn connections(&self) -> usize {
        4
    }

    async fn hand_over(&self, sealed: &Sealed) -> Answer {
        let (files, sealed) = (self.clone(), sealed.clone());
        let written = tokio::task::spawn_blocking(move || files.write(&sealed)).await;
        match written {
            Ok(Ok(path)) => Answer::Accepted(path.display().to_string()),
            Ok(Err(error)) => outbox::Answer::Trouble(format!("cannot write into {}: {error}", self.folder.display())),
            Err(error) => outbox::Answer::Trouble(error.to_string()),
        }
    }
}
