//! Universal Scalability Law, tested: are published fits found again?

use report::experiments::scale_out::usl::Law;

/// Twelve-way Cisco benchmark of Baron Schwartz, *Practical Scalability Analysis with the Universal Scalability Law*,
/// 2015, as the tests of codahale/usl4j hold data and results of the book.
const CISCO: [f64; 32] = [
    955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71, 8646.7, 9047.84,
    9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806.0, 12089.37, 12075.41,
    12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
];

/// A Sun SPARCcenter 2000 in SPEC's SDM 91, October 1994: `specsdm91` of R's package `usl` 3.0, whose
/// `tests/usl-nlxb.Rout.save` holds the results.
pub(crate) const SPEC: [(f64, f64); 7] =
    [(1.0, 64.9), (18.0, 995.9), (36.0, 1652.4), (72.0, 1853.2), (108.0, 1828.9), (144.0, 1775.0), (216.0, 1702.2)];

/// An SGI Origin 2000 with up to 64 processors that traces rays (Gunther 2007): `raytracer` of the same package,
/// whose `tests/confint.Rout.save` holds the results.
pub(crate) const RAYS: [(f64, f64); 11] = [
    (1.0, 20.0),
    (4.0, 78.0),
    (8.0, 130.0),
    (12.0, 170.0),
    (16.0, 190.0),
    (20.0, 200.0),
    (24.0, 210.0),
    (28.0, 230.0),
    (32.0, 260.0),
    (48.0, 280.0),
    (64.0, 310.0),
];

#[track_caller]
fn check(points: &[(f64, f64)], lambda: f64, sigma: f64, kappa: f64, digits: f64) -> Law {
    let law = Law::through(points).unwrap();
    for (found, published) in [(law.lambda, lambda), (law.sigma, sigma), (law.kappa, kappa)] {
        assert!((found - published).abs() <= published.abs() * digits + 1e-12, "{law:?}, and not {published}");
    }
    law
}

#[test]
fn the_published_fit_of_a_sun_in_a_benchmark_of_spec() {
    let law = check(&SPEC, 89.995_233_0, 0.027_728_5, 0.000_104_4, 5e-4);
    assert!((law.peak().unwrap() - 96.52).abs() < 0.1, "{:?}", law.peak());
    assert!((law.at(law.peak().unwrap()) - 1884.0).abs() < 1.0);
}

#[test]
fn the_published_fit_of_a_router_of_cisco() {
    let points: Vec<_> = (1..).map(f64::from).zip(CISCO).collect();
    let law = check(&points, 995.648_6, 0.026_715_91, 7.690_945e-4, 2e-5);
    assert_eq!(law.peak().unwrap().floor(), 35.0);
    assert!((law.at(35.0) - 12_341.0).abs() < 1.0);
}

#[test]
fn the_published_fit_of_a_ray_tracer_where_coherency_would_be_negative() {
    let law = check(&RAYS, 21.848_8, 0.057_8, 0.0, 1e-3);
    assert_eq!((law.kappa, law.peak()), (0.0, None));
}

#[test]
fn what_follows_the_law_is_found_to_the_last_digit() {
    for (sigma, kappa) in [(0.0, 0.0), (0.3, 0.0), (0.0, 0.01), (0.02, 0.004), (1.2, 0.5)] {
        let law = Law { lambda: 6700.0, sigma, kappa };
        let points: Vec<_> = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0].map(|size| (size, law.at(size))).to_vec();
        let found = Law::through(&points).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.max(1.0);
        assert!(close(found.lambda, 6700.0) && close(found.sigma, sigma) && close(found.kappa, kappa), "{found:?}");
    }
}

#[test]
fn more_than_ideal_is_told_as_ideal() {
    let law = Law::through(&[(1.0, 100.0), (2.0, 210.0), (4.0, 440.0), (8.0, 930.0)]).unwrap();
    assert_eq!((law.sigma, law.kappa, law.peak()), (0.0, 0.0, None));
}

#[test]
fn what_falls_at_once_has_its_peak_at_one() {
    let law = Law::through(&[(1.0, 100.0), (2.0, 80.0), (4.0, 30.0), (8.0, 9.0)]).unwrap();
    assert!(law.peak().unwrap() < 2.0, "{law:?}");
}

#[test]
fn two_sizes_tell_no_law_and_neither_does_a_standstill() {
    assert_eq!(Law::through(&[(1.0, 100.0), (2.0, 190.0), (2.0, 191.0)]), None);
    assert_eq!(Law::through(&[(1.0, 100.0), (2.0, 190.0), (4.0, 0.0)]), None);
}
