use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, workspace};

/// A Python tool in a virtual environment of its own; the pins of two tools collide otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    name: &'static str,
    requirements: &'static str,
}

impl Tool {
    /// MiniStack, with the CBOR library it needs to speak to the Rust SDK.
    pub const MINISTACK: Self =
        Self { name: "ministack", requirements: include_str!("../requirements/ministack.txt") };

    /// The translator from SAM to `CloudFormation`.
    pub const TRANSLATOR: Self =
        Self { name: "translator", requirements: include_str!("../requirements/translator.txt") };

    /// The Python interpreter that has the tool; the first call installs it under `.venv`.
    ///
    /// Test processes may call this at the same time: one installs, the others wait. A changed pin installs
    /// anew; an installation that was cut short has no marker and is begun again.
    pub fn python(self) -> Result<PathBuf, Error> {
        self.python_in(&workspace::root().join(".venv"))
    }

    fn python_in(self, home: &Path) -> Result<PathBuf, Error> {
        let folder = home.join(self.name);
        let python = folder.join("bin/python3");
        let marker = folder.join("installed-requirements.txt");
        let _only_one = lock(home, self.name)?;
        if fs::read_to_string(&marker).is_ok_and(|installed| installed == self.requirements) {
            return Ok(python);
        }

        let wanted = home.join(format!("{}.requirements.txt", self.name));
        fs::write(&wanted, self.requirements).map_err(Error::io(format!("write `{}`", wanted.display())))?;
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&wanted))?;
        fs::rename(&wanted, &marker).map_err(Error::io(format!("write `{}`", marker.display())))?;
        Ok(python)
    }
}

/// Holds the lock until the file is closed, which the system also does for a process that dies.
fn lock(home: &Path, name: &str) -> Result<File, Error> {
    let path = home.join(format!("{name}.lock"));
    fs::create_dir_all(home)
        .and_then(|()| File::create(&path))
        .and_then(|file| file.lock().map(|()| file))
        .map_err(Error::io(format!("lock `{}`", path.display())))
}

/// Runs a command to its end; an error shows the command and everything it said.
pub(crate) fn run(command: &mut Command) -> Result<Vec<u8>, Error> {
    let line = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    let output = command.output().map_err(Error::io(format!("run `{line}`")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Err(Error::Command { command: line, output: said })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: Tool = Tool { name: "empty", requirements: "# nothing\n" };
    const IMPOSSIBLE: Tool = Tool { name: "impossible", requirements: "./no-such-folder\n" };

    #[test]
    fn an_environment_is_made_once_and_by_one_caller() {
        let home = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..3).map(|_| scope.spawn(|| EMPTY.python_in(home.path()))).collect();
            for caller in callers {
                assert!(caller.join().unwrap().unwrap().exists());
            }
        });

        let made = |path: &Path| fs::metadata(path.join("empty/pyvenv.cfg")).unwrap().modified().unwrap();
        let first = made(home.path());
        EMPTY.python_in(home.path()).unwrap();
        assert_eq!(made(home.path()), first);
    }

    #[test]
    fn a_failed_installation_shows_its_command_and_is_not_taken_for_done() {
        let home = tempfile::tempdir().unwrap();
        let error = IMPOSSIBLE.python_in(home.path()).unwrap_err().to_string();
        assert!(error.contains("pip install"), "{error}");
        assert!(error.contains("no-such-folder"), "{error}");
        assert!(!home.path().join("impossible/installed-requirements.txt").exists());
    }
}
