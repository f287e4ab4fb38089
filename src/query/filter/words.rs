//! Plain words where a filter could stand: they look for names, and for what is shown beside them.

use super::grammar::Grammar;
use super::syntax::Node;

/// What only a filter has.
const SIGNS: [char; 11] = ['=', '<', '>', '!', '~', '\'', '"', '`', '(', ')', ','];

/// Whether a text is plain words rather than a filter with a mistake in it.
pub(super) fn are_words(text: &str, grammar: &Grammar) -> bool {
    let is_field = |word: &str| {
        let before = word.split_once('.').map(|(before, _)| before);
        before.is_some_and(|before| grammar.entity(before).is_some() || grammar.attribute_words[..2].contains(&before))
    };
    !text.contains(SIGNS) && !text.to_lowercase().split_whitespace().any(is_field)
}

/// All words must be there.
pub(super) fn root(text: &str) -> Node {
    Node::All(text.split_whitespace().map(|word| Node::Holds(word.to_lowercase())).collect())
}

#[cfg(test)]
mod tests {
    use crate::model::RunValues;
    use crate::query::Filter;
    use crate::store::memory::MemoryStore;

    fn found(text: &str) -> Option<bool> {
        let run = MemoryStore::run("r", "1", "Eval_full_10 É", 0);
        Filter::parse_typed(text).ok().map(|(filter, _)| filter.matches(&run, &RunValues::default()))
    }

    #[test]
    fn words_look_for_names_and_mistakes_stay_mistakes() {
        for text in ["full", "FULL eval", "é", "10", "", "  ", "l_1", "run_name = 'Eval_full_10 É'"] {
            assert_eq!(found(text), Some(true), "{text}");
        }
        for text in ["minibatch", "full 11", "status", "like", "l%1", "run_name = 'x'"] {
            assert_eq!(found(text), Some(false), "{text}");
        }
        for text in ["metrics.eval", "params.k >", "full (", "a = ", "metrics.eval > 3 adn x", "'"] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(Filter::parse_typed("full").map(|(_, is_words)| is_words), Ok(true));
        assert_eq!(Filter::parse_typed("metrics.a > 1").map(|(_, is_words)| is_words), Ok(false));
    }
}
