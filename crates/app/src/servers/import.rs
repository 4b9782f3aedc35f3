//! Many servers at once, from a sheet. A bad row is reported and left out; the others are added a few at a time, so that
//! nobody waits long behind a list. No answer holds a token.

use std::collections::HashMap;

use nexus_model::{FieldError, InvalidInput, ServerId, ServerOrigin, TenantId, Tls, Way};
use nexus_store::{Server, ServerDefaults};

use super::view::state;
use super::{Parts, ServerError, ServerInput, Servers};
use crate::access::{Grant, ManageServers};
use crate::audit::Entry;
use crate::sheet::{self, Row};

/// The columns, in their order where the sheet has no titles.
pub(super) const COLUMNS: [&str; 10] = [
    "name",
    "host",
    "port",
    "api_token",
    "verify_ssl",
    "use_tailscale",
    "tailscale_hostname",
    "tailscale_port",
    "connection_timeout",
    "fingerprint",
];

/// Rows of one transaction.
const BATCH: usize = 25;

/// A row of a list of servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerImportRow {
    /// Its line in the text.
    pub line: u64,
    /// The name, as it was written.
    pub name: String,
    /// The host, or the one in the tailnet, as it was written.
    pub host: String,
    /// Why it cannot be used, by column; empty where it can.
    pub errors: Vec<FieldError>,
    /// What was made of it.
    pub server: Option<ServerId>,
}

/// A list of servers, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerImport {
    /// In their order.
    pub rows: Vec<ServerImportRow>,
    /// Slots in use now.
    pub used: u32,
    /// Slots in all.
    pub limit: u32,
    /// Whether it was done, and not only looked at.
    pub done: bool,
}

/// A row that can be used as far as it alone tells; `None` where it has been dealt with.
type Usable = Option<Box<Server>>;

/// What rows are compared with: who has a place already, a line of the sheet or a stored server.
struct Taken {
    places: HashMap<(Way, String, u16), Option<u64>>,
    used: u32,
    limit: u32,
    /// How many may still be added for now.
    left: usize,
}

fn places(server: &Server) -> impl Iterator<Item = (Way, String, u16)> {
    let direct = (!server.host.is_empty()).then(|| (Way::Direct, server.host.clone(), server.port));
    let tailnet = server.use_tailscale.then(|| (Way::Tailscale, server.tailscale_host.clone(), server.tailscale_port));
    direct.into_iter().chain(tailnet)
}

impl Taken {
    fn new(stored: &[Server], limit: u32, left: usize) -> Self {
        let places = stored.iter().filter(|server| server.origin != ServerOrigin::Provided).flat_map(places);
        let used = u32::try_from(stored.len()).unwrap_or(u32::MAX);
        Self { places: places.map(|place| (place, None)).collect(), used, limit, left }
    }

    /// Takes place and slot of a row, or says why it cannot have them.
    fn take(&mut self, server: &Server, line: u64) -> Result<(), FieldError> {
        for place in places(server) {
            if let Some(by) = self.places.get(&place) {
                let field = if place.0 == Way::Direct { "host" } else { "tailscale_hostname" };
                let detail = match by {
                    Some(line) => format!("is with this port in line {line} already"),
                    None => "is with this port a server of the tenant already".to_owned(),
                };
                return Err(InvalidInput::new("duplicate", detail).field(field));
            }
        }
        if self.used >= self.limit {
            let detail = format!("does not fit: all {} server slots are in use", self.limit);
            return Err(InvalidInput::new("slots_full", detail).field("name"));
        }
        if self.left == 0 {
            let detail = "was not added: too many servers were added in a short time; try again in some minutes";
            return Err(InvalidInput::new("too_many_tests", detail).field("name"));
        }
        self.left -= 1;
        self.used += 1;
        self.places.extend(places(server).map(|place| (place, Some(line))));
        Ok(())
    }
}

/// A cell without the apostrophe that keeps spreadsheets from running it.
fn cell(row: &Row, column: usize) -> &str {
    let text = row.cell(column);
    let bare = text.strip_prefix('\'').filter(|bare| bare.starts_with(['=', '+', '-', '@']));
    bare.unwrap_or(text)
}

/// Collects what is wrong with single cells; each has a value all the same, so that the others are looked at too.
#[derive(Default)]
struct Cells(Vec<FieldError>);

impl Cells {
    fn wrong(&mut self, column: &'static str, detail: &'static str) {
        self.0.push(InvalidInput::new("invalid", detail).field(column));
    }

    fn number(&mut self, text: &str, column: &'static str, usual: u32, detail: &'static str) -> u32 {
        if text.is_empty() {
            return usual;
        }
        text.parse().unwrap_or_else(|_| {
            self.wrong(column, detail);
            usual
        })
    }

    fn yes(&mut self, text: &str, column: &'static str, usual: bool) -> bool {
        match text.to_ascii_lowercase().as_str() {
            "" => usual,
            "1" | "true" | "yes" | "y" | "on" | "ja" | "wahr" => true,
            "0" | "false" | "no" | "n" | "off" | "nein" | "falsch" => false,
            _ => {
                self.wrong(column, "must be true or false");
                usual
            }
        }
    }
}

/// What a row says, and what is wrong with single cells of it.
fn input(row: &Row, defaults: ServerDefaults) -> (ServerInput, Vec<FieldError>) {
    const PORT: &str = "must be a number from 1 to 65535";
    const TIMEOUT: &str = "must be 1 to 120 seconds";
    let mut cells = Cells::default();
    let (verify, fingerprint) = (cells.yes(cell(row, 4), "verify_ssl", true), cell(row, 9));
    let tls = match (fingerprint, verify) {
        ("", true) if cell(row, 4).is_empty() => defaults.tls(),
        ("", true) => Tls::Verify,
        ("", false) => Tls::Insecure,
        (fingerprint, _) => Tls::Pin { fingerprint: fingerprint.to_owned() },
    };
    let input = ServerInput {
        name: cell(row, 0).to_owned(),
        host: cell(row, 1).to_owned(),
        port: cells.number(cell(row, 2), "port", 8006, PORT),
        api_token: Some(cell(row, 3).to_owned().into()),
        tls,
        use_tailscale: cells.yes(cell(row, 5), "use_tailscale", false),
        tailscale_host: Some(cell(row, 6).to_owned()),
        tailscale_port: cells.number(cell(row, 7), "tailscale_port", 8006, PORT),
        connect_timeout_seconds: cells.number(cell(row, 8), "connection_timeout", defaults.timeout(), TIMEOUT),
        ..ServerInput::default()
    };
    (input, cells.0)
}

/// The column that a field of a server stands in.
fn column(field: &'static str) -> &'static str {
    match field {
        "tailscale_host" => "tailscale_hostname",
        "connect_timeout_seconds" => "connection_timeout",
        "tls" => "fingerprint",
        same => same,
    }
}

impl Servers {
    /// Adds servers by the rows of a sheet with the columns `name`, `host`, `port`, `api_token`, `verify_ssl`,
    /// `use_tailscale`, `tailscale_hostname`, `tailscale_port`, `connection_timeout` and `fingerprint`. With `look_only`
    /// nothing changes and the answer is the same.
    ///
    /// # Errors
    /// A sheet that cannot be read, too many servers added in a short time, or the store.
    pub async fn import(
        &self,
        grant: &Grant<ManageServers>,
        text: &str,
        look_only: bool,
    ) -> Result<ServerImport, ServerError> {
        let Parts { store, limits, .. } = &self.inner.parts;
        let sheet = sheet::read(text, &COLUMNS).map_err(|error| ServerError::Invalid(vec![error.field("csv")]))?;
        let mut tx = store.tenant_read(grant.scope()).await?;
        let defaults = tx.server_defaults().await?;
        drop(tx);
        let (mut rows, mut usable): (Vec<_>, Vec<_>) =
            sheet.iter().map(|row| self.look_at(grant.tenant_id(), row, defaults)).unzip();
        let wanted = usable.iter().flatten().count();
        let limit = limits.servers_per_tenant;
        if look_only {
            let mut tx = store.tenant_read(grant.scope()).await?;
            let stored = tx.servers().await?;
            drop(tx);
            let used = u32::try_from(stored.len()).unwrap_or(u32::MAX);
            let mut taken = Taken::new(&stored, limit, usize::MAX);
            for (row, server) in rows.iter_mut().zip(&usable) {
                if let Some(server) = server {
                    row.errors.extend(taken.take(server, row.line).err());
                }
            }
            return Ok(ServerImport { rows, used, limit, done: false });
        }
        // New servers are asked at once: as many as there are slots within ten minutes.
        let left = self.reserve_imports(grant.tenant_id(), wanted)?;
        let done = self.add_all(grant, &mut rows, &mut usable, left).await;
        let added = rows.iter().filter(|row| row.server.is_some()).count();
        self.return_imports(grant.tenant_id(), left.saturating_sub(added));
        let used = done?;
        Ok(ServerImport { rows, used, limit, done: true })
    }

    /// A row by itself: what is wrong with it, or the server that it would be.
    fn look_at(&self, tenant: TenantId, row: &Row, defaults: ServerDefaults) -> (ServerImportRow, Usable) {
        let short = |text: &str| text.chars().take(253).collect::<String>();
        let (entered, mut errors) = input(row, defaults);
        let host = if entered.host.is_empty() { cell(row, 6) } else { cell(row, 1) };
        let mut shown = ServerImportRow {
            line: row.line,
            name: short(&entered.name),
            host: short(host),
            errors: Vec::new(),
            server: None,
        };
        let checked = self.check(entered);
        if checked.is_err() && cell(row, 3).is_empty() {
            // Else it is said when the rest has been mended.
            errors.push(InvalidInput::new("required", "must not be empty").field("api_token"));
        }
        let server = match checked.and_then(|checked| self.new_row(tenant, checked)) {
            Ok(server) => Some(Box::new(server)),
            Err(ServerError::Invalid(wrong)) => {
                errors.extend(wrong.into_iter().map(|error| FieldError { field: column(error.field), ..error }));
                None
            }
            Err(_) => None,
        };
        shown.errors = errors;
        let server = server.filter(|_| shown.errors.is_empty());
        (shown, server)
    }

    /// Adds what can be added, a few rows at a time; how many slots are used then.
    async fn add_all(
        &self,
        grant: &Grant<ManageServers>,
        rows: &mut [ServerImportRow],
        usable: &mut [Usable],
        mut left: usize,
    ) -> Result<u32, ServerError> {
        let mut used = None;
        let mut from = 0;
        while from < rows.len() {
            let to = rows.len().min(from + BATCH);
            match self.add_some(grant, &mut rows[from..to], &usable[from..to], left).await {
                Ok(now) => used = Some(now),
                // Somebody else took a place in this moment, not under the tenant's lock: each row for itself.
                Err(ServerError::Duplicate) => {
                    for at in from..to {
                        match self.add_some(grant, &mut rows[at..=at], &usable[at..=at], left).await {
                            Ok(now) => used = Some(now),
                            Err(ServerError::Duplicate) => {
                                let detail = "is with this port a server of the tenant already";
                                rows[at].errors.push(InvalidInput::new("duplicate", detail).field("host"));
                            }
                            Err(error) => return Err(error),
                        }
                        left = left.saturating_sub(usize::from(rows[at].server.is_some()));
                    }
                    from = to;
                    continue;
                }
                Err(error) => return Err(error),
            }
            left = left.saturating_sub(rows[from..to].iter().filter(|row| row.server.is_some()).count());
            from = to;
        }
        Ok(used.unwrap_or_default())
    }

    /// Some rows in one transaction: all that fit are added, or none where the store fails.
    async fn add_some(
        &self,
        grant: &Grant<ManageServers>,
        rows: &mut [ServerImportRow],
        usable: &[Usable],
        left: usize,
    ) -> Result<u32, ServerError> {
        let Parts { store, audit, inventory, limits, .. } = &self.inner.parts;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let stored = tx.servers().await?;
        let mut taken = Taken::new(&stored, limits.servers_per_tenant, left);
        let mut results = Vec::with_capacity(rows.len());
        for (row, server) in rows.iter().zip(usable) {
            let Some(server) = server else {
                results.push(None);
                continue;
            };
            let result = taken.take(server, row.line).map(|()| server.id);
            if result.is_ok() {
                tx.insert_server(server).await?;
                let entry = Entry::new("server.create", "server", server.id, server.name.clone());
                audit.record(&mut tx, &grant.who(), entry.after(state(server)).detail("from a list")).await?;
            }
            results.push(Some(result));
        }
        tx.commit().await?;
        for (row, result) in rows.iter_mut().zip(results) {
            match result {
                Some(Ok(id)) => row.server = Some(id),
                Some(Err(error)) => row.errors.push(error),
                None => {}
            }
        }
        inventory.servers_changed();
        Ok(taken.used)
    }
}

#[cfg(test)]
mod tests {
    use nexus_model::TlsMode;

    use super::*;

    const USUAL: ServerDefaults = ServerDefaults { timeout_seconds: 10, tls_mode: TlsMode::Pin };

    fn rows(text: &str) -> Vec<Row> {
        sheet::read(text, &COLUMNS).unwrap()
    }

    #[test]
    fn cells_mean_what_people_write() {
        let text = "name,host,verify_ssl,fingerprint,use_tailscale,tailscale_hostname,port,connection_timeout\n\
                    A,a,,,,,,\n\
                    B,b,false,,Yes,b.ts.net,443,30\n\
                    C,c,nein,AA:BB,0,,,\n\
                    '=D,d,true,AA:BB,,,,";
        let rows = rows(text);
        let read: Vec<_> = rows.iter().map(|row| input(row, USUAL)).collect();
        assert!(read.iter().all(|(_, errors)| errors.is_empty()));
        let tls: Vec<_> = read.iter().map(|(input, _)| input.tls.mode().name()).collect();
        assert_eq!(tls, ["verify", "insecure", "pin", "pin"]);
        let (b, _) = &read[1];
        assert_eq!((b.port, b.connect_timeout_seconds, b.use_tailscale), (443, 30, true));
        assert_eq!(b.tailscale_host.as_deref(), Some("b.ts.net"));
        assert_eq!(read[3].0.name, "=D");
    }

    #[test]
    fn an_empty_cell_is_the_tenants_default() {
        let defaults = ServerDefaults { timeout_seconds: 33, tls_mode: TlsMode::Insecure };
        let rows = rows("name,host,verify_ssl,connection_timeout\nA,a,,\nB,b,true,5");
        let read: Vec<_> = rows.iter().map(|row| input(row, defaults).0).collect();
        assert_eq!((&read[0].tls, read[0].connect_timeout_seconds), (&Tls::Insecure, 33));
        assert_eq!((&read[1].tls, read[1].connect_timeout_seconds), (&Tls::Verify, 5));
    }

    #[test]
    fn every_wrong_cell_of_a_row_is_named() {
        let rows = rows("name,host,port,verify_ssl,connection_timeout\nA,a,x,maybe,-1");
        let (_, errors) = input(&rows[0], USUAL);
        let columns: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(columns, ["verify_ssl", "port", "connection_timeout"]);
    }
}
