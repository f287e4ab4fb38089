//! Whether two programs differ by more than luck, on the examples that both were scored on.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::bootstrap::Resampled;
use super::interval::{Confidence, Interval, normal_quantile};
use super::score::{is_right_or_wrong, wilson};

/// How many resamples a difference is made of.
const ROUNDS: usize = 10_000;

/// With this chance, the examples that are said to be missing would settle it.
const POWER: f64 = 0.8;

/// Below this, a difference is called more than luck.
const ALPHA: f64 = 0.05;

/// How a difference was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairedTest {
    /// McNemar's, exact: of the examples that changed sides, how many changed to right. The
    /// interval is Newcombe's (1998, method 10).
    McNemarExact,
    /// Differences of graded scores, resampled; the interval are percentiles.
    PairedBootstrap,
}

/// Two evaluations of the same examples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// So many examples were scored in both.
    pub examples: usize,
    /// The mean score before.
    pub before: f64,
    /// The mean score after.
    pub after: f64,
    /// In which interval the true difference lies; `None` where all graded scores differ alike.
    pub interval: Option<Interval>,
    /// So many examples became better, whether right or not.
    pub better: usize,
    /// So many became worse.
    pub worse: usize,
    /// How likely at least such a difference is if the programs are equally good, two-sided.
    pub p: f64,
    /// By which test.
    pub test: PairedTest,
    /// The variance of a single example's difference.
    variance: f64,
}

/// Compares scores before and after, pair by pair. `None` without pairs, or if a score is not finite.
pub fn compare_paired(pairs: &[(f64, f64)], confidence: Confidence) -> Option<Comparison> {
    if pairs.is_empty() || pairs.iter().any(|(before, after)| !before.is_finite() || !after.is_finite()) {
        return None;
    }
    let n = pairs.len() as f64;
    let (befores, afters): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (before, after) = (befores.iter().sum::<f64>() / n, afters.iter().sum::<f64>() / n);
    let differences: Vec<f64> = pairs.iter().map(|(before, after)| after - before).collect();
    let better = differences.iter().filter(|difference| **difference > 0.0).count();
    let worse = differences.iter().filter(|difference| **difference < 0.0).count();
    let mean = after - before;
    let variance = differences.iter().map(|difference| (difference - mean).powi(2)).sum::<f64>() / n;
    let is_binary = is_right_or_wrong(&befores) && is_right_or_wrong(&afters);
    let (test, p, interval) = if is_binary {
        let right_in_both = pairs.iter().filter(|pair| **pair == (1.0, 1.0)).count();
        let counts = Counts { right_in_both, fixed: better, broken: worse, all: pairs.len() };
        (PairedTest::McNemarExact, mcnemar(better, worse), counts.newcombe(confidence))
    } else {
        let (p, interval) = graded(&differences, better + worse, confidence)?;
        (PairedTest::PairedBootstrap, p, interval)
    };
    Some(Comparison { examples: pairs.len(), before, after, interval, better, worse, p, test, variance })
}

impl Comparison {
    /// After less before.
    pub fn difference(&self) -> f64 {
        self.after - self.before
    }

    /// Whether the difference is more than luck: p is below 0.05.
    pub fn is_more_than_luck(&self) -> bool {
        self.p < ALPHA
    }

    /// p if this pair was chosen as the best of `count` (Bonferroni).
    pub fn p_of_best(&self, count: usize) -> f64 {
        (self.p * count.max(1) as f64).min(1.0)
    }

    /// About how many examples more would settle it with a chance of 80 %, if the true difference
    /// and the spread are the observed ones: n = (z₀.₉₇₅ + z₀.₈)² · variance / difference². `None`
    /// if it is settled, or if no difference was seen.
    pub fn more_examples(&self) -> Option<usize> {
        let difference = self.difference();
        let changed = self.better + self.worse;
        if self.is_more_than_luck() || changed == 0 || difference.abs() < 1e-12 {
            return None;
        }
        let z = normal_quantile(1.0 - ALPHA / 2.0) + normal_quantile(POWER);
        let by_spread = z * z * self.variance / (difference * difference);
        // Five that changed cannot be more than luck, even if all became better.
        let by_changes = 6.0 * self.examples as f64 / changed as f64;
        let wanted = by_spread.max(by_changes).ceil();
        // Casts of floats saturate.
        Some((wanted as usize).saturating_sub(self.examples).max(1))
    }
}

/// McNemar's exact test, two-sided: how likely fixed and broken are at least as uneven, if each
/// change is as likely as its opposite.
fn mcnemar(fixed: usize, broken: usize) -> f64 {
    if fixed == broken {
        return 1.0;
    }
    let (changed, fewer) = ((fixed + broken) as u64, fixed.min(broken) as u64);
    Binomial::new(0.5, changed).map_or(1.0, |binomial| (2.0 * binomial.cdf(fewer)).min(1.0))
}

/// p and the interval of graded differences, of which so many are not 0. p is never below what
/// an exact test by signs could reach: three examples that became better are no proof, however
/// often they are drawn again.
fn graded(differences: &[f64], changed: usize, confidence: Confidence) -> Option<(f64, Option<Interval>)> {
    if changed == 0 {
        return Some((1.0, None));
    }
    let resampled = Resampled::means(differences, ROUNDS)?;
    let least = 2.0_f64.powi(1 - i32::try_from(changed).unwrap_or(i32::MAX));
    let is_alike = differences.iter().all(|difference| Some(difference) == differences.first());
    let interval = (!is_alike).then(|| resampled.percentile(confidence.left_out()));
    Some((resampled.two_sided_p().max(least).min(1.0), interval))
}

/// Examples that were right or wrong, before and after.
struct Counts {
    right_in_both: usize,
    fixed: usize,
    broken: usize,
    all: usize,
}

impl Counts {
    /// Newcombe's interval of a difference of paired shares (Statistics in Medicine 17, 1998,
    /// method 10): Wilson's intervals of both, put together by how far they go along.
    fn newcombe(&self, confidence: Confidence) -> Option<Interval> {
        let (before, after) = (self.right_in_both + self.broken, self.right_in_both + self.fixed);
        let (of_before, of_after) = (wilson(before, self.all, confidence)?, wilson(after, self.all, confidence)?);
        let share = |count: usize| count as f64 / self.all as f64;
        let (p_before, p_after) = (share(before), share(after));
        let phi = self.phi();
        let root = |a: f64, b: f64| (a * a - 2.0 * phi * a * b + b * b).max(0.0).sqrt();
        let difference = p_after - p_before;
        Some(Interval {
            low: (difference - root(p_after - of_after.low, of_before.high - p_before)).max(-1.0),
            high: (difference + root(p_before - of_before.low, of_after.high - p_after)).min(1.0),
        })
    }

    /// How far the two go along, from -1 to 1; nearer to 0 by a correction where they do.
    fn phi(&self) -> f64 {
        let [both, fixed, broken, all] =
            [self.right_in_both, self.fixed, self.broken, self.all].map(|count| count as f64);
        let neither = all - both - fixed - broken;
        let margins = (both + fixed) * (both + broken) * (neither + fixed) * (neither + broken);
        if margins <= 0.0 {
            return 0.0;
        }
        let along = both * neither - fixed * broken;
        let along = if along > 0.0 { (along - all / 2.0).max(0.0) } else { along };
        along / margins.sqrt()
    }
}
