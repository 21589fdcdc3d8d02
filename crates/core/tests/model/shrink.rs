//! Finds few steps that fail where many do.

/// So many runs are spent on it: a failure that needs more is small enough.
const RUNS_MAX: usize = 3_000;

/// The smallest list that still fails, by leaving out ever smaller parts.
pub fn shrink<T: Clone>(steps: &[T], fails: &mut dyn FnMut(&[T]) -> bool) -> Vec<T> {
    let mut least = steps.to_vec();
    let mut part = least.len().div_ceil(2);
    let mut runs = 0;
    while part > 0 {
        let mut at = 0;
        let mut smaller = false;
        while at < least.len() && runs < RUNS_MAX {
            let end = (at + part).min(least.len());
            let mut fewer = least.clone();
            fewer.drain(at..end);
            runs += 1;
            if fails(&fewer) {
                least = fewer;
                smaller = true;
            } else {
                at = end;
            }
        }
        if runs >= RUNS_MAX {
            break;
        }
        // Once more with single steps, as long as that helps.
        part = if part == 1 && smaller { 1 } else { part / 2 };
    }
    least
}
