//! What PVE tells of a token beyond its privileges, and what it keeps to itself.

use nexus_pve::{ApiToken, Examination, Route, Way, examine, probe};
use pve_sim::{Fault, FaultKind, Sim};

use crate::fleet::{BROKER, MODES, WEAK, dialer, pin, port, start, target, token};

async fn examined(sim: &Sim, token: &ApiToken) -> Examination {
    let (dialer, target) = (dialer(port(sim)), target(port(sim), &pin(sim)));
    let route = Route { way: Way::Direct, target: target.clone() };
    let permissions = probe(&dialer, &route, token).await.permissions.unwrap();
    examine(&dialer, &target, token, &permissions, Some("pve1")).await
}

#[tokio::test]
async fn roles_and_packages_are_told_but_no_token_of_a_broker() {
    for mode in MODES {
        let sim = start(mode).await;
        let found = examined(&sim, &token(BROKER)).await;
        let roles = found.roles.unwrap();
        assert!(roles["PVEAuditor"].contains("VM.Audit") && roles["NoAccess"].is_empty());
        assert_eq!(found.packages.unwrap()["pve-manager"], mode.version().0);
        assert_eq!(found.token, None, "that takes User.Modify");
        sim.stop().await;
    }
}

#[tokio::test]
async fn a_weak_token_is_told_the_roles_alone() {
    let sim = start(MODES[0]).await;
    let found = examined(&sim, &token(WEAK)).await;
    assert!(found.roles.is_some() && found.packages.is_none() && found.user.is_none() && found.token.is_none());
    sim.stop().await;
}

#[tokio::test]
async fn what_is_not_told_is_missing_and_the_rest_is_there() {
    let sim = start(MODES[0]).await;
    sim.fault(Fault::on("*/access/roles", FaultKind::Reset));
    let found = examined(&sim, &token(BROKER)).await;
    assert!(found.roles.is_none() && found.packages.is_some(), "{found:?}");
    sim.stop().await;
}
