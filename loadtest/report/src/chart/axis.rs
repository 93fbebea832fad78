//! Axes: where in a picture is a value?

/// Maps values to units of the picture.
pub(crate) struct Axis {
    spacing: Spacing,
    values: (f64, f64),
    units: (f64, f64),
}

/// What is as far apart as what.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Spacing {
    Linear,
    /// A factor looks the same wherever it stands. Values must be positive.
    Log,
    /// The same, where what is less than the first value, nothing included, stands in its place.
    LogFrom,
    /// Shares: each nine is as wide as the one before.
    Nines,
}

impl Axis {
    pub(crate) fn new(spacing: Spacing, values: (f64, f64), units: (f64, f64)) -> Axis {
        Axis { spacing, values, units }
    }

    /// From zero to a round number at or above the highest value.
    pub(crate) fn from_zero(highest: f64, units: (f64, f64)) -> Axis {
        let step = round_step(highest);
        Axis::new(Spacing::Linear, (0.0, (highest / step).ceil().max(1.0) * step), units)
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        let scaled = |value: f64| match self.spacing {
            Spacing::Linear => value,
            Spacing::Log => value.ln(),
            Spacing::LogFrom => value.max(self.values.0).ln(),
            Spacing::Nines => -(1.0 - value).log10(), // 0.9 → 1, 0.99 → 2, 0.999 → 3.
        };
        let (from, to) = (scaled(self.values.0), scaled(self.values.1));
        let share = (scaled(value) - from) / (to - from);
        self.units.0 + share * (self.units.1 - self.units.0)
    }

    /// The nearest value that has a place.
    pub(crate) fn within(&self, value: f64) -> f64 {
        value.clamp(self.values.0, self.values.1)
    }

    /// Round values in range, about as many as can be labelled.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let (from, to) = self.values;
        if self.spacing == Spacing::Linear {
            let step = round_step(to);
            let all = (0..=(to / step).round() as u32).map(|index| f64::from(index) * step);
            return all.filter(|tick| *tick >= from).collect();
        }
        let decades = (to / from).log10();
        let mantissas: &[f64] = if decades > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let (first, last) = (from.log10().floor() as i32, to.log10().ceil() as i32);
        let all = (first..=last).flat_map(|power| mantissas.iter().map(move |m| m * 10f64.powi(power)));
        all.filter(|tick| (from..=to).contains(tick)).collect()
    }
}

/// 1, 2 or 5 times a power of ten, so that four to eight of them make up the whole.
fn round_step(highest: f64) -> f64 {
    let rough = highest.max(f64::MIN_POSITIVE) / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough * 0.999).unwrap_or(10.0);
    step * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_in_range() {
        assert_eq!(Axis::from_zero(47.0, (0.0, 1.0)).ticks(), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(Axis::new(Spacing::Log, (90.0, 1100.0), (0.0, 1.0)).ticks(), [100.0, 200.0, 500.0, 1000.0]);
    }

    #[test]
    fn a_factor_is_as_wide_at_both_ends_of_a_log_axis() {
        let axis = Axis::new(Spacing::Log, (1.0, 100.0), (0.0, 200.0));
        assert!((axis.at(2.0) - axis.at(1.0) - (axis.at(100.0) - axis.at(50.0))).abs() < 1e-9);
    }
}
