//! The table of what may pass: methods, paths and parameters, and the right that each call takes. What it does not have is
//! closed. It is text (`table.txt`, `closed.txt`), so that it can be read as a whole; a test compares it with PVE's schema.

use std::collections::HashMap;
use std::sync::LazyLock;

use nexus_model::{GuestKind, PveMethod};

use super::names::Kind;

/// What a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// To see the tenant as manager.
    See,
    /// To read PVE's API.
    Read,
    /// To use the power switches of the path's guest, as manager.
    Power,
    /// To work with the snapshots of the path's guest, as manager.
    Snapshot,
    /// To change guests through PVE's API.
    Guest,
    /// To be an admin of the tenant.
    Admin,
}

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Itself.
    Word(&'static str),
    /// Something that has a name.
    Named(&'static str, Kind),
    /// The rest of the path, with its slashes: volumes and networks have some.
    Rest(&'static str, Kind),
}

/// A parameter that PVE knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param {
    name: &'static str,
    /// `scsi[n]`.
    numbered: bool,
    /// May be given several times.
    pub(super) many: bool,
    /// What it names; `None` for one that is closed.
    pub(super) kind: Option<Kind>,
}

/// A call that may pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) right: Right,
    /// Whether it is open on provided servers too.
    pub(super) limited: bool,
    pub(super) method: PveMethod,
    pub(super) template: &'static str,
    parts: Vec<Part>,
    params: Vec<Param>,
}

/// A row, with what the path names in its placeholders.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) row: &'static Row,
    pub(super) named: Vec<(&'static str, Kind, String)>,
}

/// Why a path has no row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// It is closed; why.
    Closed(&'static str),
    /// Nobody knows it.
    Unknown,
}

struct Shut {
    method: Option<PveMethod>,
    parts: Vec<&'static str>,
    below: bool,
    why: &'static str,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| read_table(include_str!("table.txt")));
static CLOSED: LazyLock<Vec<Shut>> = LazyLock::new(|| read_closed(include_str!("closed.txt")));

impl Row {
    /// The parameter of this name.
    pub(super) fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.is(name))
    }

    /// Whether the path itself holds this parameter.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Named(own, _) | Part::Rest(own, _) if *own == name))
    }

    /// The kind of the guest that the path is about.
    pub(super) fn guest(&self) -> Option<GuestKind> {
        let rest = self.template.strip_prefix("/nodes/{node}/")?;
        match rest.split_once("/{vmid}")?.0 {
            "qemu" => Some(GuestKind::Qemu),
            "lxc" => Some(GuestKind::Lxc),
            _ => None,
        }
    }

    fn fits(&'static self, path: &[String]) -> Option<Hit> {
        let mut named = Vec::new();
        let mut left = path;
        for part in &self.parts {
            let (first, others) = left.split_first()?;
            match part {
                Part::Word(word) if first == word => {}
                Part::Word(_) => return None,
                Part::Named(name, kind) => named.push((*name, *kind, first.clone())),
                Part::Rest(name, kind) => {
                    named.push((*name, *kind, left.join("/")));
                    return Some(Hit { row: self, named });
                }
            }
            left = others;
        }
        left.is_empty().then_some(Hit { row: self, named })
    }
}

impl Param {
    fn is(&self, name: &str) -> bool {
        if !self.numbered {
            return self.name == name;
        }
        let number = name.strip_prefix(self.name).unwrap_or_default();
        let digits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        digits && (number.len() == 1 || !number.starts_with('0'))
    }
}

/// The row of a call.
pub(super) fn find(method: PveMethod, path: &[String]) -> Result<Hit, Missed> {
    let mut found = TABLE.iter().filter(|row| row.method == method).filter_map(|row| row.fits(path));
    if let Some(hit) = found.next() {
        return Ok(hit);
    }
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    why(method, &parts).map_or(Err(Missed::Unknown), |why| Err(Missed::Closed(why)))
}

/// The row of a schema's path, whatever its placeholders are called.
pub(super) fn find_template(method: PveMethod, template: &str) -> Result<&'static Row, Missed> {
    let parts: Vec<&str> = template.split('/').filter(|part| !part.is_empty()).collect();
    let same = |row: &&Row| {
        let own = row.template.split('/').filter(|part| !part.is_empty());
        row.method == method
            && own.clone().count() == parts.len()
            && own.zip(&parts).all(|(own, part)| own == *part || (is_placeholder(own) && is_placeholder(part)))
    };
    if let Some(row) = TABLE.iter().find(same) {
        return Ok(row);
    }
    why(method, &parts).map_or(Err(Missed::Unknown), |why| Err(Missed::Closed(why)))
}

/// Why a path is closed for everybody.
fn why(method: PveMethod, path: &[&str]) -> Option<&'static str> {
    let shuts = |shut: &&Shut| {
        let whole = if shut.below { path.len() >= shut.parts.len() } else { path.len() == shut.parts.len() };
        let same = |(own, part): (&&str, &&str)| own == part || is_placeholder(own);
        whole && shut.method.is_none_or(|own| own == method) && shut.parts.iter().zip(path).all(same)
    };
    CLOSED.iter().find(shuts).map(|shut| shut.why)
}

fn is_placeholder(part: &str) -> bool {
    part.starts_with('{') && part.ends_with('}')
}

/// The lines that say something.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The table's text. It is a part of the program, and a test reads it.
fn read_table(text: &'static str) -> Vec<Row> {
    let mut groups: HashMap<&str, Vec<Param>> = HashMap::new();
    let mut rows = Vec::new();
    for line in lines(text) {
        if let Some((name, params)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
            groups.entry(name).or_default().extend(params.split_whitespace().map(param));
            continue;
        }
        let (call, params) = line.split_once(" | ").unwrap_or((line, ""));
        let words: Vec<&str> = call.split_whitespace().collect();
        let [right, method, template] = words[..] else { panic!("a line of the table is none: {line}") };
        let mut own = Vec::new();
        for word in params.split_whitespace() {
            match word.strip_prefix('@') {
                Some(group) => own.extend(groups[group].iter().cloned()),
                None => own.push(param(word)),
            }
        }
        rows.push(Row {
            right: self::right(right.trim_end_matches('+')),
            limited: right.ends_with('+'),
            method: self::method(method),
            template,
            parts: template.split('/').filter(|part| !part.is_empty()).map(part).collect(),
            params: own,
        });
    }
    rows
}

fn read_closed(text: &'static str) -> Vec<Shut> {
    let shut = |line: &'static str| {
        let (call, why) = line.split_once(" | ").expect("every line has a reason");
        let (method, path) = call.split_once(' ').expect("every line has a method and a path");
        let (path, below) = match path.trim().strip_suffix("/**") {
            Some(path) => (path, true),
            None => (path.trim(), false),
        };
        let method = (method != "*").then(|| self::method(method));
        Shut { method, parts: path.split('/').filter(|part| !part.is_empty()).collect(), below, why }
    };
    lines(text).map(shut).collect()
}

fn method(word: &str) -> PveMethod {
    word.parse().expect("the table's methods are PVE's")
}

fn right(word: &str) -> Right {
    match word {
        "see" => Right::See,
        "read" => Right::Read,
        "power" => Right::Power,
        "snapshot" => Right::Snapshot,
        "guest" => Right::Guest,
        "admin" => Right::Admin,
        _ => panic!("the table has a right that is none: {word}"),
    }
}

fn part(part: &'static str) -> Part {
    let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else { return Part::Word(part) };
    match name {
        "volume" => Part::Rest(name, Kind::Volume),
        "cidr" => Part::Rest(name, Kind::Network),
        "node" => Part::Named(name, Kind::Node),
        "vmid" => Part::Named(name, Kind::Guest),
        "storage" => Part::Named(name, Kind::Storage),
        "poolid" => Part::Named(name, Kind::Pool),
        "upid" => Part::Named(name, Kind::Upid),
        "sid" => Part::Named(name, Kind::Ha),
        _ => Part::Named(name, Kind::Word),
    }
}

fn param(word: &'static str) -> Param {
    let (open, word) = match word.strip_prefix('-') {
        Some(word) => (false, word),
        None => (true, word),
    };
    let (word, kind) = match word.split_once('=') {
        Some((word, kind)) => (word, Kind::named(kind)),
        None => (word, Kind::Plain),
    };
    let (word, many) = match word.strip_suffix('*') {
        Some(word) => (word, true),
        None => (word, false),
    };
    let (name, numbered) = match word.strip_suffix("[n]") {
        Some(word) => (word, true),
        None => (word, false),
    };
    Param { name, numbered, many, kind: open.then_some(kind) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn path(template: &str) -> Vec<String> {
        template.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Method, template and parameters as PVE's own schema has them.
    fn schema() -> impl Iterator<Item = (PveMethod, &'static str, Vec<&'static str>)> {
        lines(include_str!("schema-9.2.txt")).map(|line| {
            let mut words = line.split(' ');
            let (method, template) = (words.next().unwrap(), words.next().unwrap());
            (method.parse().unwrap(), template, words.collect())
        })
    }

    #[test]
    fn every_call_of_pve_is_open_or_closed_for_a_reason() {
        let mut rows = 0;
        for (method, template, params) in schema() {
            let open = TABLE.iter().find(|row| row.method == method && row.template == template);
            let closed = why(method, &path(template).iter().map(String::as_str).collect::<Vec<_>>());
            assert!(open.is_some() != closed.is_some(), "{method} {template}: {} {closed:?}", open.is_some());
            let Some(row) = open else { continue };
            rows += 1;
            for name in params {
                let number = name.strip_suffix("[n]").map(|stem| format!("{stem}0"));
                let name = number.as_deref().unwrap_or(name);
                assert!(row.holds(name) != row.param(name).is_some(), "{method} {template}: {name}");
            }
        }
        // The root of the tree is in no schema.
        assert_eq!(rows + 1, TABLE.len(), "the table has calls that PVE does not have");
    }

    #[test]
    fn the_table_has_no_parameters_that_pve_has_not() {
        for (method, template, params) in schema() {
            let Some(row) = TABLE.iter().find(|row| row.method == method && row.template == template) else { continue };
            let known: BTreeSet<&str> = params.into_iter().map(|name| name.trim_end_matches("[n]")).collect();
            for param in &row.params {
                assert!(known.contains(param.name), "{method} {template}: {}", param.name);
            }
            assert_eq!(
                row.params.iter().map(|param| (param.name, param.numbered)).collect::<BTreeSet<_>>().len(),
                row.params.len()
            );
        }
    }

    #[test]
    fn every_reason_closes_something() {
        for shut in CLOSED.iter() {
            let closes = schema().any(|(method, template, _)| {
                let parts = path(template);
                let whole = if shut.below { parts.len() >= shut.parts.len() } else { parts.len() == shut.parts.len() };
                whole
                    && shut.method.is_none_or(|own| own == method)
                    && shut.parts.iter().zip(&parts).all(|(a, b)| a == b)
            });
            assert!(closes, "{:?}", shut.parts);
        }
    }

    #[test]
    fn nothing_closed_is_reached_by_another_reading_of_its_path() {
        for (method, template, _) in schema() {
            if find_template(method, template).is_ok() {
                continue;
            }
            let filled = template.replace("{node}", "pve1").replace("{vmid}", "100").replace("{storage}", "local");
            let filled: Vec<String> = path(&filled).into_iter().map(|part| part.replace(['{', '}'], "")).collect();
            let found = find(method, &filled);
            assert!(found.is_err(), "{method} {template} is open as {}", found.unwrap().row.template);
        }
    }

    #[test]
    fn what_lets_somebody_in_is_closed() {
        use PveMethod::{Delete, Get, Post, Put};
        for (method, template) in [
            (Post, "/access/ticket"),
            (Post, "/access/users/{userid}/token/{tokenid}"),
            (Get, "/access/users/{userid}/token"),
            (Put, "/access/password"),
            (Put, "/access/acl"),
            (Post, "/access/roles"),
            (Delete, "/access/tfa/{userid}/{id}"),
            (Get, "/access/domains"),
            (Post, "/nodes/{node}/qemu/{vmid}/vncproxy"),
            (Get, "/nodes/{node}/qemu/{vmid}/vncwebsocket"),
            (Post, "/nodes/{node}/lxc/{vmid}/termproxy"),
            (Post, "/nodes/{node}/qemu/{vmid}/spiceproxy"),
            (Post, "/nodes/{node}/termproxy"),
            (Post, "/nodes/{node}/vncshell"),
            (Post, "/nodes/{node}/qemu/{vmid}/mtunnel"),
            (Post, "/nodes/{node}/qemu/{vmid}/remote_migrate"),
            (Get, "/cluster/config/join"),
            (Get, "/cluster/config/totem"),
            (Get, "/cluster/acme/account/{name}"),
            (Get, "/cluster/acme/plugins/{id}"),
            (Post, "/nodes/{node}/certificates/custom"),
            (Post, "/nodes/{node}/execute"),
            (Post, "/nodes/{node}/qemu/{vmid}/agent/exec"),
            (Get, "/nodes/{node}/qemu/{vmid}/agent/file-read"),
            (Post, "/nodes/{node}/qemu/{vmid}/agent/set-user-password"),
            (Post, "/nodes/{node}/qemu/{vmid}/monitor"),
            (Get, "/nodes/{node}/qemu/{vmid}/cloudinit/dump"),
            (Post, "/storage"),
            (Get, "/cluster/metrics/server/{id}"),
            (Get, "/cluster/notifications/endpoints/smtp/{name}"),
            (Get, "/nodes/{node}/ceph/cfg/raw"),
            (Post, "/nodes/{node}/apt/update"),
            (Get, "/nodes/{node}/config"),
            (Put, "/cluster/mapping/pci/{id}"),
        ] {
            assert!(matches!(find_template(method, template), Err(Missed::Closed(_))), "{method} {template}");
        }
        assert_eq!(find_template(Get, "/nosuch").unwrap_err(), Missed::Unknown);
        assert_eq!(find_template(Put, "/version").unwrap_err(), Missed::Unknown);
        for row in TABLE.iter() {
            for name in ["args", "hookscript", "lock", "skiplock"] {
                assert!(row.param(name).is_none_or(|param| param.kind.is_none()), "{} {name}", row.template);
            }
        }
    }

    #[test]
    fn changes_never_take_less_than_a_right_to_change() {
        for row in TABLE.iter() {
            let reads = row.method == PveMethod::Get;
            assert!(reads || !matches!(row.right, Right::See | Right::Read), "{} {}", row.method, row.template);
            let on_guest = matches!(row.right, Right::Power | Right::Snapshot | Right::Guest);
            assert!(!on_guest || row.guest().is_some(), "{} {}", row.method, row.template);
            let limited = row.guest().is_some() || matches!(row.template, "/version" | "/cluster/resources");
            assert!(!row.limited || limited, "{} {}", row.method, row.template);
        }
    }

    #[test]
    fn paths_are_found_with_what_they_name() {
        let find = |text: &str| find(PveMethod::Get, &path(text)).unwrap();
        assert_eq!(find("/").row.template, "/");
        let hit = find("/nodes/pve1/storage/local/content/local:iso/a.iso");
        assert_eq!(hit.row.template, "/nodes/{node}/storage/{storage}/content/{volume}");
        assert_eq!(hit.named[2], ("volume", Kind::Volume, "local:iso/a.iso".to_owned()));
        assert_eq!(find("/nodes/pve1/qemu/100/config").row.guest(), Some(GuestKind::Qemu));
        let param = |name: &str| {
            let hit = super::find(PveMethod::Put, &path("/nodes/a/qemu/100/config")).unwrap();
            hit.row.param(name).and_then(|param| param.kind)
        };
        assert_eq!(param("scsi0"), Some(Kind::Drive));
        assert_eq!(param("scsi30"), Some(Kind::Drive));
        for none in ["scsi", "scsi00", "scsi1x", "scsi1234", "scsi-1", "SCSI0", "args", "nosuch"] {
            assert_eq!(param(none), None, "{none}");
        }
    }
}
