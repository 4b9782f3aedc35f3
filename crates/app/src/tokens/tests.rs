//! Tests of tokens, on both engines: what each brings, how it ends, and what is written down.

use std::time::Duration;

use nexus_model::{GuestKey, ServerId, TenantId, TenantRole, TokenScope};
use nexus_store::testing::TestDb;
use tokio_util::sync::CancellationToken;

use super::{MadeToken, Parts, TokenError, TokenInput, Tokens, check_name, name_for_pve};
use crate::access::{
    Asks, EndedBecause, ManageServers, NotSignedIn, OpenConsole, PowerGuest, ReadPve, Refused, SeeGuests, SeeServers,
    SeeTenant, SignedIn, ViewGuest, WritePve,
};
use crate::secret;
use crate::tests::{Cast, PATIENCE, World, client, in_worlds};

impl World {
    fn tokens(&self) -> Tokens {
        Tokens::new(Parts {
            store: self.store.clone(),
            system: self.system.clone(),
            clock: self.clock.clone(),
            audit: self.audit.clone(),
            access: self.access.clone(),
        })
    }

    async fn token(&self, person: &SignedIn, input: TokenInput) -> MadeToken {
        self.tokens().create(person, input).await.unwrap()
    }

    async fn program(&self, made: &MadeToken, asks: Asks) -> SignedIn {
        self.access.authenticate_token(&made.secret, client(), asks).await.unwrap()
    }
}

fn input(name: &str, scopes: &[TokenScope]) -> TokenInput {
    TokenInput { name: name.into(), scopes: scopes.to_vec(), tenant: None, server: None, expires_in_days: 7 }
}

fn limited(name: &str, tenant: TenantId, server: Option<ServerId>) -> TokenInput {
    TokenInput { tenant: Some(tenant), server, ..input(name, TokenScope::ALL) }
}

fn word<T>(result: &Result<T, Refused>) -> &'static str {
    match result {
        Ok(_) => "yes",
        Err(Refused::Forbidden) => "403",
        Err(Refused::Token) => "token",
        Err(Refused::NotFound) => "404",
        Err(_) => "error",
    }
}

/// What a program may do, in one line.
async fn line(world: &World, person: &SignedIn, cast: &Cast, guest: GuestKey) -> String {
    let (access, tenant) = (&world.access, cast.tenant);
    [
        word(&access.grant::<SeeTenant>(person, tenant).await),
        word(&access.grant::<SeeGuests>(person, tenant).await),
        word(&access.grant::<SeeServers>(person, tenant).await),
        word(&access.grant::<ManageServers>(person, tenant).await),
        word(&access.grant::<ReadPve>(person, tenant).await),
        word(&access.grant::<WritePve>(person, tenant).await),
        "|",
        word(&access.guest_grant::<ViewGuest>(person, tenant, guest).await),
        word(&access.guest_grant::<PowerGuest>(person, tenant, guest).await),
        word(&access.guest_grant::<OpenConsole>(person, tenant, guest).await),
        "|",
        word(&access.system_grant(person)),
    ]
    .join(" ")
}

#[tokio::test]
async fn a_scope_is_a_part_of_what_its_person_may() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let manager = world.sign_in("manager@example.org").await;
        let of = async |name: &str, scopes: &[TokenScope], asks| {
            let made = world.token(&manager, input(name, scopes)).await;
            line(&world, &world.program(&made, asks).await, &cast, cast.guest).await
        };
        use TokenScope::{Console, Manage, Power, Read};
        assert_eq!(of("all", TokenScope::ALL, Asks::ToSee).await, "yes yes yes yes yes yes | yes yes yes | 403");
        assert_eq!(of("read", &[Read], Asks::ToSee).await, "yes yes yes token yes token | yes token token | 403");
        assert_eq!(
            of("power", &[Power], Asks::ToSee).await,
            "yes token token token token token | token yes token | 403"
        );
        assert_eq!(
            of("console", &[Console], Asks::ToSee).await,
            "yes token token token token token | token token yes | 403"
        );
        // What changes only what is one's own is a change too.
        assert_eq!(
            of("read2", &[Read], Asks::ToChange).await,
            "token token token token token token | token token token | 403"
        );
        assert_eq!(of("manage", &[Manage], Asks::ToChange).await, "yes yes yes yes yes yes | yes token token | 403");
        // Never more than the person: a viewer with every scope.
        let viewer = world.sign_in("viewer@example.org").await;
        let made = world.token(&viewer, input("all", TokenScope::ALL)).await;
        let program = world.program(&made, Asks::ToSee).await;
        assert_eq!(line(&world, &program, &cast, cast.guest).await, "yes yes 403 403 403 403 | yes 403 yes | 403");
        // A program never administers the installation, nor an account.
        let root = world.sign_in("root@example.org").await;
        let made = world.token(&root, input("all", TokenScope::ALL)).await;
        let program = world.program(&made, Asks::ToSee).await;
        assert!(matches!(world.access.system_grant(&program), Err(Refused::Token)));
        assert!(matches!(world.access.in_person(&program), Err(Refused::Token)));
        assert!(world.access.confirm_recent(&program).is_err(), "a program said no password");
        assert!(world.access.in_person(&root).is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_token_knows_of_its_tenant_and_server_alone() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let other = world.provision.tenant("Other", "other").await.unwrap();
        world.provision.member(other, cast.manager, TenantRole::Manager).await.unwrap();
        let manager = world.sign_in("manager@example.org").await;
        let in_other = world.program(&world.token(&manager, limited("other", other, None)).await, Asks::ToSee).await;
        assert_eq!(line(&world, &in_other, &cast, cast.guest).await, "404 404 404 404 404 404 | 404 404 404 | 403");
        assert!(world.access.grant::<SeeServers>(&in_other, other).await.is_ok());
        assert_eq!(world.accounts.me(&in_other).await.unwrap().tenants.len(), 1);
        let on_server = world.token(&manager, limited("server", cast.tenant, Some(cast.server))).await;
        let on_server = world.program(&on_server, Asks::ToSee).await;
        let all = "yes token token token yes yes | yes yes yes | 403";
        assert_eq!(line(&world, &on_server, &cast, cast.guest).await, all);
        let elsewhere = GuestKey { server: secret::id(), ..cast.guest };
        assert!(line(&world, &on_server, &cast, elsewhere).await.ends_with("| 404 404 404 | 403"));
        let grant = world.access.grant::<ReadPve>(&on_server, cast.tenant).await.unwrap();
        assert!(grant.visible().sees(cast.guest) && !grant.visible().sees(elsewhere) && !grant.visible().sees_all());
        // One cannot be limited to what one may not know of.
        let refused = async |input: TokenInput| world.tokens().create(&manager, input).await.err().unwrap();
        assert!(matches!(refused(limited("x1", secret::id(), None)).await, TokenError::NotFound));
        assert!(matches!(refused(limited("x2", other, Some(cast.server))).await, TokenError::NotFound));
        assert!(matches!(refused(limited("x3", cast.tenant, Some(secret::id()))).await, TokenError::NotFound));
    })
    .await;
}

#[tokio::test]
async fn tokens_end() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let viewer = world.sign_in("viewer@example.org").await;
        let tokens = world.tokens();
        let works =
            async |made: &MadeToken| match world.access.authenticate_token(&made.secret, client(), Asks::ToSee).await {
                Ok(_) => true,
                Err(NotSignedIn::Unknown) => false,
                Err(other) => panic!("{other}"),
            };
        let (one, two) = (
            world.token(&viewer, input("one", &[TokenScope::Read])).await,
            world.token(&viewer, limited("two", cast.tenant, None)).await,
        );
        assert!(works(&one).await && works(&two).await);
        // Only its person revokes it.
        let admin = world.sign_in("admin@example.org").await;
        assert!(matches!(tokens.delete(&admin, one.token.id).await, Err(TokenError::NotFound)));
        tokens.delete(&viewer, one.token.id).await.unwrap();
        assert!(!works(&one).await && works(&two).await);
        // With the membership that it is limited to.
        let grant = world.access.grant(&admin, cast.tenant).await.unwrap();
        world.members.remove(&grant, cast.viewer).await.unwrap();
        assert!(!works(&two).await);
        assert!(tokens.list(&viewer).await.unwrap().tokens.is_empty());
        // By itself; until it is swept it is listed.
        let three = world.token(&admin, input("three", &[TokenScope::Read])).await;
        world.clock.advance(Duration::from_secs(7 * 86_400 + 1));
        assert!(!works(&three).await);
        assert_eq!(tokens.list(&admin).await.unwrap().tokens.len(), 1);
        world.clock.advance(Duration::from_secs(31 * 86_400));
        world.accounts.sweep().await.unwrap();
        assert!(tokens.list(&admin).await.unwrap().tokens.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_a_token_holds_open_ends_with_it() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let stop = CancellationToken::new();
        let _guard = stop.clone().drop_guard();
        let (access, child) = (world.access.clone(), stop.clone());
        tokio::spawn(async move { access.watch(child).await });
        let viewer = world.sign_in("viewer@example.org").await;
        let made = world.token(&viewer, input("stream", &[TokenScope::Read, TokenScope::Console])).await;
        let program = world.program(&made, Asks::ToSee).await;
        let kept =
            world.access.keep(world.access.grant::<SeeGuests>(&program, cast.tenant).await.unwrap()).await.unwrap();
        let own =
            world.access.keep(world.access.grant::<SeeGuests>(&viewer, cast.tenant).await.unwrap()).await.unwrap();
        world.access.look_again().await.unwrap();
        assert_eq!((kept.has_ended(), own.has_ended()), (None, None));
        world.tokens().delete(&viewer, made.token.id).await.unwrap();
        let ended = tokio::time::timeout(PATIENCE, kept.ended()).await.unwrap();
        assert_eq!(ended, EndedBecause::SignedOut);
        world.access.look_again().await.unwrap();
        assert_eq!(own.has_ended(), None, "the person's own session goes on");
    })
    .await;
}

#[tokio::test]
async fn programs_present_it_in_two_forms() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        let admin = world.sign_in("admin@example.org").await;
        let made = world.token(&admin, input("terraform", &[TokenScope::Read])).await;
        assert_eq!(made.secret.len(), 36, "a UUID, as clients of PVE demand");
        let id = name_for_pve(&made.token);
        assert!(id.ends_with("@nexus!terraform") && id.len() == 12 + "@nexus!terraform".len(), "{id}");
        let header = async |value: String| world.access.authenticate_pve_header(&value, client()).await;
        let secret = made.secret.as_str();
        for good in [format!("PVEAPIToken={id}={secret}"), format!("PVEAPIToken {id}={secret}")] {
            let program = header(good).await.unwrap();
            assert_eq!(program.token().map(|token| token.name.as_str()), Some("terraform"));
        }
        let other = id.replace("terraform", "other");
        for bad in [
            format!("PVEAPIToken={other}={secret}"),
            format!("PVEAPIToken={id}"),
            format!("PVEAPIToken={secret}"),
            format!("pveapitoken={id}={secret}"),
            format!("Bearer {secret}"),
        ] {
            assert!(header(bad.clone()).await.is_err(), "{bad}");
        }
        // Use is written down, once a minute.
        let used = async || world.tokens().list(&admin).await.unwrap().tokens[0].used_at();
        let first = used().await;
        assert!(first.is_some());
        world.clock.advance(Duration::from_secs(59));
        world.program(&made, Asks::ToSee).await;
        assert_eq!(used().await, first);
        world.clock.advance(Duration::from_secs(1));
        world.program(&made, Asks::ToSee).await;
        assert!(used().await > first);
    })
    .await;
}

#[tokio::test]
async fn wrong_tokens_are_throttled_and_right_ones_are_not() {
    in_worlds(async |_db, world| {
        Cast::new(&world).await;
        let admin = world.sign_in("admin@example.org").await;
        let made = world.token(&admin, input("job", &[TokenScope::Read])).await;
        let mut wrong = Vec::new();
        for _ in 0..12 {
            wrong.push(world.access.authenticate_token("wrong", client(), Asks::ToSee).await.err().unwrap());
        }
        assert!(matches!(wrong[0], NotSignedIn::Unknown));
        let Some(NotSignedIn::TooManyAttempts { retry_after }) = wrong.pop() else { panic!("not throttled") };
        assert!(retry_after > Duration::ZERO);
        world.program(&made, Asks::ToSee).await;
        world.sign_in("admin@example.org").await;
    })
    .await;
}

#[tokio::test]
async fn making_one_asks_for_the_password_and_is_recorded() {
    in_worlds(async |_db: TestDb, world| {
        let cast = Cast::new(&world).await;
        let viewer = world.sign_in("viewer@example.org").await;
        let tokens = world.tokens();
        world.token(&viewer, input("job", &[TokenScope::Read, TokenScope::Power])).await;
        assert!(matches!(tokens.create(&viewer, input("job", &[TokenScope::Read])).await, Err(TokenError::Duplicate)));
        for number in 1..50 {
            world.token(&viewer, input(&format!("job{number}"), &[TokenScope::Read])).await;
        }
        let refused = tokens.create(&viewer, input("more", &[TokenScope::Read])).await;
        assert!(matches!(refused, Err(TokenError::TooMany { limit: 50 })));
        assert_eq!(tokens.list(&viewer).await.unwrap().may_make, 0);
        let entry = world.audit.recent(None, 200).await.unwrap();
        let entry = entry.iter().find(|entry| entry.action == "token.create" && entry.target_name == "job").unwrap();
        let after = entry.after_state.clone().unwrap();
        assert!(after.contains("read,power") && !after.contains("secret"), "{after}");
        world.clock.advance(Duration::from_secs(901));
        let late = tokens.create(&viewer, input("late", &[TokenScope::Read])).await;
        assert!(matches!(late, Err(TokenError::NotRecent(_))));
        // What a program does is written down with its name.
        let manager = world.sign_in("manager@example.org").await;
        let made = world.token(&manager, input("ansible", TokenScope::ALL)).await;
        let program = world.program(&made, Asks::ToSee).await;
        let grant = world.access.grant::<ReadPve>(&program, cast.tenant).await.unwrap();
        let mut tx = world.store.tenant_write(grant.scope()).await.unwrap();
        world.audit.record(&mut tx, &grant.who(), crate::audit::Entry::new("x.y", "x", "1", "x")).await.unwrap();
        tx.commit().await.unwrap();
        world.audit.chain_loose().await.unwrap();
        let entries = world.audit.recent(Some(cast.tenant), 1).await.unwrap();
        assert_eq!(
            (entries[0].actor_name.as_str(), entries[0].actor_token.as_deref()),
            ("manager@example.org", Some("ansible"))
        );
    })
    .await;
}

#[test]
fn names_are_those_of_pves_token_ids() {
    for good in ["ci", "Terraform", "a.b-c_9", &format!("a{}", "x".repeat(63))] {
        assert!(check_name(good).is_ok(), "{good}");
    }
    for bad in ["", "a", "1a", "-a", "a b", "a!b", "a=b", "ä1", "a/b", &"x".repeat(65)] {
        assert!(check_name(bad).is_err(), "{bad}");
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let input = TokenInput {
        name: "!".into(),
        scopes: Vec::new(),
        tenant: None,
        server: Some(secret::id()),
        expires_in_days: 367,
    };
    let fields: Vec<_> = input.check().unwrap_err().into_iter().map(|error| (error.field, error.code)).collect();
    let wanted =
        [("name", "invalid"), ("scopes", "required"), ("tenant", "required"), ("expires_in_days", "out_of_range")];
    assert_eq!(fields, wanted);
}
