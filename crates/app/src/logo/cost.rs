//! What drawing a picture would cost, counted before it is drawn: pixels that are painted, layers that are held at the same
//! time, dashes. Generous for any logo, and far from what would keep a core or the memory busy.

use nexus_model::InvalidInput;
use resvg::tiny_skia::{PathSegment, Point};
use resvg::usvg::{ClipPath, Group, Mask, Node, Path, Tree};

use crate::picture::refused;

/// The most pixels that are painted, those of layers included.
const MOST_PAINTED: f64 = 400e6;
/// The most pixels of layers that are held at the same time.
const MOST_HELD: f64 = 64e6;
/// The most dashes of all lines.
const MOST_DASHES: f64 = 100e3;
/// What a segment of a line counts for, in pixels.
const SEGMENT: f64 = 100.0;
/// What a visit of a node counts for, in pixels.
const VISIT: f64 = 200.0;
/// How much larger than the canvas a layer can be on each side: what lies outside may still be filtered into it.
const LAYER: f64 = 5.0;

/// Refuses what would cost too much.
///
/// # Errors
/// `too_large`.
pub(super) fn check(tree: &Tree, scale: f32, side: u32) -> Result<(), InvalidInput> {
    let longest = f64::from(side) * LAYER;
    let mut cost = Cost { scale: f64::from(scale), longest, painted: 0.0, dashes: 0.0 };
    cost.group(tree.root(), Surface { area: f64::from(side) * f64::from(side), held: 0.0, is_placed: true })
}

/// What is painted on.
#[derive(Clone, Copy)]
struct Surface {
    /// In pixels.
    area: f64,
    /// The pixels of all layers below it.
    held: f64,
    /// Whether boxes say where on it something lies; inside clips and masks they do not.
    is_placed: bool,
}

struct Cost {
    scale: f64,
    longest: f64,
    painted: f64,
    dashes: f64,
}

impl Cost {
    fn paint(&mut self, pixels: f64) -> Result<(), InvalidInput> {
        self.painted += pixels + VISIT;
        if self.painted.is_finite() && self.painted <= MOST_PAINTED {
            return Ok(());
        }
        Err(refused("too_large", "takes more work to draw than a logo may: fewer and smaller shapes and layers help"))
    }

    /// The pixels of a box, as far as a layer can hold them.
    fn area(&self, width: f32, height: f32) -> f64 {
        let pixels = |length: f32| (f64::from(length) * self.scale + 4.0).clamp(4.0, self.longest);
        pixels(width) * pixels(height)
    }

    fn group(&mut self, group: &Group, on: Surface) -> Result<(), InvalidInput> {
        let mut inner = on;
        if group.should_isolate() {
            let bounds = group.abs_layer_bounding_box();
            let placed = self.area(bounds.width(), bounds.height());
            inner.area = if on.is_placed { placed } else { self.longest * self.longest };
            inner = self.layer(inner, on)?;
            if let Some(clip) = group.clip_path() {
                self.clip(clip, inner)?;
            }
            if let Some(mask) = group.mask() {
                self.mask(mask, inner)?;
            }
        } else {
            self.paint(0.0)?;
        }
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group, inner)?,
                Node::Path(path) => self.path(path, inner)?,
                Node::Text(text) => self.group(text.flattened(), inner)?,
                Node::Image(_) => return Err(refused("unsafe", "has a picture in it")),
            }
        }
        Ok(())
    }

    /// A layer of its own, made and put onto what is below.
    fn layer(&mut self, layer: Surface, below: Surface) -> Result<Surface, InvalidInput> {
        let held = below.held + layer.area;
        if held > MOST_HELD {
            return Err(refused("too_large", "has too many layers in each other"));
        }
        self.paint(layer.area * 2.0)?;
        Ok(Surface { held, ..layer })
    }

    fn clip(&mut self, clip: &ClipPath, on: Surface) -> Result<(), InvalidInput> {
        let inner = self.layer(Surface { is_placed: false, ..on }, on)?;
        self.group(clip.root(), inner)?;
        clip.clip_path().map_or(Ok(()), |clip| self.clip(clip, inner))
    }

    fn mask(&mut self, mask: &Mask, on: Surface) -> Result<(), InvalidInput> {
        let inner = self.layer(Surface { is_placed: false, ..on }, on)?;
        self.group(mask.root(), inner)?;
        mask.mask().map_or(Ok(()), |mask| self.mask(mask, inner))
    }

    fn path(&mut self, path: &Path, on: Surface) -> Result<(), InvalidInput> {
        let bounds = path.abs_stroke_bounding_box();
        let area = if on.is_placed { self.area(bounds.width(), bounds.height()).min(on.area) } else { on.area };
        let times = [path.fill().is_some(), path.stroke().is_some()].iter().filter(|painted| **painted).count();
        let segments = path.data().len();
        #[expect(clippy::cast_precision_loss, reason = "some millions at most")]
        let (times, segments) = (times as f64, segments as f64);
        self.paint(area * times + segments * SEGMENT)?;
        if let Some(dashes) = path.stroke().and_then(|stroke| stroke.dasharray()) {
            let pattern: f64 = dashes.iter().map(|dash| f64::from(dash.abs())).sum();
            #[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
            let each = dashes.len() as f64;
            self.dashes += length(path) / pattern.max(1e-6) * each;
            if !self.dashes.is_finite() || self.dashes > MOST_DASHES {
                return Err(refused("too_large", "has more dashes than Nexus draws"));
            }
        }
        Ok(())
    }
}

/// At least the length of a line, by the points that it is bent with.
fn length(path: &Path) -> f64 {
    let mut begin = Point::zero();
    let mut last = Point::zero();
    let mut sum = 0.0;
    let mut step = |from: Point, to: Point| sum += f64::from(to.x - from.x).hypot(f64::from(to.y - from.y));
    for segment in path.data().segments() {
        let end = match segment {
            PathSegment::MoveTo(to) => {
                (begin, last) = (to, to);
                continue;
            }
            PathSegment::LineTo(to) => {
                step(last, to);
                to
            }
            PathSegment::QuadTo(bend, to) => {
                step(last, bend);
                step(bend, to);
                to
            }
            PathSegment::CubicTo(one, two, to) => {
                step(last, one);
                step(one, two);
                step(two, to);
                to
            }
            PathSegment::Close => {
                step(last, begin);
                begin
            }
        };
        last = end;
    }
    sum
}
