//! Python with the packages of `xtask/python/requirements.txt`, for programs that are run as they are; and an S3 server.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The interpreter.
///
/// # Panics
/// When it is not there; it says what installs it.
#[must_use]
pub fn python() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/py/bin/python");
    let python = std::env::var_os("NEXUS_TEST_PYTHON").map_or_else(own, PathBuf::from);
    assert!(python.is_file(), "this test needs Python packages; `cargo xtask python` installs them");
    python
}

/// An S3 server (moto) with one empty bucket, a process of its own that ends with this value.
pub struct S3Server {
    /// Its origin, `http://127.0.0.1:PORT`.
    pub endpoint: String,
    child: Child,
}

impl S3Server {
    /// The bucket.
    pub const BUCKET: &str = "nexus-logos";

    /// Starts it on a free port.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let mut command = Command::new(python());
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]);
        command.env("PYTHONUNBUFFERED", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("the S3 server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its words are piped")).lines();
        let said = async {
            loop {
                let line = lines.next_line().await.expect("its words can be read").expect("the S3 server runs");
                if let Some((_, address)) = line.split_once("Running on ") {
                    return address.trim().to_owned();
                }
            }
        };
        let endpoint =
            tokio::time::timeout(Duration::from_secs(60), said).await.expect("the S3 server says its address");
        // Its log must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let server = Self { endpoint, child };
        server.run("s3.create_bucket(Bucket=bucket)").await;
        server
    }

    /// Lets boto3, another client than Nexus', do something with `s3` and `bucket`; what it prints.
    ///
    /// # Panics
    /// When it fails.
    pub async fn run(&self, what: &str) -> String {
        let script = format!(
            "import boto3\nbucket = '{}'\ns3 = boto3.client('s3', endpoint_url='{}', region_name='us-east-1', \
             aws_access_key_id='someone', aws_secret_access_key='something')\n{what}\n",
            Self::BUCKET,
            self.endpoint
        );
        let done =
            Command::new(python()).args(["-c", &script]).stdin(Stdio::null()).output().await.expect("python runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text").trim().to_owned()
    }

    /// The names of all objects.
    pub async fn names(&self) -> Vec<String> {
        let list = "for o in s3.list_objects_v2(Bucket=bucket).get('Contents', []): print(o['Key'])";
        self.run(list).await.lines().map(str::to_owned).collect()
    }

    /// Ends it.
    ///
    /// # Panics
    /// When it cannot be ended.
    pub async fn stop(mut self) {
        self.child.kill().await.expect("the S3 server ends");
    }
}
