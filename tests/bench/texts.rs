//! How long comparing two texts of 100 kB takes: the bound for a diff that is looked at is
//! 300 ms.

use std::hint::black_box;
use std::time::Instant;

use dspyglass::analysis::text_diff::diff_texts;

/// About this many bytes each.
const SIZE: usize = 100_000;

pub fn measure() {
    println!("\n{:<44} {:>10}", "comparing 100 kB with 100 kB by words", "ms");
    let prose = text(1, 400, 12);
    for (what, old, new) in [
        ("a few words changed", prose.clone(), prose.replace("word7 ", "other ")),
        ("paragraphs moved", prose.clone(), moved(&prose)),
        ("every third word changed", prose.clone(), every_third(&prose)),
        ("two texts of the same words", prose.clone(), text(2, 400, 12)),
        ("two texts of few words, each one line", text(3, 20, usize::MAX), text(4, 20, usize::MAX)),
        ("two texts that share nothing", prose.clone(), prose.replace("word", "term")),
        ("Chinese", chinese(5), chinese(6)),
    ] {
        let mut times: Vec<f64> = (0..5)
            .map(|_| {
                let start = Instant::now();
                black_box(diff_texts(&old, &new, None));
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{what:<44} {:>10.1}", times[2]);
    }
}

fn random(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |end| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % end
    }
}

/// Sentences of `words` different words, so many to a line.
pub fn text(seed: u64, words: usize, per_line: usize) -> String {
    let mut next = random(seed);
    let mut text = String::new();
    let mut count = 0;
    while text.len() < SIZE {
        text.push_str(&format!("word{}", next(words)));
        count += 1;
        text.push(if count % per_line == 0 { '\n' } else { ' ' });
    }
    text
}

fn moved(text: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (first, second) = lines.split_at(lines.len() / 3);
    [second, first].concat().concat()
}

pub fn every_third(text: &str) -> String {
    let word = |(at, word): (usize, &str)| if at % 3 == 0 { format!("new{at} ") } else { word.to_owned() };
    text.split_inclusive([' ', '\n']).enumerate().map(word).collect()
}

pub fn chinese(seed: u64) -> String {
    let signs: Vec<char> = "请把来信转给合适的部门并用来信者的语言写一封简短友好的回复".chars().collect();
    let mut next = random(seed);
    (0..SIZE / 3).map(|_| signs[next(signs.len())]).collect()
}
