//! The commands that are not `serve`: each opens the database by itself and ends.

use std::process::ExitCode;

use anyhow::Context;
use nexus_app::audit::Verified;
use nexus_app::keys::Rotated;
use nexus_store::keys::KeyRing;
use nexus_store::{KeyUse, SealedKind};

use crate::config::Settings;
use crate::{serve, wiring};

/// Says what is in force and what is wrong.
pub(crate) fn check(settings: &Settings) -> ExitCode {
    print!("{}", settings.explain());
    let problems = settings.problems();
    for variable in Settings::unknown_variables() {
        println!("note: {variable} is set but is no setting of Nexus");
    }
    for problem in &problems {
        println!("problem: {problem}");
    }
    if problems.is_empty() {
        println!("ok");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints a new set-up link; the links before it end.
pub(crate) async fn setup(settings: &Settings) -> anyhow::Result<ExitCode> {
    let offline = wiring::offline(settings).await?;
    match offline.accounts.make_setup_link().await? {
        Some(secret) => {
            println!("{}", serve::setup_url(settings, settings.listen, &secret));
            Ok(ExitCode::SUCCESS)
        }
        None => {
            eprintln!("Nexus is set up already: there is an admin. Sign in instead.");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Lets a person sign in, or not. A serving Nexus on the same database notices within a second.
pub(crate) async fn set_user_active(settings: &Settings, email: &str, active: bool) -> anyhow::Result<ExitCode> {
    let provision = wiring::offline(settings).await?.provision;
    let user = provision.user_called(email).await.with_context(|| format!("there is no account {email}"))?;
    if active {
        provision.enable_user(user).await.with_context(|| format!("{email} cannot be enabled"))?;
        println!("{email} may sign in");
    } else {
        provision.disable_user(user).await.with_context(|| format!("{email} cannot be disabled"))?;
        println!("{email} may not sign in, and is signed out");
    }
    Ok(ExitCode::SUCCESS)
}

/// What a key is needed for, in words.
fn used(used: &KeyUse) -> String {
    let of = [
        (used.tokens, "API tokens of servers"),
        (used.mails, "mails that wait"),
        (used.webhooks, "secrets of webhooks"),
        (used.entries, "audit entries"),
        (used.ends, "ends of audit chains"),
    ];
    let words: Vec<String> =
        of.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if words.is_empty() { "nothing".into() } else { words.join(", ") }
}

/// Says which keys there are and what each is needed for.
pub(crate) async fn list_keys(settings: &Settings) -> anyhow::Result<ExitCode> {
    let list = wiring::offline(settings).await?.keys.list().await?;
    for key in &list.keys {
        let current = if key.is_current { " (current)" } else { "" };
        println!("{}{current}: {}", key.id, used(&key.used));
    }
    if list.lost.is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("not in the ring: {}", used(&list.lost));
    Ok(ExitCode::FAILURE)
}

/// Makes a new key the current one and seals everything anew under it.
pub(crate) async fn rotate_keys(settings: &Settings, again: bool) -> anyhow::Result<ExitCode> {
    let offline = wiring::offline(settings).await?;
    offline.check_keys().await?;
    let from_file = wiring::given_keys(settings)?.is_none();
    let rotated = if from_file && !again { offline.keys.rotate().await? } else { offline.keys.seal_anew().await? };
    if !from_file {
        println!("The keys come from the settings: no key was made. The first of them is the current one.");
    }
    Ok(tell(&rotated))
}

fn tell(rotated: &Rotated) -> ExitCode {
    println!("The current key is {}; {} secrets were sealed anew under it.", rotated.current, rotated.sealed);
    for (kind, row) in &rotated.unreadable {
        let what = match kind {
            SealedKind::Token => "the API token of the server",
            SealedKind::Mail => "the mail",
            SealedKind::Webhook => "the secret of the webhook",
        };
        println!("{what} {row} cannot be opened with any key; it stays as it is");
    }
    if rotated.unreadable.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Takes the keys out of the key file that nothing needs any more.
pub(crate) async fn prune_keys(settings: &Settings) -> anyhow::Result<ExitCode> {
    let offline = wiring::offline(settings).await?;
    offline.check_keys().await?;
    let pruned = offline.keys.prune().await?;
    for id in &pruned.removed {
        println!("{id}: removed");
    }
    for key in &pruned.kept {
        println!("{}: kept, needed for {}", key.id, used(&key.used));
    }
    if pruned.removed.is_empty() {
        println!("No key could be removed.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a new key, for the setting `encryption_keys`.
pub(crate) fn new_key() -> ExitCode {
    print!("{}", *KeyRing::fresh_text(&KeyRing::fresh_id()));
    ExitCode::SUCCESS
}

/// Checks every chain of the audit log.
pub(crate) async fn verify(settings: &Settings) -> anyhow::Result<ExitCode> {
    let offline = wiring::offline(settings).await?;
    let mut whole = true;
    for (name, verified) in offline.audit.verify_all().await? {
        match verified {
            Verified::Whole { entries, checkpoint: None, head } => {
                println!("{name}: {entries} entries, whole, head {head}");
            }
            Verified::Whole { entries, checkpoint: Some(last), head } => {
                println!("{name}: {entries} entries since checkpoint {last}, whole, head {head}");
            }
            Verified::Broken { at, why } => {
                whole = false;
                println!("{name}: BROKEN at entry {at}: {why}");
            }
        }
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
