//! Modes, tested: is each found again by what it is called?

use std::path::Path;

use shared::modes::*;

#[test]
fn a_mode_is_found_by_its_name_and_no_two_share_one() {
    for mode in Mode::ALL {
        assert_eq!(mode.name().parse(), Ok(mode));
    }
    assert!("jwt-rs256".parse::<Mode>().is_err_and(|why| why.contains("jwt-es256+cache")));
}

#[test]
fn each_side_is_told_of_its_keys_in_its_own_words() {
    let keys = [("k1", Path::new("/a")), ("k2", Path::new("/b"))];
    let told = |mode: Mode, redis| mode.arguments(&keys, redis).join(" ");
    assert_eq!(told(Mode::JwtEs256, None), "--algorithm=es256 --key=k1=/a --key=k2=/b");
    assert_eq!(
        told(Mode::SessionMemory, Some("redis://r")),
        "--sessions=memory --cookie-key=/a --cookie-key=/b --redis-url=redis://r"
    );
    assert_eq!(told(Mode::Bare, None), "");
}
