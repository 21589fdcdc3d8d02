//! Chance, from a seed that the shell drew: for upload IDs and for the spreading of retries. The
//! same seed gives the same run, in tests as in a replay. Not for secrets.

/// xoroshiro128++: small, fast, and 128 bits of state, as many as an upload ID has.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    state: [u64; 2],
    /// Lies over the bits of upload IDs, so that a seed that is told gives none of them away.
    mask: [u64; 2],
}

impl Chance {
    pub fn new(seed: [u64; 2]) -> Self {
        // All zeros would stay all zeros.
        let state = if seed == [0, 0] {
            [0x9e37_79b9_7f4a_7c15, 1]
        } else {
            seed
        };
        let mask = [0, 0];
        Self { state, mask }
    }

    /// Goes on from a seed that may be told: the old one is in the mask alone.
    pub fn reveal(&mut self, seed: [u64; 2]) {
        let mask = self.bits();
        *self = Self {
            mask,
            ..Self::new(seed)
        };
    }

    pub fn next(&mut self) -> u64 {
        let [a, mut b] = self.state;
        let result = a.wrapping_add(b).rotate_left(17).wrapping_add(a);
        b ^= a;
        self.state = [a.rotate_left(49) ^ b ^ (b << 21), b.rotate_left(28)];
        result
    }

    /// A number from 0 to `max`. The bias of the remainder is below 2^-40 for our small numbers.
    pub fn up_to(&mut self, max: u32) -> u64 {
        self.next() % (u64::from(max) + 1)
    }

    pub fn bits(&mut self) -> [u64; 2] {
        let [high, low] = self.mask;
        [self.next() ^ high, self.next() ^ low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_seed_others() {
        let draw = |seed| Chance::new(seed).bits();
        assert_eq!(draw([1, 2]), draw([1, 2]));
        assert_ne!(draw([1, 2]), draw([1, 3]));
        assert_ne!(draw([0, 0]), [0, 0]);
    }

    #[test]
    fn a_seed_that_is_told_gives_no_upload_id_away() {
        let told = |secret| {
            let mut chance = Chance::new(secret);
            chance.reveal([3, 4]);
            chance
        };
        let (mut one, mut other) = (told([1, 2]), told([5, 6]));
        assert_eq!(one.up_to(9), other.up_to(9), "rests are the seed's");
        let bits = one.bits();
        assert_ne!(bits, other.bits());
        let mut told = Chance::new([3, 4]);
        told.up_to(9);
        assert_ne!(bits, told.bits());
    }

    #[test]
    fn numbers_reach_both_ends_of_their_range() {
        let mut chance = Chance::new([7, 7]);
        let mut seen = [false; 4];
        for _ in 0..200 {
            seen[usize::try_from(chance.up_to(3)).unwrap()] = true;
        }
        assert_eq!(seen, [true; 4]);
    }
}
