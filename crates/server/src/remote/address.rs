//! Which network addresses belong to everybody. Addresses are classified, never matched as text,
//! and what isn't known to be public is not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not everybody's, as address and length of the prefix.
const PRIVATE_V4: [(Ipv4Addr, u32); 17] = [
    // "This network".
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Carrier-grade NAT; some clouds answer questions about themselves there.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Where Azure answers questions about itself, though it looks public.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Link-local; where most clouds do.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    // Protocol assignments; where Oracle's cloud does.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation.
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // Relays from 6to4, which lead anywhere.
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Benchmarks.
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Documentation.
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(233, 252, 0, 0), 24),
    // Multicast.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and broadcast.
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The IPv6 addresses that are handed out to everybody. All that carry an IPv4 address within
/// them (mapped, compatible, NAT64) lie outside, and so do link-local, site-local, unique-local,
/// multicast and loopback.
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What in it is not everybody's after all.
const PRIVATE_V6: [(Ipv6Addr, u32); 4] = [
    // Protocol assignments: Teredo, ORCHID, benchmarks.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation.
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4, which carries an IPv4 address.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// Whether an address is on the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !PRIVATE_V4.iter().any(|(network, prefix)| {
            u32::from(address) >> (32 - prefix) == u32::from(*network) >> (32 - prefix)
        }),
        IpAddr::V6(address) => {
            let is_in = |(network, prefix): &(Ipv6Addr, u32)| {
                u128::from(address) >> (128 - prefix) == u128::from(*network) >> (128 - prefix)
            };
            is_in(&PUBLIC_V6) && !PRIVATE_V6.iter().any(is_in)
        }
    }
}
