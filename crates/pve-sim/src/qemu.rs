//! Real QEMU guests behind the simulated consoles: software emulation, 16 MiB, no network, a boot sector of our own.
//!
//! Each guest is one process with its VNC server and its monitor on Unix sockets in a private folder. No process may
//! outlive its [`Machine`], nor this program, however it ends: a shell that waits for the end of its standard input
//! stands between them and ends QEMU by its process number.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex as SyncMutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{Mutex, OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

/// The boot sector's source.
const BOOT_SOURCE: &str = include_str!("../guest/boot.S");
/// Where the boot sector keeps the guest's name, and the room there with the NUL.
const NAME_AT: usize = 0x1c0;
const NAME_ROOM: usize = 62;
/// What the firmware needs as a disk.
const DISK: usize = 64 * 1024;
/// How long QEMU may take to open its monitor, to show the banner or to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one command to the monitor may take.
const COMMAND: Duration = Duration::from_secs(5);
/// Size of the text buffer of 80 by 25 cells of two bytes, and where it lies.
const TEXT_SIZE: usize = 4000;
const TEXT_AT: u64 = 0xb_8000;
/// Starts the program in its arguments and ends it when the standard input ends.
const LIFELINE: &str = r#""$@" & read -r end; kill $! 2>/dev/null; wait $!"#;

/// Starts QEMU guests, a few at most.
#[derive(Debug)]
pub(crate) struct Hypervisor {
    program: PathBuf,
    places: Arc<Semaphore>,
}

impl Hypervisor {
    /// `limit` guests at once at most.
    pub(crate) fn new(program: PathBuf, limit: usize) -> Self {
        Self { program, places: Arc::new(Semaphore::new(limit)) }
    }

    /// Starts a guest of this name; `None` when no more may run at once.
    pub(crate) async fn start(&self, name: &str) -> io::Result<Option<Machine>> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return Ok(None) };
        Machine::start(&self.program, name, place).await.map(Some)
    }
}

/// A private folder that goes with its owner.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("pve-sim-{:016x}", rand::random::<u64>()));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the system's folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running QEMU guest. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Machine {
    monitor: Mutex<Monitor>,
    /// The shell that holds QEMU's life; closing its standard input ends both.
    lifeline: SyncMutex<Option<(ChildStdin, Child)>>,
    folder: Folder,
    _place: OwnedSemaphorePermit,
}

impl Machine {
    async fn start(program: &Path, name: &str, place: OwnedSemaphorePermit) -> io::Result<Self> {
        // The shell would say so to nobody.
        if program.components().count() > 1 && !program.is_file() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no such QEMU program"));
        }
        let folder = Folder::new()?;
        let disk = folder.file("disk");
        tokio::fs::write(&disk, disk_image(boot_sector().await?, name)).await?;
        let mut child = Command::new("/bin/sh")
            .args(["-c", LIFELINE, "sh"])
            .arg(program)
            .args(arguments(name, &folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let stdin = child.stdin.take().ok_or_else(|| io::Error::other("no standard input"))?;
        let lifeline = SyncMutex::new(Some((stdin, child)));
        let monitor = Monitor::connect(&folder.file("monitor")).await?;
        Ok(Self { monitor: Mutex::new(monitor), lifeline, folder, _place: place })
    }

    /// Connects to the VNC server, with this password valid for so many seconds, as PVE does at this moment.
    pub(crate) async fn connect(&self, password: &str, valid: Duration) -> io::Result<UnixStream> {
        let mut monitor = self.monitor.lock().await;
        monitor.execute("set_password", json!({"protocol": "vnc", "password": password})).await?;
        let time = format!("+{}", valid.as_secs());
        monitor.execute("expire_password", json!({"protocol": "vnc", "time": time})).await?;
        UnixStream::connect(self.folder.file("vnc")).await
    }

    /// Halts the processor.
    pub(crate) async fn pause(&self) -> io::Result<()> {
        self.monitor.lock().await.execute("stop", json!({})).await
    }

    /// Lets the processor go on.
    pub(crate) async fn resume(&self) -> io::Result<()> {
        self.monitor.lock().await.execute("cont", json!({})).await
    }

    /// Presses the reset button.
    pub(crate) async fn reset(&self) -> io::Result<()> {
        self.monitor.lock().await.execute("system_reset", json!({})).await
    }

    /// The characters on the text screen, line by line, without the blanks at the ends.
    pub(crate) async fn text(&self) -> io::Result<String> {
        let mut monitor = self.monitor.lock().await;
        let file = self.folder.file("text");
        monitor.execute("pmemsave", json!({"val": TEXT_AT, "size": TEXT_SIZE, "filename": file})).await?;
        let cells = tokio::fs::read(&file).await?;
        let mut text = String::new();
        for row in cells.chunks(160) {
            let line: String = row
                .chunks(2)
                .map(|cell| match cell[0] {
                    0 => ' ',
                    character @ b' '..=b'~' => char::from(character),
                    _ => '#',
                })
                .collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        Ok(text)
    }

    /// Waits until the boot sector has drawn its screen.
    pub(crate) async fn booted(&self) -> io::Result<()> {
        let until = Instant::now() + PATIENCE;
        while !self.text().await?.contains(" - simulated guest") {
            if Instant::now() > until {
                return Err(io::ErrorKind::TimedOut.into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Ends the guest and waits until its process is gone.
    pub(crate) async fn quit(&self) {
        // QEMU may end before it answers, or be gone already: the lifeline ends it in any case.
        let _ = self.monitor.lock().await.execute("quit", json!({})).await;
        let held = self.lifeline.lock().expect("no code panics while it holds this lock").take();
        if let Some((stdin, mut child)) = held {
            drop(stdin);
            if timeout(PATIENCE, child.wait()).await.is_err() {
                tracing::warn!("a QEMU guest did not end in time");
            }
        }
    }
}

/// QEMU's command line behind the program.
fn arguments(name: &str, folder: &Folder) -> Vec<String> {
    // QEMU's options double a comma that belongs to a value.
    let place = |file: &str| folder.file(file).display().to_string().replace(',', ",,");
    let fixed = "-machine pc,accel=tcg,usb=off -m 16 -nodefaults -no-user-config -vga std -display none -boot c";
    let mut arguments: Vec<String> = fixed.split(' ').map(str::to_owned).collect();
    let mut option = |option: &str, value: String| arguments.extend([option.to_owned(), value]);
    option("-name", name.replace(',', ",,"));
    option("-vnc", format!("unix:{},password=on", place("vnc")));
    option("-qmp", format!("unix:{},server=on,wait=off", place("monitor")));
    option("-pidfile", folder.file("pid").display().to_string());
    option("-drive", format!("file={},format=raw,if=ide", place("disk")));
    arguments
}

/// The boot sector with the guest's name in it, filled up to a disk.
fn disk_image(sector: &[u8; 512], name: &str) -> Vec<u8> {
    let mut disk = sector.to_vec();
    let shown = name.bytes().map(|byte| if byte.is_ascii_graphic() { byte } else { b'?' });
    for (slot, byte) in disk[NAME_AT..NAME_AT + NAME_ROOM - 1].iter_mut().zip(shown) {
        *slot = byte;
    }
    disk.resize(DISK, 0);
    disk
}

/// The boot sector, built once per process.
async fn boot_sector() -> io::Result<&'static [u8; 512]> {
    static SECTOR: OnceCell<[u8; 512]> = OnceCell::const_new();
    SECTOR.get_or_try_init(build).await
}

/// Builds the boot sector with the assembler and linker that come with gcc.
async fn build() -> io::Result<[u8; 512]> {
    let folder = Folder::new()?;
    let (source, object, binary) = (folder.file("boot.S"), folder.file("boot.o"), folder.file("boot.bin"));
    tokio::fs::write(&source, BOOT_SOURCE).await?;
    run(Command::new("as").args(["--32", "-o"]).arg(&object).arg(&source)).await?;
    let flags = ["-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-o"];
    run(Command::new("ld").args(flags).arg(&binary).arg(&object)).await?;
    let bytes = tokio::fs::read(&binary).await?;
    bytes.try_into().map_err(|_| io::Error::other("the boot sector is not 512 bytes long"))
}

async fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output().await?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// QEMU's machine protocol: one command at a time, events are skipped.
#[derive(Debug)]
struct Monitor {
    input: BufReader<OwnedReadHalf>,
    output: OwnedWriteHalf,
}

impl Monitor {
    async fn connect(path: &Path) -> io::Result<Self> {
        let until = Instant::now() + PATIENCE;
        let stream = loop {
            match UnixStream::connect(path).await {
                Ok(stream) => break stream,
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
        };
        let (input, output) = stream.into_split();
        let mut monitor = Self { input: BufReader::new(input), output };
        timeout(COMMAND, monitor.line()).await??;
        monitor.execute("qmp_capabilities", json!({})).await?;
        Ok(monitor)
    }

    async fn line(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        if self.input.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        serde_json::from_str(&line).map_err(io::Error::other)
    }

    async fn execute(&mut self, command: &str, arguments: Value) -> io::Result<()> {
        let mut message = json!({"execute": command});
        message["arguments"] = arguments;
        let mut text = message.to_string();
        text.push('\n');
        let answer = async {
            self.output.write_all(text.as_bytes()).await?;
            loop {
                let answer = self.line().await?;
                if let Some(error) = answer.get("error") {
                    return Err(io::Error::other(format!("{command}: {}", error["desc"])));
                }
                if answer.get("return").is_some() {
                    return Ok(());
                }
            }
        };
        timeout(COMMAND, answer).await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_boot_sector_builds_and_takes_a_name() {
        let sector = boot_sector().await.unwrap();
        assert_eq!(sector[510..], [0x55, 0xaa]);
        let disk = disk_image(sector, &"n\u{e4}".repeat(50));
        assert_eq!(disk.len(), DISK);
        assert!(disk[NAME_AT..].starts_with(b"n??n??"));
        assert_eq!(disk[NAME_AT + NAME_ROOM - 1..NAME_AT + NAME_ROOM + 2], [0, 0x55, 0xaa]);
    }

    /// Whether the process still exists.
    fn lives(pid: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[tokio::test]
    async fn no_process_outlives_its_machine() {
        let program = Path::new("/usr/bin/qemu-system-x86_64");
        if !program.is_file() {
            eprintln!("skipped: QEMU is not installed");
            return;
        }
        let hypervisor = Hypervisor::new(program.into(), 1);
        for drops in [false, true] {
            let machine = hypervisor.start("a").await.unwrap().expect("a free place");
            assert!(hypervisor.start("b").await.unwrap().is_none());
            let pid = std::fs::read_to_string(machine.folder.file("pid")).unwrap().trim().to_owned();
            assert!(lives(&pid));
            let folder = machine.folder.0.clone();
            if drops {
                drop(machine);
            } else {
                machine.quit().await;
                drop(machine);
            }
            let gone = async {
                while lives(&pid) {
                    tokio::task::yield_now().await;
                }
            };
            timeout(PATIENCE, gone).await.expect("QEMU ends in time");
            assert!(!folder.exists());
        }
    }

    #[test]
    fn commas_do_not_make_options() {
        let folder = Folder::new().unwrap();
        let arguments = arguments("a,process=b", &folder);
        assert!(arguments.windows(2).any(|pair| pair == ["-name", "a,,process=b"]));
    }
}
