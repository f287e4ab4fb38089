//! Adapters: the spans that only write prompts and parse answers. What is one, which of them stand
//! twice, and how they fold.

use crate::model::{Forest, ForestNode, SpanHead};

/// A step of an adapter, from the name of its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdapterStep<'a> {
    /// Which adapter: `XMLAdapter`.
    pub adapter: &'a str,
    /// Which step.
    pub kind: StepKind,
}

/// What an adapter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// It writes the prompt.
    Format,
    /// It reads the answer.
    Parse,
}

/// Whether a span only writes a prompt or parses an answer.
pub fn is_adapter(span: &SpanHead) -> bool {
    span.kind == "PARSER"
}

/// The step that a span is; `None` if it is no adapter of DSPy's kind (`<Adapter>.format`,
/// `<Adapter>.parse`; MLflow 2 adds a number: `ChatAdapter.format_1`).
pub fn step(span: &SpanHead) -> Option<AdapterStep<'_>> {
    if !is_adapter(span) {
        return None;
    }
    let (adapter, name) = span.name.rsplit_once('.')?;
    let name = match name.split_once('_') {
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    };
    let kind = match name {
        "format" => StepKind::Format,
        "parse" => StepKind::Parse,
        _ => return None,
    };
    (!adapter.is_empty()).then_some(AdapterStep { adapter, kind })
}

/// A trace's spans with those that stand twice folded into one.
///
/// DSPy (3.4) wraps inherited methods of adapters once per class, so that one `XMLAdapter.format` is
/// a span within a span of the same name, `BAMLAdapter.format` even one in one in one. Only the
/// innermost was given the signature, demos and inputs by name; so that is the one that stays.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Outline {
    /// The spans that stay, moved up to where the outermost of the same stood.
    pub forest: Forest,
    /// For each node of `forest`, how many spans it stands for: 1 for most.
    pub times: Vec<u32>,
}

impl Outline {
    /// Folds. `spans` is the list that the forest was built from.
    pub fn new(forest: &Forest, spans: &[SpanHead]) -> Self {
        let nodes = &forest.nodes;
        let mut outline = Self::default();
        // The ends of the folded nodes that are open: whatever is below stands that much higher.
        let mut open: Vec<usize> = Vec::new();
        let mut times = 1;
        let mut lacks_parent = false;
        for (position, node) in nodes.iter().enumerate() {
            while open.last().is_some_and(|end| *end <= position) {
                open.pop();
            }
            if is_doubled(nodes, spans, position) {
                lacks_parent |= node.lacks_parent;
                open.push(position + 1 + node.descendants);
                times += 1;
                continue;
            }
            let depth = node.depth.saturating_sub(u32::try_from(open.len()).unwrap_or(0));
            let lacks_parent = std::mem::take(&mut lacks_parent) || node.lacks_parent;
            outline.forest.nodes.push(ForestNode { depth, descendants: 0, lacks_parent, ..*node });
            outline.times.push(std::mem::replace(&mut times, 1));
        }
        set_descendants(&mut outline.forest.nodes);
        outline
    }

    /// How many spans are folded into others.
    pub fn folded(&self) -> usize {
        self.times.iter().map(|times| *times as usize - 1).sum()
    }
}

/// Counts what is below each node, from the depths alone.
fn set_descendants(nodes: &mut [ForestNode]) {
    let mut open: Vec<usize> = Vec::new();
    for position in 0..=nodes.len() {
        let depth = nodes.get(position).map_or(0, |node| node.depth as usize);
        for at in open.drain(depth.min(open.len())..) {
            nodes[at].descendants = position - at - 1;
        }
        if position < nodes.len() {
            open.push(position);
        }
    }
}

/// Whether the only span below this one is the same step once more, with the same end.
fn is_doubled(nodes: &[ForestNode], spans: &[SpanHead], position: usize) -> bool {
    let (Some(node), Some(child)) = (nodes.get(position), nodes.get(position + 1)) else { return false };
    let has_one_child = node.descendants > 0 && child.descendants + 1 == node.descendants;
    let (Some(outer), Some(inner)) = (spans.get(node.item), spans.get(child.item)) else { return false };
    has_one_child && outer.status == inner.status && step(outer).is_some() && step(outer) == step(inner)
}

#[cfg(test)]
pub(in crate::analysis) mod tests {
    use super::*;
    use crate::model::SpanHandle;

    /// Spans of a trace by their depths: name, depth, kind, status.
    pub(in crate::analysis) fn spans(list: &[(&str, usize, &str, &str)]) -> (Forest, Vec<SpanHead>) {
        let mut above: Vec<String> = Vec::new();
        let mut spans = Vec::new();
        for (at, (name, depth, kind, status)) in list.iter().enumerate() {
            above.truncate(*depth);
            spans.push(SpanHead {
                id: at.to_string(),
                parent_id: above.last().cloned(),
                name: (*name).to_owned(),
                kind: (*kind).to_owned(),
                status: (*status).to_owned(),
                start_ns: at as i64,
                end_ns: Some(at as i64 + 1),
                handle: SpanHandle(at as u64),
            });
            above.push(at.to_string());
        }
        let links: Vec<_> = spans.iter().map(|span: &SpanHead| (&*span.id, span.parent_id.as_deref())).collect();
        (Forest::build(&links), spans)
    }

    /// What is left: name, depth, times, how many below.
    fn folded(list: &[(&str, usize, &str, &str)]) -> Vec<(String, u32, u32, usize)> {
        let (forest, spans) = spans(list);
        let outline = Outline::new(&forest, &spans);
        let nodes = outline.forest.nodes.iter().zip(&outline.times);
        nodes.map(|(node, times)| (spans[node.item].id.clone(), node.depth, *times, node.descendants)).collect()
    }

    #[test]
    fn one_within_one_of_the_same_name_is_one() {
        let list = [
            ("Predict.forward", 0, "LLM", "OK"),
            ("BAMLAdapter.format", 1, "PARSER", "OK"),
            ("BAMLAdapter.format", 2, "PARSER", "OK"),
            ("BAMLAdapter.format", 3, "PARSER", "OK"),
            ("LM.__call__", 1, "CHAT_MODEL", "OK"),
            ("BAMLAdapter.parse", 1, "PARSER", "ERROR"),
            ("BAMLAdapter.parse", 2, "PARSER", "ERROR"),
        ];
        let wanted = [("0", 0, 1, 3), ("3", 1, 3, 0), ("4", 1, 1, 0), ("6", 1, 2, 0)];
        assert_eq!(folded(&list), wanted.map(|(id, depth, times, below)| (id.to_owned(), depth, times, below)));
        let (forest, spans) = spans(&list);
        assert_eq!(Outline::new(&forest, &spans).folded(), 3);
    }

    #[test]
    fn what_differs_or_holds_more_stays() {
        let list = [
            ("TwoStepAdapter.parse", 0, "PARSER", "OK"),
            ("ChatAdapter.format", 1, "PARSER", "OK"),
            ("LM.__call__", 1, "CHAT_MODEL", "OK"),
            ("ChatAdapter.parse", 1, "PARSER", "OK"),
            ("XMLAdapter.parse", 0, "PARSER", "ERROR"),
            ("XMLAdapter.parse", 1, "PARSER", "OK"),
            ("Predict.forward", 0, "LLM", "OK"),
            ("Predict.forward", 1, "LLM", "OK"),
            ("Splitter.split", 0, "PARSER", "OK"),
            ("Splitter.split", 1, "PARSER", "OK"),
        ];
        assert_eq!(folded(&list).len(), list.len());
        assert!(folded(&list).iter().all(|(_, _, times, _)| *times == 1));
        assert_eq!(folded(&[]), []);
    }

    #[test]
    fn steps_are_read_from_names_of_every_mlflow() {
        let (_, spans) = spans(&[
            ("my.XMLAdapter.format_12", 0, "PARSER", "OK"),
            ("ChatAdapter.parse", 0, "PARSER", "OK"),
            ("ChatAdapter.parse_all", 0, "PARSER", "OK"),
            ("ChatAdapter.format", 0, "CHAIN", "OK"),
            ("format", 0, "PARSER", "OK"),
        ]);
        let steps: Vec<_> = spans.iter().map(step).collect();
        let of = |adapter, kind| Some(AdapterStep { adapter, kind });
        assert_eq!(
            steps,
            [of("my.XMLAdapter", StepKind::Format), of("ChatAdapter", StepKind::Parse), None, None, None]
        );
    }
}
