//! Student's t and the normal distribution: what do their tables say?

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::beta_reg;

/// What a variable of Student's distribution exceeds with this chance. `free`: its degrees of freedom, above 0.
pub(crate) fn student(free: f64, tail: f64) -> f64 {
    StudentsT::new(0.0, 1.0, free).map_or(f64::NAN, |t| -t.inverse_cdf(tail))
}

/// How likely a t at least so far from 0 is, on either side.
pub(crate) fn student_two_sided(t_squared: f64, free: f64) -> f64 {
    beta_reg(free / 2.0, 0.5, free / (free + t_squared))
}

/// What a standard normal variable exceeds with this chance.
pub(crate) fn normal(tail: f64) -> f64 {
    -Normal::standard().inverse_cdf(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By mpmath's incomplete beta function with 40 digits. To three decimals they are the table of the NIST/SEMATECH
    /// e-Handbook of Statistical Methods, 1.3.6.7.2, which has no column for a third of 2.5 %.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        let table = [
            (1.0, [12.706204736, 63.656741163, 38.188459297]),
            (2.0, [4.3026527297, 9.9248432009, 7.6488039379]),
            (3.0, [3.1824463053, 5.8409093097, 4.8566572728]),
            (4.0, [2.7764451052, 4.6040948713, 3.9607864828]),
            (10.0, [2.2281388520, 3.1692726726, 2.8700725557]),
            (30.0, [2.0422724563, 2.7499956536, 2.5357416054]),
            (f64::INFINITY, [1.9599639845, 2.5758293035, 2.3939797998]),
        ];
        for (free, row) in table {
            for (tail, expected) in [0.025, 0.005, 0.025 / 3.0].into_iter().zip(row) {
                let found = if free.is_finite() { student(free, tail) } else { normal(tail) };
                assert!((found - expected).abs() < 1e-6, "{free} free, {tail}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn a_chance_is_the_inverse_of_its_quantile() {
        for (free, tail) in [(1.0, 0.025), (2.5, 0.025), (5.0, 0.0005), (30.0, 0.2), (120.0, 0.0005)] {
            let chance = student_two_sided(student(free, tail).powi(2), free);
            assert!((chance / (2.0 * tail) - 1.0).abs() < 1e-6, "{free} free, {tail}: {chance}");
        }
    }
}
