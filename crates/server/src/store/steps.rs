//! Steps of the stores that outlive the process: each write, rename and deletion announces itself
//! here. That lets a test end the process at any of them; in release builds nothing is left of it.

/// What comes next changes what is stored.
#[cfg(not(debug_assertions))]
pub(super) fn step() {}

/// What comes next changes what is stored. With `PLIMSOLL_ABORT_AT_STEP=n` in its environment, the
/// process dies before its n-th one, as it would if somebody had pulled the plug.
#[cfg(debug_assertions)]
pub(super) fn step() {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static TAKEN: AtomicU64 = AtomicU64::new(0);
    static LAST: LazyLock<Option<u64>> = LazyLock::new(|| {
        let told = std::env::var("PLIMSOLL_ABORT_AT_STEP").ok()?;
        told.parse().ok()
    });
    if let Some(last) = *LAST
        && TAKEN.fetch_add(1, Ordering::Relaxed) + 1 >= last
    {
        std::process::abort();
    }
}
