//! The key file: one `id:64 hex digits` a line, the current key first, readable by its owner alone.
//!
//! It is never changed in place: a new one is written whole beside it, reaches the disk, and takes its name. Whoever
//! dies in between leaves the old one. Nothing here prints a key.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Key, KeyError, KeyRing, is_remark, keys_in, parts};

const PRIVATE: u32 = 0o600;

/// The keys of a file that nobody but its owner may read.
pub(super) fn keys_of(path: &Path) -> Result<Vec<Key>, KeyError> {
    keys_in(&text_of(path)?)
}

fn text_of(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let mode = std::fs::metadata(path).map_err(KeyError::File)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::FileOpenToOthers);
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(KeyError::File)
}

/// Makes a file with one fresh key where there is none.
pub(super) fn create(path: &Path) -> Result<(), KeyError> {
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        Ok(mut file) => {
            let text = KeyRing::fresh_text(&KeyRing::fresh_id());
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(KeyError::File)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(KeyError::File(error)),
    }
}

/// The key file while one process changes it: nobody else does until this is dropped.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    _lock: File,
}

impl KeyFile {
    /// Takes the file for oneself.
    ///
    /// # Errors
    /// [`KeyError::FileBusy`] while another process has it, or the file.
    pub fn lock(path: &Path) -> Result<Self, KeyError> {
        // A link is followed, so that the file itself is replaced and not the link.
        let path = path.canonicalize().map_err(KeyError::File)?;
        // The folder is locked: the file itself gets another one's name.
        let folder = File::open(folder_of(&path)).map_err(KeyError::File)?;
        match folder.try_lock() {
            Ok(()) => Ok(Self { path, _lock: folder }),
            Err(std::fs::TryLockError::WouldBlock) => Err(KeyError::FileBusy),
            Err(std::fs::TryLockError::Error(error)) => Err(KeyError::File(error)),
        }
    }

    /// Puts a fresh key before all others; its id. From now on it is the current one of everybody who reads the file.
    ///
    /// # Errors
    /// The file.
    pub fn put_first(&self) -> Result<String, KeyError> {
        let (old, id) = (text_of(&self.path)?, KeyRing::fresh_id());
        keys_in(&old)?;
        self.write(&Zeroizing::new(format!("{}{}", *KeyRing::fresh_text(&id), *old)))?;
        Ok(id)
    }

    /// Takes keys out. The current one stays, whatever is asked.
    ///
    /// # Errors
    /// The file.
    pub fn remove(&self, ids: &[String]) -> Result<(), KeyError> {
        let old = text_of(&self.path)?;
        let first = keys_in(&old)?.first().map(|key| key.id.clone());
        let goes = |part: &&str| {
            let id = part.split_once(':').map(|(id, _)| id);
            id.is_some_and(|id| first.as_deref() != Some(id) && ids.iter().any(|gone| gone == id))
        };
        let mut new = Zeroizing::new(String::with_capacity(old.len()));
        for line in old.lines() {
            if is_remark(line) || !parts(line).any(|part| goes(&part)) {
                new.push_str(line);
                new.push('\n');
                continue;
            }
            for part in parts(line).filter(|part| !goes(part)) {
                new.push_str(part);
                new.push('\n');
            }
        }
        self.write(&new)
    }

    /// When the file was written last, as far as its folder knows.
    ///
    /// # Errors
    /// The file.
    pub fn age(&self) -> Result<std::time::Duration, KeyError> {
        let written = std::fs::metadata(&self.path).and_then(|file| file.modified()).map_err(KeyError::File)?;
        Ok(written.elapsed().unwrap_or_default())
    }

    fn write(&self, text: &str) -> Result<(), KeyError> {
        self.try_write(text).map_err(KeyError::File)?;
        // What readers get is what was meant.
        if *text_of(&self.path)? == text { Ok(()) } else { Err(KeyError::FileForeign) }
    }

    fn try_write(&self, text: &str) -> std::io::Result<()> {
        let old = std::fs::metadata(&self.path)?;
        let unfinished = self.path.with_extension("unfinished");
        // Left by somebody who died here: nobody else is at it.
        match std::fs::remove_file(&unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&unfinished)?;
        let new = file.metadata()?;
        // Root may rotate for Nexus, which must be able to read the file afterwards.
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            chown(&unfinished, Some(old.uid()), Some(old.gid()))?;
        }
        file.set_permissions(Permissions::from_mode(PRIVATE))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &self.path)?;
        File::open(folder_of(&self.path))?.sync_all()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::Place;
    use super::*;

    fn place() -> Place<'static> {
        Place { table: "server", row: Uuid::from_u128(7), column: "c" }
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_running_ring_follows_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let (running, other) = (KeyRing::read_or_create(&path).unwrap(), KeyRing::read(&path));
        let (before, other) = (running.seal(b"x", &place()), other.unwrap());
        let file = KeyFile::lock(&path).unwrap();
        assert!(matches!(KeyFile::lock(&path), Err(KeyError::FileBusy)), "one at a time");
        let id = file.put_first().unwrap();
        assert_eq!((mode(&path), running.ids().len()), (PRIVATE, 1));
        let rotated = KeyRing::read(&path).unwrap();
        assert_eq!(rotated.ids()[0], id);
        let (after, mac) = (rotated.seal(b"y", &place()), rotated.mac("audit", b"data"));
        // It meets the new key in what it opens, or in a MAC.
        assert_eq!(running.open(&after, &place()).unwrap().as_slice(), b"y");
        assert!(other.check_mac("audit", b"data", &mac).is_ok());
        assert!(running.is_old(&before) && !running.is_old(&running.seal(b"z", &place())));
        assert_eq!(running.open(&before, &place()).unwrap().as_slice(), b"x", "the old one is still there");
        let old = other.ids()[1].clone();
        file.remove(&[old.clone(), id.clone()]).unwrap();
        assert!(running.reload().unwrap() && !running.reload().unwrap());
        assert_eq!((running.ids(), mode(&path)), (vec![id], PRIVATE), "the current one stays");
        assert!(matches!(running.open(&before, &place()), Err(KeyError::UnknownKey(known)) if known == old));
    }

    #[test]
    fn an_unknown_key_makes_the_ring_look_once_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let ring = KeyRing::read_or_create(&path).unwrap();
        let foreign = KeyRing::parse(&KeyRing::fresh_text("other")).unwrap().seal(b"x", &place());
        assert!(matches!(ring.open(&foreign, &place()), Err(KeyError::UnknownKey(_))));
        KeyFile::lock(&path).unwrap().put_first().unwrap();
        // Somebody who sends one unknown key after the other makes nobody read files all the time.
        assert!(ring.open(&foreign, &place()).is_err() && ring.ids().len() == 1);
        assert!(ring.reload().unwrap() && ring.ids().len() == 2, "who looks by himself is not held up");
    }

    #[test]
    fn a_file_that_is_not_the_rings_own_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let ring = KeyRing::read_or_create(&path).unwrap();
        let ids = ring.ids();
        std::fs::write(&path, KeyRing::fresh_text("other").as_bytes()).unwrap();
        assert!(matches!(ring.reload(), Err(KeyError::FileForeign)));
        std::fs::write(&path, "nonsense").unwrap();
        assert!(matches!(ring.reload(), Err(KeyError::Text)));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(ring.reload(), Err(KeyError::File(_))));
        assert_eq!(ring.ids(), ids);
    }

    #[test]
    fn remarks_and_other_forms_stay_and_links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real"), folder.path().join("keys"));
        let key = |id: &str, digits: &str| format!("{id}:{}", digits.repeat(32));
        let text = format!("# of the first day\n{}, {}\n{}\n", key("a", "11"), key("b", "22"), key("c", "33"));
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(PRIVATE)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        // Somebody died here before.
        std::fs::write(folder.path().join("real.unfinished"), "half").unwrap();
        let file = KeyFile::lock(&link).unwrap();
        let id = file.put_first().unwrap();
        file.remove(&["b".into()]).unwrap();
        assert_eq!(KeyRing::read(&link).unwrap().ids(), [id, "a".into(), "c".into()]);
        assert!(std::fs::read_to_string(&path).unwrap().contains("# of the first day"));
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!folder.path().join("real.unfinished").exists());
    }
}
