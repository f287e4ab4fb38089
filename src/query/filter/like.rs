//! SQL's LIKE.

/// SQL's LIKE, by case as MLflow has it: `%` is any text, `_` any one character.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    // Where to go on when a `%` must take one character more.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'%') {
            retry = Some((t, p));
            p += 1;
        } else if pattern.get(p).is_some_and(|wanted| *wanted == '_' || *wanted == text[t]) {
            (t, p) = (t + 1, p + 1);
        } else if let Some((from, percent)) = retry {
            retry = Some((from + 1, percent));
            (t, p) = (from + 1, percent + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '%')
}
