//! What is left of PVE's answers about a provided server: the guests inside its limit, and nothing of where they are.
//!
//! Built up from what may be shown, never by taking away what may not: a field that PVE adds one day is not shown.

use std::collections::HashSet;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{Answer, Format};

/// The node's name on provided servers, whichever it is.
pub(super) const NODE: &str = "nexus";

/// What a row of `/cluster/resources` shows of a guest.
const GUEST: &[&str] = &[
    "id",
    "type",
    "vmid",
    "name",
    "status",
    "template",
    "tags",
    "uptime",
    "cpu",
    "maxcpu",
    "mem",
    "maxmem",
    "memhost",
    "disk",
    "maxdisk",
    "netin",
    "netout",
    "diskread",
    "diskwrite",
    "lock",
    "hastate",
];
/// What the state of a guest shows.
const STATUS: &[&str] = &[
    "vmid",
    "name",
    "status",
    "qmpstatus",
    "template",
    "tags",
    "uptime",
    "cpu",
    "cpus",
    "mem",
    "maxmem",
    "memhost",
    "disk",
    "maxdisk",
    "swap",
    "maxswap",
    "netin",
    "netout",
    "diskread",
    "diskwrite",
    "lock",
    "type",
    "agent",
    "balloon",
    "freemem",
];
/// What a snapshot shows.
const SNAPSHOT: &[&str] = &["name", "description", "snaptime", "vmstate", "parent", "running", "snapstate"];

/// What an answer about a provided server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The version.
    Version,
    /// All there is, of which the guests inside the limit are left.
    Resources,
    /// The state of a guest.
    Status,
    /// Figures over time.
    Figures,
    /// Snapshots.
    Snapshots,
    /// A task, whose name tells where it runs.
    Begun,
}

impl Shape {
    /// The answer's shape by the template of its path; `None` for what has none, and is not shown.
    pub(super) fn of(reads: bool, template: &str) -> Option<Self> {
        match template.rsplit('/').next()? {
            _ if !reads => Some(Self::Begun),
            "version" => Some(Self::Version),
            "resources" => Some(Self::Resources),
            "current" => Some(Self::Status),
            "rrddata" => Some(Self::Figures),
            "snapshot" => Some(Self::Snapshots),
            _ => None,
        }
    }

    fn keep(self, data: Value, inside: &HashSet<(String, u32)>) -> Option<Value> {
        match self {
            Self::Version => Some(pick(data, &["version", "release", "repoid"])),
            Self::Resources => {
                let rows =
                    rows(data)?.into_iter().filter(|row| is_inside(row, inside)).map(|row| placed(pick(row, GUEST)));
                Some(rows.collect())
            }
            Self::Status => Some(pick(data, STATUS)),
            Self::Figures => Some(rows(data)?.into_iter().map(numbers).collect()),
            Self::Snapshots => Some(rows(data)?.into_iter().map(|row| pick(row, SNAPSHOT)).collect()),
            Self::Begun => Some(Value::Null),
        }
    }
}

/// The answer with what may be shown of it. `inside` holds the guests of the limit, by kind and vmid.
pub(super) fn within(answer: &Answer, format: Format, shape: Shape, inside: &HashSet<(String, u32)>) -> Answer {
    let mut envelope: Map<String, Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
    let succeeded = (200..300).contains(&answer.status)
        && (format == Format::Json
            || matches!(envelope.get("success"), Some(Value::Number(one)) if one.as_i64() == Some(1)));
    let data = envelope.remove("data").filter(|_| succeeded).and_then(|data| shape.keep(data, inside));
    let refused = "Proxmox VE refused this, or does not tell it here";
    let body = match (format, data) {
        (Format::Json, Some(data)) => json!({ "data": data }),
        (Format::Json, None) => json!({ "data": null, "message": refused }),
        (Format::Extjs, Some(data)) => json!({ "success": 1, "data": data }),
        (Format::Extjs, None) => json!({ "success": 0, "data": null, "message": refused, "status": 500 }),
    };
    let fine = body.get("message").is_none() || format == Format::Extjs;
    let status = if fine || answer.status >= 400 { answer.status } else { 502 };
    // The reason is the beginning of PVE's words, which name nodes.
    Answer {
        status,
        reason: String::new(),
        content_type: "application/json;charset=UTF-8".to_owned(),
        body: Bytes::from(body.to_string()),
    }
}

fn rows(data: Value) -> Option<Vec<Value>> {
    match data {
        Value::Array(rows) => Some(rows),
        _ => None,
    }
}

fn pick(row: Value, fields: &[&str]) -> Value {
    let Value::Object(row) = row else { return Value::Null };
    let kept = row.into_iter().filter(|(name, value)| fields.contains(&name.as_str()) && is_plain(value));
    Value::Object(kept.collect())
}

fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Figures have names of their own in each version; none of them is a text.
fn numbers(row: Value) -> Value {
    let Value::Object(row) = row else { return Value::Null };
    Value::Object(row.into_iter().filter(|(_, value)| value.is_number() || value.is_null()).collect())
}

fn placed(row: Value) -> Value {
    let Value::Object(mut row) = row else { return row };
    row.insert("node".to_owned(), NODE.into());
    Value::Object(row)
}

fn is_inside(row: &Value, inside: &HashSet<(String, u32)>) -> bool {
    let kind = row.get("type").and_then(Value::as_str);
    let vmid = match row.get("vmid") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let vmid = vmid.and_then(|vmid| u32::try_from(vmid).ok());
    matches!((kind, vmid), (Some(kind), Some(vmid)) if inside.contains(&(kind.to_owned(), vmid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(shape: Shape, status: u16, format: Format, body: &str) -> (u16, Value) {
        let inside = HashSet::from([("qemu".to_owned(), 101), ("lxc".to_owned(), 200)]);
        let answer = Answer {
            status,
            reason: "from pve1".into(),
            content_type: "text/html".into(),
            body: Bytes::from(body.to_owned()),
        };
        let answer = within(&answer, format, shape, &inside);
        assert_eq!((answer.reason.as_str(), answer.content_type.as_str()), ("", "application/json;charset=UTF-8"));
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    #[test]
    fn only_guests_inside_are_listed_and_never_where() {
        let body = r#"{"data":[
            {"id":"qemu/101","type":"qemu","vmid":101,"node":"pve1","name":"a","pool":"inner","status":"running","new":"x"},
            {"id":"qemu/102","type":"qemu","vmid":102,"node":"pve1","name":"b"},
            {"id":"lxc/101","type":"lxc","vmid":101,"node":"pve1","name":"other"},
            {"id":"lxc/200","type":"lxc","vmid":"200","node":"pve2","name":"c"},
            {"id":"node/pve1","type":"node","node":"pve1"},
            {"id":"storage/pve1/local","type":"storage","storage":"local"}]}"#;
        let (_, shown) = shown(Shape::Resources, 200, Format::Json, body);
        let expected = json!({ "data": [
            { "id": "qemu/101", "type": "qemu", "vmid": 101, "name": "a", "status": "running", "node": NODE },
            { "id": "lxc/200", "type": "lxc", "vmid": "200", "name": "c", "node": NODE },
        ] });
        assert_eq!(shown, expected);
    }

    #[test]
    fn words_of_pve_do_not_pass() {
        let refusal =
            r#"{"data":null,"message":"Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist"}"#;
        let (status, body) = shown(Shape::Status, 500, Format::Json, refusal);
        assert_eq!(status, 500);
        assert!(!body.to_string().contains("pve1"));
        let (_, body) =
            shown(Shape::Status, 200, Format::Extjs, r#"{"success":0,"data":{"name":"x"},"message":"pve1"}"#);
        assert!(!body.to_string().contains("pve1") && body["success"] == 0 && body["data"].is_null());
        let upid = r#"{"data":"UPID:pve1:0001:0002:0003:qmstart:101:broker@pve!nexus:"}"#;
        assert_eq!(shown(Shape::Begun, 200, Format::Json, upid), (200, json!({ "data": null })));
        for broken in ["", "[]", "<html>", r#"{"data":{"a":1}}"#] {
            let (status, body) = shown(Shape::Resources, 200, Format::Json, broken);
            assert_eq!((status, &body["data"]), (502, &Value::Null), "{broken}");
        }
    }

    #[test]
    fn states_and_figures_show_known_fields_alone() {
        let body = r#"{"data":{"vmid":101,"status":"running","ha":{"managed":0},"blockstat":{"scsi0":{}},"running-qemu":"9","node":"pve1"}}"#;
        assert_eq!(
            shown(Shape::Status, 200, Format::Json, body).1,
            json!({ "data": { "vmid": 101, "status": "running" } })
        );
        let body = r#"{"data":[{"time":1,"cpu":0.5,"node":"pve1"}]}"#;
        assert_eq!(shown(Shape::Figures, 200, Format::Json, body).1, json!({ "data": [{ "time": 1, "cpu": 0.5 }] }));
        assert_eq!(Shape::of(true, "/nodes/{node}/qemu/{vmid}/config"), None);
    }
}
