//! What happens to files before they are part of the batch: heads are read, pictures are cropped
//! and made anew, and the page hears of none of it.

mod script;

use plimsoll_core::batch::Change;
use plimsoll_core::command::Recipe;
use plimsoll_core::crop::{Edit, Rect, Turn};
use plimsoll_core::error::Refusal;
use plimsoll_core::event::Made;
use plimsoll_core::item::Status;
use plimsoll_core::options::{
    Crop, CroppingCoordinates, CroppingOutput, Duplicates, Images, Options,
};
use plimsoll_core::picture::{Head, Size};
use plimsoll_core::units::ItemId;
use plimsoll_core::{Command, Event};
use script::{Script, names, options};

const SIZE: Size = Size {
    width: 400,
    height: 300,
};

fn head(format: &'static str, size: Size) -> Option<Head> {
    let size = Some(size);
    Some(Head { format, size })
}

fn probed(script: &mut Script, item: u32, head: Option<Head>) -> Vec<Command> {
    let item = ItemId(item);
    script.tell(Event::Probed { item, head })
}

fn edited(script: &mut Script, item: u32, edit: Edit) -> Vec<Command> {
    let item = ItemId(item);
    script.tell(Event::Edited { item, edit })
}

fn limits(images: Images) -> Options {
    Options {
        images,
        ..options()
    }
}

fn cropping(output: CroppingOutput) -> Options {
    Options {
        crop: Crop {
            cropping: true,
            cropping_output: output,
            ..Crop::default()
        },
        ..options()
    }
}

fn field(commands: &[Command], name: &str) -> Option<String> {
    let send = script::only_send(commands);
    let mut fields = send.fields.into_iter();
    fields
        .find(|(known, _)| *known == name)
        .map(|(_, text)| text)
}

const RECT: Rect = Rect {
    x: 10,
    y: 20,
    width: 200,
    height: 100,
};

fn boxed(rect: Rect) -> Edit {
    Edit {
        rect: Some(rect),
        ..Edit::default()
    }
}

#[test]
fn without_a_word_of_the_pages_no_head_is_read() {
    let mut script = Script::new(options());
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
}

#[test]
fn a_picture_with_too_few_pixels_is_refused_with_both_sizes() {
    let mut script = Script::new(limits(Images {
        min_image_width: Some(401),
        ..Images::default()
    }));
    assert_eq!(names(&script.pick(&[10])), ["probe 0"]);
    assert_eq!(
        names(&probed(&mut script, 0, head("jpg", SIZE))),
        ["refused 0", "release 0"]
    );
    let item = script.batch.item(ItemId(0)).unwrap();
    let least = Size {
        width: 401,
        height: 0,
    };
    let refusal = Refusal::PictureTooSmall { size: SIZE, least };
    assert_eq!(item.refusal, Some(&refusal));
    assert!(script.batch.is_idle());
}

#[test]
fn a_picture_at_its_limits_is_good() {
    let mut script = Script::new(limits(Images {
        min_image_width: Some(400),
        min_image_height: Some(300),
        max_image_width: Some(400),
        max_image_height: Some(300),
        validate_max_width_height: true,
        ..Images::default()
    }));
    script.pick(&[10]);
    let commands = probed(&mut script, 0, head("jpg", SIZE));
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
}

#[test]
fn a_picture_with_too_many_pixels_is_refused_or_made_smaller_as_the_page_wants() {
    let mut images = Images {
        max_image_width: Some(200),
        validate_max_width_height: true,
        ..Images::default()
    };
    let mut script = Script::new(limits(images.clone()));
    script.pick(&[10]);
    assert_eq!(
        names(&probed(&mut script, 0, head("jpg", SIZE))),
        ["refused 0", "release 0"]
    );
    assert_eq!(script.status(0), Status::Refused);

    images.validate_max_width_height = false;
    let mut script = Script::new(limits(images));
    script.pick(&[10]);
    let commands = probed(&mut script, 0, head("jpg", SIZE));
    let [Command::Remake(recipe)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!((recipe.most.width, recipe.edit), (200, Edit::default()));
    let made = made("dog.jpg", 6, 200, 150);
    let commands = script.tell(Event::Remade {
        item: ItemId(0),
        made,
    });
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
    assert_eq!(script::only_send(&commands).size, 6);
}

fn made(name: &str, size: u64, width: u32, height: u32) -> Option<Made> {
    Some(Made {
        name: name.to_owned(),
        size,
        media_type: "image/jpeg".to_owned(),
        sides: Some(Size { width, height }),
        located: false,
    })
}

#[test]
fn a_film_in_pictures_stays_as_it_is_however_large() {
    let mut script = Script::new(limits(Images {
        max_image_width: Some(200),
        ..Images::default()
    }));
    script.pick(&[10]);
    let commands = probed(&mut script, 0, head("gif", SIZE));
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
}

#[test]
fn a_disguised_file_is_refused_and_a_misnamed_picture_is_not() {
    let only = |formats: &[&str]| Options {
        client_allowed_formats: formats.iter().map(|&format| format.to_owned()).collect(),
        ..options()
    };
    for (formats, found, status) in [
        (&["jpg"] as &[&str], head("jpg", SIZE), Status::Uploading),
        (&["jpg"], head("png", SIZE), Status::Refused),
        (&["jpg", "png"], head("png", SIZE), Status::Uploading),
        (&["image"], head("webp", SIZE), Status::Uploading),
        (&["image"], head("exe", SIZE), Status::Refused),
        (&["jpg"], head("", SIZE), Status::Refused),
        (&["jpg"], None, Status::Uploading),
    ] {
        let mut script = Script::new(only(formats));
        script.pick(&[10]);
        probed(&mut script, 0, found);
        assert_eq!(script.status(0), status, "{formats:?} {found:?}");
    }
}

#[test]
fn heads_are_read_a_few_at_a_time_and_in_time() {
    let mut script = Script::new(limits(Images {
        min_image_width: Some(1),
        ..Images::default()
    }));
    let commands = script.pick(&[10; 9]);
    assert_eq!(
        names(&commands),
        ["probe 0", "probe 1", "probe 2", "probe 3"]
    );
    let commands = probed(&mut script, 2, head("jpg", SIZE));
    assert_eq!(names(&commands), ["added 2", "start", "probe 4", "send 2"]);
    // A disk that doesn't answer: what is not known is no reason to refuse.
    let mut told = Vec::new();
    while script.batch.summary().total > 0 && script.status(0) == Status::Preparing {
        told.extend(names(&script.wait_for_deadline()));
    }
    assert!(told.contains(&"added 0".to_owned()), "{told:?}");
}

#[test]
fn a_picture_waits_for_its_box_and_takes_it_along() {
    let mut script = Script::new(cropping(CroppingOutput::Coordinates));
    script.pick(&[10]);
    assert!(probed(&mut script, 0, head("jpg", SIZE)).is_empty());
    assert_eq!(script.status(0), Status::Editing);
    let summary = script.batch.summary();
    assert_eq!((summary.editing, summary.to_edit), (Some(ItemId(0)), 1));
    assert_eq!(script.batch.item(ItemId(0)).unwrap().sides, Some(SIZE));
    let commands = edited(&mut script, 0, boxed(RECT));
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
    assert_eq!(
        field(&commands, "custom_coordinates").as_deref(),
        Some("10,20,200,100")
    );
    assert_eq!(script.batch.summary().editing, None);
    // A second word about it changes nothing.
    assert!(edited(&mut script, 0, Edit::default()).is_empty());
}

#[test]
fn the_box_is_a_faces_where_the_page_wants_that_and_none_when_it_is_skipped() {
    let mut options = cropping(CroppingOutput::Coordinates);
    options.crop.cropping_coordinates_mode = CroppingCoordinates::Face;
    let mut script = Script::new(options);
    script.pick(&[10, 10]);
    probed(&mut script, 0, head("jpg", SIZE));
    probed(&mut script, 1, head("jpg", SIZE));
    let commands = edited(&mut script, 0, boxed(RECT));
    assert_eq!(
        field(&commands, "face_coordinates").as_deref(),
        Some("10,20,200,100")
    );
    let commands = edited(&mut script, 1, Edit::default());
    assert_eq!(field(&commands, "face_coordinates"), None);
}

#[test]
fn a_box_outside_of_the_picture_is_none() {
    let mut script = Script::new(cropping(CroppingOutput::Coordinates));
    script.pick(&[10]);
    probed(&mut script, 0, head("jpg", SIZE));
    let commands = edited(&mut script, 0, boxed(Rect { x: 201, ..RECT }));
    assert_eq!(field(&commands, "custom_coordinates"), None);
}

#[test]
fn a_box_shrinks_with_its_picture() {
    let mut options = cropping(CroppingOutput::Coordinates);
    options.images.max_image_width = Some(200);
    let mut script = Script::new(options);
    script.pick(&[10]);
    probed(&mut script, 0, head("jpg", SIZE));
    assert_eq!(names(&edited(&mut script, 0, boxed(RECT))), ["remake 0"]);
    let made = made("dog.jpg", 6, 200, 150);
    let item = ItemId(0);
    let commands = script.tell(Event::Remade { item, made });
    assert_eq!(
        field(&commands, "custom_coordinates").as_deref(),
        Some("5,10,100,50")
    );
}

#[test]
fn pixels_are_cut_and_turned_and_then_nothing_is_told_of_the_box() {
    let mut script = Script::new(cropping(CroppingOutput::Pixels));
    script.pick(&[10]);
    probed(&mut script, 0, head("png", SIZE));
    let edit = Edit {
        turn: Turn::default().quarter(),
        rect: Some(Rect {
            x: 0,
            y: 300,
            width: 300,
            height: 100,
        }),
    };
    let commands = edited(&mut script, 0, edit);
    let [Command::Remake(Recipe { edit: wanted, .. })] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!(*wanted, edit);
    let made = made("dog.png", 5, 300, 100);
    let item = ItemId(0);
    let commands = script.tell(Event::Remade { item, made });
    assert_eq!(field(&commands, "custom_coordinates"), None);
    assert_eq!(script::only_send(&commands).size, 5);
}

#[test]
fn all_of_a_picture_needs_no_cutting() {
    let mut script = Script::new(cropping(CroppingOutput::Pixels));
    script.pick(&[10]);
    probed(&mut script, 0, head("png", SIZE));
    let commands = edited(&mut script, 0, boxed(Rect::all(SIZE)));
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
}

#[test]
fn what_is_no_picture_is_not_cropped() {
    let mut script = Script::new(cropping(CroppingOutput::Coordinates));
    let mut file = script.file("notes.txt", 10);
    file.media_type = "text/plain".to_owned();
    let commands = script.tell(Event::Picked { files: vec![file] });
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
    // Neither is a picture that no browser shows.
    script.pick(&[10]);
    let commands = probed(&mut script, 1, head("heic", SIZE));
    assert_eq!(names(&commands), ["added 1", "send 1"]);
}

#[test]
fn one_that_is_cancelled_while_it_is_cropped_leaves_without_a_word() {
    let mut script = Script::new(cropping(CroppingOutput::Coordinates));
    script.pick(&[10, 10]);
    probed(&mut script, 0, head("jpg", SIZE));
    let item = ItemId(0);
    assert_eq!(
        names(&script.tell(Event::Cancelled { item })),
        ["release 0"]
    );
    assert!(script.batch.item(item).is_none());
    assert!(edited(&mut script, 0, Edit::default()).is_empty());
    assert_eq!(names(&script.tell(Event::AllCancelled)), ["release 1"]);
    assert!(script.batch.is_idle());
    while let Some(change) = script.batch.poll_change() {
        assert!(!matches!(change, Change::Updated(_)), "{change:?}");
    }
}

#[test]
fn duplicates_are_found_before_anybody_crops_them() {
    let mut options = cropping(CroppingOutput::Coordinates);
    options.duplicates = Duplicates::Skip;
    let mut script = Script::new(options);
    let commands = script.pick(&[10, 10]);
    assert_eq!(names(&commands), ["digest 0", "digest 1", "probe 0"]);
    for item in [0, 1] {
        let (item, md5) = (ItemId(item), Some("a".repeat(32)));
        script.tell(Event::Digested { item, md5 });
    }
    assert_eq!(script.status(1), Status::Refused);
    probed(&mut script, 0, head("jpg", SIZE));
    assert_eq!(script.status(0), Status::Editing);
}

fn stripping(images: Images) -> Script {
    Script::new(limits(Images {
        strip_metadata: Some(true),
        ..images
    }))
}

#[test]
fn what_tells_of_place_and_device_is_taken_out_of_pictures() {
    let mut script = stripping(Images::default());
    script.pick(&[10]);
    let commands = probed(&mut script, 0, head("jpg", SIZE));
    let [Command::Remake(recipe)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert!(recipe.strip && !recipe.draw);
    let made = Some(Made {
        sides: None,
        located: true,
        ..made("dog.jpg", 7, 0, 0).unwrap()
    });
    let item = ItemId(0);
    let commands = script.tell(Event::Remade { item, made });
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
    assert_eq!(script::only_send(&commands).size, 7);
    let view = script.batch.item(item).unwrap();
    assert_eq!((view.located, view.sides), (true, Some(SIZE)));
}

#[test]
fn nothing_is_taken_out_of_what_can_not_be_read_so() {
    for (format, size) in [("gif", SIZE), ("heic", SIZE), ("", SIZE)] {
        let mut script = stripping(Images::default());
        script.pick(&[10]);
        let commands = probed(&mut script, 0, head(format, size));
        assert_eq!(names(&commands), ["added 0", "start", "send 0"], "{format}");
    }
    // Neither is it where the page says no, or nothing.
    for strip_metadata in [None, Some(false)] {
        let mut script = Script::new(limits(Images {
            strip_metadata,
            ..Images::default()
        }));
        let commands = script.pick(&[10]);
        assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
    }
}

#[test]
fn a_picture_without_a_size_or_a_telling_name_loses_its_place_too() {
    let mut script = stripping(Images::default());
    let mut file = script.file("IMG_4711", 10);
    file.media_type = String::new();
    let commands = script.tell(Event::Picked { files: vec![file] });
    assert_eq!(names(&commands), ["probe 0"]);
    let sizeless = Some(Head {
        format: "webp",
        size: None,
    });
    assert_eq!(names(&probed(&mut script, 0, sizeless)), ["remake 0"]);
}

#[test]
fn one_that_is_scaled_is_stripped_as_well_in_case_it_stays_as_it_is() {
    let mut script = stripping(Images {
        max_image_width: Some(200),
        ..Images::default()
    });
    script.pick(&[10]);
    let commands = probed(&mut script, 0, head("png", SIZE));
    let [Command::Remake(recipe)] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert!(recipe.strip && recipe.draw);
    assert_eq!(recipe.most.width, 200);
}

#[test]
fn a_box_is_kept_when_only_words_are_taken_out() {
    let mut options = cropping(CroppingOutput::Coordinates);
    options.images.strip_metadata = Some(true);
    let mut script = Script::new(options);
    script.pick(&[10]);
    probed(&mut script, 0, head("jpg", SIZE));
    assert_eq!(names(&edited(&mut script, 0, boxed(RECT))), ["remake 0"]);
    let made = Some(Made {
        sides: None,
        ..made("dog.jpg", 7, 0, 0).unwrap()
    });
    let item = ItemId(0);
    let commands = script.tell(Event::Remade { item, made });
    let told = field(&commands, "custom_coordinates");
    assert_eq!(told, Some("10,20,200,100".to_owned()));
}
