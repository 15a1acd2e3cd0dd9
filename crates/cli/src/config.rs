//! The configuration: flags, then environment, then defaults. A production start names everything
//! that is missing at once (1.0).

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::bail;
use clap::{Parser, Subcommand, ValueEnum};
use domain::staff::Role;
use privacy::Suite;
use web::{Filing, Network, Settings};

/// Answers about codes take at least so long, so that their time tells nothing: longer than the work for
/// a number that is known.
const ANSWER_FLOOR: Duration = Duration::from_millis(250);

/// The platform's decision on a refund.
#[derive(Clone, Copy, ValueEnum, Debug)]
pub enum Decision {
    /// What is held goes back to the buyer.
    Refund,
    /// The work goes on.
    Continue,
}

fn suite(name: &str) -> Result<Suite, String> {
    Suite::parse(name).ok_or_else(|| {
        let known = Suite::ALL.map(Suite::as_str).join(", ");
        format!("there is no such suite; known: {known}")
    })
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("there is no such role; known: {}", known.join(", "))
    })
}

/// What is done about staff.
#[derive(Clone, Subcommand, Debug)]
pub enum StaffAct {
    /// Adds somebody and prints a code, good for 24 hours and once, to set the account up with.
    Add {
        /// By what records name them, such as `verifier-1`; never a name.
        identifier: String,
        /// What they do; may be given more than once.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
    },
    /// Lets an account be set up anew; its password, authenticator and sessions end at once.
    Renew {
        /// Whose.
        identifier: String,
    },
    /// Ends an account for good; never the last administrator's.
    End {
        /// Whose.
        identifier: String,
    },
}

/// What the program does.
#[derive(Clone, Subcommand, Debug)]
pub enum Command {
    /// Serves the site (the default), with a worker in the same process.
    Serve {
        /// Leaves jobs and timers to `qifu365 worker` in another process.
        #[arg(long)]
        no_worker: bool,
    },
    /// Does jobs and timers without serving.
    Worker,
    /// Brings both schemas up to date and ends.
    Migrate,
    /// Looks at the installation and says what needs attention.
    Doctor,
    /// Decides a refund that the supplier did not answer; `doctor` lists those that wait.
    DecideRefund {
        /// The order's number.
        order: String,
        /// `refund` gives back what is held, `continue` lets the work go on.
        decision: Decision,
        /// Who decides: an identifier of staff such as `arbiter-1`, never a name. Both sides see it.
        #[arg(long)]
        by: String,
        /// Why; both sides read it.
        #[arg(long)]
        reason: String,
    },
    /// Lists what recipients are asked to delete or correct and have not answered.
    Demands,
    /// Writes down what a recipient answered to a demand by other means than the site.
    AnswerDemand {
        /// The demand, as `demands` lists it.
        demand: uuid::Uuid,
        /// `done`, `legal_retention` (with `--article` and `--until`) or `independent_authorisation` (with `--reference`).
        answer: String,
        /// The article of law that makes them keep it.
        #[arg(long, default_value = "")]
        article: String,
        /// The last day of that, such as 2029-11-25.
        #[arg(long, default_value = "")]
        until: String,
        /// The contract or consent by which the person allowed them by themselves.
        #[arg(long, default_value = "")]
        reference: String,
    },
    /// Adds staff, sets their accounts up anew, ends them. The first administrator comes from here.
    Staff {
        /// What is done.
        #[command(subcommand)]
        act: StaffAct,
    },
    /// Lets the jobs that were set aside be tried again.
    RetryJobs,
    /// Replaces the wrapping key while the site serves: wraps every person's key anew, seals no data
    /// anew. Cut off, it goes on when started again.
    RotateKey {
        /// The label of the new key, if keys are on a PKCS#11 token.
        #[arg(long)]
        next_pkcs11_key: Option<String>,
        /// How many keys one transaction wraps anew.
        #[arg(long, default_value_t = 200)]
        batch: u16,
    },
    /// Begins the next transparency log, if the present one cannot go on because data was lost for good.
    BeginLog,
    /// Checks a receipt offline: its signature, its content, its place in the transparency log.
    Verify {
        /// The receipt, as downloaded from the account page.
        file: PathBuf,
        /// The log's key, or a file that holds it, from a source of your own.
        #[arg(long)]
        key: Option<String>,
        /// A newer checkpoint with its proof, from `/tlog/growth/N`: the log only grew since.
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Copies the data into a folder while the site is served; never the key vault, never a key.
    Backup {
        /// Where to; never where copies of the key vault lie.
        folder: PathBuf,
    },
    /// Copies the key vault into a folder of its own, and removes copies there that are older than
    /// seven days.
    BackupVault {
        /// Where to; never where copies of the data lie.
        folder: PathBuf,
    },
    /// Shows that somebody erased is unreadable in a copy and gone after a restore, and records it;
    /// do it every month.
    EraseDrill,
    /// Takes a copy of the data back while nothing runs; whoever was erased since is erased again.
    Restore {
        /// The copy; its manifest must lie beside it.
        file: PathBuf,
    },
    /// Removes a demonstration's data from the stores: every row and every person's key.
    PurgeDemo {
        /// Does it; without this word the command only says what it would do.
        #[arg(long)]
        yes: bool,
    },
}

/// An enterprise-services marketplace whose privacy policy runs.
#[derive(Parser, Debug)]
#[command(name = "qifu365", version)]
pub struct Arguments {
    /// What to do; serves if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Start without demo data; operator, contact, responsible person and domain are then required.
    #[arg(global = true, long)]
    pub no_demo: bool,
    /// The folder of databases and keys.
    #[arg(global = true, long, env = "QIFU365_DATA", default_value = "data")]
    pub data: PathBuf,
    /// The address to listen on.
    #[arg(global = true, long, env = "QIFU365_LISTEN", default_value = "127.0.0.1:3650")]
    pub listen: String,
    /// The data store; SQLite in the data folder if absent.
    #[arg(global = true, long, env = "QIFU365_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The key vault; SQLite in the data folder if absent. Never the same database as the data.
    #[arg(global = true, long, env = "QIFU365_VAULT_URL", hide_env_values = true)]
    pub vault_url: Option<String>,
    /// The file with the wrapping key; made at the first start if absent.
    #[arg(global = true, long, env = "QIFU365_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// The PKCS#11 module of a hardware token, if the wrapping key is on one; the PIN is read from
    /// `QIFU365_PKCS11_PIN`.
    #[arg(global = true, long, env = "QIFU365_PKCS11_MODULE")]
    pub pkcs11_module: Option<PathBuf>,
    /// The label of the token.
    #[arg(global = true, long, env = "QIFU365_PKCS11_TOKEN")]
    pub pkcs11_token: Option<String>,
    /// The label of the wrapping key on the token: an AES key of 256 bits.
    #[arg(global = true, long, env = "QIFU365_PKCS11_KEY")]
    pub pkcs11_key: Option<String>,
    /// The cipher suite of a new installation: `standard` if absent, `gm` for SM4 and SM3. It is kept
    /// in the key vault and does not change later.
    #[arg(global = true, long, env = "QIFU365_SUITE", value_parser = suite)]
    pub suite: Option<Suite>,
    /// Where the identity source is asked, through a proxy on this machine that adds TLS, such as
    /// `http://127.0.0.1:7365/check`; without it nobody can be verified.
    #[arg(global = true, long, env = "QIFU365_IDENTITY_URL")]
    pub identity_url: Option<String>,
    /// The file with the secret that questions to the identity source and its answers are signed with:
    /// at least 32 bytes.
    #[arg(global = true, long, env = "QIFU365_IDENTITY_SECRET_FILE")]
    pub identity_secret_file: Option<PathBuf>,
    /// Where the register of enterprises is asked, in the same way; without it no enterprise can be verified.
    #[arg(global = true, long, env = "QIFU365_REGISTER_URL")]
    pub register_url: Option<String>,
    /// The file with the secret of the register of enterprises: at least 32 bytes.
    #[arg(global = true, long, env = "QIFU365_REGISTER_SECRET_FILE")]
    pub register_secret_file: Option<PathBuf>,
    /// Where transfers that prove an enterprise are ordered, in the same way; without it only letters prove
    /// one.
    #[arg(global = true, long, env = "QIFU365_BANK_URL")]
    pub bank_url: Option<String>,
    /// The file with the secret of the bank: at least 32 bytes.
    #[arg(global = true, long, env = "QIFU365_BANK_SECRET_FILE")]
    pub bank_secret_file: Option<PathBuf>,
    /// The operator's registered name.
    #[arg(global = true, long, env = "QIFU365_OPERATOR_NAME")]
    pub operator_name: Option<String>,
    /// How to reach the operator about personal information.
    #[arg(global = true, long, env = "QIFU365_OPERATOR_CONTACT")]
    pub operator_contact: Option<String>,
    /// Who is responsible for personal information.
    #[arg(global = true, long, env = "QIFU365_RESPONSIBLE_PERSON")]
    pub responsible_person: Option<String>,
    /// The site's domain; the site is then expected behind TLS.
    #[arg(global = true, long, env = "QIFU365_SITE_DOMAIN")]
    pub site_domain: Option<String>,
    /// The website's ICP filing number (ICP备案号), shown at the foot of every page.
    #[arg(global = true, long, env = "QIFU365_ICP_FILING")]
    pub icp_filing: Option<String>,
    /// The website's public-security filing number (公安备案号), shown at the foot of every page.
    #[arg(global = true, long, env = "QIFU365_POLICE_FILING")]
    pub police_filing: Option<String>,
    /// Where the business licence is shown: an https address, or a path of this site.
    #[arg(global = true, long, env = "QIFU365_LICENCE_LINK")]
    pub licence_link: Option<String>,
    /// Days after a no or a withdrawal before an optional consent may be asked for again.
    #[arg(
        global = true,
        long,
        env = "QIFU365_ASK_AGAIN_AFTER_DAYS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub ask_again_after_days: u16,
    /// The proxies that are believed who the visitor is (`X-Forwarded-For`): addresses or networks,
    /// separated by commas, such as `127.0.0.1,10.0.0.0/8`. Nobody else is believed.
    #[arg(
        global = true,
        long,
        env = "QIFU365_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = Network::from_str
    )]
    pub trusted_proxies: Vec<Network>,
    /// A table of the operator's own that says in which region an address lies, instead of the built-in
    /// one of countries: lines of `prefix,region` or `prefix,region,latitude,longitude`.
    #[arg(global = true, long, env = "QIFU365_REGION_TABLE")]
    pub region_table: Option<PathBuf>,
    /// The site's name.
    #[arg(global = true, long, env = "QIFU365_BRAND", default_value = "企服365")]
    pub brand: String,
}

impl Arguments {
    /// The filings and the licence. A demonstration's are fictional and lead to no register.
    fn filing(&self) -> anyhow::Result<Filing> {
        let given = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
        let filing = Filing {
            icp: given(&self.icp_filing),
            police: given(&self.police_filing),
            licence: given(&self.licence_link),
            real: self.no_demo,
        };
        let own = filing.licence.starts_with('/') && !filing.licence.starts_with("//");
        if !filing.licence.is_empty() && !own && !filing.licence.starts_with("https://") {
            bail!("--licence-link must begin with https:// or, for a path of this site, with /");
        }
        if self.no_demo {
            return Ok(filing);
        }
        let or = |value: String, fictional: &str| {
            if value.is_empty() {
                fictional.to_owned()
            } else {
                value
            }
        };
        Ok(Filing {
            icp: or(filing.icp, "京ICP备00000000号（演示）"),
            police: or(filing.police, "京公网安备00000000000000号（演示）"),
            licence: or(filing.licence, "/lianxi#zhizhao"),
            real: false,
        })
    }

    /// What pages show of the operator. A demonstration has a fictional one.
    ///
    /// # Errors
    /// A list of what a production start lacks.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        policy::clause!("1.0");
        let given = |value: &Option<String>| value.clone().filter(|text| !text.trim().is_empty());
        let filing = self.filing()?;
        if !self.no_demo {
            let or = |value: &Option<String>, fictional: &str| {
                given(value).unwrap_or_else(|| fictional.to_owned())
            };
            return Ok(Settings {
                brand: self.brand.clone(),
                operator_name: or(&self.operator_name, "企服三六五（演示）运营方"),
                operator_contact: or(&self.operator_contact, "privacy@demo.qifu365.example"),
                responsible_person: or(&self.responsible_person, "演示负责人"),
                filing,
                demo: true,
                secure: given(&self.site_domain).is_some(),
                trusted_proxies: self.trusted_proxies.clone(),
                answer_floor: ANSWER_FLOOR,
            });
        }
        let needed = [
            (&self.operator_name, "--operator-name", "QIFU365_OPERATOR_NAME"),
            (
                &self.operator_contact,
                "--operator-contact",
                "QIFU365_OPERATOR_CONTACT",
            ),
            (
                &self.responsible_person,
                "--responsible-person",
                "QIFU365_RESPONSIBLE_PERSON",
            ),
            (&self.site_domain, "--site-domain", "QIFU365_SITE_DOMAIN"),
        ];
        let missing: Vec<String> = needed
            .iter()
            .filter(|(value, ..)| given(value).is_none())
            .map(|(_, flag, variable)| format!("  {flag}  or  {variable}"))
            .collect();
        if let (Some(operator_name), Some(operator_contact), Some(responsible_person), true) = (
            given(&self.operator_name),
            given(&self.operator_contact),
            given(&self.responsible_person),
            missing.is_empty(),
        ) {
            let brand = self.brand.clone();
            return Ok(Settings {
                brand,
                operator_name,
                operator_contact,
                responsible_person,
                filing,
                demo: false,
                secure: true,
                trusted_proxies: self.trusted_proxies.clone(),
                answer_floor: ANSWER_FLOOR,
            });
        }
        bail!(
            "an installation without demo data needs its operator's details; missing:\n{}",
            missing.join("\n")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An operator who is named as production wants it.
    const WHOLE: [&str; 9] = [
        "--no-demo",
        "--operator-name",
        "甲",
        "--operator-contact",
        "a@b.example",
        "--responsible-person",
        "乙",
        "--site-domain",
        "b.example",
    ];

    fn parse(arguments: &[&str]) -> Arguments {
        Arguments::parse_from([&["qifu365"], arguments].concat())
    }

    #[test]
    fn clause_1_0_production_names_everything_that_is_missing() {
        let refused = parse(&["--no-demo", "--operator-contact", "  "])
            .settings()
            .map(|_| ())
            .unwrap_err()
            .to_string();
        for flag in [
            "--operator-name",
            "--operator-contact",
            "--responsible-person",
            "--site-domain",
        ] {
            assert!(refused.contains(flag), "{refused}");
        }
        let settings = parse(&WHOLE).settings().expect("complete");
        assert!(settings.secure && !settings.demo && settings.operator_name == "甲");
        assert!(parse(&WHOLE[..7]).settings().is_err());
    }

    #[test]
    fn clause_2_2_3_d_proxies_are_believed_only_when_named() {
        let none = parse(&[]).settings().expect("demo");
        assert!(none.trusted_proxies.is_empty() && none.answer_floor == ANSWER_FLOOR);
        let named = parse(&["--trusted-proxies", "127.0.0.1,10.0.0.0/8"])
            .settings()
            .expect("demo");
        assert_eq!(named.trusted_proxies.len(), 2);
        assert!(Arguments::try_parse_from(["qifu365", "--trusted-proxies", "10.0.0.1/8"]).is_err());
    }

    #[test]
    fn a_demo_starts_with_nothing() {
        let settings = parse(&[]).settings().expect("demo");
        assert!(settings.demo && !settings.filing.real && settings.filing.icp.contains("演示"));
    }

    #[test]
    fn filings_are_shown_as_configured_and_a_licence_is_no_foreign_scheme() {
        let bare = parse(&WHOLE).settings().expect("complete").filing;
        assert!(bare.icp.is_empty() && bare.police.is_empty() && bare.licence.is_empty());
        let named = [&WHOLE[..], &["--icp-filing", " 京ICP备12345678号 "]].concat();
        let filing = parse(&named).settings().expect("complete").filing;
        assert!(filing.real && filing.icp == "京ICP备12345678号");
        for (link, fine) in [
            ("https://a.example/zhizhao", true),
            ("/lianxi", true),
            ("//a.example", false),
            ("javascript:x", false),
            ("http://a.example", false),
        ] {
            let named = [&WHOLE[..], &["--licence-link", link]].concat();
            assert_eq!(parse(&named).settings().is_ok(), fine, "{link}");
        }
    }
}
