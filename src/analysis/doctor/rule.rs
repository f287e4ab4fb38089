//! The rules, each with its name and a sentence that says when it fires.

/// Makes [`Rule`] of a table: a line is a rule, its name, when it fires.
macro_rules! rules {
    ($(#[$of_all:meta])* Rule { $($(#[$about:meta])* $rule:ident => $name:literal, $sentence:literal;)* }) => {
        $(#[$of_all])*
        pub enum Rule {
            $($(#[$about])* $rule,)*
        }

        impl Rule {
            /// All of them, in the order in which they are told.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// Its name, for programs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)*
                }
            }

            /// When it fires.
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$rule => $sentence,)*
                }
            }
        }
    };
}

rules! {
    /// What is looked for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    Rule {
        /// GEPA hardly began.
        FewProposals => "few-proposals", "GEPA has ended and made no more than one proposal";
        /// Nothing but the seed was evaluated.
        SeedNeverLeft => "seed-never-left",
            "an optimization has ended, and all of its evaluations are of the program that it was given";
        /// GEPA rejected everything.
        NothingAccepted => "nothing-accepted", "GEPA has ended, made two proposals or more and accepted none";
        /// The seed won.
        NothingBetter => "nothing-better",
            "an optimization has ended, evaluated other programs, and the program that it was given is its winner";
        /// The best on minibatches may be better than the winner.
        BestMinibatch => "best-minibatch-not-evaluated",
            "a program of MIPROv2 without a full evaluation has a higher mean over its minibatches than every fully \
             evaluated one has over its own";
        /// An evaluation died.
        EvaluationFailed => "evaluation-failed", "an evaluation is FAILED or KILLED and has no score";
        /// The trainset holds examples several times.
        TrainsetRepeated => "trainset-repeated",
            "trainset.json has an example in more than one row; values are compared as text, so that 27 is \"27\"";
        /// The trainset and what was evaluated are not disjoint.
        TrainsetOverlaps => "trainset-overlaps-valset",
            "rows of valset.json are rows of trainset.json, in all fields that both have; without valset.json, all \
             evaluated examples are rows of trainset.json and the optimizer is not MIPROv2, which sets a part of it aside";
        /// The valset holds examples several times.
        ValsetRepeated => "valset-repeated", "a full evaluation has an example in more than one row";
        /// A part of the valset is in no table.
        NeverEvaluated => "examples-never-evaluated",
            "an optimization has ended, and a row of valset.json is in the table of none of its evaluations";
        /// The scores tell nothing.
        ScoresEqual => "scores-all-equal",
            "every example has the same score in every evaluation, or two or more programs have full evaluations of \
             the same score";
        /// The metric gave no score.
        MetricRaised => "metric-raised",
            "a row of a table has no score, or it has no prediction although its trace ended well: Evaluate then \
             puts the score for failures in its place";
        /// Answers that no adapter could read.
        ParseFailures => "parse-failures", "an adapter could not parse an answer, and the predictor that asked failed";
        /// Second calls because of the first answer.
        Fallbacks => "fallbacks", "an adapter got no usable answer, and another one was tried in the same predictor";
        /// Answers of a cache.
        CachedAnswers => "cached-answers",
            "calls took less than 5 ms, or, where usage is missing, less than a third of their model's usual time";
        /// Answers that were cut.
        TruncatedAnswers => "truncated-answers",
            "a response ended with finish_reason length, a trace of one call used as many output tokens as its \
             max_tokens allows, or an answer that could not be parsed stops within JSON or a tag";
        /// What failed.
        Errors => "errors-by-type", "a trace ended with an error, or a span within one that ended well did";
        /// Nothing was traced.
        TracesMissing => "traces-missing", "there are no traces at all, or fewer of an evaluation than rows of its table";
        /// No usage.
        TokensMissing => "tokens-missing",
            "no trace tells its tokens, and three or more, no fewer than were cached, ended well with a prediction";
        /// Nobody can say what it cost.
        PricesMissing => "prices-missing", "a trace tells its tokens, and a model that it called has no known price";
        /// Two figures for one thing.
        TokensDiffer => "tokens-differ",
            "the total of tokens that MLflow stored for a trace is not the sum of what its spans used, each usage counted \
             once";
        /// It went on for nothing.
        SpentAfterBest => "spent-after-best",
            "an optimization has ended, and half or more of what its evaluations cost, a dollar or more, was spent after \
             the evaluation with the best full score";
        /// The claim is larger than its proof.
        ValsetTooSmall => "valset-too-small",
            "the winner's gain over the seed is not more than luck by the paired test (p is 0.05 or more)";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Rule;

    #[test]
    fn names_are_plain_and_each_is_one_rule_s() {
        let names: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        assert!(Rule::ALL.iter().all(|rule| !rule.sentence().ends_with('.')));
    }
}
