//! A demonstration on which the real program runs, and somebody in it who is to be erased.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use app::account::{self, Documents, Login};
use app::{App, Cost, demo, rights};
use privacy::purpose::{KeepSafe, ObeyLaw, Operate, VerifyHolder};
use privacy::{Actor, Ask, Clock as _, Ctx, LegalBasis, Purpose, SubjectId, SystemReason};
use storage::StoreError;
use testkit::TestStore;

const VERSION: &str = "2020-11-01";
/// The number of the erasure.
pub const NUMBER: &str = "KILLED0000000001";
/// No step takes longer, on the slowest machine.
const LONGEST: Duration = Duration::from_mins(1);
const PATIENCE: usize = 3_000;
const PAUSE: Duration = Duration::from_millis(20);

/// The stores, and who is to be erased.
pub struct Scene<'a> {
    test: &'a TestStore,
    pub app: App,
    pub subject: SubjectId,
    folder: PathBuf,
}

/// The program while it runs; killed when it is dropped.
pub struct Running {
    child: Child,
    said: Receiver<String>,
}

impl Running {
    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, with nothing tidied up, as a crash does.
    pub fn kill(mut self) {
        assert!(
            self.child.try_wait().expect("asked").is_none(),
            "it ended by itself"
        );
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// The lines it wrote up to now; they are not told again.
    pub fn said_so_far(&self) -> Vec<String> {
        self.said.try_iter().collect()
    }

    /// The next line it writes that holds one of these.
    pub fn says(&self, marks: &[&str]) -> String {
        loop {
            let line = self.said.recv_timeout(LONGEST).expect("it says something more");
            if marks.iter().any(|mark| line.contains(mark)) {
                return line;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A page of the program that serves, in English.
pub fn page(site: &str, path: &str) -> String {
    let mut line = TcpStream::connect(site).expect("it answers");
    let request = format!("GET {path}?lang=en HTTP/1.1\r\nHost: {site}\r\nConnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("an answer");
    answer
}

impl<'a> Scene<'a> {
    /// A demonstration's people and orders at the present time.
    pub async fn open(test: &'a TestStore) -> Self {
        // The program has the machine's clock; so must what it finds.
        #[expect(clippy::disallowed_methods, reason = "the clock of the program under test")]
        let now = time::OffsetDateTime::now_utc();
        test.clock.advance(now - test.clock.now());
        let name = PathBuf::from(format!(
            "{}-folder",
            test.addresses.0.replace(['/', ':', '@'], "_")
        ));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let app = App {
            store: test.store.clone(),
            clock: test.clock.clone(),
            entropy: test.entropy.clone(),
            demo: true,
            ask_again_after: time::Duration::days(30),
            cost: Cost {
                memory_kib: 64,
                passes: 1,
            },
            regions: None,
            site: "企服365".into(),
            identity: Some(std::sync::Arc::new(app::person::DemoSource)),
            enterprises: Some(std::sync::Arc::new(app::org::DemoRegister)),
            bank: Some(std::sync::Arc::new(app::org::DemoBank)),
            passkeys: None,
        };
        let documents = Documents {
            agreement_version: VERSION.to_owned(),
            agreement_hash: "aa".to_owned(),
            policy_version: VERSION.to_owned(),
            policy_hash: "bb".to_owned(),
            lang: "zh",
        };
        let ctx = app.system::<Operate>(SystemReason::Demo, VERSION);
        demo::seed(&app, &ctx, |_, _| {}).await.expect("a catalogue");
        demo::populate(&app, &ctx, &documents, |_, _| {})
            .await
            .expect("people and orders");
        // What else there is to do is done: the program finds the erasure alone.
        while app::job::run_ready(&app, VERSION).await.expect("jobs").done > 0 {}
        let login = Login {
            login: demo::PEOPLE[0].name,
            password: demo::PASSWORD,
            device: "Firefox",
            remembered: None,
            from: app::account::Origin::default(),
        };
        let entry = account::log_in(&app, &visitor::<VerifyHolder>(&app), &login).await;
        let token = entry.expect("logged in").begun().expect("a session").token;
        let viewer = account::authenticate(&app, &visitor::<KeepSafe>(&app), &token).await;
        let subject = viewer.expect("asked").expect("a viewer").subject;
        Self {
            test,
            app,
            subject,
            folder,
        }
    }

    fn law(&self) -> Ctx<ObeyLaw> {
        self.app.system(SystemReason::Job, VERSION)
    }

    /// Plans the erasure, as closing the account does.
    pub async fn plan(&self) {
        let ctx = self.law();
        let mut tx = self.app.store.begin(&ctx).await.expect("begin");
        let planned = rights::plan(&mut tx, self.subject, NUMBER, "closed").await;
        planned.expect("planned");
        tx.commit().await.expect("commit");
    }

    /// The program on these stores, with a key file and a folder of its own. Under a limit of its files
    /// it gets an error from a write beyond it, where it would be killed otherwise.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let key = self.folder.join("wrapping.key");
        fs::write(&key, [42; 32]).expect("a key file");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a mode");
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
        for variable in ["QIFU365_WRAPPING_KEY", "QIFU365_SUITE", "QIFU365_SITE_DOMAIN"] {
            command.env_remove(variable);
        }
        let (data, vault) = &self.test.addresses;
        let mut child = command
            .arg(env!("CARGO_BIN_EXE_qifu365"))
            .args(arguments)
            .arg("--data")
            .arg(&self.folder)
            .arg("--key-file")
            .arg(&key)
            .args(["--database-url", data, "--vault-url", vault])
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let (lines, said) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    break;
                }
            }
        });
        Running { child, said }
    }

    /// Lets the erasure's job be taken now: whoever had it died with it, or it waits for its next try.
    pub async fn free_the_job(&self) {
        let free =
            "UPDATE job SET lease = NULL, lease_until = NULL, run_at = created_at WHERE kind = 'erase'";
        self.test.tamper(free).await;
    }

    /// How far the erasure is, as the data says.
    pub async fn step(&self) -> String {
        let step = format!("SELECT step FROM erasure WHERE number = '{NUMBER}'");
        self.test.texts(&step).await.pop().unwrap_or_default()
    }

    /// How many jobs of the erasure there are.
    pub async fn jobs(&self) -> i64 {
        self.test
            .count("SELECT COUNT(*) FROM job WHERE kind = 'erase'")
            .await
    }

    /// Whether the vault has the person's key.
    pub async fn has_key(&self) -> bool {
        let asked = self.app.store.has_key(self.subject, self.app.clock.now()).await;
        asked.expect("asked")
    }

    /// The person's phone, if their row is there and opens.
    pub async fn phone(&self) -> Option<String> {
        let ctx = self.law();
        let mut tx = self.app.store.begin(&ctx).await.expect("begin");
        let row = storage::account::by_subject(&mut tx, self.subject)
            .await
            .expect("asked")?;
        let ask = Ask {
            subject: self.subject,
            fields: &["account.phone"],
            basis: LegalBasis::LegalDuty("PIPL 47"),
            clause: "1.6",
            case: None,
        };
        let permit = tx.permit(ask).await.expect("a permit");
        let place = storage::account::field("phone", row.id, self.subject);
        match tx.open(&permit, &place, &row.phone).await {
            Ok(phone) => Some(phone.inside().to_owned()),
            Err(StoreError::NoKey) => None,
            Err(error) => panic!("neither readable nor without a key: {error}"),
        }
    }

    /// What the program must leave behind: the erasure ended, and nothing of the person.
    pub async fn assert_erased(&self) {
        let ctx = self.law();
        let shown = rights::certificate(&self.app, &ctx, NUMBER)
            .await
            .expect("a certificate");
        let probe = shown.probe.expect("a search");
        assert!(shown.ended_at.is_some() && shown.key_destroyed_at.is_some());
        assert!(
            probe.found.is_empty() && !probe.readable && probe.identifiers == 4,
            "{probe:?}"
        );
        assert!(!shown.held.is_empty(), "a law keeps the notes on the orders");
        assert!(!self.has_key().await && self.phone().await.is_none());
    }
}

impl Drop for Scene<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn visitor<P: Purpose>(app: &App) -> Ctx<P> {
    Ctx::new(Actor::Visitor, VERSION, app.entropy.id(), app.clock.now())
}

/// Asks again and again until it is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..PATIENCE {
        if so().await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("it never came to this: {what}");
}
