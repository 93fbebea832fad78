//! Key files, tested: is what is wrong with a key told before anybody needs it?

use std::fs;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use server::settings::Invalid;

use super::super::files::{Algorithm, Key, KeyFile, read};

fn pem(label: &str, der: impl AsRef<[u8]>) -> Vec<u8> {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der)).into()
}

fn private(algorithm: Algorithm) -> Vec<u8> {
    pem("PRIVATE KEY", Key::generate(algorithm).unwrap().signing.unwrap().as_bytes())
}

/// The public halves of a new key for es256 and one for eddsa.
fn public() -> [Vec<u8>; 2] {
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let halves: [PublicKeyX509Der; 2] = [p256.public_key().as_der().unwrap(), ed25519.public_key().as_der().unwrap()];
    halves.map(|half| pem("PUBLIC KEY", half.as_ref()))
}

/// As many bytes as a point of P-256 has, and not on it.
fn off_the_curve() -> Vec<u8> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let half: PublicKeyX509Der = pair.public_key().as_der().unwrap();
    let mut bytes = half.as_ref().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}

/// What is said of the last of these files; nothing, if all are keys.
fn complaint(files: &[&[u8]], algorithm: Algorithm) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let (mut given, mut name) = (Vec::new(), String::new());
    for (number, bytes) in files.iter().enumerate() {
        let path = folder.path().join(number.to_string());
        fs::write(&path, bytes).unwrap();
        let text = format!("k{number}={}", path.display());
        given.push(text.parse::<KeyFile>().unwrap());
        name = format!("--key {text} ");
    }
    let error = read(&given, algorithm).err()?;
    assert!(error.downcast_ref::<Invalid>().is_some(), "exit code 2: {error:#}");
    Some(error.to_string().strip_prefix(&name).unwrap_or_else(|| panic!("{error:#} names another file")).to_owned())
}

#[test]
fn a_file_is_a_key_of_its_algorithm_or_a_sentence() {
    use Algorithm::{Eddsa, Es256, Hs256};
    #[track_caller]
    fn check(files: &[&[u8]], algorithm: Algorithm, begins: &str) {
        let complaint = complaint(files, algorithm).unwrap_or_default();
        assert!(complaint.starts_with(begins) && complaint.is_empty() == begins.is_empty(), "{complaint}");
    }
    let (p256, ed25519, [p256_half, ed25519_half]) = (private(Es256), private(Eddsa), public());
    let p384 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let p384 = pem("PRIVATE KEY", p384);
    let off_the_curve = pem("PUBLIC KEY", off_the_curve());

    check(&[&[7; 32]], Hs256, "");
    check(&[&[7; 31]], Hs256, "holds 31 bytes");
    check(&[b""], Hs256, "holds 0 bytes");
    check(&[&p256_half], Hs256, "is a PEM");
    check(&[&[b"\n", &*ed25519].concat()], Hs256, "is a PEM");
    check(&[&p256], Es256, "");
    check(&[&p256, &p256_half, &private(Es256)], Es256, "");
    check(&[&p256_half], Es256, "is a public key");
    check(&[&p256, &ed25519_half], Es256, "holds no key for es256");
    check(&[&p256, &off_the_curve], Es256, "holds no key for es256");
    let (raw, empty, odd, cut) =
        (vec![7; 32], Vec::new(), pem("PRIVATE KEY", b"odd"), b"-----BEGIN PRIVATE KEY-----".into());
    for other in [&ed25519, &p384, &raw, &empty, &odd, &cut] {
        check(&[other], Es256, "holds no key for es256");
    }
    check(&[&ed25519], Eddsa, "");
    check(&[&ed25519, &ed25519_half], Eddsa, "");
    check(&[&ed25519_half], Eddsa, "is a public key");
    check(&[&p256], Eddsa, "holds no key for eddsa");
    check(&[&pem("PRIVATE KEY", Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap())], Eddsa, "");
}

#[test]
fn no_two_keys_have_the_same_name_and_no_file_is_missing() {
    let file = |text: &str| text.parse::<KeyFile>().unwrap();
    let missing = read(&[file("k=/no/such/file")], Algorithm::Hs256).map(drop).unwrap_err();
    assert!(missing.to_string().starts_with("--key k=/no/such/file cannot be read"), "{missing:#}");
    let key = tempfile::NamedTempFile::new().unwrap();
    fs::write(&key, [7; 32]).unwrap();
    let same = file(&format!("k={}", key.path().display()));
    let twice = read(&[same.clone(), same], Algorithm::Hs256).map(drop).unwrap_err();
    assert!(twice.to_string().ends_with("comes second: no two keys have the same KID"), "{twice:#}");
}

#[test]
fn a_name_holds_nothing_that_would_have_to_be_escaped() {
    for good in ["k=f", "2026-01.a_B=f", "k=f=g", &format!("{}=f", "k".repeat(64))] {
        assert!(good.parse::<KeyFile>().is_ok(), "{good}");
    }
    for bad in ["", "k", "=f", "k k=f", "k\"=f", "../k=f", "k\n=f", "ü=f", "k,=f", &format!("{}=f", "k".repeat(65))] {
        assert!(bad.parse::<KeyFile>().is_err(), "{bad}");
    }
}

#[test]
fn a_key_made_for_this_run_has_a_name_of_its_own() {
    for algorithm in [Algorithm::Hs256, Algorithm::Es256, Algorithm::Eddsa] {
        let [one, other] = [Key::generate(algorithm), Key::generate(algorithm)].map(Result::unwrap);
        assert_ne!(one.kid, other.kid);
        assert!(format!("{}=f", one.kid).parse::<KeyFile>().is_ok(), "{}", one.kid);
        assert_eq!(one.public.is_none(), algorithm == Algorithm::Hs256);
    }
}
