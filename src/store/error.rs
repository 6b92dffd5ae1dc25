//! What can go wrong with a store, and what the operator can do about it.

use std::path::PathBuf;

/// A store could not do what was asked. The message names the file and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file or its folder may not be written or created.
    #[error(
        "cannot write the database {path}: {why} · give the service's user write access to the file and its folder, or set [store] path"
    )]
    Unwritable {
        /// The database.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file is not there and may not be created by this command.
    #[error("there is no database {path} · run `sportello check` or `sportello run` first, or set [store] path")]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// No room is left; the transaction was rolled back.
    #[error("no space left for the database {path}: nothing was written · free some space, the next round resumes by itself")]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// The disk does not do what it should; the transaction was rolled back.
    #[error("the disk fails under the database {path}: {why} · check the disk, then `sportello doctor --verify`")]
    Disk {
        /// The database.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file is damaged.
    #[error("the database {path} is damaged: {why} · stop the service and restore a backup with `sportello restore`")]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The file belongs to something else.
    #[error("{path} is not a database of sportello · set [store] path to another file")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a newer program.
    #[error(
        "the database {path} is of a newer sportello (schema {found}, this program knows {known}) · install the newer program, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The database is of an older program and was opened for reading only.
    #[error(
        "the database {path} is of an older sportello (schema {found}, this program needs {known}) · start `sportello run` or `sportello check` once, it upgrades the file"
    )]
    Older {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The schema that this program needs.
        known: u32,
    },
    /// Another process has been writing for too long.
    #[error(
        "the database {path} is busy: another process has been writing to it for too long · try again, or see who holds it with `fuser {path}`"
    )]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// Another daemon runs on the same database.
    #[error("another sportello runs on the database {path} · stop it first, or give this one its own [store] path")]
    AlreadyRunning {
        /// The database.
        path: PathBuf,
    },
    /// The body's facts moved since they were read; read `known` again and compare anew.
    #[error("the facts of {body} moved while they were compared · they are compared again")]
    Moved {
        /// The body.
        body: String,
    },
    /// Something that is not (or no longer) in the store was asked for.
    #[error("there is no {what} in the database {path}")]
    Unknown {
        /// The database.
        path: PathBuf,
        /// "change 42", "source comune-prato/news".
        what: String,
    },
    /// The bytes of an old snapshot were given up by `store.keep_snapshots`.
    #[error("the bytes of snapshot {snapshot} were given up by [store] keep_snapshots")]
    Thinned {
        /// The snapshot.
        snapshot: i64,
    },
    /// A value in the store cannot be read back.
    #[error("the database {path} holds something that cannot be read as {what}: {why} · `sportello doctor --verify` tells more")]
    Unreadable {
        /// The database.
        path: PathBuf,
        /// The kind of value.
        what: String,
        /// Why.
        why: String,
    },
    /// A backup would overwrite, or a restore would.
    #[error("{path} exists already · give another name, or --force")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file given to `restore` does not pass its verification.
    #[error("{path} does not pass verification, nothing was restored: {why} · take another backup")]
    Unsound {
        /// The backup.
        path: PathBuf,
        /// The first thing that is broken.
        why: String,
    },
    /// Anything else that the database engine says.
    #[error("cannot {doing} in the database {path}: {why}")]
    Other {
        /// The database.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What the engine said.
        why: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anyone changing the call.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Full { .. } | Self::Busy { .. } | Self::Moved { .. } | Self::Disk { .. } => true,
            Self::Unwritable { .. }
            | Self::Missing { .. }
            | Self::Corrupt { .. }
            | Self::Foreign { .. }
            | Self::Newer { .. }
            | Self::Older { .. }
            | Self::AlreadyRunning { .. }
            | Self::Unknown { .. }
            | Self::Thinned { .. }
            | Self::Unreadable { .. }
            | Self::Exists { .. }
            | Self::Unsound { .. }
            | Self::Other { .. } => false,
        }
    }
}

/// What every method of a store returns.
pub type Result<T> = std::result::Result<T, StoreError>;
