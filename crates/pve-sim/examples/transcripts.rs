//! Turns recorded HTTP exchanges with a genuine PVE into the fixtures that the simulator is compared with: request,
//! status line, header lines, shape of the body. It must never let a secret or a ticket through.
//!
//! `cargo run -p pve-sim --example transcripts -- FOLDER > crates/pve-sim/fixtures/transcripts-9.2.jsonl`

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

/// Headers whose value differs from answer to answer.
const VOLATILE: [&str; 5] = ["date", "expires", "content-length", "sec-websocket-accept", "location"];

fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).context("name the folder with the recordings")?;
    let mut files: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let path = file.path();
        if path.extension().is_some_and(|extension| extension == "http") {
            println!("{}", transcript(&path)?);
        }
    }
    Ok(())
}

/// One recording.
fn transcript(path: &Path) -> anyhow::Result<Value> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).context("a file without a name")?;
    let bytes = std::fs::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let (mut request, mut answer) = (Message::default(), Message::default());
    let mut answering = false;
    for line in text.lines() {
        let (target, sign) = if answering { (&mut answer, "<") } else { (&mut request, ">") };
        if !answering && line.starts_with("< ") {
            answering = true;
            answer.head.push(line[2..].to_owned());
        } else if target.body.is_none() && line == sign {
            target.body = Some(String::new());
        } else if let (None, Some(rest)) = (&target.body, line.strip_prefix(&format!("{sign} "))) {
            target.head.push(rest.to_owned());
        } else if let Some(body) = &mut target.body {
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(line);
        }
    }
    let mut out = json!({ "name": name, "request": request.request() });
    out["answer"] = answer.answer();
    Ok(out)
}

#[derive(Default)]
struct Message {
    head: Vec<String>,
    body: Option<String>,
}

impl Message {
    fn headers(&self) -> Vec<(String, String)> {
        let split = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.head.iter().skip(1).filter_map(split).collect()
    }

    /// A request with placeholders for what is made anew at each run; null where none was recorded.
    fn request(&self) -> Value {
        let Some(line) = self.head.first().filter(|line| !line.starts_with('(')) else { return Value::Null };
        let headers = self.headers().into_iter().map(|(name, value)| {
            let value = if value.contains("PVEAuthCookie=PVE") && !value.ends_with("AAAAA") {
                "PVEAuthCookie={cookie}".to_owned()
            } else if name == "CSRFPreventionToken" && !value.ends_with(":xxxx") {
                "{csrf}".to_owned()
            } else if name == "X-Big" {
                "{fill}".to_owned()
            } else {
                value.replace("<TOKEN-SECRET>", "{secret}")
            };
            format!("{name}: {value}")
        });
        let mut out = json!({ "line": placeholders(line), "headers": headers.collect::<Vec<_>>() });
        let mut body = self.body.clone().unwrap_or_default();
        if let Some(cut) = body.find("\n<... cut") {
            // The rest repeats the last character.
            body.truncate(cut.min(24));
        }
        let body = body.trim_end_matches('\n').replace("<PASSWORD>", "{password}");
        let renewed = body.split_once("password=PVE").map(|(before, _)| format!("{before}password={{cookie}}"));
        out["body"] = renewed.unwrap_or(body).into();
        out
    }

    /// An answer; null where none came.
    fn answer(&self) -> Value {
        let Some(line) = self.head.first().filter(|line| line.starts_with("HTTP/")) else { return Value::Null };
        let headers = self.headers();
        let listed = headers.iter().map(|(name, value)| {
            let keep = !VOLATILE.contains(&name.to_ascii_lowercase().as_str());
            if keep { format!("{name}: {value}") } else { name.clone() }
        });
        let mut out = json!({ "line": line, "headers": listed.collect::<Vec<_>>() });
        let of = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let body = self.body.as_deref().unwrap_or_default();
        if of("Content-Encoding").is_some() || of("Upgrade").is_some() {
            return out;
        }
        if of("Content-Type").is_some_and(|kind| kind.starts_with("application/json")) {
            let parsed = body.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
            let failed = parsed.as_ref().is_some_and(|value| value["data"].is_null());
            // Errors are compared word by word, data by its shape.
            out[if failed { "json" } else { "shape" }] =
                parsed.map_or(Value::Null, |value| if failed { value } else { shape(&value) });
        } else if of("Content-Length").is_some() {
            out["text"] = body.trim_end_matches('\n').into();
            out["length"] = of("Content-Length").into();
        }
        out
    }
}

/// A request line with placeholders for task ids, ports and tickets.
fn placeholders(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some(start) = line.find("/tasks/UPID").filter(|_| !line.contains("root@pam")) {
        let start = start + "/tasks/".len();
        let end = line[start..].find(['/', ' ']).map_or(line.len(), |end| start + end);
        let encoded = line[start..end].contains("%3A");
        line.replace_range(start..end, if encoded { "{upid}" } else { "{plain-upid}" });
    }
    if let Some(start) = line.find("vncticket=") {
        let start = start + "vncticket=".len();
        let end = line[start..].find([' ', '&']).map_or(line.len(), |end| start + end);
        line.replace_range(start..end, "{ticket}");
    }
    if let Some(start) = line.find("port=59") {
        let start = start + "port=".len();
        let end = line[start..].find([' ', '&']).map_or(line.len(), |end| start + end);
        line.replace_range(start..end, "{port}");
    }
    line
}

/// The shape of a value: types instead of values, each different row of a list once.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(text) if text.starts_with("UPID:") => "upid".into(),
        Value::String(_) => "string".into(),
        Value::Array(items) => {
            let mut shapes: Vec<Value> = Vec::new();
            for item in items.iter().map(shape) {
                if !shapes.contains(&item) {
                    shapes.push(item);
                }
            }
            shapes.sort_by_key(Value::to_string);
            Value::Array(shapes)
        }
        Value::Object(map) => Value::Object(map.iter().map(|(key, item)| (key.clone(), shape(item))).collect()),
    }
}
