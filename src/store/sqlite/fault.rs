//! From what SQLite says to what the operator can do.

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::store::StoreError;

/// What can go wrong inside a transaction, before the database's path is added.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    /// Compressed bytes that cannot be packed or opened.
    Pack(std::io::Error),
    /// Something asked for is not there.
    Unknown(String),
    /// Said already in full.
    Said(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Said(error)
    }
}

impl Fault {
    pub fn at(self, path: &Path, doing: &str) -> StoreError {
        let path = path.to_path_buf();
        match self {
            Self::Said(error) => error,
            Self::Unknown(what) => StoreError::Unknown { path, what },
            Self::Pack(error) => StoreError::Unreadable { path, what: "compressed bytes".into(), why: error.to_string() },
            Self::Sql(rusqlite::Error::SqliteFailure(error, message)) => {
                let why = message.unwrap_or_else(|| error.to_string());
                match error.code {
                    ErrorCode::DiskFull => StoreError::Full { path },
                    // the shared index beside the file could not grow: the disk is full, whatever the name says
                    _ if error.extended_code == ffi::SQLITE_IOERR_SHMSIZE => StoreError::Full { path },
                    ErrorCode::SystemIoFailure => StoreError::Disk { path, why },
                    ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => StoreError::Unwritable { path, why },
                    ErrorCode::DatabaseCorrupt => StoreError::Corrupt { path, why },
                    ErrorCode::NotADatabase => StoreError::Foreign { path },
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { path },
                    _ => StoreError::Other { path, doing: doing.into(), why },
                }
            }
            Self::Sql(rusqlite::Error::FromSqlConversionFailure(column, _, error)) => {
                StoreError::Unreadable { path, what: format!("column {column} of what was needed to {doing}"), why: error.to_string() }
            }
            Self::Sql(error) => StoreError::Other { path, doing: doing.into(), why: error.to_string() },
        }
    }
}
