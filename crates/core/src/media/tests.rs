//! Films and sounds that are made here, byte by byte, and one that a browser recorded: what is
//! found in them, and that what lies ends soon.

use super::*;

/// What is found in these bytes, and how many reads it took.
fn read(bytes: &[u8]) -> (Media, usize) {
    let mut reader = Reader::new(bytes.len() as u64);
    let mut reads = 0;
    while let Some(wanted) = reader.wanted() {
        reads += 1;
        let index = |at: u64| usize::try_from(at).expect("in memory");
        let piece = bytes.get(index(wanted.start)..index(wanted.end));
        reader.read(piece.expect("no more than there is").to_vec());
    }
    (reader.media(), reads)
}

fn boxed(kind: &[u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let length = u32::try_from(content.len() + 8).expect("short");
    [&length.to_be_bytes()[..], kind, &content].concat()
}

fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

/// A film as phones write it: pictures first, then what tells of them; held upright.
fn film(mdat_first: bool) -> Vec<u8> {
    let filler = vec![7; 100_000];
    let head = boxed(b"ftyp", &[b"isom\0\0\0\0".to_vec()]);
    let data = boxed(b"mdat", &[filler]);
    let at = u32::try_from(head.len() + 8).expect("short");
    let movie = |at: u32| {
        let header = boxed(b"mvhd", &[words(&[0, 0, 0, 600, 25_500]), vec![0; 80]]);
        let matrix = words(&[0, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000]);
        let track = boxed(
            b"tkhd",
            &[
                words(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
                matrix,
                words(&[0, 0]),
            ],
        );
        let avcc = boxed(b"avcC", &[vec![1, 0x64, 0, 0x1f, 0xff]]);
        let mut entry = vec![0; 78];
        entry[24..28].copy_from_slice(&[2, 128, 1, 104]);
        let stsd = boxed(b"stsd", &[words(&[0, 1]), boxed(b"avc1", &[entry, avcc])]);
        // Two samples in the first chunk, three in the second.
        let stsc = boxed(b"stsc", &[words(&[0, 2, 1, 2, 1, 2, 3, 1])]);
        let stco = boxed(b"stco", &[words(&[0, 2, at, at + 1_000])]);
        let stsz = boxed(b"stsz", &[words(&[0, 0, 5, 10, 20, 30, 40, 50])]);
        // The third and the fifth can be shown by themselves.
        let stss = boxed(b"stss", &[words(&[0, 2, 4, 5])]);
        let stbl = boxed(b"stbl", &[stsd, stsc, stco, stsz, stss]);
        let mdhd = boxed(b"mdhd", &[words(&[0, 0, 0, 30, 900])]);
        let hdlr = boxed(b"hdlr", &[words(&[0, 0]), b"vide".to_vec()]);
        let mdia = boxed(b"mdia", &[mdhd, hdlr, boxed(b"minf", &[stbl])]);
        boxed(b"moov", &[header, boxed(b"trak", &[track, mdia])])
    };
    if mdat_first {
        return [head, data, movie(at)].concat();
    }
    let length = u32::try_from(movie(0).len()).expect("short");
    [head, movie(at + length), data].concat()
}

#[test]
fn a_film_tells_its_length_and_a_picture_wherever_its_headers_are() {
    for mdat_first in [false, true] {
        let (media, reads) = read(&film(mdat_first));
        assert_eq!(media.ms, Some(42_500));
        let poster = media.poster.expect("a poster");
        assert_eq!(poster.codec, "avc1.64001f");
        assert_eq!(poster.description, [1, 0x64, 0, 0x1f, 0xff]);
        assert_eq!(
            poster.size,
            Size {
                width: 640,
                height: 360
            }
        );
        assert_eq!(poster.quarters, 1);
        let data = if mdat_first {
            24
        } else {
            poster.place.start - 1_030
        };
        // The fourth sample is the second of the second chunk.
        assert_eq!(poster.place, data + 1_030..data + 1_070);
        assert!(reads <= 3, "{reads} reads");
    }
}

#[test]
fn a_film_that_a_browser_recorded_has_its_length_in_its_pieces() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/e2e/files/crossing.mp4"
    );
    let (media, _) = read(&std::fs::read(path).expect("the film"));
    assert!(
        media.ms.is_some_and(|ms| (300..2_000).contains(&ms)),
        "{media:?}"
    );
    let poster = media.poster.expect("a poster");
    assert_eq!(
        poster.size,
        Size {
            width: 320,
            height: 180
        }
    );
    assert!(poster.codec.starts_with("avc1."), "{}", poster.codec);
}

/// An element of Matroska.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("short") | 0x1000_0000;
    [id, &length.to_be_bytes(), content].concat()
}

fn webm(duration: Option<f64>) -> Vec<u8> {
    let head = element(&[0x1a, 0x45, 0xdf, 0xa3], b"\x42\x82\x84webm");
    let mut info = element(&[0x2a, 0xd7, 0xb1], &[0x0f, 0x42, 0x40]);
    if let Some(duration) = duration {
        info.extend(element(&[0x44, 0x89], &duration.to_be_bytes()));
    }
    let info = element(&[0x15, 0x49, 0xa9, 0x66], &info);
    let sides = [element(&[0xb0], &[5, 0]), element(&[0xba], &[2, 208])].concat();
    let entry = [
        element(&[0xd7], &[1]),
        element(&[0x83], &[1]),
        element(&[0x86], b"V_VP8"),
        element(&[0xe0], &sides),
    ];
    let tracks = element(
        &[0x16, 0x54, 0xae, 0x6b],
        &element(&[0xae], &entry.concat()),
    );
    let cluster = |at: [u8; 2], blocks: &[[u8; 6]]| {
        let blocks = blocks.iter().map(|block| element(&[0xa3], block));
        let content = [element(&[0xe7], &at), blocks.collect::<Vec<_>>().concat()].concat();
        // Of unknown length, as it was recorded live.
        let head = [
            0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ];
        [head.to_vec(), content].concat()
    };
    let first = cluster([0, 0], &[[0x82, 0, 0, 0, 1, 1], [0x81, 0, 0, 0x80, 2, 2]]);
    let second = cluster(
        [7, 208],
        &[[0x81, 0, 0, 0x80, 3, 3], [0x81, 1, 244, 0, 4, 4]],
    );
    let segment = [info, tracks, first, second].concat();
    let mut unknown = vec![0x18, 0x53, 0x80, 0x67, 0x01];
    unknown.extend([0xff; 7]);
    [head, unknown, segment].concat()
}

#[test]
fn a_webm_tells_its_length_or_ends_with_a_picture_that_does() {
    let (media, _) = read(&webm(Some(61_250.4)));
    assert_eq!(media.ms, Some(61_250));
    let bytes = webm(None);
    let (media, _) = read(&bytes);
    assert_eq!(media.ms, Some(2_500));
    let poster = media.poster.expect("a poster");
    assert_eq!((poster.codec.as_str(), poster.quarters), ("vp8", 0));
    assert_eq!(
        poster.size,
        Size {
            width: 1_280,
            height: 720
        }
    );
    let index = |at: u64| usize::try_from(at).expect("in memory");
    let place = index(poster.place.start)..index(poster.place.end);
    assert_eq!(bytes[place], [2, 2]);
    for wrong in [f64::NAN, f64::INFINITY, -1.0] {
        assert_ne!(read(&webm(Some(wrong))).0.ms, Some(u64::MAX), "{wrong}");
    }
}

fn wav(seconds: u32) -> Vec<u8> {
    let rate = 16_000_u32;
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend((rate * seconds).to_le_bytes());
    bytes.resize(bytes.len() + (rate * seconds) as usize, 0);
    bytes
}

/// So many frames of 128 kilobits at 44.1 kHz, after a tag; counted in the first one, or not.
fn mp3(frames: u32, counted: bool) -> Vec<u8> {
    let mut bytes = b"ID3\x04\0\0\0\0\x01\x00".to_vec();
    bytes.resize(10 + 128, 0);
    for at in 0..frames {
        let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
        frame.resize(417, 0);
        if at == 0 && counted {
            frame[36..40].copy_from_slice(b"Xing");
            frame[40..48].copy_from_slice(&words(&[1, frames * 10]));
        }
        bytes.extend(frame);
    }
    bytes
}

fn ogg(skipped: u16, samples: u64) -> Vec<u8> {
    let page = |granule: u64, content: &[u8]| {
        let mut bytes = b"OggS\0\0".to_vec();
        bytes.extend(granule.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.push(1);
        bytes.push(u8::try_from(content.len()).expect("short"));
        bytes.extend(content);
        bytes
    };
    let [low, high] = skipped.to_le_bytes();
    let head = [&b"OpusHead\x01\x02"[..], &[low, high], &[0; 7]].concat();
    [page(0, &head), page(samples, &[0; 200])].concat()
}

#[test]
fn sounds_tell_their_length() {
    let mut flac = b"fLaC\0\0\0\x22".to_vec();
    flac.extend([0; 10]);
    flac.extend((44_100_u64 << 44 | 441_000).to_be_bytes());
    let mut avi = b"RIFF\0\0\0\0AVI LIST\0\0\0\0hdrlavih".to_vec();
    avi.extend([0; 4]);
    avi.extend(40_000_u32.to_le_bytes());
    avi.extend([0; 12]);
    avi.extend(250_u32.to_le_bytes());
    avi.resize(200, 0);
    let table = [
        ("wav", wav(3), 3_000),
        ("mp3, counted", mp3(20, true), 5_224),
        ("mp3, of one size", mp3(100, false), 2_606),
        ("mp3, without a tag", mp3(100, false)[138..].to_vec(), 2_606),
        ("opus", ogg(312, 48_000 * 83 + 312), 83_000),
        ("flac", flac, 10_000),
        ("avi", avi, 10_000),
    ];
    for (name, bytes, ms) in table {
        assert_eq!(read(&bytes).0.ms, Some(ms), "{name}");
    }
}

#[test]
fn what_lies_or_is_cut_off_ends_soon() {
    let all = [
        film(false),
        film(true),
        webm(None),
        wav(1),
        mp3(4, true),
        ogg(0, 48_000),
    ];
    for whole in all {
        let headers = whole.len().min(1_200);
        for end in 0..headers {
            read(&whole[..end]);
        }
        for at in 0..headers {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                let (media, reads) = read(&changed);
                assert!(media.ms.is_none_or(|ms| ms <= MS_MAX));
                assert!(reads <= READS_MAX + 1, "{reads} reads");
            }
        }
    }
    let endless = [boxed(b"ftyp", &[]), boxed(b"free", &[]).repeat(200_000)].concat();
    assert_eq!(read(&endless), (Media::default(), read(&endless).1));
    assert_eq!(read(b"no film at all, only words").0, Media::default());
    assert_eq!(read(b"").0, Media::default());
}

#[test]
fn a_file_that_grows_shorter_while_it_is_read_has_no_length() {
    let mut reader = Reader::new(100_000);
    assert_eq!(reader.wanted(), Some(0..PIECE_BYTES));
    reader.read(vec![0; 10]);
    assert_eq!(reader.wanted(), None);
    assert_eq!(reader.media(), Media::default());
}
