//! The wrapping key as an operator meets it: the real program, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder for one test, gone with it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("qifu365-keys-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The program with these arguments on this folder, without demo data.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qifu365"));
        for variable in [
            "QIFU365_WRAPPING_KEY",
            "QIFU365_WRAPPING_KEY_NEXT",
            "QIFU365_KEY_FILE",
            "QIFU365_SUITE",
        ] {
            command.env_remove(variable);
        }
        command
            .args(arguments)
            .arg("--no-demo")
            .arg("--data")
            .arg(&self.0)
            .env("RUST_LOG", "trace");
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

fn well(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    text
}

fn refused(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    let text = said(&output);
    assert!(!output.status.success(), "{text}");
    text
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_is_wrong_short_open_or_missing_is_named_with_its_remedy() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    well(&mut place.program(&["migrate"]));
    let key = place.file("wrapping.key");
    let good = fs::read(&key).expect("a key file");
    assert_eq!(good.len(), 32);
    let made = fs::metadata(&key).expect("there").permissions().mode() & 0o777;
    assert_eq!(made, 0o600);

    for open in [0o640, 0o604, 0o660, 0o644] {
        mode(&key, open);
        let text = refused(&mut place.program(&["doctor"]));
        assert!(
            text.contains("may be read by others") && text.contains("chmod 600"),
            "{text}"
        );
    }
    mode(&key, 0o600);
    for length in [0, 1, 31, 33] {
        fs::write(&key, vec![7_u8; length]).expect("written");
        let text = refused(&mut place.program(&["doctor"]));
        assert!(text.contains("must hold exactly 32 bytes"), "{text}");
    }
    fs::write(&key, [7_u8; 32]).expect("written");
    let text = refused(&mut place.program(&["doctor"]));
    assert!(
        text.contains("does not open this key vault; use the file that belongs to it"),
        "{text}"
    );
    assert!(text.contains("it needs the key with the id"), "{text}");

    fs::remove_file(&key).expect("removed");
    let text = refused(&mut place.program(&["doctor"]));
    assert!(
        text.contains("is missing, but there is data sealed under it"),
        "{text}"
    );
    assert!(!key.exists(), "no new key beside an old vault");

    fs::write(&key, &good).expect("written");
    mode(&key, 0o600);
    well(&mut place.program(&["doctor"]));
}

#[test]
fn a_lost_vault_and_a_mixed_one_are_refused_and_nothing_is_made() {
    let (one, two) = (Place::new(), Place::new());
    for place in [&one, &two] {
        well(&mut place.program(&["migrate"]));
    }
    fs::copy(two.file("vault.sqlite"), one.file("vault.sqlite")).expect("mixed");
    fs::copy(two.file("wrapping.key"), one.file("wrapping.key")).expect("mixed");
    let text = refused(&mut one.program(&["doctor"]));
    assert!(text.contains("this key vault belongs to other data"), "{text}");
    fs::remove_file(one.file("vault.sqlite")).expect("lost");
    let text = refused(&mut one.program(&["migrate"]));
    assert!(text.contains("its key vault is empty"), "{text}");
}

#[test]
fn a_suite_is_chosen_once() {
    let place = Place::new();
    let text = refused(&mut place.program(&["migrate", "--suite", "rot13"]));
    assert!(text.contains("known: standard, gm"), "{text}");
    well(&mut place.program(&["migrate", "--suite", "gm"]));
    let text = well(&mut place.program(&["doctor"]));
    assert!(text.contains("suite gm"), "{text}");
    let text = refused(&mut place.program(&["doctor", "--suite", "standard"]));
    assert!(text.contains("this installation uses the suite gm"), "{text}");
}

#[test]
fn the_wrapping_key_in_a_file_is_replaced() {
    let place = Place::new();
    well(&mut place.program(&["migrate"]));
    let (path, kept) = (place.file("wrapping.key"), place.file("kept"));
    fs::copy(&path, &kept).expect("a copy of the former key");
    let text = well(&mut place.program(&["rotate-key"]));
    assert!(text.contains("keys wrapped anew: 1;"), "{text}");
    assert!(!place.file("wrapping.key.next").exists());
    assert_ne!(fs::read(&path).expect("new"), fs::read(&kept).expect("former"));
    well(&mut place.program(&["doctor"]));
    let text = refused(place.program(&["doctor"]).env("QIFU365_KEY_FILE", &kept));
    assert!(text.contains("does not open this key vault"), "{text}");
}

#[test]
fn a_change_cut_off_before_the_rename_is_found_and_ended() {
    let place = Place::new();
    well(&mut place.program(&["migrate"]));
    let (path, next) = (place.file("wrapping.key"), place.file("wrapping.key.next"));
    let former = fs::read(&path).expect("the former key");
    well(&mut place.program(&["rotate-key"]));
    // As if the process had died between the last batch and the rename.
    fs::copy(&path, &next).expect("put back");
    fs::write(&path, &former).expect("put back");
    well(&mut place.program(&["doctor"]));
    let text = well(&mut place.program(&["rotate-key"]));
    assert!(text.contains("keys wrapped anew: 0;"), "{text}");
    assert!(!next.exists());
    well(&mut place.program(&["doctor"]));
}

#[test]
fn the_wrapping_key_in_a_variable_is_used_and_replaced() {
    const KEY: &str = "QIFU365_WRAPPING_KEY";
    const NEXT: &str = "QIFU365_WRAPPING_KEY_NEXT";
    let place = Place::new();
    let (one, two) = ("1f".repeat(32), "2e".repeat(32));
    well(place.program(&["migrate"]).env(KEY, &one));
    assert!(!place.file("wrapping.key").exists());
    let text = refused(place.program(&["doctor"]).env(KEY, &two));
    assert!(
        text.contains("the key in QIFU365_WRAPPING_KEY does not open"),
        "{text}"
    );
    let text = refused(place.program(&["doctor"]).env(KEY, &one[1..]));
    assert!(
        text.contains("64 hexadecimal digits") && !text.contains(&one[1..]),
        "{text}"
    );
    let text = refused(place.program(&["doctor", "--key-file", "x"]).env(KEY, &one));
    assert!(text.contains("more than one place"), "{text}");
    let text = refused(place.program(&["rotate-key"]).env(KEY, &one));
    assert!(text.contains(NEXT), "{text}");
    well(place.program(&["rotate-key"]).env(KEY, &one).env(NEXT, &two));
    refused(place.program(&["doctor"]).env(KEY, &one));
    well(place.program(&["doctor"]).env(KEY, &two));
}

#[test]
fn clause_2_5_1_c_the_wrapping_key_is_in_no_log_and_no_store() {
    let place = Place::new();
    let mut heard = well(&mut place.program(&["migrate"]));
    heard += &well(&mut place.program(&["doctor"]));
    let key = fs::read(place.file("wrapping.key")).expect("a key");
    let mut looked_at = heard.into_bytes();
    assert!(looked_at.len() > 500, "the log is at its most talkative");
    for store in ["data.sqlite", "vault.sqlite"] {
        looked_at.extend(fs::read(place.file(store)).expect("a store"));
    }
    assert!(!contains(&looked_at, &key));
    assert!(!contains(&looked_at, hex(&key).as_bytes()));
    assert!(!contains(&looked_at, hex(&key).to_uppercase().as_bytes()));
}

/// SoftHSM: a PKCS#11 token in software. `cargo xtask test` installs it and names its module.
struct Token<'a> {
    place: &'a Place,
    module: String,
}

impl<'a> Token<'a> {
    const PIN: &'static str = "80365-pin";

    fn new(place: &'a Place) -> Self {
        let module = std::env::var("QIFU365_TEST_PKCS11")
            .ok()
            .filter(|path| !path.is_empty())
            .expect("QIFU365_TEST_PKCS11 names the module of SoftHSM; cargo xtask test sets it");
        fs::create_dir_all(place.file("tokens")).expect("a folder");
        let text = format!(
            "directories.tokendir = {}\nlog.level = ERROR\n",
            place.file("tokens").display()
        );
        fs::write(place.file("softhsm2.conf"), text).expect("a configuration");
        let token = Self { place, module };
        token.tool(&[
            "--init-token",
            "--free",
            "--label",
            "qifu",
            "--so-pin",
            "80365-so",
        ]);
        token
    }

    fn tool(&self, arguments: &[&str]) {
        let mut command = Command::new("softhsm2-util");
        command
            .args(arguments)
            .args(["--pin", Self::PIN, "--module", &self.module])
            .env("SOFTHSM2_CONF", self.place.file("softhsm2.conf"));
        well(&mut command);
    }

    /// Makes an AES key on the token.
    fn key(&self, label: &str, id: &str, byte: u8) {
        let file = self.place.file("import");
        fs::write(&file, [byte; 32]).expect("key bytes");
        let path = file.display().to_string();
        self.tool(&[
            "--import", &path, "--aes", "--token", "qifu", "--label", label, "--id", id,
        ]);
        fs::remove_file(file).expect("gone");
    }

    fn program(&self, arguments: &[&str], label: &str) -> Command {
        let mut command = self.place.program(arguments);
        command
            .args([
                "--pkcs11-module",
                &self.module,
                "--pkcs11-token",
                "qifu",
                "--pkcs11-key",
                label,
            ])
            .env("SOFTHSM2_CONF", self.place.file("softhsm2.conf"))
            .env("QIFU365_PKCS11_PIN", Self::PIN);
        command
    }
}

#[test]
fn the_wrapping_key_on_a_token_is_used_and_replaced() {
    let place = Place::new();
    let token = Token::new(&place);
    token.key("first", "a1", 0x5a);
    token.key("second", "a2", 0x6b);
    well(&mut token.program(&["migrate"], "first"));
    assert!(!place.file("wrapping.key").exists());
    let text = well(&mut token.program(&["doctor"], "first"));
    assert!(text.contains("wrapping key pkcs11:qifu/first"), "{text}");
    assert!(!text.contains(Token::PIN));

    let text = refused(&mut token.program(&["doctor"], "third"));
    assert!(text.contains("no single AES key with the label third"), "{text}");
    let text = refused(
        token
            .program(&["doctor"], "first")
            .env("QIFU365_PKCS11_PIN", "80365-wrong"),
    );
    assert!(
        text.contains("refuses the PIN") && !text.contains("80365-wrong"),
        "{text}"
    );
    let text = refused(&mut place.program(&["doctor"]));
    assert!(text.contains("wrapping.key is missing"), "{text}");

    let text = refused(&mut token.program(&["rotate-key"], "first"));
    assert!(text.contains("--next-pkcs11-key"), "{text}");
    well(&mut token.program(&["rotate-key", "--next-pkcs11-key", "second"], "first"));
    let text = well(&mut token.program(&["doctor"], "second"));
    assert!(text.contains("wrapping key pkcs11:qifu/second"), "{text}");
}

#[test]
fn another_key_under_the_same_label_is_refused() {
    let place = Place::new();
    let token = Token::new(&place);
    token.key("first", "a1", 0x5a);
    well(&mut token.program(&["migrate"], "first"));
    fs::remove_dir_all(place.file("tokens")).expect("the token is lost");
    let other = Token::new(&place);
    other.key("first", "a1", 0x5b);
    let text = refused(&mut other.program(&["doctor"], "first"));
    assert!(text.contains("does not open this key vault"), "{text}");
}

#[test]
fn the_gm_suite_is_not_offered_by_a_token() {
    let place = Place::new();
    let token = Token::new(&place);
    token.key("first", "a1", 0x5a);
    let text = refused(&mut token.program(&["migrate", "--suite", "gm"], "first"));
    assert!(
        text.contains("the gm suite needs its wrapping key in a file or variable"),
        "{text}"
    );
}

/// A serving process writes no core dump and lets no other process of its user look into it.
#[cfg(target_os = "linux")]
#[test]
fn a_serving_process_dumps_no_memory() {
    use std::time::Duration;
    let place = Place::new();
    well(&mut place.program(&["migrate"]));
    let mut child = place
        .program(&["worker"])
        .args(["--operator-name", "甲", "--operator-contact", "a@b.example"])
        .args(["--responsible-person", "乙", "--site-domain", "b.example"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    let limits = format!("/proc/{}/limits", child.id());
    let mut line = String::new();
    for _ in 0..200 {
        let text = fs::read_to_string(&limits).unwrap_or_default();
        line = text
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap_or_default()
            .to_owned();
        if line.split_whitespace().filter(|word| *word == "0").count() == 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(
        line.split_whitespace().filter(|word| *word == "0").count(),
        2,
        "{line}"
    );
}
