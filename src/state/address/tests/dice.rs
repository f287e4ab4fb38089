//! Places by chance.

use super::*;

/// Always the same numbers that look as if there were no rule.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Ids and keys as nobody would choose them.
    fn text(&mut self) -> String {
        let parts = [
            "",
            "/",
            "?",
            "&",
            "=",
            "%",
            "#",
            " ",
            "+",
            "\n",
            "\0",
            "..",
            "~",
            "a",
            "佐",
            "é",
            "🦀",
            "\u{202e}",
            "%2F",
            "run",
            "span",
            "experiment",
            "compare",
            "tab",
            "dspyglass:",
        ];
        (0..self.roll(4)).map(|_| parts[self.roll(parts.len())]).collect()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.roll(2) == 0).then(|| make(self))
    }

    /// One of the tabs, with some of what can be chosen in it.
    fn run_tab(&mut self) -> RunTab {
        let mut tab = RunTab::ALL[self.roll(RunTab::ALL.len())].clone();
        match &mut tab {
            RunTab::Doctor | RunTab::Traces { .. } => {}
            RunTab::Optimization { candidate } => *candidate = self.maybe(|dice| RunId::from(dice.text())),
            RunTab::Examples { example, evaluation, only } => {
                *example = self.maybe(|dice| dice.roll(usize::MAX));
                *evaluation = self.maybe(|dice| EvaluationId::of_prompt(dice.text().into(), TriedPrompt::Iteration(7)));
                let places = |dice: &mut Self| (0..dice.roll(5)).map(|_| dice.roll(90) as u32).collect::<Vec<_>>();
                *only = self.maybe(|dice| ExampleSet::new(dice.text(), places(dice)));
            }
            RunTab::FamilyTree { candidate } => *candidate = self.maybe(|dice| dice.roll(usize::MAX)),
            RunTab::Evolution { predictor, phrase, against } => {
                *against = self.maybe(|dice| Against::ALL[dice.roll(Against::ALL.len())]);
                *predictor = self.maybe(Self::text);
                *phrase = self.maybe(|dice| Phrase::new(dice.text().repeat(dice.roll(600))));
            }
            RunTab::Overview { value: chosen }
            | RunTab::Slices { field: chosen }
            | RunTab::Program { predictor: chosen }
            | RunTab::Metrics { key: chosen }
            | RunTab::Artifacts { path: chosen } => *chosen = self.maybe(Self::text),
        }
        tab
    }

    fn experiment_tab(&mut self) -> ExperimentTab {
        let mut tab = ExperimentTab::ALL[self.roll(ExperimentTab::ALL.len())].clone();
        if let ExperimentTab::Examples { example, evaluation, only } = &mut tab {
            *example = self.maybe(|dice| dice.roll(usize::MAX));
            *evaluation = self.maybe(|dice| EvaluationId::from(RunId::from(dice.text())));
            *only = self.maybe(|dice| ExampleSet::new(dice.text(), [0, 3, 7]));
        }
        tab
    }

    fn prompts(&mut self) -> PromptPlace {
        let workspace = self.maybe(Self::text);
        let prompt = self.maybe(|dice| PromptKey::new(&dice.text(), workspace.as_deref()));
        let mut tab = PromptTab::ALL[self.roll(PromptTab::ALL.len())];
        if let PromptTab::Changes { against } = &mut tab {
            *against = self.maybe(|dice| dice.roll(usize::MAX) as u64);
        }
        match prompt {
            None => PromptPlace::default(),
            Some(_) => PromptPlace { prompt, version: self.maybe(|dice| dice.roll(12) as u64), tab },
        }
    }

    pub(super) fn place(&mut self) -> Place {
        let experiment = self.maybe(|dice| ExperimentId::from(dice.text()));
        let run = self.maybe(|dice| RunId::from(dice.text()));
        match self.roll(8) {
            0 => Place::Store,
            1 => Place::Experiment { experiment: self.text().into(), tab: self.experiment_tab() },
            2 => Place::Run { experiment, run: self.text().into(), tab: self.maybe(Self::run_tab) },
            3 => Place::Trace {
                experiment,
                run,
                trace: self.text().into(),
                span: self.maybe(|dice| SpanRef { id: dice.text(), nth: dice.roll(3) }),
                detail: DetailTab::ALL[self.roll(DetailTab::ALL.len())],
            },
            4 => Place::ProgramHistory(self.text().into()),
            5 => Place::Search(SearchPlace {
                experiment,
                run,
                trace: self.maybe(|dice| dice.text().into()),
                within: self.maybe(|dice| SearchWithin::ALL[dice.roll(4)]),
                pattern: SearchPattern {
                    text: self.text(),
                    ignores_case: self.roll(2) == 0,
                    is_whole_word: self.roll(2) == 0,
                    is_regex: self.roll(2) == 0,
                },
                is_flat: self.roll(2) == 0,
            }),
            6 => Place::Prompts(self.prompts()),
            _ => Place::Compare {
                runs: (0..2 + self.roll(3)).map(|_| self.text().into()).collect(),
                shown: run,
                tab: self.maybe(|dice| CompareTab::ALL[dice.roll(CompareTab::ALL.len())]),
            },
        }
    }
}
