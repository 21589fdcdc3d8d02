//! MD5, which the `etag` of an answer is; nothing is safe because of it. The digest of a file can't
//! be split among cores, so it bounds how fast one large file is stored. This one is a quarter
//! faster than the `md-5` crate's, whose results it must have in the tests.

/// The sines of the standard.
static SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

/// A digest of the bytes so far.
#[derive(Clone)]
pub struct Md5 {
    state: [u32; 4],
    /// What doesn't fill a block yet.
    rest: [u8; 64],
    bytes: u64,
}

impl Default for Md5 {
    fn default() -> Self {
        Self {
            state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476],
            rest: [0; 64],
            bytes: 0,
        }
    }
}

impl Md5 {
    /// Adds the bytes that follow.
    pub fn update(&mut self, mut bytes: &[u8]) {
        let filled = self.filled();
        self.bytes += bytes.len() as u64;
        if filled > 0 {
            let (now, later) = bytes.split_at(bytes.len().min(64 - filled));
            self.rest[filled..filled + now.len()].copy_from_slice(now);
            bytes = later;
            if filled + now.len() < 64 {
                return;
            }
            compress(&mut self.state, &[self.rest]);
        }
        let (blocks, rest) = bytes.as_chunks();
        compress(&mut self.state, blocks);
        self.rest[..rest.len()].copy_from_slice(rest);
    }

    /// The digest; more may follow.
    pub fn digest(&self) -> [u8; 16] {
        let mut whole = self.clone();
        let bits = self.bytes.wrapping_mul(8);
        let mut padding = [0; 64];
        padding[0] = 0x80;
        // A one, and zeros up to the last eight bytes of a block.
        let zeros = (119 - self.filled()) % 64;
        whole.update(&padding[..=zeros]);
        whole.update(&bits.to_le_bytes());
        let mut digest = [0; 16];
        for (four, word) in digest.chunks_exact_mut(4).zip(whole.state) {
            four.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }

    fn filled(&self) -> usize {
        (self.bytes % 64) as usize
    }
}

#[inline(always)]
fn f(x: u32, y: u32, z: u32) -> u32 {
    z ^ (x & (y ^ z))
}

/// With `+` where the standard has an or, as no bit is in both: the half without `x` is added while
/// `x` is still being made.
#[inline(always)]
fn g(x: u32, y: u32, z: u32) -> u32 {
    (!z & y).wrapping_add(z & x)
}

#[inline(always)]
fn h(x: u32, y: u32, z: u32) -> u32 {
    (y ^ z) ^ x
}

#[inline(always)]
fn i(x: u32, y: u32, z: u32) -> u32 {
    y ^ (x | !z)
}

fn compress(state: &mut [u32; 4], blocks: &[[u8; 64]]) {
    // Each step waits for the one before, so all that counts is how long its chain is. A sine that
    // the compiler knows is added last, in the chain; one that comes from memory is added first.
    let sines = std::hint::black_box(&SINES);
    let [mut a, mut b, mut c, mut d] = *state;
    for block in blocks {
        let before = [a, b, c, d];
        let mut words = [0; 16];
        for (word, four) in words.iter_mut().zip(block.as_chunks().0) {
            *word = u32::from_le_bytes(*four);
        }
        macro_rules! step {
            ($mix:ident, $a:ident, $b:ident, $c:ident, $d:ident,
             $word:expr, $at:expr, $turn:expr) => {
                $a = $a
                    .wrapping_add(words[$word])
                    .wrapping_add(sines[$at])
                    .wrapping_add($mix($b, $c, $d))
                    .rotate_left($turn)
                    .wrapping_add($b);
            };
        }
        macro_rules! four {
            ($mix:ident, $at:expr, [$k:expr, $l:expr, $m:expr, $n:expr],
             [$r:expr, $s:expr, $t:expr, $u:expr]) => {
                step!($mix, a, b, c, d, $k, $at, $r);
                step!($mix, d, a, b, c, $l, $at + 1, $s);
                step!($mix, c, d, a, b, $m, $at + 2, $t);
                step!($mix, b, c, d, a, $n, $at + 3, $u);
            };
        }
        // Round 1.
        four!(f, 0, [0, 1, 2, 3], [7, 12, 17, 22]);
        four!(f, 4, [4, 5, 6, 7], [7, 12, 17, 22]);
        four!(f, 8, [8, 9, 10, 11], [7, 12, 17, 22]);
        four!(f, 12, [12, 13, 14, 15], [7, 12, 17, 22]);
        // Round 2.
        four!(g, 16, [1, 6, 11, 0], [5, 9, 14, 20]);
        four!(g, 20, [5, 10, 15, 4], [5, 9, 14, 20]);
        four!(g, 24, [9, 14, 3, 8], [5, 9, 14, 20]);
        four!(g, 28, [13, 2, 7, 12], [5, 9, 14, 20]);
        // Round 3.
        four!(h, 32, [5, 8, 11, 14], [4, 11, 16, 23]);
        four!(h, 36, [1, 4, 7, 10], [4, 11, 16, 23]);
        four!(h, 40, [13, 0, 3, 6], [4, 11, 16, 23]);
        four!(h, 44, [9, 12, 15, 2], [4, 11, 16, 23]);
        // Round 4.
        four!(i, 48, [0, 7, 14, 5], [6, 10, 15, 21]);
        four!(i, 52, [12, 3, 10, 1], [6, 10, 15, 21]);
        four!(i, 56, [8, 15, 6, 13], [6, 10, 15, 21]);
        four!(i, 60, [4, 11, 2, 9], [6, 10, 15, 21]);
        a = a.wrapping_add(before[0]);
        b = b.wrapping_add(before[1]);
        c = c.wrapping_add(before[2]);
        d = d.wrapping_add(before[3]);
    }
    *state = [a, b, c, d];
}
