//! The page knows every reason with which a console can end, by the code and name that the relay gives it.

use nexus_relay::EndReason;

#[test]
fn the_page_knows_every_close_code_and_when_to_try_again() {
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src");
    let read = |file: &str| std::fs::read_to_string(format!("{web}/{file}")).expect("a file of the page");
    let (codes, page) = (read("lib/console-reasons.ts"), read("features/console/reasons.ts"));
    let retries = page.split("RETRIES").nth(1).and_then(|rest| rest.split("])").next()).expect("the list of retries");
    for reason in EndReason::ALL {
        let line = format!("  {}: '{}',", reason.code(), reason.name());
        assert!(codes.contains(&line), "console-reasons.ts lacks {line}");
        let tries_again = retries.contains(&format!("'{}'", reason.name()));
        assert_eq!(tries_again, reason.may_retry(), "{}: the page and the relay disagree", reason.name());
    }
}
