//! Dates as HTTP headers have them, `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that servers
//! have been allowed to send since 1999. Reads only; knows no other clock or zone.

const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Seconds since 1970; `None` for anything else than a date of this form.
pub fn parse(text: &str) -> Option<u64> {
    // The name of the day says nothing that the rest does not.
    let (_, rest) = text.trim().split_once(',')?;
    let rest = rest.strip_prefix(' ')?;
    let mut parts = rest.split(' ');
    let day = number(parts.next()?, 2)?;
    let name = parts.next().filter(|name| name.len() == 3)?;
    let month = MONTHS
        .as_bytes()
        .chunks(3)
        .position(|known| known == name.as_bytes())?;
    let year = number(parts.next()?, 4)?;
    let mut clock = parts.next()?.split(':');
    let hour = number(clock.next()?, 2)?;
    let minute = number(clock.next()?, 2)?;
    let second = number(clock.next()?, 2)?;
    let zoned = parts.next() == Some("GMT") && parts.next().is_none() && clock.next().is_none();
    // 60 is a leap second.
    let valid = (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !zoned || !valid || year < 1970 {
        return None;
    }
    let days = days_before(year, month as u64) + day - 1;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// Days from 1970 to the first of a month (from 0) in the Gregorian calendar.
const fn days_before(year: u64, month: u64) -> u64 {
    // Years that begin in March have their leap day at the end.
    let years = if month < 2 { year - 1 } else { year };
    let months = (month + 10) % 12;
    let leaps = years / 4 - years / 100 + years / 400;
    // 719,468 days lie between March of the year 0 and January 1970; 60 of them are put back.
    years * 365 + leaps + (months * 153 + 2) / 5 - 719_468
}

fn number(text: &str, digits: usize) -> Option<u64> {
    let all = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds_since_1970() {
        let dates = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            (" Tue, 24 Nov 2026 06:00:00 GMT ", 1_795_500_000),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ];
        for (text, seconds) in dates {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let lengths = |year: u64| {
            let leap =
                year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
            [
                31,
                if leap { 29 } else { 28 },
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ]
        };
        let mut days = 0;
        for year in 1970..2500 {
            for (month, length) in lengths(year).into_iter().enumerate() {
                assert_eq!(days_before(year, month as u64), days, "{year} {month}");
                days += length;
            }
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        let bad = [
            "",
            "soon",
            "120",
            "Sun, 06 Nov 1994",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 NovNov 1994 08:49:37 GMT",
            "Sun, 06 anF 1994 08:49:37 GMT",
        ];
        for text in bad {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
