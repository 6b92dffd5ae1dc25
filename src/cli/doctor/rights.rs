//! Can the files be read and written by whom they should, and by nobody else?

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Finding, Patient};
use crate::config::settings::Transport;

const CHECK: &str = "rights";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let settings = &patient.settings;
    let mut findings = Vec::new();
    let written: Vec<PathBuf> =
        patient.loaded.iter().filter_map(|loaded| loaded.file.clone()).chain([settings.sources.file.clone()]).collect();
    findings.extend(written.iter().filter_map(|file| open_to_writers(file)));
    let mut secrets: Vec<PathBuf> = [&settings.mail.password_file, &settings.mail.dkim_key_file].into_iter().flatten().cloned().collect();
    secrets.extend(["smtp-password", "dkim-key"].iter().filter_map(|name| patient.credential(name)));
    findings.extend(secrets.iter().filter_map(|file| open_to_readers(file)));
    findings.extend(strangers(&settings.store.path));
    let mut folders =
        vec![settings.store.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()];
    if settings.mail.transport == Transport::Files {
        folders.push(settings.mail.directory.clone());
    }
    findings.extend(folders.iter().filter_map(|folder| closed_to_us(folder)));
    if findings.is_empty() {
        findings.push(Finding::ok(
            CHECK,
            ("file e cartelle sono leggibili e scrivibili da chi deve", "files and folders are open to whom they should be"),
        ));
    }
    findings
}

/// Who can write the settings or the sources can make the service call any address and mail anything.
fn open_to_writers(file: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    (mode & 0o002 != 0).then(|| {
        let file = file.display();
        let says = (
            format!("{file} può essere modificato da chiunque su questa macchina (modo {mode:03o})"),
            format!("{file} can be changed by everybody on this machine (mode {mode:03o})"),
        );
        Finding::error(CHECK, says, format!("chmod o-w {file}"))
    })
}

/// A password or key that others on the machine can read is none.
fn open_to_readers(file: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    let (shown, advice) = (file.display(), format!("chmod 600 {}", file.display()));
    if mode & 0o007 != 0 {
        let says = (
            format!("il segreto in {shown} può essere letto da chiunque su questa macchina (modo {mode:03o})"),
            format!("the secret in {shown} can be read by everybody on this machine (mode {mode:03o})"),
        );
        Some(Finding::error(CHECK, says, advice))
    } else if mode & 0o070 != 0 {
        let says = (
            format!("il segreto in {shown} può essere letto da tutto il suo gruppo (modo {mode:03o})"),
            format!("the secret in {shown} can be read by all of its group (mode {mode:03o})"),
        );
        Some(Finding::warning(CHECK, says, advice))
    } else {
        None
    }
}

/// Files beside the database that somebody else made, mostly root with a command of its own: the service cannot write them.
fn strangers(database: &Path) -> Option<Finding> {
    let owner = std::fs::metadata(database).ok()?.uid();
    let beside = ["-wal", "-shm", ".lock"].map(|suffix| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    let strange: Vec<String> = beside
        .iter()
        .filter(|file| std::fs::metadata(file).is_ok_and(|found| found.uid() != owner))
        .map(|file| file.display().to_string())
        .collect();
    (!strange.is_empty()).then(|| {
        let files = strange.join(" ");
        let says = (
            format!("{files}: il proprietario non è quello del database, e il servizio non può scriverci"),
            format!("{files}: not owned by the database's owner, so the service cannot write there"),
        );
        let advice = format!("chown --reference={} {files}", database.display());
        Finding::error(CHECK, says, advice)
    })
}

/// A folder that this user cannot write. Who asks for another user (root for the service's) is told of what exists alone.
fn closed_to_us(folder: &Path) -> Option<Finding> {
    use rustix::fs::{Access, access};
    if !folder.is_dir() {
        return None; // made when it is needed
    }
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_err().then(|| {
        let folder = folder.display();
        let says = (format!("questo utente non può scrivere in {folder}"), format!("this user cannot write into {folder}"));
        let advice = (
            "eseguire il comando come l'utente del servizio: runuser -u sportello -- sportello doctor",
            "run the command as the service's user: runuser -u sportello -- sportello doctor",
        );
        Finding::warning(CHECK, says, advice)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Level;

    #[test]
    fn a_secret_is_for_its_owner_alone_and_settings_are_for_all_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let with = |mode: u32| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        for (mode, as_secret, as_settings) in [
            (0o600, None, None),
            (0o640, Some(Level::Warning), None),
            (0o644, Some(Level::Error), None),
            (0o666, Some(Level::Error), Some(Level::Error)),
        ] {
            with(mode);
            assert_eq!(open_to_readers(&file).map(|finding| finding.level), as_secret, "{mode:o}");
            assert_eq!(open_to_writers(&file).map(|finding| finding.level), as_settings, "{mode:o}");
        }
        assert_eq!(open_to_readers(Path::new("/nowhere/at/all")), None, "that it is missing is said by who needs it");
    }

    #[test]
    fn files_beside_the_database_belong_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("sportello.db");
        std::fs::write(&database, "").unwrap();
        std::fs::write(folder.path().join("sportello.db-wal"), "").unwrap();
        assert_eq!(strangers(&database), None);
        // only root can give files away
        if std::os::unix::fs::chown(folder.path().join("sportello.db-wal"), Some(65534), None).is_ok() {
            let found = strangers(&database).unwrap();
            assert!(found.says.in_language(crate::domain::Language::En).contains("sportello.db-wal"), "{found:?}");
        }
    }
}
