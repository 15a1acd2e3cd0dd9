//! Copies of the stores and their way back.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use app::rights::Target;
use app::{Failure, Fault};
use privacy::{Clock as _, SystemReason};
use storage::Keys;
use storage::backup::{Part, expire_vault_copies};

use crate::config::Arguments;
use crate::console::tell;
use crate::keys::Place;
use crate::lock;
use crate::open::{addresses, latest_version, over};
use crate::operator::existing;
use crate::sources::{SystemClock, SystemEntropy};

/// A copy among the originals is lost with them, and the data's would lie beside the keys.
fn elsewhere(arguments: &Arguments, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let real = |path: &Path| {
        path.canonicalize()
            .with_context(|| format!("cannot use the folder {}", path.display()))
    };
    if real(folder)?.starts_with(real(&arguments.data)?) {
        bail!(
            "{} lies in the data folder; name a folder in another place",
            folder.display()
        );
    }
    Ok(())
}

/// Copies the data or the vault while the site is served.
///
/// # Errors
/// A store that does not open, or a folder that does not do.
pub async fn back_up(arguments: &Arguments, part: Part, folder: &Path) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    elsewhere(arguments, folder)?;
    let now = opened.app.clock.now();
    let (path, manifest) = opened.app.store.back_up(part, folder, now).await?;
    tell(&format!(
        "{} ({} bytes, SHA-256 {})",
        path.display(),
        manifest.bytes,
        manifest.sha256
    ));
    if part == Part::Vault {
        let removed = expire_vault_copies(folder, now)?;
        if removed > 0 {
            tell(&format!(
                "{removed} copies of the key vault older than seven days were removed"
            ));
        }
    }
    opened.app.store.close().await;
    Ok(())
}

/// Takes a copy of the data back.
///
/// # Errors
/// A copy or configuration that does not do; the present data is then as it was.
pub async fn restore(arguments: &Arguments, file: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.data)
        .with_context(|| format!("cannot make the data folder {}", arguments.data.display()))?;
    let alone = lock::alone(&arguments.data)?;
    let (data, vault) = addresses(arguments)?;
    let entropy = Arc::new(SystemEntropy);
    let target = Target {
        data: &data,
        vault: &vault,
        keys: Keys {
            ring: Place::of(arguments, false, entropy.clone())?.ring(),
            suite: arguments.suite,
        },
        entropy,
    };
    let version = latest_version(&policy::builtin().context("the policy's texts")?);
    let restored = app::rights::restore(file, target, SystemClock.now(), |store| {
        let app = over(store, arguments, !arguments.no_demo);
        let ctx = app.system(SystemReason::Start, &version);
        (app, ctx)
    })
    .await
    .map_err(said)?;
    drop(alone);
    tell(&format!(
        "the data of {} is back; {} people erased since were erased from it again",
        restored.manifest.at, restored.again
    ));
    if let Some(kept) = restored.kept {
        tell(&format!(
            "the data from before is kept as {}; remove it when all is well",
            kept.display()
        ));
    }
    Ok(())
}

/// Runs the drill; ends with an error if it did not pass.
///
/// # Errors
/// A store that does not open, a drill that could not be carried out or did not pass.
pub async fn erase_drill(arguments: &Arguments) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let folder = arguments.data.join("drill");
    // What a drill that was cut off left.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let ctx = opened.system(SystemReason::Start);
    let drill = app::rights::drill(&opened.app, &ctx, &folder)
        .await
        .map_err(said)
        .context("the drill could not be carried out")?;
    opened.app.store.close().await;
    let word = |well: bool| if well { "ok  " } else { "LOOK" };
    tell(&format!(
        "{} the copy held the person (SHA-256 {})",
        word(drill.held),
        drill.copy
    ));
    tell(&format!(
        "{} once erased, their values did not open in it",
        word(drill.unreadable)
    ));
    tell(&format!(
        "{} after the replay nothing of them was left: {}",
        word(drill.found.is_empty()),
        drill.found.join(" ")
    ));
    if !drill.passed() {
        bail!("the drill did not pass; do not restore before it does");
    }
    tell("the drill passed and was recorded");
    Ok(())
}

fn said(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Fault(Fault::Backup(error)) => error.into(),
        failure => anyhow::anyhow!("{}", failure.chain()),
    }
}
