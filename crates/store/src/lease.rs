//! Which process asks which server, and the pictures that it leaves for the others. Every take-over raises the fence; a
//! picture counts only while its writer still holds the lease with the fence that it names.

use nexus_model::{Micros, ProcessId, ServerId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System};

/// A lease that a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Lease {
    /// The server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
    /// Grows with every taking over.
    pub fence: i64,
}

/// Which picture is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct PictureMark {
    /// The server.
    #[sqlx(try_from = "Uuid")]
    pub server_id: ServerId,
    /// Its writer's lease.
    pub fence: i64,
    /// Grows with every picture of the same writer.
    pub number: i64,
}

/// A picture, as it was left.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LeftPicture {
    /// Its writer's lease.
    pub fence: i64,
    /// Grows with every picture of the same writer.
    pub number: i64,
    /// What it shows, packed.
    pub picture: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Number {
    number: i64,
}

sql! {
    RENEW = "
        UPDATE server_lease
           SET expires_at = $2
         WHERE process_id = $1 AND expires_at > 0
     RETURNING server_id, fence";
    TAKE = "
        INSERT INTO server_lease (server_id, process_id, fence, expires_at)
        SELECT server.id, $1, 1, $3
          FROM server
          JOIN tenant ON tenant.id = server.tenant_id
          LEFT JOIN server_lease held ON held.server_id = server.id
         WHERE server.is_active = $4 AND tenant.is_active = $4 AND (held.server_id IS NULL OR held.expires_at <= $2)
         ORDER BY server.id
         LIMIT $5
        ON CONFLICT (server_id) DO UPDATE
           SET process_id = excluded.process_id, fence = server_lease.fence + 1, expires_at = excluded.expires_at
         WHERE server_lease.expires_at <= $2
     RETURNING server_id, fence";
    GIVE_BACK = "UPDATE server_lease SET expires_at = 0 WHERE server_id = $1 AND process_id = $2";
    GIVE_BACK_ALL = "UPDATE server_lease SET expires_at = 0 WHERE process_id = $1";
    LEAVE_PICTURE = "
        INSERT INTO server_picture (server_id, fence, number, at, picture)
        SELECT server_id, fence, $4, $5, $6
          FROM server_lease
         WHERE server_id = $1 AND process_id = $2 AND fence = $3 AND expires_at > 0
        ON CONFLICT (server_id) DO UPDATE
           SET fence = excluded.fence, number = excluded.number, at = excluded.at, picture = excluded.picture
         WHERE server_picture.fence < excluded.fence
            OR (server_picture.fence = excluded.fence AND server_picture.number < excluded.number)
     RETURNING number";
    PICTURES = "SELECT server_id, fence, number FROM server_picture";
    PICTURE = "SELECT fence, number, picture FROM server_picture WHERE server_id = $1";
    SWEEP_PICTURES = "DELETE FROM server_picture WHERE server_id NOT IN (SELECT id FROM server)";
}

impl System<'_> {
    /// Holds on to every lease of this process until `until`, and says which they are. One that ran out is still its own
    /// while nobody took it.
    ///
    /// # Errors
    /// The database.
    pub async fn renew_leases(&mut self, process: ProcessId, until: Micros) -> Result<Vec<Lease>> {
        self.tx.query(RENEW).bind(process).bind(until).all().await
    }

    /// Takes at most `most` active servers that nobody holds at `now`.
    ///
    /// # Errors
    /// The database.
    pub async fn take_leases(
        &mut self,
        process: ProcessId,
        now: Micros,
        until: Micros,
        most: u32,
    ) -> Result<Vec<Lease>> {
        self.tx.query(TAKE).bind(process).bind(now).bind(until).bind(true).bind(most).all().await
    }

    /// Lets a server go, for others to take.
    ///
    /// # Errors
    /// The database.
    pub async fn give_back_lease(&mut self, process: ProcessId, server: ServerId) -> Result<()> {
        self.tx.query(GIVE_BACK).bind(server).bind(process).execute().await?;
        Ok(())
    }

    /// Lets all servers go.
    ///
    /// # Errors
    /// The database.
    pub async fn give_back_leases(&mut self, process: ProcessId) -> Result<()> {
        self.tx.query(GIVE_BACK_ALL).bind(process).execute().await?;
        Ok(())
    }

    /// Leaves a picture for the other processes; `false` where the lease is another's by now, or a newer one is there.
    ///
    /// # Errors
    /// The database.
    pub async fn leave_picture(
        &mut self,
        process: ProcessId,
        mark: PictureMark,
        at: Micros,
        picture: &[u8],
    ) -> Result<bool> {
        let query = self.tx.query(LEAVE_PICTURE).bind(mark.server_id).bind(process).bind(mark.fence);
        let left = query.bind(mark.number).bind(at).bind(picture).optional::<Number>().await?;
        Ok(left.is_some_and(|left| left.number == mark.number))
    }

    /// Which pictures there are.
    ///
    /// # Errors
    /// The database.
    pub async fn pictures(&mut self) -> Result<Vec<PictureMark>> {
        self.tx.query(PICTURES).all().await
    }

    /// The newest picture of a server, if one was left.
    ///
    /// # Errors
    /// The database.
    pub async fn picture(&mut self, server: ServerId) -> Result<Option<LeftPicture>> {
        self.tx.query(PICTURE).bind(server).optional().await
    }

    /// Forgets pictures of servers that are gone.
    ///
    /// # Errors
    /// The database.
    pub async fn sweep_pictures(&mut self) -> Result<()> {
        self.tx.query(SWEEP_PICTURES).execute().await?;
        Ok(())
    }
}
