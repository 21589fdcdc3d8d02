//! Digests of what is stored. Those of what is signed are core's.

mod md5;

pub use md5::Md5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard_hold() {
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
        ] {
            let mut md5 = Md5::default();
            md5.update(text.as_bytes());
            assert_eq!(crate::random::hex(&md5.digest()), digest, "{text}");
        }
    }

    #[test]
    fn it_is_the_digest_of_the_crate_however_the_bytes_are_cut() {
        use ::md5::Digest;
        let bytes: Vec<u8> = (0..1_000_u32).map(|at| (at * at % 251) as u8).collect();
        for length in 0..300 {
            let bytes = &bytes[..length];
            let expected: [u8; 16] = ::md5::Md5::digest(bytes).into();
            for piece in [1, 2, 63, 64, 65, 127, 128, 300] {
                let mut md5 = Md5::default();
                for piece in bytes.chunks(piece) {
                    md5.update(piece);
                    md5.digest();
                }
                assert_eq!(md5.digest(), expected, "{length} bytes by {piece}");
            }
        }
        let mut md5 = Md5::default();
        md5.update(&bytes);
        let expected: [u8; 16] = ::md5::Md5::digest(&bytes).into();
        assert_eq!(md5.digest(), expected);
    }
}
