//! Opening an installation: stores, key, policy.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use app::account::RelyingParty;
use app::org::{DemoBank, DemoRegister, EnterpriseRegister, TransferBank};
use app::person::{DemoSource, IdentitySource};
use app::{App, Cost};
use policy::Archive;
use privacy::{Ctx, Purpose, SealError, SystemReason};
use storage::{Keys, Store, StoreError, VaultRefused};

use crate::config::Arguments;
use crate::enterprises::{self, HttpBank, HttpRegister};
use crate::identity::{self, HttpSource};
use crate::keys::Place;
use crate::lock;
use crate::regions;
use crate::signed::Line;
use crate::sources::{SystemClock, SystemEntropy};

/// An installation whose stores are open.
pub struct Opened {
    /// The use cases' needs.
    pub app: App,
    /// The policy's versions.
    pub policy: Archive,
    /// Where the wrapping key is kept.
    pub place: Place,
    /// The latest version's identifier, for what the program does itself.
    pub version: String,
    /// Held as long as the stores are in use: see [`lock`].
    _in_use: File,
}

impl Opened {
    /// A context for the program itself.
    pub fn system<P: Purpose>(&self, reason: SystemReason) -> Ctx<P> {
        self.app.system(reason, &self.version)
    }
}

/// The addresses of data and vault.
///
/// # Errors
/// One address for both.
pub fn addresses(arguments: &Arguments) -> anyhow::Result<(String, String)> {
    let in_folder = |file: &str| format!("sqlite:{}", arguments.data.join(file).display());
    let data = arguments
        .database_url
        .clone()
        .unwrap_or_else(|| in_folder("data.sqlite"));
    let vault = arguments
        .vault_url
        .clone()
        .unwrap_or_else(|| in_folder("vault.sqlite"));
    if data == vault {
        bail!("data and key vault must be two databases: a backup of the data must not hold its keys");
    }
    Ok((data, vault))
}

/// The site as authenticators know it. Under a domain they do not accept there are no passkeys.
fn relying_party(arguments: &Arguments) -> Option<Arc<RelyingParty>> {
    let domain = arguments.site_domain.as_deref().map(str::trim);
    match RelyingParty::new(domain.filter(|domain| !domain.is_empty()), &arguments.brand) {
        Ok(site) => Some(Arc::new(site)),
        Err(refused) => {
            tracing::warn!(%refused, "passkeys are off");
            None
        }
    }
}

/// The use cases' needs over a store.
pub fn over(store: Store, arguments: &Arguments, demo: bool) -> App {
    App {
        store,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        demo,
        ask_again_after: time::Duration::days(i64::from(arguments.ask_again_after_days)),
        cost: Cost::STANDARD,
        regions: None,
        site: arguments.brand.as_str().into(),
        identity: demo.then(|| Arc::new(DemoSource) as Arc<dyn IdentitySource>),
        enterprises: demo.then(|| Arc::new(DemoRegister) as Arc<dyn EnterpriseRegister>),
        bank: demo.then(|| Arc::new(DemoBank) as Arc<dyn TransferBank>),
        passkeys: relying_party(arguments),
    }
}

/// The latest version's identifier.
pub fn latest_version(policy: &Archive) -> String {
    policy
        .iter()
        .next_back()
        .map(|version| version.id.clone())
        .unwrap_or_default()
}

/// Opens data, vault and key file, and brings both schemas up to date.
///
/// # Errors
/// A folder, key file or store that does not do, each with what to do about it.
pub async fn open(arguments: &Arguments, demo: bool) -> anyhow::Result<Opened> {
    std::fs::create_dir_all(&arguments.data)
        .with_context(|| format!("cannot make the data folder {}", arguments.data.display()))?;
    let in_use = lock::together(&arguments.data)?;
    let may_create = arguments.vault_url.is_some() || !arguments.data.join("vault.sqlite").exists();
    let (data, vault) = addresses(arguments)?;
    let entropy = Arc::new(SystemEntropy);
    let place = Place::of(arguments, may_create, entropy.clone())?;
    let keys = Keys {
        ring: place.ring(),
        suite: arguments.suite,
    };
    let store = Store::open(&data, &vault, keys, entropy)
        .await
        .map_err(|error| refusal(error, &place))?;
    let policy = policy::builtin().context("the policy's texts")?;
    let mut app = over(store, arguments, demo);
    app.regions = Some(regions::table(arguments.region_table.as_deref())?);
    if !demo {
        let line = |source, address: &Option<String>, secret: &Option<PathBuf>| {
            let named = (address.as_deref(), secret.as_deref());
            Line::of(source, named, Arc::clone(&app.clock))
        };
        let identity = line(
            identity::SOURCE,
            &arguments.identity_url,
            &arguments.identity_secret_file,
        )?;
        let register = line(
            enterprises::REGISTER,
            &arguments.register_url,
            &arguments.register_secret_file,
        )?;
        let bank = line(
            enterprises::BANK,
            &arguments.bank_url,
            &arguments.bank_secret_file,
        )?;
        app.identity = identity.map(|line| Arc::new(HttpSource(line)) as Arc<dyn IdentitySource>);
        app.enterprises = register.map(|line| Arc::new(HttpRegister(line)) as Arc<dyn EnterpriseRegister>);
        app.bank = bank.map(|line| Arc::new(HttpBank(line)) as Arc<dyn TransferBank>);
    }
    Ok(Opened {
        version: latest_version(&policy),
        app,
        policy,
        place,
        _in_use: in_use,
    })
}

/// The store's error in the operator's words.
fn refusal(error: StoreError, place: &Place) -> anyhow::Error {
    let remedy = match &error {
        StoreError::Seal(SealError::SuiteNotOffered) => {
            "the gm suite needs its wrapping key in a file or variable".to_owned()
        }
        StoreError::Vault(VaultRefused::WrongKey { .. }) | StoreError::Seal(_) => place.remedy(),
        StoreError::Vault(_) => "the key vault was not opened; nothing was changed".to_owned(),
        _ => "cannot open the stores".to_owned(),
    };
    anyhow::Error::new(error).context(remedy)
}

/// Brings data and vault together about who was erased, before anything is served: whoever was
/// erased after a backup was made is erased from the restored data again (2.6.3.e).
///
/// # Errors
/// A store that fails, or an erased person of whom something is left.
pub async fn reconcile(opened: &Opened) -> anyhow::Result<()> {
    let again = app::rights::reconcile(&opened.app, &opened.system(SystemReason::Start))
        .await
        .map_err(|failure| anyhow::anyhow!("{}", failure.chain()))
        .context("erasures could not be brought up to date; nothing is served until they are")?;
    if again > 0 {
        tracing::warn!(people = again, "erasures were done again after a restore");
    }
    Ok(())
}

/// Names the transparency log and enters the policy's texts.
///
/// # Errors
/// A store that fails, or a domain that cannot be part of the log's name.
pub async fn begin_log(opened: &Opened, arguments: &Arguments, operator: &str) -> anyhow::Result<()> {
    let domain = arguments.site_domain.as_deref().map(str::trim);
    let domain = domain.filter(|domain| !domain.is_empty());
    let ctx = opened.system(SystemReason::Start);
    app::log::begin(&opened.app, &ctx, domain, &opened.policy, operator)
        .await
        .context("cannot begin the transparency log; is the domain written as in www.example.com?")
}

/// Keeps fiction and real use apart.
///
/// # Errors
/// A store with a demonstration in it when there should be none, or the other way round.
pub async fn apart(opened: &Opened) -> anyhow::Result<()> {
    let ctx = opened.system(SystemReason::Start);
    if opened.app.demo {
        if app::demo::in_real_use(&opened.app, &ctx).await? {
            bail!(
                "these stores are in real use and get no demo data; start with --no-demo, or choose another folder with --data"
            );
        }
    } else if app::demo::present(&opened.app, &ctx).await? {
        bail!(
            "these stores hold a demonstration's data; use an empty folder or database, or remove it first: qifu365 purge-demo --yes"
        );
    }
    Ok(())
}
