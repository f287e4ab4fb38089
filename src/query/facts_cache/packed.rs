//! Facts as bytes: numbers as long as they need to be, names as their numbers.

use crate::model::{AdapterFact, AgentFact, ModelCalls, Name, SpanFact, Tokens, TraceFacts, UsageFact};

/// Another form has another one. A cache of another version is made anew.
pub const VERSION: i64 = 3;

/// Writes. `number` gives a name its number.
pub fn pack(facts: &TraceFacts, mut number: impl FnMut(&Name) -> u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + facts.spans.len() * 14);
    let out = &mut bytes;
    put(out, facts.spans.len() as u64);
    for span in &facts.spans {
        put(out, number(&span.name));
        put(out, number(&span.kind));
        put(out, u64::from(span.has_failed) | u64::from(span.is_origin) << 1);
        put_some(out, span.duration_ns);
        put_some(out, span.own_ns);
        for name in [&span.model, &span.signature, &span.exception] {
            put_some(out, name.as_ref().map(&mut number));
        }
        put_tokens(out, span.tokens);
    }
    put(out, facts.usage.len() as u64);
    for usage in &facts.usage {
        put_tokens(out, Some(usage.tokens));
        put_some(out, usage.cached_input);
        for name in [&usage.model, &usage.signature] {
            put_some(out, name.as_ref().map(&mut number));
        }
        put(out, usage.calls.len() as u64);
        for calls in &usage.calls {
            for name in [&calls.model, &calls.tier] {
                put_some(out, name.as_ref().map(&mut number));
            }
            put(out, calls.calls.into());
            put(out, calls.given);
            put(out, calls.gave);
        }
    }
    put(out, facts.untold_calls.into());
    put(out, facts.adapters.len() as u64);
    for adapter in &facts.adapters {
        put(out, number(&adapter.name));
        put(out, adapter.prompts.into());
        put(out, adapter.failed_parses.into());
    }
    put(out, facts.fallbacks.into());
    put(out, facts.failed_fallbacks.into());
    put(out, facts.agents.is_some().into());
    if let Some(agents) = &facts.agents {
        put(out, u64::from(agents.is_out_of_steps) | u64::from(agents.has_cut_history) << 1);
        put(out, agents.failed.len() as u64);
        for tool in &agents.failed {
            put(out, number(tool));
        }
    }
    let sum = check(&bytes);
    bytes.extend(sum);
    bytes
}

/// Reads what was written; `None` if it is damaged, or names something unknown.
pub fn unpack(bytes: &[u8], name: impl Fn(u64) -> Option<Name>) -> Option<TraceFacts> {
    let (bytes, sum) = bytes.split_last_chunk::<4>()?;
    if *sum != check(bytes) {
        return None;
    }
    let mut bytes = bytes;
    let from = &mut bytes;
    let some_name = |number: Option<u64>| number.map_or(Some(None), |number| name(number).map(Some));
    let mut facts = TraceFacts::default();
    for _ in 0..get(from)? {
        let (title, kind, flags) = (name(get(from)?)?, name(get(from)?)?, get(from)?);
        facts.spans.push(SpanFact {
            name: title,
            kind,
            has_failed: flags & 1 != 0,
            is_origin: flags & 2 != 0,
            duration_ns: get_some(from)?,
            own_ns: get_some(from)?,
            model: some_name(get_some(from)?)?,
            signature: some_name(get_some(from)?)?,
            exception: some_name(get_some(from)?)?,
            tokens: get_tokens(from)?,
        });
    }
    for _ in 0..get(from)? {
        let mut usage = UsageFact {
            tokens: get_tokens(from)??,
            cached_input: get_some(from)?,
            model: some_name(get_some(from)?)?,
            signature: some_name(get_some(from)?)?,
            calls: Vec::new(),
        };
        for _ in 0..get(from)? {
            usage.calls.push(ModelCalls {
                model: some_name(get_some(from)?)?,
                tier: some_name(get_some(from)?)?,
                calls: u32::try_from(get(from)?).ok()?,
                given: get(from)?,
                gave: get(from)?,
            });
        }
        facts.usage.push(usage);
    }
    facts.untold_calls = u32::try_from(get(from)?).ok()?;
    for _ in 0..get(from)? {
        facts.adapters.push(AdapterFact {
            name: name(get(from)?)?,
            prompts: u32::try_from(get(from)?).ok()?,
            failed_parses: u32::try_from(get(from)?).ok()?,
        });
    }
    facts.fallbacks = u32::try_from(get(from)?).ok()?;
    facts.failed_fallbacks = u32::try_from(get(from)?).ok()?;
    if get(from)? != 0 {
        let flags = get(from)?;
        let mut agents =
            AgentFact { is_out_of_steps: flags & 1 != 0, has_cut_history: flags & 2 != 0, failed: Vec::new() };
        for _ in 0..get(from)? {
            agents.failed.push(name(get(from)?)?);
        }
        facts.agents = Some(agents);
    }
    from.is_empty().then_some(facts)
}

/// Seven bits a byte, the lowest first.
fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Nothing is 0, everything else one more.
fn put_some(out: &mut Vec<u8>, number: Option<u64>) {
    put(out, number.map_or(0, |number| number.saturating_add(1)));
}

fn put_tokens(out: &mut Vec<u8>, tokens: Option<Tokens>) {
    put(out, tokens.is_some().into());
    if let Some(tokens) = tokens {
        put_some(out, tokens.input);
        put_some(out, tokens.output);
        put_some(out, tokens.total);
    }
}

fn get(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn get_some(from: &mut &[u8]) -> Option<Option<u64>> {
    get(from).map(|number| number.checked_sub(1))
}

fn get_tokens(from: &mut &[u8]) -> Option<Option<Tokens>> {
    if get(from)? == 0 {
        return Some(None);
    }
    let (input, output, total) = (get_some(from)?, get_some(from)?, get_some(from)?);
    Some(Some(Tokens { input, output, total }))
}

/// Tells damage (FNV).
fn check(bytes: &[u8]) -> [u8; 4] {
    let sum = bytes.iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    sum.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> TraceFacts {
        let tokens = Tokens { input: Some(0), output: None, total: Some(u64::MAX - 1) };
        let span = SpanFact {
            name: "b".into(),
            kind: "a".into(),
            has_failed: true,
            duration_ns: Some(0),
            own_ns: None,
            model: Some("c".into()),
            signature: None,
            exception: Some("a".into()),
            is_origin: false,
            tokens: Some(tokens),
        };
        let plain = SpanFact { has_failed: false, is_origin: true, tokens: None, duration_ns: None, ..span.clone() };
        let calls = |tier: Option<&str>| ModelCalls {
            model: Some("a".into()),
            tier: tier.map(Name::from),
            calls: 3,
            given: 700,
            gave: 0,
        };
        let usage = UsageFact {
            tokens,
            cached_input: Some(300),
            model: None,
            signature: Some("b".into()),
            calls: vec![calls(None), calls(Some("c"))],
        };
        let adapters = vec![AdapterFact { name: "c".into(), prompts: 128, failed_parses: 1 }];
        let agents = AgentFact { is_out_of_steps: true, has_cut_history: false, failed: vec!["c".into(), "b".into()] };
        TraceFacts {
            spans: vec![span, plain],
            usage: vec![usage],
            untold_calls: 200,
            adapters,
            fallbacks: 2,
            failed_fallbacks: 1,
            agents: Some(agents),
        }
    }

    fn number(name: &Name) -> u64 {
        u64::from(name.as_bytes()[0] - b'a')
    }

    fn name(number: u64) -> Option<Name> {
        ["a", "b", "c"].get(number as usize).map(|name| Name::from(*name))
    }

    #[test]
    fn what_was_written_is_read() {
        for facts in [facts(), TraceFacts::default()] {
            assert_eq!(unpack(&pack(&facts, number), name), Some(facts));
        }
        assert_eq!(unpack(&pack(&facts(), number), |number| name(number).filter(|_| number < 2)), None);
    }

    #[test]
    fn damage_is_seen_wherever_it_is() {
        let bytes = pack(&facts(), number);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x11;
            assert_eq!(unpack(&damaged, name), None, "byte {at}");
            assert_eq!(unpack(&bytes[..at], name), None, "cut at {at}");
        }
    }
}
