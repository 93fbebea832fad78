//! Popularity of users: who comes how often?

/// How visits are spread over users.
#[derive(Debug, Clone)]
pub enum Popularity {
    /// Each slot belongs to one user.
    Uniform,
    /// The n-th of them comes as often as 1/nˢ says (Zipf 1949; for the web Breslau, Cao, Fan, Phillips and Shenker, *Web
    /// Caching and Zipf-like Distributions*, INFOCOM 1999). Holds the sums of those weights.
    Zipf(Vec<f64>),
}

impl Popularity {
    pub fn zipf(exponent: f64, users: u32) -> Popularity {
        let mut sum = 0.0;
        let sums = (1..=users).map(|rank| {
            sum += f64::from(rank).powf(-exponent);
            sum
        });
        Popularity::Zipf(sums.collect())
    }

    /// The index of whoever comes next. None: whoever came before.
    pub fn draw(&self, random: &mut fastrand::Rng) -> Option<usize> {
        match self {
            Popularity::Uniform => None,
            Popularity::Zipf(sums) => {
                let drawn = random.f64() * sums.last()?;
                Some(sums.partition_point(|sum| *sum <= drawn).min(sums.len() - 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_comes_a_tenth_as_often_as_the_first() {
        let (popularity, mut random) = (Popularity::zipf(1.0, 1000), fastrand::Rng::with_seed(7));
        let mut visits = vec![0u32; 1000];
        for _ in 0..200_000 {
            visits[popularity.draw(&mut random).expect("there are users")] += 1;
        }
        let ratio = f64::from(visits[0]) / f64::from(visits[9]);
        assert!((9.0..11.0).contains(&ratio), "{ratio}");
        assert!(visits.iter().filter(|count| **count > 0).count() > 990, "nobody is left out for good");
    }

    #[test]
    fn without_an_exponent_all_come_alike() {
        let (popularity, mut random) = (Popularity::zipf(0.0, 10), fastrand::Rng::with_seed(7));
        let first = (0..10_000).filter(|_| popularity.draw(&mut random) == Some(0)).count();
        assert!((900..1100).contains(&first), "{first}");
    }
}
