//! What makes a page festive: a frame, dividers and a rosette of fine lines, in shades of one colour.

use std::f32::consts::TAU;

use krilla::geom::{Path, PathBuilder, Rect};

use super::canvas::{HEIGHT, Tagged, WIDTH, filled, stroke};
use super::{Colour, small};

/// A rosette behind the text, so light that it disturbs nobody who reads.
pub(super) fn background(page: &mut Tagged<'_>, colour: Colour) {
    page.decoration(|surface| {
        for (radius, petals, depth) in [(205.0, 16.0, 0.16), (150.0, 12.0, 0.24), (92.0, 8.0, 0.34)]
        {
            for turn in 0..6 {
                let phase = small(turn) / 6.0 * TAU / petals;
                let path = rose((WIDTH / 2.0, HEIGHT / 2.0 + 14.0), radius, petals, depth, phase);
                stroke(surface, &path, colour.tint(92), 0.5);
            }
        }
    });
}

/// A circle that swings in and out.
fn rose((x, y): (f32, f32), radius: f32, petals: f32, depth: f32, phase: f32) -> Path {
    const STEPS: usize = 480;
    let mut path = PathBuilder::new();
    for step in 0..STEPS {
        let angle = TAU * small(step) / small(STEPS);
        let away = radius * (1.0 + depth * (petals * (angle + phase)).sin());
        let (across, down) = (x + away * angle.cos(), y + away * angle.sin());
        // To the hundredth of a point: a machine that computes a sine a little differently draws
        // the same.
        let (across, down) = (hundredths(across), hundredths(down));
        if step == 0 { path.move_to(across, down) } else { path.line_to(across, down) }
    }
    path.close();
    path.finish().expect("a rosette has lines")
}

fn hundredths(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

/// A band, a line within, and corners that are cut in.
pub(super) fn frame(page: &mut Tagged<'_>, colour: Colour, inset: f32) {
    page.decoration(|surface| {
        stroke(surface, &rectangle(inset - 14.0), colour, 3.2);
        stroke(surface, &notched(inset - 6.5, 15.0), colour, 0.8);
        stroke(surface, &notched(inset - 3.5, 15.0), colour.tint(45), 0.5);
        surface.set_stroke(None);
        surface.set_fill(Some(filled(colour)));
        let corner = inset - 1.5;
        for x in [corner, WIDTH - corner] {
            for y in [corner, HEIGHT - corner] {
                surface.draw_path(&diamond((x, y), 3.2));
            }
        }
    });
}

fn rectangle(inset: f32) -> Path {
    let mut path = PathBuilder::new();
    let rectangle = Rect::from_ltrb(inset, inset, WIDTH - inset, HEIGHT - inset);
    path.push_rect(rectangle.expect("a page is larger than its margins"));
    path.finish().expect("a rectangle has lines")
}

/// A rectangle whose corners are quarters of circles, bent inwards.
fn notched(inset: f32, notch: f32) -> Path {
    // How far the handles of a curve reach that is nearly a quarter of a circle.
    let reach = notch * 0.552_28;
    let (left, top, right, bottom) = (inset, inset, WIDTH - inset, HEIGHT - inset);
    let mut path = PathBuilder::new();
    path.move_to(left + notch, top);
    path.line_to(right - notch, top);
    path.cubic_to(right - notch, top + reach, right - reach, top + notch, right, top + notch);
    path.line_to(right, bottom - notch);
    path.cubic_to(
        right - reach,
        bottom - notch,
        right - notch,
        bottom - reach,
        right - notch,
        bottom,
    );
    path.line_to(left + notch, bottom);
    path.cubic_to(left + notch, bottom - reach, left + reach, bottom - notch, left, bottom - notch);
    path.line_to(left, top + notch);
    path.cubic_to(left + reach, top + notch, left + notch, top + reach, left + notch, top);
    path.close();
    path.finish().expect("a frame has lines")
}

fn diamond((x, y): (f32, f32), reach: f32) -> Path {
    let mut path = PathBuilder::new();
    path.move_to(x, y - reach);
    path.line_to(x + reach, y);
    path.line_to(x, y + reach);
    path.line_to(x - reach, y);
    path.close();
    path.finish().expect("a diamond has lines")
}

/// Two lines with a diamond between them.
pub(super) fn divider(page: &mut Tagged<'_>, colour: Colour, (x, y): (f32, f32), reach: f32) {
    page.decoration(|surface| {
        for side in [-1.0, 1.0] {
            let line = straight((x + side * 12.0, y), (x + side * reach, y));
            stroke(surface, &line, colour, 0.8);
            surface.set_stroke(None);
            surface.set_fill(Some(filled(colour.tint(45))));
            surface.draw_path(&diamond((x + side * 12.0, y), 2.2));
        }
        surface.set_stroke(None);
        surface.set_fill(Some(filled(colour)));
        surface.draw_path(&diamond((x, y), 4.4));
    });
}

/// A fine line from a place to the right.
pub(super) fn hair(page: &mut Tagged<'_>, colour: Colour, (left, y): (f32, f32), length: f32) {
    page.decoration(|surface| {
        stroke(surface, &straight((left, y), (left + length, y)), colour.tint(45), 0.5);
    });
}

fn straight((x1, y1): (f32, f32), (x2, y2): (f32, f32)) -> Path {
    let mut path = PathBuilder::new();
    path.move_to(x1, y1);
    path.line_to(x2, y2);
    path.finish().expect("a line has two ends")
}
