//! The page knows every reason with which a console can end, by the code and name that the relay gives it.

use nexus_relay::EndReason;

#[test]
fn the_page_knows_every_close_code_and_when_to_try_again() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/features/console/reasons.ts");
    let page = std::fs::read_to_string(file).expect("the page's reasons");
    let retries = page.split("RETRIES").nth(1).and_then(|rest| rest.split("])").next()).expect("the list of retries");
    for reason in EndReason::ALL {
        let line = format!("  {}: '{}',", reason.code(), reason.name());
        assert!(page.contains(&line), "reasons.ts lacks {line}");
        let tries_again = retries.contains(&format!("'{}'", reason.name()));
        assert_eq!(tries_again, reason.may_retry(), "{}: the page and the relay disagree", reason.name());
    }
}
