//! The commands that are not `serve`: each opens the database by itself and ends.

use std::process::ExitCode;

use anyhow::Context;
use nexus_app::audit::Verified;

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
