//! Tests of what people do with their own account, on both engines. What needs mail is tested over SMTP, in `nexus`.

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, ImageFormat, RgbImage};
use nexus_model::{SystemRole, TenantRole};
use nexus_store::testing::TestDb;
use nexus_store::{LinkPurpose, NewLink};

use super::{ChangeError, MeChange};
use crate::access::{Client, NotSignedIn};
use crate::secret;
use crate::tests::{Cast, PASSWORD, World, client, in_worlds};

const NEW: &str = "velvet-harbour-93-lantern";

/// The codes of an error about fields, with the fields' names.
fn fields(error: ChangeError) -> Vec<(&'static str, &'static str)> {
    match error {
        ChangeError::Invalid(fields) => fields.iter().map(|field| (field.field, field.code)).collect(),
        other => panic!("not about fields: {other:?}"),
    }
}

async fn link(world: &World, cast: &Cast, purpose: LinkPurpose, by_mail: bool) -> String {
    let secret = secret::token();
    let mut tx = world.store.system_write(&world.system).await.unwrap();
    let email = tx.user(cast.viewer).await.unwrap().unwrap().email;
    let now = world.clock.now();
    let (user, secret_hash, expires_at) = (cast.viewer, secret::hash(&secret), now.plus(Duration::from_secs(3600)));
    tx.insert_link(&NewLink { user, purpose, email: &email, secret_hash, by_mail, at: now, expires_at }).await.unwrap();
    tx.commit().await.unwrap();
    secret.to_string()
}

#[tokio::test]
async fn delicate_changes_need_the_password_said_within_a_quarter_of_an_hour() {
    in_worlds(async |_db: TestDb, world: World| {
        Cast::new(&world).await;
        let new = world.new_session("viewer@example.org").await;
        let again = async || world.access.authenticate(&new.token, client()).await.unwrap();
        assert!(world.access.confirm_recent(&again().await).is_ok());
        world.clock.advance(Duration::from_secs(15 * 60));
        let person = again().await;
        assert!(world.access.confirm_recent(&person).is_err());
        let refused = world.accounts.change_email(&person, "new@example.org").await.unwrap_err();
        assert!(matches!(refused, ChangeError::NotRecent(_)), "{refused:?}");
        let wrong = world.accounts.confirm(&person, "wrong".to_owned()).await.unwrap_err();
        assert_eq!(fields(wrong), [("password", "wrong")]);
        assert!(world.access.confirm_recent(&again().await).is_err());
        world.accounts.confirm(&person, PASSWORD.to_owned()).await.unwrap();
        assert!(world.access.confirm_recent(&again().await).is_ok());
        // Another browser of the same person has not said it.
        let (one, two) = (wrong_ones(&world, &person).await, wrong_ones(&world, &person).await);
        assert_eq!((one, two), (3, 0), "wrong ones are throttled as sign-ins are");
    })
    .await;
}

/// How many wrong passwords are looked at before there were too many.
async fn wrong_ones(world: &World, person: &crate::access::SignedIn) -> usize {
    for n in 0.. {
        match world.accounts.confirm(person, "wrong".to_owned()).await.unwrap_err() {
            ChangeError::Invalid(_) => {}
            ChangeError::TooManyAttempts { .. } => return n,
            other => panic!("{other:?}"),
        }
    }
    unreachable!("it is throttled at some time")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reset_link_works_once_for_an_hour_and_ends_all_sessions() {
    in_worlds(async |_db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let session = world.new_session("viewer@example.org").await;
        let use_it = async |secret: &str| world.accounts.use_reset(secret, NEW.to_owned(), client()).await;
        let expired = link(&world, &cast, LinkPurpose::Reset, true).await;
        world.clock.advance(Duration::from_secs(3600));
        assert!(matches!(use_it(&expired).await, Err(ChangeError::LinkInvalid)));
        let other = link(&world, &cast, LinkPurpose::Verify, true).await;
        assert!(matches!(use_it(&other).await, Err(ChangeError::LinkInvalid)), "a link opens what it is for");

        let (secret, second) =
            (link(&world, &cast, LinkPurpose::Reset, true).await, link(&world, &cast, LinkPurpose::Reset, false).await);
        let mut attempts = tokio::task::JoinSet::new();
        for n in 0..6 {
            let (accounts, secret) = (world.accounts.clone(), secret.clone());
            let client = Client { address: [198, 51, 100, n].into(), ..client() };
            attempts.spawn(async move { accounts.use_reset(&secret, NEW.to_owned(), client).await.is_ok() });
        }
        assert_eq!(attempts.join_all().await.into_iter().filter(|done| *done).count(), 1);
        assert!(
            matches!(use_it(&second).await, Err(ChangeError::LinkInvalid)),
            "the first that is used voids the other"
        );
        let ended = world.access.authenticate(&session.token, client()).await;
        assert!(matches!(ended, Err(NotSignedIn::Unknown)));
        assert!(world.accounts.sign_in("viewer@example.org", NEW.to_owned(), client()).await.is_ok());
        let entries = world.audit.recent(None, 100).await.unwrap();
        let entry = entries.iter().find(|entry| entry.action == "user.set_password" && entry.outcome == "ok").unwrap();
        assert!(!format!("{entry:?}").contains(&secret) && entry.actor_name == "reset-link");
    })
    .await;
}

#[tokio::test]
async fn guessing_links_is_throttled_and_a_disabled_account_has_none() {
    in_worlds(async |_db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let secret = link(&world, &cast, LinkPurpose::Reset, true).await;
        world.provision.disable_user(cast.viewer).await.unwrap();
        let refused = world.accounts.use_reset(&secret, NEW.to_owned(), client()).await;
        assert!(matches!(refused, Err(ChangeError::LinkInvalid)));
        world.provision.enable_user(cast.viewer).await.unwrap();
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(world.accounts.verify("0000", client()).await.unwrap_err());
        }
        let last = answers.pop().unwrap();
        assert!(matches!(last, ChangeError::TooManyAttempts { .. }), "{last:?}");
        assert!(matches!(answers[0], ChangeError::LinkInvalid), "{answers:?}");
        assert!(
            world.accounts.use_reset(&secret, NEW.to_owned(), client()).await.is_ok(),
            "who has one is not delayed"
        );
    })
    .await;
}

#[tokio::test]
async fn what_people_say_of_themselves_is_checked_and_user_names_are_unique() {
    in_worlds(async |_db: TestDb, world: World| {
        Cast::new(&world).await;
        let (viewer, admin) = (world.sign_in("viewer@example.org").await, world.sign_in("admin@example.org").await);
        let named = |name: &str| MeChange { user_name: Some(name.into()), ..MeChange::default() };
        let change = MeChange {
            full_name: Some(" Vera Miller ".into()),
            company: Some("Example Ltd".into()),
            ..named(" Vera.M-1_ ")
        };
        let me = world.accounts.update_me(&viewer, change).await.unwrap().user;
        assert_eq!((me.full_name.as_str(), me.company.as_str()), ("Vera Miller", "Example Ltd"));
        assert_eq!((me.user_name.as_deref(), me.verified), (Some("vera.m-1_"), true));
        let taken = world.accounts.update_me(&admin, named("vera.m-1_")).await.unwrap_err();
        assert!(matches!(taken, ChangeError::UserNameTaken), "{taken:?}");
        let wrong =
            MeChange { full_name: Some("a\u{202e}b".into()), company: Some("x".repeat(101)), ..named("äöü") };
        let wrong = fields(world.accounts.update_me(&admin, wrong).await.unwrap_err());
        assert_eq!(wrong, [("full_name", "invalid"), ("user_name", "invalid"), ("company", "too_long")]);
        for bad in ["ab", &"x".repeat(33), "a b c", "a@b.c"] {
            assert_eq!(
                fields(world.accounts.update_me(&admin, named(bad)).await.unwrap_err()),
                [("user_name", "invalid")]
            );
        }
        let me = world.accounts.update_me(&viewer, named("")).await.unwrap().user;
        assert_eq!((me.user_name, me.full_name.as_str()), (None, "Vera Miller"));
        assert!(world.accounts.update_me(&admin, named("vera.m-1_")).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn people_are_told_that_a_tenant_of_theirs_is_closed() {
    in_worlds(async |_db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        world.provision.set_tenant_active(cast.tenant, false).await.unwrap();
        for (name, expected) in [("viewer", vec![(cast.tenant, false)]), ("stranger", Vec::new())] {
            let person = world.sign_in(&format!("{name}@example.org")).await;
            let tenants = world.accounts.me(&person).await.unwrap().tenants;
            let seen: Vec<_> = tenants.iter().map(|tenant| (tenant.id, tenant.is_active)).collect();
            assert_eq!(seen, expected, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_alone() {
    in_worlds(async |_db: TestDb, world: World| {
        Cast::new(&world).await;
        let (one, two) = (world.new_session("viewer@example.org").await, world.new_session("viewer@example.org").await);
        let admin = world.sign_in("admin@example.org").await;
        let person = one.signed_in.clone();
        let sessions = world.accounts.sessions(&person).await.unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!((sessions[0].address.as_str(), sessions[0].user_agent.as_str()), ("192.0.2.7", "test"));
        for foreign in [admin.session(), secret::id()] {
            let refused = world.accounts.end_session(&person, foreign).await;
            assert!(matches!(refused, Err(ChangeError::NotFound)));
        }
        world.accounts.end_session(&person, two.signed_in.session()).await.unwrap();
        assert!(world.access.authenticate(&two.token, client()).await.is_err());
        let three = world.new_session("viewer@example.org").await;
        world.accounts.end_other_sessions(&person).await.unwrap();
        assert!(world.access.authenticate(&three.token, client()).await.is_err());
        assert!(world.access.authenticate(&one.token, client()).await.is_ok());
    })
    .await;
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = RgbImage::from_fn(width, height, |x, _| image::Rgb([if x < width / 2 { 200 } else { 0 }, 10, 10]));
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A small PNG whose header says that it is large.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = picture(8, 8, ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

#[tokio::test]
async fn pictures_are_made_anew_and_bombs_refused() {
    in_worlds(async |_db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let person = world.sign_in("viewer@example.org").await;
        let set = async |bytes: Vec<u8>| world.accounts.set_avatar(&person, bytes).await;
        let refused = [
            (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(), "wrong_type"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "wrong_type"),
            (b"BM\x00\x00\x00\x00".to_vec(), "wrong_type"),
            (Vec::new(), "wrong_type"),
            (picture(64, 64, ImageFormat::Png)[..60].to_vec(), "unreadable"),
            (b"\x89PNG\r\n\x1a\n".to_vec(), "unreadable"),
            (bomb(60_000, 60_000), "too_large"),
            (bomb(4097, 8), "too_large"),
            (bomb(u32::MAX, u32::MAX), "too_large"),
            (bomb(4096, 4096), "unreadable"),
        ];
        for (n, (bytes, code)) in refused.into_iter().enumerate() {
            assert_eq!(fields(set(bytes).await.unwrap_err()), [("picture", code)], "{n}");
        }
        let large = set(vec![0; super::avatar::LARGEST + 1]).await.unwrap_err();
        assert!(matches!(large, ChangeError::TooLarge), "{large:?}");
        assert!(matches!(world.accounts.avatar(&person, cast.viewer).await, Err(ChangeError::NotFound)));

        let mut tags = Vec::new();
        for (format, width, height) in
            [(ImageFormat::Png, 300, 200), (ImageFormat::Jpeg, 64, 640), (ImageFormat::WebP, 1, 1)]
        {
            set(picture(width, height, format)).await.unwrap();
            let kept = world.accounts.avatar(&person, cast.viewer).await.unwrap();
            assert_eq!(image::guess_format(&kept.picture).unwrap(), ImageFormat::WebP);
            let kept_picture = image::load_from_memory(&kept.picture).unwrap();
            assert_eq!((kept_picture.width(), kept_picture.height()), (128, 128));
            assert_eq!(world.accounts.me(&person).await.unwrap().user.avatar.as_ref(), Some(&kept.tag));
            tags.push(kept.tag);
        }
        assert_eq!(tags.iter().collect::<std::collections::HashSet<_>>().len(), 3);
        world.accounts.delete_avatar(&person).await.unwrap();
        assert_eq!(world.accounts.me(&person).await.unwrap().user.avatar, None);
        assert!(matches!(world.accounts.avatar(&person, cast.viewer).await, Err(ChangeError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn pictures_are_seen_by_those_who_see_the_member() {
    in_worlds(async |_db: TestDb, world: World| {
        let cast = Cast::new(&world).await;
        let people = ["viewer", "manager", "admin", "stranger", "root"];
        let mut signed_in = Vec::new();
        for name in people {
            signed_in.push(world.sign_in(&format!("{name}@example.org")).await);
        }
        for owner in &signed_in[..2] {
            world.accounts.set_avatar(owner, picture(8, 8, ImageFormat::Png)).await.unwrap();
        }
        let sees = async |of| {
            let mut seen = Vec::new();
            for (name, person) in people.iter().zip(&signed_in) {
                match world.accounts.avatar(person, of).await {
                    Ok(_) => seen.push(*name),
                    Err(ChangeError::NotFound) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            seen
        };
        assert_eq!(sees(cast.viewer).await, ["viewer", "manager", "admin", "root"]);
        assert_eq!(sees(cast.manager).await, ["manager", "admin", "root"], "viewers see no members");
        world.provision.set_tenant_active(cast.tenant, false).await.unwrap();
        assert_eq!(sees(cast.viewer).await, ["viewer", "admin", "root"], "a closed tenant is its admins' alone");
        world.provision.remove_member(cast.tenant, cast.viewer).await.unwrap();
        assert_eq!(sees(cast.viewer).await, ["viewer", "root"]);
        let other = world.provision.tenant("Other", "other").await.unwrap();
        world.provision.member(other, cast.stranger, TenantRole::Admin).await.unwrap();
        assert_eq!(sees(cast.viewer).await, ["viewer", "root"]);
        world.provision.set_system_role(cast.admin, SystemRole::Admin).await.unwrap();
    })
    .await;
}
