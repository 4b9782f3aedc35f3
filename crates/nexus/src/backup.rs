//! `nexus backup` and `nexus restore`: all that a Nexus on SQLite keeps, in one file, taken while it runs.
//!
//! The file is a compressed tar: a manifest first, with version, schema and the digest of each further part. Keys are left out
//! unless they are asked for: without them the file opens no PVE server. A restore never writes over anything, and believes
//! nothing that the manifest does not name.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use nexus_store::Store;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::Settings;
use crate::tls::write_private;

/// How the file is laid out; a restore takes this one alone.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "nexus.db";
const KEYS: &str = "keys";
/// Folders below the data folder, with everything in them.
const OBJECTS: &str = "objects";
const WITH_KEYS: [&str; 2] = ["tls", "acme"];
/// The largest manifest that is read.
const MOST_MANIFEST: u64 = 64 << 20;

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The version of Nexus that made it.
    nexus: String,
    /// The version of the database's schema.
    schema: i64,
    /// When, RFC 3339.
    made_at: String,
    /// Whether keys and certificates are in it.
    with_keys: bool,
    /// Whether objects lie in a bucket and are not in it.
    objects_elsewhere: bool,
    parts: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    /// The path below the data folder.
    name: String,
    size: u64,
    sha256: String,
}

/// What becomes a part.
enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Writes a backup into the new file `to`.
pub(crate) async fn backup(settings: &Settings, to: &Path, with_keys: bool) -> anyhow::Result<ExitCode> {
    ensure!(
        !settings.is_postgres(),
        "nexus backup copies SQLite. With PostgreSQL, run pg_dump --format=custom as the owner for the rows, and copy the \
         bucket or the folder of objects and the keys: docs/operators/backup-and-restore.md has the commands"
    );
    ensure!(!to.exists(), "{} is there already: nothing is written over", to.display());
    ensure!(
        !with_keys || settings.gives_keys() || settings.keys_file().is_file(),
        "there is no key file {}",
        settings.keys_file().display()
    );
    let database = database_file(settings)?;
    ensure!(database.is_file(), "there is no database {}: is this the right data folder?", database.display());
    let copy = beside(to, "database");
    let unfinished = beside(to, "unfinished");
    let made = write(settings, &database, &copy, &unfinished, with_keys).await;
    let _ = fs::remove_file(&copy);
    let manifest = match made.and_then(|manifest| Ok(fs::rename(&unfinished, to).map(|()| manifest)?)) {
        Ok(manifest) => manifest,
        Err(error) => {
            let _ = fs::remove_file(&unfinished);
            return Err(error.context(format!("no backup was made into {}", to.display())));
        }
    };
    println!("{}: {} parts, schema {}", to.display(), manifest.parts.len(), manifest.schema);
    if manifest.objects_elsewhere {
        println!("Objects lie in a bucket and are not in it: back that up by its own means.");
    }
    if !with_keys {
        println!("The encryption keys are not in it: keep {} somewhere else.", keys_place(settings));
    } else if settings.gives_keys() {
        println!("The encryption keys come from the settings: keep them too.");
    } else {
        println!("The encryption keys are in it: whoever has the file can use every token that Nexus holds.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the keys are, for people.
fn keys_place(settings: &Settings) -> String {
    if settings.gives_keys() { "the keys of the settings".into() } else { settings.keys_file().display().to_string() }
}

async fn write(
    settings: &Settings,
    database: &Path,
    copy: &Path,
    unfinished: &Path,
    with_keys: bool,
) -> anyhow::Result<Manifest> {
    // Objects before and after the rows: what a row names was there at one of the two times.
    let objects_elsewhere = settings.s3_bucket.is_some();
    let mut parts = Vec::new();
    let mut seen = BTreeSet::new();
    if !objects_elsewhere {
        gather(&settings.data, OBJECTS, &mut seen, &mut parts)?;
    }
    let schema = Store::copy_file(database, copy).await.context("the database cannot be copied")?;
    parts.insert(0, (DATABASE.to_owned(), Content::File(copy.to_owned())));
    if !objects_elsewhere {
        gather(&settings.data, OBJECTS, &mut seen, &mut parts)?;
    }
    if with_keys {
        if !settings.gives_keys() {
            parts.push((KEYS.to_owned(), Content::Bytes(fs::read(settings.keys_file())?)));
        }
        for folder in WITH_KEYS {
            gather(&settings.data, folder, &mut seen, &mut parts)?;
        }
    }
    let made_at = time::OffsetDateTime::now_utc().format(&time::format_description::well_known::Rfc3339)?;
    let described: anyhow::Result<Vec<Part>> = parts.iter().map(|(name, content)| describe(name, content)).collect();
    let nexus = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { format: FORMAT, nexus, schema, made_at, with_keys, objects_elsewhere, parts: described? };
    pack(unfinished, &manifest, &parts)?;
    Ok(manifest)
}

fn pack(unfinished: &Path, manifest: &Manifest, parts: &[(String, Content)]) -> anyhow::Result<()> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(unfinished)?;
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::default()));
    let head = |size: u64| {
        let mut head = tar::Header::new_gnu();
        head.set_size(size);
        head.set_mode(0o600);
        head
    };
    let text = serde_json::to_vec_pretty(manifest)?;
    tar.append_data(&mut head(text.len() as u64), MANIFEST, text.as_slice())?;
    for (part, (name, content)) in manifest.parts.iter().zip(parts) {
        match content {
            Content::File(path) => tar.append_data(&mut head(part.size), name, BufReader::new(File::open(path)?))?,
            Content::Bytes(bytes) => tar.append_data(&mut head(part.size), name, bytes.as_slice())?,
        }
    }
    tar.into_inner()?.finish()?.sync_all()?;
    Ok(())
}

fn describe(name: &str, content: &Content) -> anyhow::Result<Part> {
    let mut hash = Sha256::new();
    let size = match content {
        Content::File(path) => io::copy(&mut File::open(path)?, &mut Hashing(&mut hash))?,
        Content::Bytes(bytes) => {
            hash.update(bytes);
            bytes.len() as u64
        }
    };
    Ok(Part { name: name.to_owned(), size, sha256: hex::encode(hash.finalize()) })
}

/// Adds the files of a folder that were not seen yet. What vanishes meanwhile is not missed: no row names it any more.
fn gather(
    data: &Path,
    folder: &str,
    seen: &mut BTreeSet<String>,
    parts: &mut Vec<(String, Content)>,
) -> anyhow::Result<()> {
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(below) = folders.pop() {
        let entries = match fs::read_dir(data.join(&below)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", data.join(&below).display())),
        };
        for entry in entries {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.to_str().with_context(|| format!("{} is no name in UTF-8", path.display()))?.to_owned();
            if !entry.file_type()?.is_file() || seen.contains(&name) {
                continue;
            }
            match fs::read(data.join(&path)) {
                Ok(bytes) => {
                    seen.insert(name.clone());
                    parts.push((name, Content::Bytes(bytes)));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
            }
        }
    }
    Ok(())
}

/// Puts a backup into the empty data folder.
pub(crate) async fn restore(settings: &Settings, from: &Path) -> anyhow::Result<ExitCode> {
    ensure!(
        !settings.is_postgres(),
        "nexus restore puts back SQLite. With PostgreSQL, run pg_restore as the owner: \
         docs/operators/backup-and-restore.md has the commands"
    );
    let (data, database) = (&settings.data, database_file(settings)?);
    fs::create_dir_all(data).with_context(|| format!("cannot make the folder {}", data.display()))?;
    ensure!(
        fs::read_dir(data)?.next().is_none(),
        "{} is not empty: restore into an empty data folder, and move the old one away first",
        data.display()
    );
    ensure!(!database.exists(), "{} is there already: nothing is written over", database.display());
    // Inside the data folder, which may be a volume of its own.
    let staging = data.join("restoring");
    let staged = stage(from, &staging).await;
    let manifest = match staged.and_then(|manifest| settle(settings, &database, &staging).map(|()| manifest)) {
        Ok(manifest) => manifest,
        Err(error) => {
            let _ = fs::remove_dir_all(&staging);
            return Err(error.context(format!("{} was not restored", from.display())));
        }
    };
    println!("Restored what Nexus {} kept on {}.", manifest.nexus, manifest.made_at);
    if manifest.objects_elsewhere {
        println!("Its objects lay in a bucket: set the same one, or put its objects back by its own means.");
    }
    if !settings.gives_keys() && !settings.keys_file().is_file() {
        println!(
            "The encryption keys are not in it: put them back as {} before the start.",
            settings.keys_file().display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Unpacks into a folder of its own, and looks whether everything is there and whole.
async fn stage(from: &Path, staging: &Path) -> anyhow::Result<Manifest> {
    let file = File::open(from).with_context(|| format!("cannot open {}", from.display()))?;
    fs::create_dir(staging)?;
    let damaged = "the file is damaged, or is no backup of Nexus";
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let mut entries = archive.entries().context(damaged)?;
    let first = entries.next().context(damaged)?.context(damaged)?;
    ensure!(first.path().context(damaged)?.as_os_str() == MANIFEST, damaged);
    let mut text = Vec::new();
    first.take(MOST_MANIFEST).read_to_end(&mut text).context(damaged)?;
    let manifest: Manifest = serde_json::from_slice(&text).context(damaged)?;
    ensure!(manifest.format == FORMAT, "the file was made by Nexus {}: use that version", manifest.nexus);
    ensure!(manifest.parts.iter().any(|part| part.name == DATABASE), damaged);
    for part in &manifest.parts {
        let entry = entries.next().context(damaged)?.context(damaged)?;
        unpack(entry, part, staging).with_context(|| format!("{damaged}: {}", part.name))?;
    }
    ensure!(entries.next().is_none(), damaged);
    let schema = Store::check_file(&staging.join(DATABASE)).await.context("its database cannot be used")?;
    ensure!(schema == manifest.schema, damaged);
    Ok(manifest)
}

fn unpack(entry: tar::Entry<'_, impl Read>, part: &Part, staging: &Path) -> anyhow::Result<()> {
    ensure!(is_ours(&part.name), "it is no part of a backup");
    ensure!(
        entry.header().entry_type().is_file() && entry.path()?.to_str() == Some(&part.name),
        "another part is there"
    );
    ensure!(entry.header().size()? == part.size, "it has another size");
    let target = staging.join(&part.name);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&target)?;
    let mut hash = Sha256::new();
    let written = io::copy(&mut entry.take(part.size), &mut Both(&mut file, &mut Hashing(&mut hash)))?;
    file.sync_all()?;
    ensure!(written == part.size && hex::encode(hash.finalize()) == part.sha256, "its digest is another");
    Ok(())
}

/// Whether a name is one that a backup gives: below the data folder, and nothing of another kind.
fn is_ours(name: &str) -> bool {
    let path = Path::new(name);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let first = path.components().next().and_then(|part| part.as_os_str().to_str()).unwrap_or_default();
    let in_folder = path.components().count() > 1 && (first == OBJECTS || WITH_KEYS.contains(&first));
    plain && (matches!(name, DATABASE | KEYS) || in_folder)
}

/// Moves what was unpacked to where the settings want it; the database last, by which the rest counts.
fn settle(settings: &Settings, database: &Path, staging: &Path) -> anyhow::Result<()> {
    let keys = staging.join(KEYS);
    if keys.is_file() {
        let place = settings.keys_file();
        ensure!(!place.exists(), "{} is there already: nothing is written over", place.display());
        write_private(&place, &fs::read(&keys)?).with_context(|| format!("cannot write {}", place.display()))?;
        fs::remove_file(&keys)?;
    }
    for folder in [OBJECTS].into_iter().chain(WITH_KEYS) {
        if staging.join(folder).is_dir() {
            fs::rename(staging.join(folder), settings.data.join(folder))?;
        }
    }
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder)?;
    }
    // The database may lie on another volume.
    let moved = fs::rename(staging.join(DATABASE), database);
    if moved.is_err_and(|error| error.kind() == io::ErrorKind::CrossesDevices) {
        fs::copy(staging.join(DATABASE), database)?;
        fs::remove_file(staging.join(DATABASE))?;
    }
    ensure!(database.is_file(), "cannot write {}", database.display());
    Ok(fs::remove_dir(staging)?)
}

/// The file of the database.
fn database_file(settings: &Settings) -> anyhow::Result<PathBuf> {
    let url = settings.database();
    match url.strip_prefix("sqlite://") {
        Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
        _ => bail!("database_url names no SQLite file"),
    }
}

/// A file beside another, with a further ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// Hashes what is written to it.
struct Hashing<'a>(&'a mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to both.
struct Both<'a, A, B>(&'a mut A, &'a mut B);

impl<A: Write, B: Write> Write for Both<'_, A, B> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1.write_all(&bytes[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
