//! The part of the page about a living fleet, and the limits of its ratios.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::fleet::median;

/// A refresh of all servers may take no longer than asking one after the other.
const REFRESH_LIMIT: f64 = 1.0;
/// So many more requests may 500 watchers cost than one: the window holds three turns of each server, and one more
/// where it begins just before one.
const WATCHERS_LIMIT: f64 = 1.34;

fn number(measured: &Value, path: &str) -> Result<f64> {
    measured.pointer(path).and_then(Value::as_f64).with_context(|| format!("there is no {path}"))
}

/// Prints the ratios and gives the part of the page.
///
/// # Errors
/// The run was not whole, or a ratio is over its limit.
pub(super) fn part(measured: &Value) -> Result<String> {
    let of = |path: &str| number(measured, path);
    let (refresh, sequential) = (median(measured, "refresh_ms")?, median(measured, "sequential_ms")?);
    let (one, all) = (of("/requests/watchers_1")?, of("/requests/watchers_500")?);
    let (fresh, watched) = (refresh / sequential, all / one);
    println!(
        "\nrefresh of all beside one after the other: {fresh:.2}; requests of 500 watchers beside one: {watched:.2}"
    );
    println!("2,000 servers a minute: {:.1} % of a core", of("/many/cpu_percent")?);
    if fresh > REFRESH_LIMIT || watched > WATCHERS_LIMIT {
        bail!("over the limit: refresh {fresh:.2} of {REFRESH_LIMIT}, watchers {watched:.2} of {WATCHERS_LIMIT}");
    }
    Ok(format!(
        "
## A living fleet

| 50 servers with {guests} guests each | | |
|---|---|---|
| fresh pictures of all, ms | {refresh:.0} | median of 5 |
| the same answers fetched by a plain client, one after the other, ms | {sequential:.0} | median of 5 |
| ratio, at most {REFRESH_LIMIT} | {fresh:.2} | |
| resident memory for {in_all:.0} guests, MiB | {held:.0} | {each:.0} bytes a guest |
| first page of the list of guests, ms | {first:.1} | 100 of {in_all:.0} |
| search in names, numbers, tags, pools and nodes, ms | {search:.1} | over {in_all:.0} |
| requests to PVE with 1 and with {watchers:.0} people who watch | {one:.0} and {all:.0} | in {seconds:.0} s |
| ratio, at most {WATCHERS_LIMIT} | {watched:.2} | |
| a core's share with 1 and with {watchers:.0} people who watch | {one_percent:.0} % and {all_percent:.0} % | |
| {many:.0} servers checked every 60 s: a core's share | {cpu:.1} % | {minute:.0} requests in a minute, {resident:.0} MiB resident |

Nexus runs in a process of its own; the simulated servers share the machine's cores with it. Memory is what the process
grew by, clients and their connections included. The many servers are one simulated machine at as many addresses, with
10 guests each; nobody watches them.
",
        guests = of("/guests")?,
        in_all = of("/guests_in_all")?,
        held = of("/held_kib")? / 1024.0,
        each = of("/held_kib")? * 1024.0 / of("/guests_in_all")?,
        first = of("/first_page_ms")?,
        search = of("/search_ms")?,
        watchers = of("/watchers")?,
        seconds = of("/watched_s")?,
        one_percent = of("/one_percent")?,
        all_percent = of("/all_percent")?,
        many = of("/many/servers")?,
        cpu = of("/many/cpu_percent")?,
        minute = of("/many/requests/minute")?,
        resident = of("/many/resident_kib")? / 1024.0,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn measured(all: u32, refresh: f64) -> Value {
        json!({
            "guests": 1000, "guests_in_all": 50_000, "refresh_ms": [refresh], "sequential_ms": [1000.0], "held_kib": 51_200,
            "first_page_ms": 20.0, "search_ms": 30.0, "watchers": 500, "watched_s": 30, "one_percent": 20.0,
            "all_percent": 40.0, "requests": { "watchers_1": 150, "watchers_500": all },
            "many": { "servers": 2000, "cpu_percent": 12.5, "resident_kib": 102_400, "requests": { "minute": 2000 } },
        })
    }

    #[test]
    fn ratios_stand_in_the_page_and_have_limits() {
        let part = part(&measured(151, 500.0)).unwrap();
        assert!(
            part.contains("| 0.50 |") && part.contains("1049 bytes a guest") && part.contains("150 and 151"),
            "{part}"
        );
        assert!(super::part(&measured(151, 1100.0)).is_err(), "slower than one after the other");
        assert!(super::part(&measured(210, 500.0)).is_err(), "watchers cost requests");
        assert!(super::part(&json!({})).is_err());
    }
}
