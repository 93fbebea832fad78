//! Least squares fit: which curve, with no negative parameter, lies nearest?
//!
//! Linear least squares with weights, where the second and the third unknown may not be negative. With two bounds there
//! are four sets of unknowns that can be free, so all of them are tried: what Lawson and Hanson's NNLS (*Solving Least
//! Squares Problems*, 1974, chapter 23) finds by search is here a list.

/// terms · unknowns should come to `sum`.
pub(crate) struct Row {
    pub(crate) terms: [f64; 3],
    pub(crate) sum: f64,
    pub(crate) weight: f64,
}

/// Whether the second and the third unknown are kept from being negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bounds {
    Kept,
    Lifted,
}

/// Those that may differ from zero; the first always does. All of them first: where that is allowed, nothing is nearer.
const FREE: [&[usize]; 4] = [&[0, 1, 2], &[0, 1], &[0, 2], &[0]];

/// None where the rows do not tell the unknowns apart, or only a first unknown that is not above zero comes near.
pub(crate) fn nearest(bounds: Bounds, rows: &[Row]) -> Option<[f64; 3]> {
    let allowed = |[first, second, third]: &[f64; 3]| {
        *first > 0.0 && (bounds == Bounds::Lifted || *second >= 0.0 && *third >= 0.0)
    };
    let (table, [all, some @ ..]) = (normal(rows), FREE);
    if let Some(unknowns) = solve(&table, all).filter(allowed) {
        return Some(unknowns);
    }
    let candidates = some.iter().filter_map(|free| solve(&table, free)).filter(allowed);
    candidates.min_by(|a, b| distance(rows, a).total_cmp(&distance(rows, b)))
}

fn distance(rows: &[Row], unknowns: &[f64; 3]) -> f64 {
    let told = |row: &Row| row.terms.iter().zip(unknowns).map(|(term, unknown)| term * unknown).sum::<f64>();
    rows.iter().map(|row| row.weight * (row.sum - told(row)).powi(2)).sum()
}

/// The normal equations, their right side last.
fn normal(rows: &[Row]) -> [[f64; 4]; 3] {
    let mut table = [[0.0; 4]; 3];
    for Row { terms, sum, weight } in rows {
        let [a, b, c] = *terms;
        for (line, term) in table.iter_mut().zip(terms) {
            line.iter_mut().zip([a, b, c, *sum]).for_each(|(cell, value)| *cell += weight * term * value);
        }
    }
    table
}

/// By elimination (Gauss and Jordan); unknowns that are not free are zero. None when it is singular.
pub(crate) fn solve(table: &[[f64; 4]; 3], free: &[usize]) -> Option<[f64; 3]> {
    const SINGULAR: f64 = 1e-13;
    let mut left = *table;
    for &pivot in free {
        let by = left[pivot];
        if by[pivot] <= SINGULAR * table[pivot][pivot] {
            return None;
        }
        for &line in free.iter().filter(|line| **line != pivot) {
            let factor = left[line][pivot] / by[pivot];
            left[line].iter_mut().zip(by).for_each(|(cell, by)| *cell -= factor * by);
        }
    }
    let mut unknowns = [0.0; 3];
    free.iter().for_each(|&one| unknowns[one] = left[one][3] / left[one][one]);
    Some(unknowns)
}
