//! Tests of accounts, on both engines.

use std::time::Duration;

use nexus_model::{SystemRole, TenantRole};

use super::{Language, MeChange, SetupError, SetupIn, SignInError, Theme};
use crate::access::{Client, NotSignedIn};
use crate::tests::{Cast, PASSWORD, World, client, in_worlds};

const HOUR: Duration = Duration::from_secs(3600);

fn setup_in(secret: &str) -> SetupIn {
    SetupIn {
        secret: secret.to_owned(),
        full_name: "Jo Miller".into(),
        email: "Jo@Example.org".into(),
        password: PASSWORD.into(),
        tenant_name: "Höhere Schule".into(),
    }
}

async fn wrong(world: &World, email: &str, address: &str) -> SignInError {
    let client = Client { address: address.parse().unwrap(), ..client() };
    match world.accounts.sign_in(email, "wrong".to_owned(), client).await {
        Err(error) => error,
        Ok(_) => panic!("signed in with a wrong password"),
    }
}

#[tokio::test]
async fn a_set_up_link_makes_the_first_admin_once() {
    in_worlds(async |_db, world| {
        let accounts = &world.accounts;
        assert!(accounts.setup_required().await.unwrap());
        let older = accounts.make_setup_link().await.unwrap().unwrap();
        let link = accounts.make_setup_link().await.unwrap().unwrap();
        for invalid in [older.as_str(), "", "f00"] {
            let error = accounts.setup(setup_in(invalid), client()).await.err().unwrap();
            assert!(matches!(error, SetupError::LinkInvalid), "{error:?}");
        }
        let new = accounts.setup(setup_in(&link), client()).await.unwrap();
        let me = accounts.me(&new.signed_in).await.unwrap();
        assert_eq!((me.user.email.as_str(), me.user.system_role), ("jo@example.org", SystemRole::Admin));
        assert_eq!((me.tenants[0].slug.as_str(), me.tenants[0].role), ("hoehere-schule", Some(TenantRole::Admin)));
        assert!(world.access.authenticate(&new.token, client()).await.is_ok());
        assert!(!accounts.setup_required().await.unwrap());
        let again = accounts.setup(setup_in(&link), client()).await.err().unwrap();
        assert!(matches!(again, SetupError::AlreadySetUp), "{again:?}");
        assert!(accounts.make_setup_link().await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_set_up_link_works_for_an_hour() {
    in_worlds(async |_db, world| {
        let link = world.accounts.make_setup_link().await.unwrap().unwrap();
        world.clock.advance(HOUR);
        let error = world.accounts.setup(setup_in(&link), client()).await.err().unwrap();
        assert!(matches!(error, SetupError::LinkInvalid), "{error:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_set_ups_at_once_one_succeeds() {
    in_worlds(async |db, world| {
        let link = world.accounts.make_setup_link().await.unwrap().unwrap();
        let other = World::new(&db).await;
        let mut attempts = tokio::task::JoinSet::new();
        for n in 0..8 {
            let accounts = if n % 2 == 0 { world.accounts.clone() } else { other.accounts.clone() };
            let typed = SetupIn { email: format!("jo{n}@example.org"), ..setup_in(&link) };
            attempts.spawn(async move { accounts.setup(typed, client()).await.map(|new| new.signed_in.user()) });
        }
        let results = attempts.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let refused = |result: &Result<_, SetupError>| {
            matches!(result, Ok(_) | Err(SetupError::LinkInvalid | SetupError::AlreadySetUp))
        };
        assert!(results.iter().all(refused), "{results:?}");
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_set_up_is_said_at_once_and_uses_nothing_up() {
    in_worlds(async |_db, world| {
        let link = world.accounts.make_setup_link().await.unwrap().unwrap();
        let typed = SetupIn { full_name: " ".into(), email: "jo".into(), password: "short".into(), ..setup_in(&link) };
        let Err(SetupError::Invalid(fields)) = world.accounts.setup(typed, client()).await else { panic!("accepted") };
        assert_eq!(fields.iter().map(|error| error.field).collect::<Vec<_>>(), ["full_name", "email", "password"]);
        assert!(world.accounts.setup(setup_in(&link), client()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn nobody_learns_whether_an_account_exists() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        world.provision.disable_user(cast.stranger).await.unwrap();
        // Each from an address of its own, so that accounts alone are counted.
        let accounts = ["viewer@example.org", "nobody@example.org", "stranger@example.org", "not an address"];
        let mut answers = Vec::new();
        for (n, email) in accounts.iter().enumerate() {
            let mut of_one = Vec::new();
            for attempt in 0..5 {
                of_one.push(format!("{:?}", wrong(&world, email, &format!("198.51.{n}.{attempt}")).await));
            }
            answers.push(of_one);
        }
        let refused = "InvalidCredentials";
        let locked = "TooManyAttempts { retry_after: 30s }";
        for answer in answers {
            assert_eq!(answer, [refused, refused, refused, locked, locked]);
        }
        // The right password does not help while locked, and works afterwards.
        let right = async || world.accounts.sign_in("Viewer@example.org", PASSWORD.to_owned(), client()).await;
        assert!(matches!(right().await.err().unwrap(), SignInError::TooManyAttempts { .. }));
        world.clock.advance(Duration::from_secs(30));
        assert!(right().await.is_ok());
        // A disabled account: not even with the right password.
        let disabled = world.accounts.sign_in("stranger@example.org", PASSWORD.to_owned(), client()).await;
        assert!(matches!(disabled.err().unwrap(), SignInError::InvalidCredentials));
    })
    .await;
}

#[tokio::test]
async fn locks_grow_and_success_forgets_the_account_but_not_the_address() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let viewer = "viewer@example.org";
        let mut locks = Vec::new();
        for _ in 0..6 {
            if let SignInError::TooManyAttempts { retry_after } = wrong(&world, viewer, "198.51.100.1").await {
                locks.push(retry_after.as_secs());
                world.clock.advance(retry_after);
            }
        }
        assert_eq!(locks, [30, 60]);
        // Ten attempts from one address lock it for every account, though one's own sign-ins succeed in between.
        world.clock.advance(2 * HOUR);
        let address: std::net::IpAddr = "198.51.100.2".parse().unwrap();
        for n in 0..10 {
            let from = Client { address, ..client() };
            assert!(world.accounts.sign_in("manager@example.org", PASSWORD.to_owned(), from).await.is_ok());
            let error = wrong(&world, &format!("victim{n}@example.org"), "198.51.100.2").await;
            assert!(matches!(error, SignInError::InvalidCredentials), "{n}: {error:?}");
        }
        let error = wrong(&world, "victim@example.org", "198.51.100.2").await;
        assert!(matches!(error, SignInError::TooManyAttempts { .. }), "{error:?}");
        assert!(matches!(wrong(&world, "victim@example.org", "198.51.100.3").await, SignInError::InvalidCredentials));
        assert_eq!(cast.viewer, world.sign_in(viewer).await.user());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attempts_at_once_are_all_counted() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        let mut attempts = tokio::task::JoinSet::new();
        for n in 0..20 {
            let accounts = world.accounts.clone();
            let from = Client { address: format!("198.51.100.{n}").parse().unwrap(), ..client() };
            attempts.spawn(async move {
                matches!(
                    accounts.sign_in("viewer@example.org", format!("guess {n}"), from).await,
                    Err(SignInError::InvalidCredentials)
                )
            });
        }
        let checked = attempts.join_all().await.into_iter().filter(|checked| *checked).count();
        assert_eq!(checked, 3, "as many as one after the other");
    })
    .await;
}

#[tokio::test]
async fn sessions_end_when_idle_and_live_while_used() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        let (idle, used) =
            (world.new_session("viewer@example.org").await, world.new_session("viewer@example.org").await);
        let check = async |token: &str| world.access.authenticate(token, client()).await;
        for _ in 0..4 {
            world.clock.advance(24 * HOUR);
            assert!(check(&used.token).await.is_ok());
        }
        assert!(matches!(check(&idle.token).await, Err(NotSignedIn::Unknown)));
        // Not for ever: a month at most.
        for _ in 0..25 {
            world.clock.advance(24 * HOUR);
            check(&used.token).await.unwrap();
        }
        world.clock.advance(24 * HOUR);
        assert!(matches!(check(&used.token).await, Err(NotSignedIn::Unknown)));
        world.accounts.sweep().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn signing_out_and_disabling_end_sessions_at_once() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let (one, two) = (world.new_session("viewer@example.org").await, world.new_session("viewer@example.org").await);
        world.accounts.sign_out(&one.signed_in).await.unwrap();
        assert!(world.access.authenticate(&one.token, client()).await.is_err());
        assert!(world.access.authenticate(&two.token, client()).await.is_ok());
        world.provision.disable_user(cast.viewer).await.unwrap();
        assert!(world.access.authenticate(&two.token, client()).await.is_err());
        world.provision.enable_user(cast.viewer).await.unwrap();
        let three = world.new_session("viewer@example.org").await;
        world.provision.set_password(cast.viewer, "another-green-kettle".to_owned()).await.unwrap();
        assert!(world.access.authenticate(&three.token, client()).await.is_err());
        assert!(matches!(wrong(&world, "viewer@example.org", "198.51.100.1").await, SignInError::InvalidCredentials));
        for made_up in ["", "0", &"0".repeat(64), &three.token[1..]] {
            assert!(matches!(world.access.authenticate(made_up, client()).await, Err(NotSignedIn::Unknown)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_changes_language_and_theme() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        let person = world.sign_in("viewer@example.org").await;
        let change = MeChange { language: Some(Language::De), ..MeChange::default() };
        let me = world.accounts.update_me(&person, change).await.unwrap();
        assert_eq!((me.user.language, me.user.theme), (Language::De, Theme::System));
        let me = world
            .accounts
            .update_me(&person, MeChange { theme: Some(Theme::Dark), ..MeChange::default() })
            .await
            .unwrap();
        assert_eq!((me.user.language, me.user.theme), (Language::De, Theme::Dark));
        let root = world.accounts.me(&world.sign_in("root@example.org").await).await.unwrap();
        assert_eq!((root.tenants.len(), root.tenants[0].role), (1, None), "a system admin enters every tenant");
        let stranger = world.accounts.me(&world.sign_in("stranger@example.org").await).await.unwrap();
        assert!(stranger.tenants.is_empty());
    })
    .await;
}

#[tokio::test]
async fn sign_ins_are_recorded_also_failed_ones_and_no_secret_is() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        let session = world.new_session("viewer@example.org").await;
        wrong(&world, "viewer@example.org", "198.51.100.1").await;
        wrong(&world, "my-secret-password", "198.51.100.1").await;
        world.accounts.sign_out(&session.signed_in).await.unwrap();
        let entries = world.audit.recent(None, 1000).await.unwrap();
        let of = |action: &str, name: &str, outcome: &str| {
            entries.iter().filter(|e| e.action == action && e.target_name == name && e.outcome == outcome).count()
        };
        assert_eq!(of("session.create", "viewer@example.org", "ok"), 1);
        assert_eq!(of("session.create", "viewer@example.org", "refused"), 1);
        assert_eq!(of("session.create", "", "refused"), 1, "what is no address is not written down");
        assert_eq!(of("session.delete", "viewer@example.org", "ok"), 1);
        let text = format!("{entries:?}");
        for secret in [PASSWORD, session.token.as_str(), "my-secret-password", "argon2"] {
            assert!(!text.contains(secret), "{secret}");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_set_up_links_are_counted_and_recorded_until_they_lock() {
    in_worlds(async |_db, world| {
        let link = world.accounts.make_setup_link().await.unwrap().unwrap();
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(format!("{:?}", world.accounts.setup(setup_in("f00"), client()).await.err().unwrap()));
        }
        let locked = "TooManyAttempts { retry_after: 30s }";
        assert_eq!(answers, ["LinkInvalid", "LinkInvalid", "LinkInvalid", locked, locked, locked]);
        let entries = world.audit.recent(None, 1000).await.unwrap();
        let wrong: Vec<_> = entries.iter().filter(|entry| entry.action == "setup_link.use").collect();
        assert!(wrong.iter().all(|entry| entry.outcome == "refused" && entry.actor_name == "set-up"), "{wrong:?}");
        let locks = |entry: &&&nexus_store::AuditEntry| entry.detail.as_deref().is_some_and(|it| it.contains("locked"));
        assert_eq!((wrong.len(), wrong.iter().filter(locks).count()), (3, 1), "{wrong:?}");
        assert!(world.accounts.setup(setup_in(&link), client()).await.is_ok(), "the right link works all the same");
    })
    .await;
}

#[tokio::test]
async fn a_lock_is_recorded_once_and_refused_attempts_are_not() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        for _ in 0..20 {
            wrong(&world, "viewer@example.org", "198.51.100.1").await;
        }
        let entries = world.audit.recent(None, 1000).await.unwrap();
        let refused: Vec<_> = entries.iter().filter(|entry| entry.outcome == "refused").collect();
        let details: Vec<_> = refused.iter().filter_map(|entry| entry.detail.as_deref()).collect();
        assert_eq!(details.len(), 3, "{details:?}");
        assert_eq!(details.iter().filter(|detail| detail.contains("locked")).count(), 1, "{details:?}");
    })
    .await;
}
