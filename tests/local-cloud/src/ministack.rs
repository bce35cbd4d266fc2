use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Error, Tool};

/// Follows the life of the starting process, so that nothing survives a killed test.
const LAUNCH: &str = include_str!("launch.py");

/// Python imports ninety services: about a second alone, ten beside two compilers.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A free port may be taken between our look and MiniStack's bind; a third collision is something else.
const TRIES: usize = 3;

/// How a MiniStack is started.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The Region of everything that does not name one.
    pub region: String,
    /// The port, or a free one.
    pub port: Option<u16>,
    /// Where MiniStack's own output goes; beside its other scratch files, and removed with them, if absent.
    pub log: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { region: "eu-central-1".into(), port: None, log: None }
    }
}

/// A running MiniStack on 127.0.0.1; dropping it ends it and every bootstrap it started.
#[derive(Debug)]
pub struct MiniStack {
    process: Child,
    port: u16,
    settings: Settings,
    log: PathBuf,
    _home: TempDir,
}

impl MiniStack {
    /// Starts one of your own and waits until it answers.
    pub fn start(settings: &Settings) -> Result<Self, Error> {
        let python = Tool::MINISTACK.python()?;
        let mut tries = 1;
        loop {
            match Self::try_start(&python, settings) {
                Err(Error::Command { output, .. })
                    if output.contains("already in use") && settings.port.is_none() && tries < TRIES =>
                {
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    /// The one that every test of this process shares; it ends when the last of them lets go.
    ///
    /// Tests stay apart by account: an access key of twelve digits is the account.
    pub fn shared() -> Result<Arc<Self>, Error> {
        static SHARED: Mutex<Weak<MiniStack>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start(&Settings::default())?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    /// The address of every service.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The Region it was started in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.settings.region
    }

    /// The process; its children are the bootstraps.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// What it has said so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn try_start(python: &Path, settings: &Settings) -> Result<Self, Error> {
        let home = tempfile::Builder::new()
            .prefix("rekindle-ministack-")
            .tempdir()
            .map_err(Error::io("make a scratch folder"))?;
        let log = settings.log.clone().unwrap_or_else(|| home.path().join("log"));
        let port = settings.port.map_or_else(free_port, Ok)?;
        let process = spawn(python, settings, port, home.path(), &log)?;
        let mut started = Self { process, port, settings: settings.clone(), log, _home: home };
        started.wait_until_ready()?;
        Ok(started)
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let begun = Instant::now();
        // The log must say so as well: on a port that someone else won, `ready` would be the other's answer.
        let running = format!("Running on http://127.0.0.1:{}", self.port);
        loop {
            if let Some(status) = self.process.try_wait().map_err(Error::io("wait for MiniStack"))? {
                return Err(Error::Command { command: "ministack".into(), output: self.ended(status) });
            }
            if self.log().contains(&running)
                && ureq::get(format!("{}/_ministack/ready", self.endpoint())).call().is_ok()
            {
                return Ok(());
            }
            if begun.elapsed() > READY_WITHIN {
                let seen = format!("; its log says\n{}", self.log());
                return Err(Error::Late { what: "MiniStack's start".into(), within: READY_WITHIN, seen });
            }
            sleep(Duration::from_millis(50));
        }
    }

    fn ended(&self, status: std::process::ExitStatus) -> String {
        format!("{status}\n{}", self.log())
    }
}

impl Drop for MiniStack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            let tail = lines.get(lines.len().saturating_sub(60)..).unwrap_or_default();
            eprintln!("MiniStack's log ends with\n{}", tail.join("\n"));
        }
        // Closing its input ends the whole process group; see `launch.py`.
        drop(self.process.stdin.take());
        let _ended = self.process.wait();
    }
}

fn spawn(python: &Path, settings: &Settings, port: u16, home: &Path, log: &Path) -> Result<Child, Error> {
    let says = |path: &Path| format!("write `{}`", path.display());
    let out = File::create(log).map_err(Error::io(says(log)))?;
    let err = out.try_clone().map_err(Error::io(says(log)))?;
    Command::new(python)
        .args(["-c", LAUNCH])
        .arg(home)
        // Bootstraps inherit MiniStack's environment: a developer's credentials must not leak into them.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PYTHONUNBUFFERED", "1")
        .env("HOME", home)
        .env("TMPDIR", home)
        // Its own default is every interface.
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_REGION", &settings.region)
        // AWS waits one and two minutes before it tries a failed asynchronous event again.
        .env("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "0.2")
        .current_dir(home)
        // A group of its own: Ctrl-C in a terminal ends the test, and the closed pipe ends this.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(Error::io(format!("run `{}`", python.display())))
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("find a free port"))
}
