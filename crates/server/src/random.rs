//! Randomness from the operating system, spelled as the wire spells it. No other source.

use std::io;

/// 32 lower-case hexadecimal digits: 128 bits.
pub fn hex_32() -> io::Result<String> {
    Ok(hex(&bytes::<16>()?))
}

/// Lower-case letters and digits, as a public ID that nobody chose: 20 of them hold 103 bits.
pub fn letters(count: usize) -> io::Result<String> {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    /// The largest multiple of 36 in a byte; bytes above it would favour the first letters.
    const FAIR_BELOW: u8 = 252;
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let fair = bytes::<32>()?.into_iter().filter(|byte| *byte < FAIR_BELOW);
        let room = count - text.len();
        text.extend(
            fair.take(room)
                .map(|byte| char::from(ALPHABET[usize::from(byte % 36)])),
        );
    }
    Ok(text)
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// The bytes that these digits spell, in either case.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    pairs.map(byte).collect()
}

/// A number below this one.
pub fn below(limit: u64) -> io::Result<u64> {
    // So far below 2^64, the first numbers are hardly likelier than the others.
    Ok(u64::from_ne_bytes(bytes()?) % limit.max(1))
}

fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
