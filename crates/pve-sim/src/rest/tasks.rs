//! Tasks of a node: list, state, log, stopping.

use serde_json::{Value, json};

use super::{Call, Failure, Outcome, Reply};
use crate::tasks::{Filter, Upid};

/// Whether a task is the caller's own: a token's own, a user's own and those of its tokens.
pub(super) fn own(call: &Call<'_>, user: &str) -> Result<bool, Failure> {
    let who = call.who()?;
    let same_user = who.token.is_none() && user.split('!').next() == Some(who.user.as_str());
    Ok(user == who.full() || same_user)
}

/// The task in the path, if the caller may see it.
fn task(call: &Call<'_>, privilege: &str) -> Result<String, Failure> {
    let text = call.text("upid");
    let upid = Upid::parse(&text).ok_or_else(|| Failure::param("upid", "unable to parse worker upid"))?;
    let path = format!("/nodes/{}", call.node());
    if !own(call, &upid.user)? && !call.may(&path, &[privilege]) {
        return Err(Failure::forbidden(&path, &[privilege]));
    }
    if upid.node != call.node() || call.cluster.tasks.status(&text).is_none() {
        return Err(Failure::param("upid", "no such task"));
    }
    Ok(text)
}

fn gone() -> Failure {
    Failure::param("upid", "no such task")
}

/// GET …/tasks/U/status.
pub(super) fn status(call: &Call<'_>) -> Outcome {
    let upid = task(call, "Sys.Audit")?;
    Ok(call.cluster.tasks.status(&upid).ok_or_else(gone)?.into())
}

/// GET …/tasks/U/log.
pub(super) fn log(call: &Call<'_>) -> Outcome {
    let upid = task(call, "Sys.Audit")?;
    let mut lines = call.cluster.tasks.log(&upid).ok_or_else(gone)?;
    if lines.is_empty() {
        lines.push("no content".to_owned());
    }
    let start = call.number("start").and_then(|start| usize::try_from(start).ok()).unwrap_or(0);
    let limit = match call.number("limit").and_then(|limit| usize::try_from(limit).ok()) {
        None => 50,
        Some(0) => usize::MAX,
        Some(limit) => limit,
    };
    let total = lines.len();
    let rows = lines.into_iter().enumerate().skip(start).take(limit);
    let data: Vec<Value> = rows.map(|(index, line)| json!({ "n": index + 1, "t": line })).collect();
    Ok(Reply { data: data.into(), total: Some(total), console: None })
}

/// DELETE …/tasks/U: fine also for a task that is over.
pub(super) fn cancel(call: &Call<'_>) -> Outcome {
    let upid = task(call, "Sys.Modify")?;
    call.cluster.tasks.cancel(&upid);
    Ok(Value::Null.into())
}

/// GET /nodes/N/tasks: what the caller may see, newest first. `total` is how many rows were walked over.
pub(super) fn list(call: &Call<'_>) -> Outcome {
    let source = call.maybe("source").unwrap_or_else(|| "archive".to_owned());
    let filter = Filter {
        running: source != "archive",
        finished: source != "active",
        vmid: call.maybe("vmid"),
        kind: call.maybe("typefilter"),
        user: call.maybe("userfilter"),
        errors: call.flag("errors"),
        since: call.number("since"),
        until: call.number("until"),
    };
    let node = call.node();
    let all = call.may(&format!("/nodes/{node}"), &["Sys.Audit"]);
    let mut rows = Vec::new();
    for row in call.cluster.tasks.rows(&node, &filter) {
        let upid = row["upid"].as_str().and_then(Upid::parse);
        if all || upid.is_some_and(|upid| own(call, &upid.user).unwrap_or(false)) {
            rows.push(row);
        }
    }
    let start = call.number("start").and_then(|start| usize::try_from(start).ok()).unwrap_or(0);
    let limit = call.number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(50);
    let total = rows.len();
    let data: Vec<Value> = rows.into_iter().skip(start).take(limit).collect();
    Ok(Reply { data: data.into(), total: Some(total), console: None })
}
