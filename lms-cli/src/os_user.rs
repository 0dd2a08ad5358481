//! Who is at the keyboard, for the audit trail: the owner of this process, not what the
//! environment claims.

/// The name of the operating-system user, or its number where it has no name.
pub(crate) fn name() -> String {
    owner().or_else(from_environment).unwrap_or_else(|| "unknown".to_owned())
}

fn from_environment() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
}

#[cfg(unix)]
fn owner() -> Option<String> {
    use std::os::unix::fs::MetadataExt;

    // /proc is owned by the effective user; where there is none, the environment has to do.
    let uid = std::fs::metadata("/proc/self").ok()?.uid();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    account_name(&accounts, uid)
        // Users of a directory service are not in the file, but their session knows them.
        .or_else(from_environment)
        .or_else(|| Some(format!("uid-{uid}")))
}

#[cfg(not(unix))]
fn owner() -> Option<String> {
    None
}

#[cfg(unix)]
fn account_name(accounts: &str, uid: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::account_name;

    #[test]
    fn the_name_of_a_user_is_looked_up_by_number() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\nbroken";
        assert_eq!(account_name(accounts, 1000).as_deref(), Some("ada"));
        assert_eq!(account_name(accounts, 1001), None);
    }
}
