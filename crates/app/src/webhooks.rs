//! Webhooks: addresses that a tenant's admins choose, which are told of alerts and servers. Messages are written in the
//! transaction of what happened, signed, and sent by a background task that tries again for some hours.
//!
//! ```text
//!   notice ─► pending ─► taken (a lease) ─► delivered
//!                 ▲            │ 410: failed, and the webhook is switched off
//!                 └── pause ◄──┴ another answer, or none ─► (six tries) ─► failed
//! ```
//! Nothing is sent to an address that the guard has not seen; secrets are sealed, shown once, and in no log.

mod message;

use nexus_model::WebhookId;
use nexus_store::keys::Place;

pub(crate) use self::message::write;

/// Where a webhook's secret is sealed for.
pub(crate) fn place(id: WebhookId) -> Place<'static> {
    Place { table: "webhook", row: id.uuid(), column: "secret" }
}
