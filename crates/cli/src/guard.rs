//! Keeps the process's memory, where keys are while they are used, off the disk and away from other
//! processes of the same user.

use anyhow::Context as _;

/// No core dump, no debugger: neither the kernel nor a crash handler writes this memory down.
///
/// # Errors
/// A kernel that refuses.
pub fn memory() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        setrlimit(Resource::Core, none).context("core dumps cannot be turned off")?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A crash handler that the kernel pipes to does not ask the limit, but it asks this.
        set_dumpable_behavior(DumpableBehavior::NotDumpable).context("core dumps cannot be turned off")?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn no_memory_is_written_down() {
        super::memory().expect("the kernel agrees");
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
        assert_eq!(dumpable_behavior().expect("asked"), DumpableBehavior::NotDumpable);
    }
}
