//! Takes all steps of a transformation and encodes the result. It blocks, so it runs on threads
//! of its own. Animations give their first frame.

use image::DynamicImage;

use super::decode::{self, Allowance, Picture, Upright};
use super::encode::{self, Encoding};
use super::pixels;
use super::plan::{self, Plan};
use super::regions::Regions;
use super::steps::{Colour, Crop, Step, Steps, Turn};
use crate::error::ApiError;
use crate::limits::IMAGE_TIME_MAX;
use crate::store::Reader;

/// The ground of padding and of corners, where no step names one.
const WHITE: Colour = [255; 4];

/// The stored image after all steps, encoded.
pub fn render(
    source: Reader,
    steps: &Steps,
    regions: &Regions,
    encoding: Encoding,
    megapixels_max: u32,
) -> Result<Vec<u8>, ApiError> {
    let allowance = Allowance::of(IMAGE_TIME_MAX);
    let upright = if steps.keeps_upright() {
        Upright::Camera
    } else {
        Upright::Stored
    };
    let shrink = |width, height| shrinks(steps, regions, width, height);
    let Picture {
        image,
        width,
        height,
        profile,
    } = decode::decode(source, &allowance, megapixels_max, upright, shrink)?;
    let mut work = Work {
        shrunk: (
            f64::from(width) / f64::from(image.width()),
            f64::from(height) / f64::from(image.height()),
        ),
        image,
        width,
        height,
        regions: regions.clone(),
    };
    for step in steps.iter() {
        if allowance.is_over() {
            return Err(ApiError::ImageTooSlow);
        }
        work.take(step)?;
    }
    work.settle()?;
    encode::encode(&work.image, encoding, steps.quality(), profile).map_err(decode::broken)
}

/// How many times smaller the first step that changes the size makes a picture.
fn shrinks(steps: &Steps, regions: &Regions, width: u32, height: u32) -> f64 {
    let (mut width, mut height) = (width, height);
    for step in steps.iter() {
        if let Some(Turn::Degrees(_)) = plan::turn_before(step, width, height) {
            (width, height) = (height, width);
        }
        if let Some(plan) = plan::plan(step, width, height, regions) {
            let across = plan.cut.width / f64::from(plan.width);
            let down = plan.cut.height / f64::from(plan.height);
            return across.min(down);
        }
        // A radius is in pixels of the picture as it is, and a slanted one has another size.
        if step.radius.is_some()
            || step
                .turns
                .iter()
                .any(|turn| matches!(turn, Turn::Degrees(_)))
        {
            return 1.0;
        }
    }
    1.0
}

/// A picture between two steps.
struct Work {
    image: DynamicImage,
    /// The size that it stands for.
    width: u32,
    height: u32,
    /// How many times fewer the pixels are.
    shrunk: (f64, f64),
    regions: Regions,
}

impl Work {
    fn take(&mut self, step: &Step) -> Result<(), ApiError> {
        if let Some(turn) = plan::turn_before(step, self.width, self.height) {
            self.turn(turn);
        }
        if let Some(plan) = plan::plan(step, self.width, self.height, &self.regions) {
            self.carry_out(&plan)?;
            self.regions = self.regions.after(&plan);
            if let Some(canvas) = &plan.canvas {
                let ground = step.background.unwrap_or(WHITE);
                self.replace(pixels::on_canvas(&self.image, canvas, ground));
            }
        }
        let turns = step
            .turns
            .iter()
            .filter(|turn| matches!(turn, Turn::Degrees(1..) | Turn::Mirror | Turn::Flip));
        for turn in turns {
            self.settle()?;
            self.turn(*turn);
        }
        if let Some(radius) = step.radius {
            self.settle()?;
            let image = std::mem::take(&mut self.image);
            self.image = pixels::rounded(image, radius);
        }
        match step.background {
            // A pad has its ground already, and what was clear in the picture itself gets it, too.
            Some(ground) if step.crop != Some(Crop::Pad) || step.radius.is_some() => {
                self.image = pixels::on_ground(&self.image, ground);
            }
            _ => {}
        }
        Ok(())
    }

    fn carry_out(&mut self, plan: &Plan) -> Result<(), ApiError> {
        let image = pixels::cut_and_scale(&self.image, plan, self.shrunk);
        self.replace(image.ok_or(ApiError::Internal)?);
        Ok(())
    }

    /// Takes on a picture whose pixels are what it stands for.
    fn replace(&mut self, image: DynamicImage) {
        (self.width, self.height) = (image.width(), image.height());
        self.shrunk = (1.0, 1.0);
        self.image = image;
    }

    /// Gives a picture that was decoded small the size that it stands for.
    fn settle(&mut self) -> Result<(), ApiError> {
        if (self.width, self.height) == (self.image.width(), self.image.height()) {
            return Ok(());
        }
        let all = Plan::of_all(self.width, self.height);
        self.carry_out(&all)
    }

    fn turn(&mut self, turn: Turn) {
        let image = std::mem::take(&mut self.image);
        let shrunk = (self.shrunk.1, self.shrunk.0);
        let (width, height) = (self.width, self.height);
        let image = pixels::turned(image, turn);
        // Coordinates were told for the picture as it lay before.
        self.regions = Regions::default();
        if turn == Turn::Degrees(90) || turn == Turn::Degrees(270) {
            self.image = image;
            (self.width, self.height) = (height, width);
            self.shrunk = shrunk;
        } else if self.shrunk == (1.0, 1.0) {
            self.replace(image);
        } else {
            self.image = image;
        }
    }
}
