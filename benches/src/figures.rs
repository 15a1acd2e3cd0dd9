//! Figures: a median with its spread, ratios of neighbours in time, goals.

use std::fmt;
use std::time::Duration;

/// One figure per round.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// Adds a round.
    pub fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// The middle one; not a number without rounds.
    #[must_use]
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match (sorted.get(middle), sorted.len() % 2) {
            (Some(high), 0) => f64::midpoint(*high, sorted[middle - 1]),
            (Some(only), _) => *only,
            (None, _) => f64::NAN,
        }
    }

    /// Round by round, this divided by the other.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(own, other)| own / other)
                .collect(),
        )
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(figures: I) -> Self {
        Self(figures.into_iter().collect())
    }
}

/// The median and, in brackets, the least and the greatest.
impl fmt::Display for Series {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = out
            .precision()
            .unwrap_or(if self.median() < 100.0 { 2 } else { 0 });
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        write!(
            out,
            "{:.places$} [{least:.places$}–{most:.places$}]",
            self.median()
        )
    }
}

/// The value below which `share` (0–1) of the sorted durations lie.
#[must_use]
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of at most millions"
    )]
    let place = (last as f64 * share).round() as usize;
    sorted.get(place.min(last)).copied().unwrap_or_default()
}

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

/// Prints a figure beside its goal. A missed goal is said, never a failure: machines differ.
pub fn report(name: &str, figure: f64, unit: &str, goal: Goal) {
    let (met, sign, wanted) = match goal {
        Goal::AtLeast(wanted) => (figure >= wanted, '≥', wanted),
        Goal::AtMost(wanted) => (figure <= wanted, '≤', wanted),
    };
    let verdict = if met { "met" } else { "MISSED" };
    println!("  → {name}: {figure:.2}{unit} (goal {sign} {wanted}{unit}: {verdict})");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_spread() {
        let odd: Series = [3.0, 1.0, 2.0].into_iter().collect();
        assert!((odd.median() - 2.0).abs() < f64::EPSILON);
        assert_eq!(odd.to_string(), "2.00 [1.00–3.00]");
        let even: Series = [4.0, 1.0].into_iter().collect();
        assert!((even.median() - 2.5).abs() < f64::EPSILON);
        let ratio = odd.over(&[6.0, 2.0, 4.0].into_iter().collect());
        assert_eq!(ratio.to_string(), "0.50 [0.50–0.50]");
        assert!(Series::default().median().is_nan());
    }

    #[test]
    fn percentiles_at_both_ends() {
        let all: Vec<Duration> = (0..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&all, 0.99), Duration::from_millis(99));
        assert_eq!(percentile(&all, 1.0), Duration::from_millis(100));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
