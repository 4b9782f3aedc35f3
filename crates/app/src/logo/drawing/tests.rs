//! Drawings that are taken, and what is refused of those that are not: by name, at once, before anything is drawn.

use super::*;

const SIDE: u32 = 64;

fn svg(inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"20\" height=\"10\">{inside}</svg>"
    )
}

fn code(text: &str) -> &'static str {
    assert!(looks_like_one(text.as_bytes()), "{}", &text[..text.len().min(80)]);
    drawn(text.as_bytes(), SIDE).err().map_or("taken", |error| error.code)
}

#[test]
fn a_drawing_becomes_pixels() {
    let text = format!("\u{feff}<?xml version=\"1.0\"?>\n{}", svg("<rect width=\"10\" height=\"10\" fill=\"#f00\"/>"));
    assert!(looks_like_one(text.as_bytes()));
    let pixels = drawn(text.as_bytes(), SIDE).unwrap();
    assert_eq!(pixels.dimensions(), (64, 32));
    assert_eq!(pixels.get_pixel(3, 3).0, [255, 0, 0, 255]);
    assert_eq!(pixels.get_pixel(60, 3).0, [0, 0, 0, 0]);
}

#[test]
fn what_logos_are_made_of_is_taken() {
    for inside in [
        "<defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"red\"/><stop offset=\"1\"/></linearGradient></defs>\
         <circle r=\"5\" fill=\"url(#a)\"/>",
        "<style>.a{fill:url(#g);clip-path:url(#c)}</style><radialGradient id=\"g\"><stop stop-color=\"red\"/></radialGradient>\
         <clipPath id=\"c\"><rect width=\"5\" height=\"5\"/></clipPath><rect class=\"a\" width=\"9\" height=\"9\"/>",
        "<mask id=\"m\"><rect width=\"9\" height=\"9\" fill=\"white\"/></mask><g mask=\"url('#m')\" opacity=\".5\">\
         <path d=\"M0 0h9v9z\" stroke=\"red\" stroke-dasharray=\"1 2\"/></g>",
        "<symbol id=\"s\"><rect width=\"5\" height=\"5\"/></symbol><use href=\"#s\"/><use xlink:href=\"#s\" x=\"9\"/>",
        "<metadata><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" r:about=\"http://example.org\"/></metadata>\
         <title>Name</title><ellipse rx=\"3\" ry=\"4\" onyx=\"\"/>",
    ] {
        let text = svg(inside).replace(" onyx=\"\"", "");
        assert_eq!(code(&text), "taken", "{inside}");
    }
}

#[test]
fn what_could_run_or_reach_out_is_refused() {
    for inside in [
        "<script>alert(1)</script>",
        "<SCRIPT xmlns=\"http://www.w3.org/1999/xhtml\">alert(1)</SCRIPT>",
        "<rect width=\"5\" height=\"5\" onload=\"alert(1)\"/>",
        "<rect width=\"5\" height=\"5\" ONCLICK=\"alert(1)\"/>",
        "<foreignObject width=\"5\" height=\"5\"><body xmlns=\"http://www.w3.org/1999/xhtml\"/></foreignObject>",
        "<a xlink:href=\"javascript:alert(1)\"><rect width=\"5\" height=\"5\"/></a>",
        "<a href=\"https://example.org/\"><rect width=\"5\" height=\"5\"/></a>",
        "<use xlink:href=\"other.svg#a\"/>",
        "<use href=\"http://127.0.0.1/x.svg#a\"/>",
        "<image href=\"file:///etc/passwd\" width=\"5\" height=\"5\"/>",
        "<image xlink:href=\"data:image/png;base64,iVBORw0KGgo=\" width=\"5\" height=\"5\"/>",
        "<rect fill=\"url(http://example.org/#a)\" width=\"5\" height=\"5\"/>",
        "<rect style=\"fill:url( 'data:image/svg+xml,x' )\" width=\"5\" height=\"5\"/>",
        "<rect style=\"fill:u\\72l(http://example.org)\" width=\"5\" height=\"5\"/>",
        "<style>@import url(http://example.org/x.css);</style>",
        "<style>@font-face{font-family:a;src:url(data:font/woff;base64,AA)}</style>",
        "<g xml:base=\"http://example.org/\"/>",
        "<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>",
        "<set attributeName=\"onload\" to=\"alert(1)\"/>",
        "<filter id=\"f\"><feImage href=\"#a\"/></filter>",
        "<pattern id=\"p\" width=\"1000000\" height=\"1000000\"/>",
        "<iframe src=\"http://example.org\"/>",
    ] {
        let text = svg(&format!("<rect width=\"9\" height=\"9\"/>{inside}"));
        assert_eq!(code(&text), "unsafe", "{inside}");
    }
    let sheet =
        format!("<?xml-stylesheet href=\"http://example.org/x.css\"?>{}", svg("<rect width=\"5\" height=\"5\"/>"));
    assert_eq!(code(&sheet), "unsafe");
}

#[test]
fn entities_are_refused_before_they_are_read() {
    let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a0 \"aaaaaaaaaa\">");
    for n in 1..10 {
        bomb.push_str(&format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)));
    }
    bomb.push_str(&format!("]>{}", svg("<title>&a9;</title>")));
    let outside = format!("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", svg("<title>&x;</title>"));
    let plain = format!("<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x.dtd\">{}", svg("<rect/>"));
    for text in [bomb, outside, plain] {
        assert_eq!(code(&text), "unsafe");
    }
}

#[test]
fn bombs_do_not_go_off() {
    let nested =
        |count: usize| svg(&format!("{}<rect width=\"9\" height=\"9\"/>{}", "<g>".repeat(count), "</g>".repeat(count)));
    assert_eq!(code(&nested(30)), "taken");
    assert_eq!(code(&nested(10_000)), "too_large");
    assert_eq!(code(&nested(60_000)), "too_large");
    let see_through = "<g opacity=\".9\">".repeat(30);
    let layers =
        format!("{see_through}<rect width=\"90000\" height=\"90000\" x=\"-30000\" y=\"-30000\"/>{}", "</g>".repeat(30));
    let size = "width=\"20\" height=\"10\"";
    assert_eq!(
        drawn(svg(&layers).replace(size, "width=\"1000\" height=\"1000\"").as_bytes(), 1024).unwrap_err().code,
        "too_large"
    );
    let mut uses = String::from("<g id=\"a0\"><rect width=\"1\" height=\"1\"/></g>");
    for n in 1..20 {
        uses.push_str(&format!("<g id=\"a{n}\">{}</g>", format!("<use href=\"#a{}\"/>", n - 1).repeat(10)));
    }
    assert_eq!(code(&svg(&uses)), "too_large");
    let many = "<rect width=\"9\" height=\"9\"/>".repeat(20_001);
    assert_eq!(code(&svg(&many)), "too_large");
    let large = "<rect width=\"20\" height=\"10\" fill-opacity=\".5\"/>".repeat(15_000);
    assert_eq!(drawn(svg(&large).as_bytes(), 1024).unwrap_err().code, "too_large");
    let dashes = "<path d=\"M0 0h1000000v1000000\" stroke=\"red\" stroke-dasharray=\"0.001\"/>";
    assert_eq!(code(&svg(dashes)), "too_large");
    let rules =
        format!("<style>{}</style>{}", ".a{fill:red}".repeat(5_000), "<rect width=\"1\" height=\"1\"/>".repeat(5_000));
    assert_eq!(code(&svg(&rules)), "too_large");
}

#[test]
fn circles_are_found() {
    for inside in [
        "<g id=\"a\"><use href=\"#a\"/></g>",
        "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#c\"/></g><g id=\"c\"><use href=\"#a\"/></g>",
        "<clipPath id=\"a\" clip-path=\"url(#b)\"/><clipPath id=\"b\" clip-path=\"url(#a)\"/>",
        "<style>.x{mask:url(#m)}</style><mask id=\"m\"><g class=\"x\"><rect width=\"5\" height=\"5\"/></g></mask>",
        "<linearGradient id=\"a\" href=\"#b\"/><linearGradient id=\"b\" href=\"#a\"/>",
    ] {
        assert_eq!(code(&svg(&format!("{inside}<rect width=\"9\" height=\"9\"/>"))), "unsafe", "{inside}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    for text in [
        svg(""),
        svg("<rect width=\"9\" height=\"9\" fill=\"none\"/>"),
        svg("<text>Name</text>"),
        svg("<g>"),
        String::from("<svg>"),
        String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"5\"/>"),
    ] {
        assert!(matches!(code(&text), "unreadable" | "wrong_type"), "{text}");
    }
    assert_eq!(code("<html><svg xmlns=\"http://www.w3.org/2000/svg\"/></html>"), "wrong_type");
    assert_eq!(drawn(b"<svg \xff/>", SIDE).unwrap_err().code, "unreadable");
    for other in ["", "<", "<html>", "svg", "GIF89a<svg", "%PDF<svg"] {
        assert!(!looks_like_one(other.as_bytes()), "{other}");
    }
    // Far from square: one pixel high is the least.
    let flat =
        svg("<rect width=\"200\" height=\"1\"/>").replace("width=\"20\" height=\"10\"", "width=\"200\" height=\"1\"");
    assert_eq!(drawn(flat.as_bytes(), SIDE).unwrap().dimensions(), (64, 1));
}
