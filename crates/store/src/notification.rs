//! Notifications: one row for each reader, which goes with the membership; and who reads what by which way.
//!
//! Only [`System`] makes rows; their owner alone reads them and marks them as read.

use nexus_model::{
    Micros, NotificationCategory, NotificationId, NotificationKind, ServerId, ServerOrigin, TenantId, TenantRole,
    UserId,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Result, System, Tenant};

/// A notification of one person.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Notification {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: NotificationId,
    /// What it tells.
    #[sqlx(try_from = "String")]
    pub kind: NotificationKind,
    /// What its words are made of.
    #[sqlx(json)]
    pub facts: serde_json::Value,
    /// When it happened.
    #[sqlx(try_from = "i64")]
    pub at: Micros,
    /// When it was read.
    pub read_at: Option<i64>,
}

/// Which part of the list.
#[derive(Debug, Clone, Copy)]
pub struct NotificationFilter {
    /// Only these.
    pub category: Option<NotificationCategory>,
    /// Only unread ones.
    pub unread: bool,
    /// Only older ones than this place.
    pub before: (Micros, NotificationId),
}

/// What a person chose for one category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Preference {
    /// For these.
    #[sqlx(try_from = "String")]
    pub category: NotificationCategory,
    /// Whether they are in the list.
    pub in_app: bool,
    /// Whether they are mailed.
    pub email: bool,
}

/// Somebody who may be told.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reader {
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub full_name: String,
    /// Their language.
    pub language: String,
    /// When their address was shown to reach them.
    pub verified_at: Option<i64>,
    /// What they are in the tenant.
    #[sqlx(try_from = "String")]
    pub role: TenantRole,
    /// Whether they want it in the list; `None` where they chose nothing.
    pub in_app: Option<bool>,
    /// Whether they want it by mail; `None` where they chose nothing.
    pub by_mail: Option<bool>,
}

/// Which members may be told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readers {
    /// Managers and admins.
    pub managers: bool,
    /// Admins.
    pub admins: bool,
    /// This member, whatever the role.
    pub person: Option<UserId>,
}

/// What a notice needs to know of its tenant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NoticePlace {
    /// The tenant's name in URLs.
    pub slug: String,
    /// The tenant's name.
    pub name: String,
    /// Whether it is open.
    pub is_active: bool,
    /// Where alerts are mailed beside the members.
    pub alert_email: Option<String>,
    /// Whether when an alert opens.
    pub mail_on_alert: bool,
    /// Whether when one is over.
    pub mail_on_recovery: bool,
}

/// How many a person has not read.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct UnreadOf {
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// How many.
    pub count: i64,
}

#[derive(sqlx::FromRow)]
struct Origin {
    #[sqlx(try_from = "String")]
    origin: ServerOrigin,
}

sql! {
    NOTIFICATIONS = "
        SELECT id, kind, facts, at, read_at
          FROM notification
         WHERE tenant_id = $1 AND user_id = $2 AND (at, id) < ($3, $4)
           AND ($5 = '' OR category = $5) AND (NOT $6 OR read_at IS NULL)
         ORDER BY at DESC, id DESC
         LIMIT $7";
    COUNT_UNREAD = "
        SELECT count(*) AS count FROM notification WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL";
    READ_ONE = "
        UPDATE notification SET read_at = $3
         WHERE tenant_id = $1 AND user_id = $2 AND id = $4 AND read_at IS NULL";
    READ_ALL = "UPDATE notification SET read_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL";
    PREFERENCES = "
        SELECT category, in_app, email FROM notification_preference WHERE tenant_id = $1 AND user_id = $2";
    PUT_PREFERENCE = "
        INSERT INTO notification_preference (tenant_id, user_id, category, in_app, email)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, user_id, category) DO UPDATE SET in_app = excluded.in_app, email = excluded.email";
    ONE = "SELECT id, kind, facts, at, read_at FROM notification WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
    INSERT = "
        INSERT INTO notification (id, tenant_id, user_id, kind, category, facts, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    READERS = "
        SELECT u.id, u.email, u.full_name, u.language, u.verified_at, m.role, p.in_app, p.email AS by_mail
          FROM member m
          JOIN user_account u ON u.id = m.user_id
          LEFT JOIN notification_preference p
            ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id AND p.category = $2
         WHERE m.tenant_id = $1 AND u.is_active
           AND (($3 AND m.role <> 'viewer') OR ($4 AND m.role = 'admin') OR m.user_id = $5)
         ORDER BY u.id";
    PLACE = "
        SELECT t.slug, t.name, t.is_active, s.alert_email, s.mail_on_alert, s.mail_on_recovery
          FROM tenant t
          JOIN tenant_settings s ON s.tenant_id = t.id
         WHERE t.id = $1";
    ORIGIN = "SELECT origin FROM server WHERE tenant_id = $1 AND id = $2";
    UNREAD_OF_ALL = "
        SELECT user_id, count(*) AS count FROM notification
         WHERE tenant_id = $1 AND read_at IS NULL
         GROUP BY user_id";
    FORGET = "
        DELETE FROM notification
         WHERE tenant_id = $1 AND user_id = $2 AND category IN ('servers', 'alerts', 'members')";
    DELETE_OLD = "DELETE FROM notification WHERE at < $1";
    DELETE_BEYOND = "
        DELETE FROM notification
         WHERE id IN (
            SELECT n.id
              FROM (SELECT id, row_number() OVER (PARTITION BY tenant_id, user_id ORDER BY at DESC, id DESC) AS place
                      FROM notification) n
             WHERE n.place > $1)";
}

impl Tenant<'_> {
    /// The person's own notifications, newest first.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn notifications(&mut self, filter: &NotificationFilter, limit: u32) -> Result<Vec<Notification>> {
        let (tenant, user, (at, id)) = (self.tenant(), self.user(), filter.before);
        let query = self.tx.query(NOTIFICATIONS).bind(tenant).bind(user).bind(at).bind(id);
        let query = query.bind(filter.category.map_or("", NotificationCategory::name)).bind(filter.unread);
        query.bind(limit).all().await
    }

    /// How many the person has not read.
    ///
    /// # Errors
    /// The database.
    pub async fn count_unread(&mut self) -> Result<i64> {
        let (tenant, user) = (self.tenant(), self.user());
        Ok(self.tx.query(COUNT_UNREAD).bind(tenant).bind(user).one::<Count>().await?.count)
    }

    /// Marks those of the person's own notifications as read that are among `ids`, or all.
    ///
    /// # Errors
    /// The database.
    pub async fn read_notifications(&mut self, ids: Option<&[NotificationId]>, at: Micros) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        match ids {
            None => {
                self.tx.query(READ_ALL).bind(tenant).bind(user).bind(at).execute().await?;
            }
            Some(ids) => {
                for id in ids {
                    self.tx.query(READ_ONE).bind(tenant).bind(user).bind(at).bind(*id).execute().await?;
                }
            }
        }
        Ok(())
    }

    /// What the person chose; categories are left out where they chose nothing.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn notification_preferences(&mut self) -> Result<Vec<Preference>> {
        let (tenant, user) = (self.tenant(), self.user());
        self.tx.query(PREFERENCES).bind(tenant).bind(user).all().await
    }

    /// Keeps what the person chose.
    ///
    /// # Errors
    /// [`crate::Error::Missing`]: they are no member. The database.
    pub async fn put_notification_preference(&mut self, preference: Preference) -> Result<()> {
        let (tenant, user) = (self.tenant(), self.user());
        let query = self.tx.query(PUT_PREFERENCE).bind(tenant).bind(user).bind(preference.category.name());
        query.bind(preference.in_app).bind(preference.email).execute().await?;
        Ok(())
    }
}

impl System<'_> {
    /// One person's notification, and how many they have not read.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn notification_of(
        &mut self,
        tenant: TenantId,
        user: UserId,
        id: NotificationId,
    ) -> Result<Option<(Notification, i64)>> {
        let found: Option<Notification> = self.tx.query(ONE).bind(tenant).bind(user).bind(id).optional().await?;
        let Some(found) = found else { return Ok(None) };
        let unread = self.tx.query(COUNT_UNREAD).bind(tenant).bind(user).one::<Count>().await?.count;
        Ok(Some((found, unread)))
    }

    /// Writes down a notification for a member.
    ///
    /// # Errors
    /// [`crate::Error::Missing`]: they are no member any more. The database.
    pub async fn insert_notification(&mut self, tenant: TenantId, user: UserId, row: &Notification) -> Result<()> {
        let query = self.tx.query(INSERT).bind(row.id).bind(tenant).bind(user).bind(row.kind.name());
        let query = query.bind(row.kind.category().name()).bind(Json(row.facts.clone())).bind(row.at);
        query.execute().await?;
        Ok(())
    }

    /// The members who may be told, with what they chose for the category.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn readers(
        &mut self,
        tenant: TenantId,
        category: NotificationCategory,
        whom: Readers,
    ) -> Result<Vec<Reader>> {
        let query = self.tx.query(READERS).bind(tenant).bind(category.name());
        query.bind(whom.managers).bind(whom.admins).bind(whom.person).all().await
    }

    /// What a notice needs to know of its tenant; `None` when it is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn notice_place(&mut self, tenant: TenantId) -> Result<Option<NoticePlace>> {
        self.tx.query(PLACE).bind(tenant).optional().await
    }

    /// Who brought a server of the tenant, active or not; `None` when it is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn server_origin(&mut self, tenant: TenantId, server: ServerId) -> Result<Option<ServerOrigin>> {
        let row: Option<Origin> = self.tx.query(ORIGIN).bind(tenant).bind(server).optional().await?;
        Ok(row.map(|row| row.origin))
    }

    /// How many each member of the tenant has not read; who has read all is left out.
    ///
    /// # Errors
    /// The database.
    pub async fn unread_of_all(&mut self, tenant: TenantId) -> Result<Vec<UnreadOf>> {
        self.tx.query(UNREAD_OF_ALL).bind(tenant).all().await
    }

    /// Removes what a person was told as a manager, who is none any more.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_notifications_of_managers(&mut self, tenant: TenantId, user: UserId) -> Result<()> {
        self.tx.query(FORGET).bind(tenant).bind(user).execute().await?;
        Ok(())
    }

    /// Removes notifications of before `before`, and of each person's in each tenant all but the newest `kept`; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_old_notifications(&mut self, before: Micros, kept: u32) -> Result<u64> {
        let old = self.tx.query(DELETE_OLD).bind(before).execute().await?;
        Ok(old + self.tx.query(DELETE_BEYOND).bind(kept).execute().await?)
    }
}
