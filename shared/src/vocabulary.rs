//! Fixed vocabularies: which words may a client choose from, where the list is not ours?
//!
//! What is checked and what the contract publishes come from the same lists, so that they cannot differ.

use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;
use utoipa::PartialSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

/// Names of the IANA time zone database as it was when this program was built: every replica knows the same ones.
static TIME_ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let bundled = TimeZoneDatabase::bundled();
    let mut names: Vec<_> = bundled.available().map(|name| name.to_string()).collect();
    names.sort_unstable();
    names
});

/// ISO 3166-1 alpha-2, officially assigned.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT \
    MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ \
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// For `garde`: is this a time zone, in the spelling of the database?
pub fn is_time_zone(name: &str, _: &()) -> garde::Result {
    let known = TIME_ZONES.binary_search_by(|zone| zone.as_str().cmp(name)).is_ok();
    known.then_some(()).ok_or_else(|| garde::Error::new("is no time zone: send one like Europe/Berlin"))
}

/// For `garde`: is this the code of a country?
pub fn is_country(code: &str, _: &()) -> garde::Result {
    let known = COUNTRIES.split_ascii_whitespace().any(|country| country == code);
    known.then_some(()).ok_or_else(|| garde::Error::new("is no country: send two capital letters like DE"))
}

/// For `garde`: is nothing named twice?
pub fn are_different<T: PartialEq>(words: &[T], _: &()) -> garde::Result {
    let twice = words.iter().enumerate().any(|(at, word)| words[..at].contains(word));
    (!twice).then_some(()).ok_or_else(|| garde::Error::new("names something twice"))
}

/// For `utoipa`: what [`is_time_zone`] accepts.
pub fn time_zones() -> Object {
    one_of(TIME_ZONES.iter().map(String::as_str))
}

/// For `utoipa`: what [`is_country`] accepts.
pub fn countries() -> Object {
    one_of(COUNTRIES.split_ascii_whitespace())
}

/// For `utoipa`: what [`are_different`] accepts, of one word or two.
pub fn one_or_two<T: PartialSchema>() -> Array {
    ArrayBuilder::new().items(T::schema()).min_items(Some(1)).max_items(Some(2)).unique_items(true).build()
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_what_they_should() {
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
        for name in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"] {
            assert!(is_time_zone(name, &()).is_ok(), "{name}");
        }
        assert!(is_time_zone("europe/berlin", &()).is_err() && is_time_zone("", &()).is_err());
        assert!(are_different(&["a", "b"], &()).is_ok() && are_different(&["a", "b", "a"], &()).is_err());
        assert!(is_country("DE", &()).is_ok() && is_country("de", &()).is_err() && is_country("DE ", &()).is_err());
    }
}
