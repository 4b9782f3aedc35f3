//! Tests of members, invitations, rosters, groups and settings, on both engines.

use std::time::Duration;

use nexus_model::{InvitationId, SystemRole, TenantRole, UserId, ViewerScope};
use nexus_store::NewInvitation;

use super::{InvitationMade, MemberAdded, MemberChange, MemberError, MemberView, RosterOutcome};
use crate::access::{Grant, ManageMembers, ManageSettings, Refused, SeeGuests, SeeMembers, SeeSettings, SignedIn};
use crate::accounts::{AcceptError, AcceptIn, Accepted};
use crate::groups::{GroupError, GroupInput};
use crate::page::Page;
use crate::secret;
use crate::settings::{SettingsError, SettingsInput};
use crate::tests::{Cast, PASSWORD, World, client, in_worlds};

impl World {
    async fn manage(&self, email: &str, cast: &Cast) -> Grant<ManageMembers> {
        self.access.grant(&self.sign_in(email).await, cast.tenant).await.unwrap()
    }

    async fn member(&self, cast: &Cast, user: UserId) -> MemberView {
        let grant = self.access.grant(&self.sign_in("root@example.org").await, cast.tenant).await.unwrap();
        let page = Page { limit: 200, ..Page::default() };
        let list = self.members.list(&grant, &page).await.unwrap();
        list.members.into_iter().find(|member| member.person.id == user).unwrap()
    }

    async fn invited(&self, grant: &Grant<ManageMembers>, email: &str, role: TenantRole) -> InvitationMade {
        match self.members.add(grant, email, role).await.unwrap() {
            MemberAdded::Invitation(made) => made,
            MemberAdded::Member(member) => panic!("{} could be found", member.person.email),
        }
    }

    async fn accept(&self, made: &InvitationMade, person: Option<&SignedIn>) -> Result<Accepted, AcceptError> {
        let typed = AcceptIn { secret: secret_of(made), full_name: None, password: None };
        self.accounts.accept_invitation(typed, person, client()).await
    }

    async fn accept_as_new(&self, secret: &str, name: &str, password: &str) -> Result<Accepted, AcceptError> {
        let typed = AcceptIn { secret: secret.into(), full_name: Some(name.into()), password: Some(password.into()) };
        self.accounts.accept_invitation(typed, None, client()).await
    }

    async fn actions(&self, cast: &Cast) -> Vec<String> {
        let entries = self.audit.recent(Some(cast.tenant), 100).await.unwrap();
        entries.into_iter().map(|entry| entry.action).collect()
    }
}

fn secret_of(made: &InvitationMade) -> String {
    let (page, secret) = made.link.split_once('#').unwrap();
    assert_eq!(page, "https://nexus.example.org/invite");
    secret.to_owned()
}

fn role(role: TenantRole) -> MemberChange {
    MemberChange { role: Some(role), is_active: None }
}

#[tokio::test]
async fn members_are_listed_by_name_page_by_page() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let grant = world.access.grant(&world.sign_in("manager@example.org").await, cast.tenant).await.unwrap();
        let mut names = Vec::new();
        let mut cursor = None;
        loop {
            let page = Page { cursor, limit: 2, ..Page::default() };
            let list = world.members.list(&grant, &page).await.unwrap();
            assert_eq!(list.total, 3);
            assert!(list.members.iter().all(|m| !m.may.edit && !m.may.remove && !m.may.reset && !m.may.disable));
            names.extend(list.members.iter().map(|member| member.person.full_name.clone()));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(names, ["admin", "manager", "viewer"]);
        let find = async |q: &str| {
            let page = Page { q: q.into(), limit: 50, ..Page::default() };
            world.members.list(&grant, &page).await.unwrap().members.len()
        };
        assert_eq!((find("VIEW").await, find("example.org").await, find("%").await, find("a_min").await), (1, 3, 0, 0));
        for (q, cursor) in [(String::new(), "x"), (String::new(), "WyJhXHUwMDAwIiwiYSJd"), ("a".repeat(101), "")] {
            let page = Page { q, cursor: Some(cursor.into()), limit: 5 };
            assert!(matches!(world.members.list(&grant, &page).await, Err(MemberError::Page(_))));
        }
        let viewer = world.member(&cast, cast.viewer).await;
        assert_eq!((viewer.assignments, viewer.is_active, viewer.role), (1, true, TenantRole::Viewer));
        assert!(viewer.may.edit && viewer.may.remove && viewer.may.reset && viewer.may.disable);
        let admin = world.member(&cast, cast.admin).await;
        assert!(!admin.may.edit && !admin.may.remove && !admin.may.disable && admin.may.reset, "the last admin stays");
    })
    .await;
}

#[tokio::test]
async fn only_who_may_be_found_is_added_at_once() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.manage("admin@example.org", &cast).await;
        assert_eq!(world.members.find(&admin, "stra").await.unwrap(), []);
        let known = world.invited(&admin, " Stranger@Example.ORG ", TenantRole::Viewer).await;
        let unknown = world.invited(&admin, "nobody@example.org", TenantRole::Viewer).await;
        assert_eq!((known.mailed, known.expires_at, known.role), (unknown.mailed, unknown.expires_at, unknown.role));
        assert_eq!(known.email, "stranger@example.org");
        // A tenant that the same person administers makes its people known to them.
        let second = world.provision.tenant("Second", "second").await.unwrap();
        world.provision.member(second, cast.admin, TenantRole::Admin).await.unwrap();
        world.provision.member(second, cast.stranger, TenantRole::Viewer).await.unwrap();
        let found = world.members.find(&admin, "STRA").await.unwrap();
        assert_eq!(found.iter().map(|person| person.id).collect::<Vec<_>>(), [cast.stranger]);
        assert_eq!(world.members.find(&admin, "adm").await.unwrap(), [], "members are none to be added");
        let added = world.members.add(&admin, "stranger@example.org", TenantRole::Manager).await.unwrap();
        assert!(matches!(added, MemberAdded::Member(member) if member.role == TenantRole::Manager));
        let again = world.members.add(&admin, "stranger@example.org", TenantRole::Viewer).await;
        assert!(matches!(again, Err(MemberError::Duplicate)));
        let see = world.access.grant::<SeeMembers>(admin.person(), cast.tenant).await.unwrap();
        let waiting = world.members.invitations(&see).await.unwrap();
        assert_eq!(waiting.iter().map(|i| i.email.as_str()).collect::<Vec<_>>(), ["nobody@example.org"]);
        for bad in ["", "jo", "jö@example.org", "jo@exаmple.org"] {
            let result = world.members.add(&admin, bad, TenantRole::Viewer).await;
            assert!(matches!(&result, Err(MemberError::Invalid(fields)) if fields[0].field == "email"), "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_unverified_or_disabled_is_found_or_added() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        let root = world.manage("root@example.org", &cast).await;
        let found = async || world.members.find(&root, "stranger").await.unwrap().len();
        assert_eq!(found().await, 1, "system admins find everybody");
        db.tamper("UPDATE user_account SET verified_at = NULL WHERE email = 'stranger@example.org'").await;
        assert_eq!(found().await, 0);
        world.invited(&root, "stranger@example.org", TenantRole::Viewer).await;
        db.tamper("UPDATE user_account SET verified_at = 1 WHERE email = 'stranger@example.org'").await;
        world.provision.disable_user(cast.stranger).await.unwrap();
        assert_eq!(found().await, 0);
        world.invited(&root, "stranger@example.org", TenantRole::Viewer).await;
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_is_neither_removed_nor_demoted_nor_disabled() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.manage("admin@example.org", &cast).await;
        let version = world.member(&cast, cast.admin).await.version;
        let last = |result: Result<MemberView, MemberError>| matches!(result, Err(MemberError::LastAdmin));
        assert!(last(world.members.update(&admin, cast.admin, role(TenantRole::Viewer), version).await));
        let off = MemberChange { role: None, is_active: Some(false) };
        assert!(last(world.members.update(&admin, cast.admin, off, version).await));
        let both = MemberChange { role: Some(TenantRole::Viewer), is_active: Some(true) };
        assert!(last(world.members.update(&admin, cast.admin, both, version).await));
        assert!(matches!(world.members.remove(&admin, cast.admin).await, Err(MemberError::LastAdmin)));
        // A disabled admin does not count.
        let manager = world.member(&cast, cast.manager).await;
        world.members.update(&admin, cast.manager, role(TenantRole::Admin), manager.version).await.unwrap();
        world.members.update(&admin, cast.manager, off, manager.version + 1).await.unwrap();
        assert!(matches!(world.members.remove(&admin, cast.admin).await, Err(MemberError::LastAdmin)));
        assert!(world.member(&cast, cast.admin).await.is_active);
    })
    .await;
}

#[tokio::test]
async fn of_two_admins_who_demote_each_other_one_stays() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        let other = World::new(&db).await;
        for turn in 0..4 {
            let admin = world.member(&cast, cast.admin).await;
            let manager = world.member(&cast, cast.manager).await;
            world.provision.set_role(cast.tenant, cast.manager, TenantRole::Admin).await.unwrap();
            world.provision.set_role(cast.tenant, cast.admin, TenantRole::Admin).await.unwrap();
            let (one, two) =
                (world.manage("admin@example.org", &cast).await, other.manage("manager@example.org", &cast).await);
            let to = role(TenantRole::Viewer);
            let (one, two) = tokio::join!(
                world.members.update(&one, cast.manager, to, manager.version + 1),
                other.members.update(&two, cast.admin, to, admin.version + 1),
            );
            assert!(one.is_ok() != two.is_ok(), "turn {turn} on {:?}: {one:?} {two:?}", db.engine);
            world.provision.set_role(cast.tenant, cast.manager, TenantRole::Admin).await.unwrap();
            world.provision.set_role(cast.tenant, cast.admin, TenantRole::Admin).await.unwrap();
            let (one, two) =
                (world.manage("admin@example.org", &cast).await, other.manage("manager@example.org", &cast).await);
            let (gone, demoted) =
                tokio::join!(world.members.remove(&one, cast.admin), other.members.remove(&two, cast.manager),);
            assert!(gone.is_ok() != demoted.is_ok(), "turn {turn} on {:?}: {gone:?} {demoted:?}", db.engine);
            for user in [cast.admin, cast.manager] {
                world.provision.member(cast.tenant, user, TenantRole::Admin).await.unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn admins_may_demote_and_remove_themselves_while_others_stay() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        world.provision.set_role(cast.tenant, cast.manager, TenantRole::Admin).await.unwrap();
        let own = world.manage("manager@example.org", &cast).await;
        let version = world.member(&cast, cast.manager).await.version;
        // Afterwards they may not see members any more: that is no reason for the change to fail.
        let done = world.members.update(&own, cast.manager, role(TenantRole::Viewer), version).await;
        assert!(done.is_ok() || matches!(done, Err(MemberError::NotFound)), "{done:?}");
        assert_eq!(world.member(&cast, cast.manager).await.role, TenantRole::Viewer);
        world.provision.set_role(cast.tenant, cast.manager, TenantRole::Admin).await.unwrap();
        let own = world.manage("manager@example.org", &cast).await;
        world.members.remove(&own, cast.manager).await.unwrap();
        let actions = world.actions(&cast).await;
        assert!(actions.iter().any(|action| action == "member.delete"));
        let person = world.sign_in("manager@example.org").await;
        let grant = world.access.grant::<SeeGuests>(&person, cast.tenant).await;
        assert!(matches!(grant.err(), Some(Refused::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_counts() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        let other = World::new(&db).await;
        let (one, two) =
            (world.manage("admin@example.org", &cast).await, other.manage("root@example.org", &cast).await);
        let version = world.member(&cast, cast.viewer).await.version;
        let (one, two) = tokio::join!(
            world.members.update(&one, cast.viewer, role(TenantRole::Manager), version),
            other.members.update(&two, cast.viewer, role(TenantRole::Admin), version),
        );
        assert!(one.is_ok() != two.is_ok());
        let lost = one.err().or(two.err());
        assert!(matches!(lost, Some(MemberError::ChangedMeanwhile)), "{lost:?}");
    })
    .await;
}

#[tokio::test]
async fn accounts_of_others_are_neither_disabled_nor_given_a_link() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.manage("admin@example.org", &cast).await;
        let off = MemberChange { role: None, is_active: Some(false) };
        let second = world.provision.tenant("Second", "second").await.unwrap();
        world.provision.member(second, cast.viewer, TenantRole::Viewer).await.unwrap();
        world.provision.member(cast.tenant, cast.root, TenantRole::Viewer).await.unwrap();
        for user in [cast.viewer, cast.root] {
            let member = world.member(&cast, user).await;
            assert!(!member.may.reset && !member.may.disable);
            let disabled = world.members.update(&admin, user, off, member.version).await;
            assert!(matches!(disabled, Err(MemberError::NotSole)));
            assert!(matches!(world.members.make_reset_link(&admin, user).await, Err(MemberError::NotSole)));
        }
        let foreign = world.members.make_reset_link(&admin, cast.stranger).await;
        assert!(matches!(foreign, Err(MemberError::NotFound)));
        world.provision.remove_member(second, cast.viewer).await.unwrap();
        let made = world.members.make_reset_link(&admin, cast.viewer).await.unwrap();
        assert!(made.link.starts_with("https://nexus.example.org/reset#"));
        world.clock.advance(Duration::from_secs(16 * 60));
        let late = world.members.make_reset_link(&admin, cast.viewer).await;
        assert!(matches!(late, Err(MemberError::NotRecent(_))));
        let viewer = world.sign_in("viewer@example.org").await;
        let version = world.member(&cast, cast.viewer).await.version;
        let view = world.members.update(&admin, cast.viewer, off, version).await.unwrap();
        assert!(!view.is_active);
        let ended = world.access.grant::<SeeGuests>(&viewer, cast.tenant).await;
        assert!(ended.is_err(), "the sessions are gone");
        assert!(world.accounts.sign_in("viewer@example.org", PASSWORD.to_owned(), client()).await.is_err());
        let on = MemberChange { role: None, is_active: Some(true) };
        world.members.update(&admin, cast.viewer, on, version + 1).await.unwrap();
        world.sign_in("viewer@example.org").await;
    })
    .await;
}

#[tokio::test]
async fn an_invitation_makes_an_account_once() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        let other = World::new(&db).await;
        let admin = world.manage("admin@example.org", &cast).await;
        let made = world.invited(&admin, "new@example.org", TenantRole::Manager).await;
        let secret = secret_of(&made);
        let look = world.accounts.look_at_invitation(&secret, &client()).await.unwrap();
        assert_eq!((look.tenant_name.as_str(), look.invited_by.as_str()), ("Example", "admin"));
        assert!(matches!(world.accept(&made, None).await, Err(AcceptError::SignInFirst)));
        let weak = world.accept_as_new(&secret, "", "short").await;
        assert!(matches!(weak, Err(AcceptError::Invalid(fields)) if fields.len() == 2));
        let (one, two) =
            tokio::join!(world.accept_as_new(&secret, "New", PASSWORD), other.accept_as_new(&secret, "New", PASSWORD),);
        assert!(one.is_ok() != two.is_ok(), "once, on {:?}", db.engine);
        let accepted = one.or(two).unwrap();
        let session = accepted.session.unwrap();
        assert_eq!(accepted.slug, "example");
        let grant = world.access.grant::<SeeGuests>(&session.signed_in, cast.tenant).await.unwrap();
        assert_eq!(grant.role(), Some(TenantRole::Manager));
        let member = world.member(&cast, session.signed_in.user()).await;
        assert!(!member.verified, "the link was shown, not mailed");
        assert!(matches!(world.accept_as_new(&secret, "New", PASSWORD).await, Err(AcceptError::LinkInvalid)));
        assert!(world.actions(&cast).await.iter().any(|action| action == "invitation.accept"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_bound_to_its_address() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.manage("admin@example.org", &cast).await;
        let made = world.invited(&admin, "stranger@example.org", TenantRole::Viewer).await;
        let viewer = world.sign_in("viewer@example.org").await;
        assert!(matches!(world.accept(&made, Some(&viewer)).await, Err(AcceptError::WrongAccount)));
        let new = world.accept_as_new(&secret_of(&made), "Stranger", PASSWORD).await;
        assert!(matches!(new, Err(AcceptError::SignInFirst)), "there is such an account");
        db.tamper("UPDATE user_account SET verified_at = NULL WHERE email = 'stranger@example.org'").await;
        let stranger = world.sign_in("stranger@example.org").await;
        assert!(world.accept(&made, Some(&stranger)).await.unwrap().session.is_none());
        assert!(!world.member(&cast, cast.stranger).await.verified);
        assert!(matches!(world.accept(&made, Some(&stranger)).await, Err(AcceptError::LinkInvalid)));
    })
    .await;
}

#[tokio::test]
async fn only_the_mailed_secret_verifies_an_address() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        db.tamper("UPDATE user_account SET verified_at = NULL WHERE email = 'stranger@example.org'").await;
        for (email, is_new) in [("stranger@example.org", false), ("new@example.org", true)] {
            let mut tx = world.store.system_write(&world.system).await.unwrap();
            tx.put_invitation(&NewInvitation {
                id: secret::id(),
                tenant: cast.tenant,
                email,
                role: TenantRole::Viewer,
                secret_hash: secret::hash(&format!("shown to {email}")),
                mailed_hash: Some(secret::hash(&format!("mailed to {email}"))),
                invited_by: cast.admin,
                at: world.clock.now(),
                expires_at: world.clock.now().plus(Duration::from_secs(60)),
            })
            .await
            .unwrap();
            tx.commit().await.unwrap();
            let secret = format!("mailed to {email}");
            let user = if is_new {
                let accepted = world.accept_as_new(&secret, "New", PASSWORD).await.unwrap();
                accepted.session.unwrap().signed_in.user()
            } else {
                let person = world.sign_in(email).await;
                let typed = AcceptIn { secret, full_name: None, password: None };
                world.accounts.accept_invitation(typed, Some(&person), client()).await.unwrap();
                person.user()
            };
            assert!(world.member(&cast, user).await.verified, "{email}");
        }
    })
    .await;
}

/// Everything after which an invitation is not worth anything any more.
#[tokio::test]
async fn invitations_become_void() {
    let cases = ["demoted", "removed", "disabled", "closed", "expired", "taken back", "renewed", "replaced"];
    for case in cases {
        in_worlds(async |_db, world| {
            let cast = Cast::new(&world).await;
            world.provision.set_role(cast.tenant, cast.manager, TenantRole::Admin).await.unwrap();
            let inviter = world.manage("manager@example.org", &cast).await;
            let made = world.invited(&inviter, "new@example.org", TenantRole::Admin).await;
            let provision = &world.provision;
            match case {
                "demoted" => provision.set_role(cast.tenant, cast.manager, TenantRole::Manager).await.unwrap(),
                "removed" => provision.remove_member(cast.tenant, cast.manager).await.unwrap(),
                "disabled" => provision.disable_user(cast.manager).await.unwrap(),
                "closed" => provision.set_tenant_active(cast.tenant, false).await.unwrap(),
                "expired" => world.clock.advance(Duration::from_secs(7 * 24 * 3600)),
                "taken back" => world.members.delete_invitation(&inviter, made.id).await.unwrap(),
                "renewed" => drop(world.members.renew_invitation(&inviter, made.id).await.unwrap()),
                "replaced" => drop(world.invited(&inviter, "new@example.org", TenantRole::Viewer).await),
                other => unreachable!("{other}"),
            }
            let result = world.accept_as_new(&secret_of(&made), "New", PASSWORD).await;
            assert!(matches!(result, Err(AcceptError::LinkInvalid)), "{case}");
            let look = world.accounts.look_at_invitation(&secret_of(&made), &client()).await;
            assert!(matches!(look, Err(AcceptError::LinkInvalid)), "{case}");
            let root = world.sign_in("root@example.org").await;
            let see = world.access.grant::<SeeMembers>(&root, cast.tenant).await.unwrap();
            let waiting = world.members.invitations(&see).await.unwrap();
            match case {
                "taken back" => assert_eq!(waiting, []),
                "renewed" | "replaced" => assert!(!waiting[0].expired && waiting.len() == 1),
                _ => assert!(waiting[0].expired, "{case}"),
            }
        })
        .await;
    }
}

#[tokio::test]
async fn wrong_invitations_are_counted_and_invitations_are_limited() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.manage("admin@example.org", &cast).await;
        let made = world.invited(&admin, "new@example.org", TenantRole::Viewer).await;
        for _ in 0..3 {
            let wrong = world.accounts.look_at_invitation("wrong", &client()).await;
            assert!(matches!(wrong, Err(AcceptError::LinkInvalid)));
        }
        let wrong = world.accounts.look_at_invitation("wrong", &client()).await;
        assert!(matches!(wrong, Err(AcceptError::TooManyAttempts { .. })));
        world.accounts.look_at_invitation(&secret_of(&made), &client()).await.unwrap();
        let sheet: String = (0..700).map(|n| format!("p{n}@example.org\n")).collect();
        let roster = world.members.import(&admin, &sheet, false).await.unwrap();
        assert!(roster.done && roster.rows.iter().all(|row| row.outcome == RosterOutcome::Invite));
        let again = world.members.import(&admin, &sheet, false).await;
        assert!(matches!(again, Err(MemberError::TooMany { retry_after }) if retry_after <= Duration::from_secs(3600)));
        world.clock.advance(Duration::from_secs(3601));
        world.invited(&admin, "later@example.org", TenantRole::Viewer).await;
    })
    .await;
}

#[tokio::test]
async fn rosters_do_what_they_showed() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let root = world.manage("root@example.org", &cast).await;
        let sheet = "E-Mail;Rolle\n".to_owned()
            + "stranger@example.org;manager\nnew@example.org;\nviewer@example.org;VIEWER\n"
            + "manager@example.org;admin\nbroken\nx@example.org;boss\nNEW@example.org;viewer\n";
        // Titles in another language are a row that cannot be used.
        let outcomes =
            |roster: &super::Roster| roster.rows.iter().map(|row| (row.line, row.outcome)).collect::<Vec<_>>();
        let look = world.members.import(&root, &sheet, true).await.unwrap();
        assert!(!look.done && look.rows.iter().all(|row| row.link.is_none()));
        assert_eq!(world.members.find(&root, "stranger").await.unwrap().len(), 1, "nothing changed");
        let done = world.members.import(&root, &sheet, false).await.unwrap();
        assert_eq!(outcomes(&look), outcomes(&done));
        use RosterOutcome::{Add, Error, Invite, Same};
        assert_eq!(
            outcomes(&done),
            [(1, Error), (2, Add), (3, Invite), (4, Same), (5, Error), (6, Error), (7, Error), (8, Error)]
        );
        assert!(done.rows.iter().all(|row| row.error.is_some() == (row.outcome == Error)));
        let link = done.rows[2].link.as_ref().unwrap();
        let look = world.accounts.look_at_invitation(link.split_once('#').unwrap().1, &client()).await.unwrap();
        assert_eq!((look.email.as_str(), look.role), ("new@example.org", TenantRole::Viewer));
        assert_eq!(world.member(&cast, cast.stranger).await.role, TenantRole::Manager);
        assert_eq!(world.member(&cast, cast.manager).await.role, TenantRole::Manager, "no roster changes roles");
        let bad = world.members.import(&root, "role\nviewer", true).await;
        assert!(matches!(bad, Err(MemberError::Invalid(fields)) if fields[0].field == "csv"));
    })
    .await;
}

#[tokio::test]
async fn another_tenants_ids_are_not_there() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let theirs = world.provision.tenant("Theirs", "theirs").await.unwrap();
        world.provision.member(theirs, cast.stranger, TenantRole::Admin).await.unwrap();
        let own = world.manage("admin@example.org", &cast).await;
        let made = world.invited(&own, "new@example.org", TenantRole::Viewer).await;
        let input = GroupInput { name: "Class".into(), members: vec![cast.viewer] };
        let group = world.groups.create(&own, input.clone()).await.unwrap();
        let stranger = world.sign_in("stranger@example.org").await;
        let grant = world.access.grant::<ManageMembers>(&stranger, theirs).await.unwrap();
        let nowhere: (InvitationId, UserId) = (secret::id(), secret::id());
        for user in [cast.viewer, nowhere.1] {
            let missing = world.members.update(&grant, user, role(TenantRole::Viewer), 1).await;
            assert!(matches!(missing, Err(MemberError::NotFound)));
            assert!(matches!(world.members.remove(&grant, user).await, Err(MemberError::NotFound)));
            assert!(matches!(world.members.make_reset_link(&grant, user).await, Err(MemberError::NotFound)));
            let foreign = GroupInput { name: "Class".into(), members: vec![user] };
            assert!(matches!(world.groups.create(&grant, foreign).await, Err(GroupError::NotFound)));
        }
        for invitation in [made.id, nowhere.0] {
            assert!(matches!(world.members.renew_invitation(&grant, invitation).await, Err(MemberError::NotFound)));
            assert!(matches!(world.members.delete_invitation(&grant, invitation).await, Err(MemberError::NotFound)));
        }
        assert!(matches!(world.groups.update(&grant, group.id, input, 1).await, Err(GroupError::NotFound)));
        assert!(matches!(world.groups.delete(&grant, group.id).await, Err(GroupError::NotFound)));
        world.accounts.look_at_invitation(&secret_of(&made), &client()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn groups_are_made_changed_and_deleted() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.manage("admin@example.org", &cast).await;
        let input = |name: &str, members: &[UserId]| GroupInput { name: name.into(), members: members.to_vec() };
        let group =
            world.groups.create(&admin, input(" Class 7 ", &[cast.viewer, cast.viewer, cast.manager])).await.unwrap();
        assert_eq!((group.name.as_str(), group.members.len(), group.version), ("Class 7", 2, 1));
        let taken = world.groups.create(&admin, input("Class 7", &[])).await;
        assert!(matches!(taken, Err(GroupError::Duplicate)));
        for bad in ["", "a\nb", &"x".repeat(101)] {
            assert!(matches!(world.groups.create(&admin, input(bad, &[])).await, Err(GroupError::Invalid(_))));
        }
        let changed = world.groups.update(&admin, group.id, input("Class 8", &[cast.viewer]), 1).await.unwrap();
        assert_eq!((changed.version, changed.members.len()), (2, 1));
        let late = world.groups.update(&admin, group.id, input("Class 9", &[]), 1).await;
        assert!(matches!(late, Err(GroupError::ChangedMeanwhile)));
        assert_eq!(world.member(&cast, cast.viewer).await.groups[0].name, "Class 8");
        world.members.remove(&admin, cast.viewer).await.unwrap();
        let see = world.access.grant::<SeeMembers>(admin.person(), cast.tenant).await.unwrap();
        assert_eq!(world.groups.list(&see).await.unwrap()[0].members, []);
        world.groups.delete(&admin, group.id).await.unwrap();
        assert_eq!(world.groups.list(&see).await.unwrap(), []);
        let actions = world.actions(&cast).await;
        for action in ["group.create", "group.update", "group.delete"] {
            assert!(actions.iter().any(|one| one == action), "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn settings_are_changed_by_one_at_a_time() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let admin = world.sign_in("admin@example.org").await;
        let see = world.access.grant::<SeeSettings>(&admin, cast.tenant).await.unwrap();
        let manage = world.access.grant::<ManageSettings>(&admin, cast.tenant).await.unwrap();
        let before = world.settings.get(&see).await.unwrap().settings;
        let input = |name: &str, scope, days| SettingsInput {
            name: name.into(),
            description: " Two\nlines ".into(),
            viewer_scope: scope,
            audit_retention_days: days,
            health_interval_seconds: Some(30),
            alerts_enabled: true,
            alert_success_percent: 90,
            alert_latency_ms: 700,
            alert_offline_seconds: 60,
            alert_email: Some(" Ops@Example.org ".into()),
            ..SettingsInput::default()
        };
        let new = input("Renamed", ViewerScope::All, Some(90));
        let after = world.settings.update(&manage, new.clone(), before.version).await.unwrap().settings;
        assert_eq!((after.name.as_str(), after.description.as_str()), ("Renamed", "Two\nlines"));
        assert_eq!((after.alert_email.as_deref(), after.health_interval_seconds), (Some("ops@example.org"), Some(30)));
        assert_eq!(world.settings.get(&see).await.unwrap().settings, after);
        let late = world.settings.update(&manage, new, before.version).await;
        assert!(matches!(late, Err(SettingsError::ChangedMeanwhile)));
        let viewer = world.sign_in("viewer@example.org").await;
        assert!(world.access.grant::<SeeGuests>(&viewer, cast.tenant).await.unwrap().visible().sees_all());
        for (name, days) in [("", None), ("x", Some(0)), ("x", Some(3651))] {
            let bad = world.settings.update(&manage, input(name, ViewerScope::All, days), after.version).await;
            assert!(matches!(bad, Err(SettingsError::Invalid(_))), "{name} {days:?}");
        }
        let root = world.sign_in("root@example.org").await;
        assert_eq!(root.system_role(), SystemRole::Admin);
    })
    .await;
}
