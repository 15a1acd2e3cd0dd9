//! Copies as an operator meets them: the real program, in a folder of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder for one test, gone with it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("qifu365-backup-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qifu365"));
        for variable in [
            "QIFU365_WRAPPING_KEY",
            "QIFU365_KEY_FILE",
            "QIFU365_DATABASE_URL",
            "QIFU365_VAULT_URL",
        ] {
            command.env_remove(variable);
        }
        command.args(arguments).args(["--data", &self.at("data")]);
        command
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.program(arguments).output().expect("the program runs");
        let said = [stdout, stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .concat();
        (status.success(), said)
    }

    /// The copies in a folder, without their manifests.
    fn copies(&self, name: &str) -> Vec<String> {
        let listed = fs::read_dir(self.0.join(name)).expect("listed");
        let paths = listed.map(|entry| entry.expect("an entry").path().display().to_string());
        paths
            .filter(|path| {
                std::path::Path::new(path)
                    .extension()
                    .is_none_or(|end| end != "json")
            })
            .collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn clause_2_6_3_e_copies_while_serving_and_no_restore_until_it_ended() {
    let place = Place::new();
    let mut serving = place
        .program(&["serve", "--no-worker", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let lines = BufReader::new(serving.stdout.take().expect("its output")).lines();
    let ready = lines.map_while(Result::ok).any(|line| line.contains("http://"));
    assert!(ready, "it never served");

    let (copies, vaults) = (place.at("copies"), place.at("vaults"));
    let (well, said) = place.run(&["backup", &copies]);
    assert!(well, "{said}");
    let (well, said) = place.run(&["backup-vault", &vaults]);
    assert!(well, "{said}");
    let (well, said) = place.run(&["backup-vault", &copies]);
    assert!(!well && said.contains("two places"), "{said}");
    let (well, said) = place.run(&["backup", &place.at("data/copies")]);
    assert!(!well && said.contains("in the data folder"), "{said}");
    let copy = place.copies("copies").pop().expect("a copy");
    let (well, said) = place.run(&["restore", &copy]);
    assert!(!well && said.contains("stop every process"), "{said}");

    serving.kill().expect("stopped");
    serving.wait().expect("ended");
    let (well, said) = place.run(&["restore", &copy]);
    assert!(well && said.contains("is kept as"), "{said}");
    assert!(
        place
            .copies("data")
            .iter()
            .any(|path| path.contains("data.sqlite.before-"))
    );
    let (well, said) = place.run(&["migrate"]);
    assert!(well, "{said}");

    let bytes = fs::read(&copy).expect("read");
    fs::write(&copy, &bytes[..bytes.len() - 1]).expect("written");
    let (well, said) = place.run(&["restore", &copy]);
    assert!(!well && said.contains("altered or cut off"), "{said}");
}
