//! Drawings (SVG), made into pixels. What a drawing may hold is a short list: shapes, gradients, clips and masks that refer
//! to each other inside the file. Whatever else there is, is refused by name, before a renderer sees it, and what drawing
//! would cost is counted before anything is drawn. Nothing is ever loaded: no file, no address, no font.

use std::collections::{HashMap, HashSet};

use image::RgbaImage;
use nexus_model::InvalidInput;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use super::cost;
use super::style::{self, References};
use crate::picture::{refused, unreadable};

/// Most parts of a drawing: elements and texts between them.
const MOST_PARTS: u32 = 40_000;
/// Most elements.
const MOST_ELEMENTS: usize = 20_000;
/// How deep elements may lie in each other, with what they refer to.
const DEEPEST: usize = 40;
/// Most of what all elements come to where each reference is followed, in bytes of attributes.
const MOST_EXPANDED: u64 = 8 << 20;
/// What an element counts for beside its attributes.
const ELEMENT: u64 = 64;
/// The most rules of style sheets times elements.
const MOST_RULED: usize = 2_000_000;

const SVG: &str = "http://www.w3.org/2000/svg";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Elements that are drawn, or say how.
const TAKEN: &[&str] = &[
    "a",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "mask",
    "metadata",
    "path",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "title",
    "use",
    "view",
];

/// Whether these bytes look like a drawing: text that has an `svg` element near its beginning.
pub(super) fn looks_like_one(sent: &[u8]) -> bool {
    let text = sent.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sent).trim_ascii_start();
    let head = &text[..text.len().min(4096)];
    text.starts_with(b"<") && head.windows(4).any(|four| four == b"<svg") || is_prefixed(head)
}

/// `<svg:svg`, as some programs write it.
fn is_prefixed(head: &[u8]) -> bool {
    head.starts_with(b"<") && head.windows(8).any(|eight| eight == b"<svg:svg")
}

/// The drawing in pixels: its longest side is `side` long.
///
/// # Errors
/// `unreadable`, `unsafe` or `too_large`, with what it is about.
pub(super) fn drawn(sent: &[u8], side: u32) -> Result<RgbaImage, InvalidInput> {
    let text = std::str::from_utf8(sent.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sent))
        .map_err(|_| refused("unreadable", "must be written in UTF-8"))?;
    // The parser refuses these too, but cannot say which it was.
    if text.contains("<!DOCTYPE") || text.contains("<!ENTITY") {
        return Err(refused("unsafe", "has a document type or entities; save it as plain SVG without them"));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_PARTS, entity_resolver: None };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        resvg::usvg::roxmltree::Error::NodesLimitReached => too_many(),
        other => refused("unreadable", &format!("is no XML that can be read: {other}")),
    })?;
    check(&document)?;
    let tree = Tree::from_xmltree(&document, &nothing_from_outside())
        .map_err(|_| refused("unreadable", "has no size, or nothing that can be drawn"))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    #[expect(clippy::cast_precision_loss, reason = "a side has four digits")]
    let scale = side as f32 / width.max(height);
    cost::check(&tree, scale, side)?;
    let pixels = |length: f32| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the side")]
        let pixels = (length * scale).round() as u32;
        pixels.clamp(1, side)
    };
    let mut canvas = Pixmap::new(pixels(width), pixels(height)).ok_or_else(unreadable)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut canvas.as_mut());
    if canvas.pixels().iter().all(|pixel| pixel.alpha() == 0) {
        return Err(refused("unreadable", "shows nothing"));
    }
    let (width, height) = (canvas.width(), canvas.height());
    RgbaImage::from_raw(width, height, canvas.take_demultiplied()).ok_or_else(unreadable)
}

fn too_many() -> InvalidInput {
    refused("too_large", "may have 20,000 elements at most")
}

/// A renderer that finds no picture, whatever it is asked for.
fn nothing_from_outside() -> Options<'static> {
    let image_href_resolver =
        ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    Options { resources_dir: None, image_href_resolver, ..Options::default() }
}

fn check(document: &Document<'_>) -> Result<(), InvalidInput> {
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
        return Err(refused("wrong_type", "must be a JPEG, PNG, WebP or SVG"));
    }
    let mut sheets = String::new();
    let mut count = 0;
    for node in document.descendants() {
        if node.is_pi() && node.pi().is_some_and(|pi| pi.target == "xml-stylesheet") {
            return Err(refused("unsafe", "has a style sheet in another file"));
        }
        if !node.is_element() {
            continue;
        }
        count += 1;
        check_element(node)?;
        if node.tag_name().name() == "style" {
            sheets.extend(node.children().filter_map(|child| child.text()));
            sheets.push('\n');
        }
    }
    if count > MOST_ELEMENTS {
        return Err(too_many());
    }
    let by_class = style::sheet(&sheets)?;
    if sheets.matches('{').count().saturating_mul(count) > MOST_RULED {
        return Err(refused("too_large", "has more style rules than Nexus follows"));
    }
    Expansion::new(document, &by_class)?.check(document.root_element())
}

fn check_element(node: Node<'_, '_>) -> Result<(), InvalidInput> {
    let (name, namespace) = (node.tag_name().name(), node.tag_name().namespace());
    if name.eq_ignore_ascii_case("script") || namespace == Some(XHTML) {
        return Err(refused("unsafe", &format!("has an element <{}>", short(name))));
    }
    if namespace != Some(SVG) {
        // What a drawing program notes for itself; nobody draws it.
        return Ok(());
    }
    if matches!(name, "text" | "tspan" | "textPath") {
        return Err(refused("unreadable", "has text, for which there is no font here; convert it to paths first"));
    }
    if !TAKEN.contains(&name) {
        return Err(refused("unsafe", &format!("has an element <{}>, which Nexus does not take", short(name))));
    }
    for attribute in node.attributes() {
        let name = attribute.name();
        if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on")) {
            return Err(refused("unsafe", &format!("has a handler, {}=", short(name))));
        }
        if name == "base" {
            return Err(refused("unsafe", "has a base address"));
        }
    }
    Ok(())
}

/// A name out of the file, for a sentence.
fn short(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(40).collect()
}

/// What a drawing comes to where every reference is followed.
struct Expansion {
    /// By element: its own weight.
    weight: Vec<u64>,
    /// By element: its children and what it refers to.
    leads_to: Vec<Vec<usize>>,
}

impl Expansion {
    fn new(document: &Document<'_>, by_class: &HashMap<String, References>) -> Result<Self, InvalidInput> {
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        let mut size = 0;
        for node in document.descendants().filter(Node::is_element) {
            size = size.max(node.id().get_usize() + 1);
            if let Some(id) = node.attribute("id") {
                by_id.entry(id).or_insert(node.id().get_usize());
            }
        }
        let (mut weight, mut leads_to) = (vec![0; size], vec![Vec::new(); size]);
        for node in document.descendants().filter(Node::is_element) {
            let this = node.id().get_usize();
            let attributes: usize = node.attributes().map(|one| one.name().len() + one.value().len()).sum();
            weight[this] = ELEMENT + u64::try_from(attributes).unwrap_or(u64::MAX);
            let named = references(node, by_class)?;
            leads_to[this] = node.children().filter(Node::is_element).map(|child| child.id().get_usize()).collect();
            leads_to[this].extend(named.iter().filter_map(|id| by_id.get(id.as_str()).copied()));
        }
        Ok(Self { weight, leads_to })
    }

    /// Walks down from the root without recursion: how deep it goes, whether in circles, and what it all comes to.
    fn check(&self, root: Node<'_, '_>) -> Result<(), InvalidInput> {
        let root = root.id().get_usize();
        let mut sums: Vec<Option<(u64, usize)>> = vec![None; self.weight.len()];
        let (mut path, mut on_path) = (vec![(root, 0)], HashSet::from([root]));
        while let Some((this, next)) = path.last_mut() {
            let this = *this;
            if let Some(&to) = self.leads_to[this].get(*next) {
                *next += 1;
                if on_path.contains(&to) {
                    return Err(refused("unsafe", "has an element that refers to itself"));
                }
                if sums[to].is_none() {
                    if path.len() >= DEEPEST {
                        return Err(too_deep());
                    }
                    on_path.insert(to);
                    path.push((to, 0));
                }
                continue;
            }
            let (mut sum, mut deep) = (self.weight[this], 0);
            for (below, depth) in self.leads_to[this].iter().filter_map(|&to| sums[to]) {
                sum = sum.saturating_add(below);
                deep = deep.max(depth);
            }
            if deep + 1 > DEEPEST {
                return Err(too_deep());
            }
            if sum > MOST_EXPANDED {
                return Err(refused("too_large", "comes to more than Nexus draws where everything is written out"));
            }
            sums[this] = Some((sum, deep + 1));
            on_path.remove(&this);
            path.pop();
        }
        Ok(())
    }
}

fn too_deep() -> InvalidInput {
    refused("too_large", "has elements that lie more than 40 deep in each other")
}

/// The ids that an element refers to; anything that is not an id of this file is refused.
fn references(node: Node<'_, '_>, by_class: &HashMap<String, References>) -> Result<Vec<String>, InvalidInput> {
    let mut named = Vec::new();
    if node.tag_name().namespace() != Some(SVG) {
        return Ok(named);
    }
    for attribute in node.attributes() {
        let value = attribute.value();
        match attribute.name() {
            "href" => {
                let id = value.trim().strip_prefix('#').filter(|id| !id.is_empty());
                named.push(id.ok_or_else(|| refused("unsafe", "refers to something outside of it"))?.to_owned());
            }
            "class" => {
                for class in value.split_ascii_whitespace() {
                    named.extend(by_class.get(class).into_iter().flatten().cloned());
                }
            }
            "style" => named.extend(style::declarations(value)?),
            _ => named.extend(style::references(value)?),
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests;
