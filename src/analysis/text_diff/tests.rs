use super::*;

pub(super) fn shown(old: &str, new: &str) -> String {
    let diff = checked(old, new, None);
    let piece = |piece: &Piece| match piece.op {
        PieceOp::Equal => piece.text.clone(),
        PieceOp::Insert => format!("+[{}]", piece.text),
        PieceOp::Delete => format!("-[{}]", piece.text),
    };
    diff.pieces.iter().map(piece).collect()
}

/// Compares, and checks what must always hold.
fn checked(old: &str, new: &str, deadline: Option<Instant>) -> TextDiff {
    let diff = diff_texts(old, new, deadline);
    assert_eq!(diff.old(), old);
    assert_eq!(diff.new_text(), new);
    assert_eq!(diff.is_same(), old == new);
    assert!(diff.pieces.iter().all(|piece| !piece.text.is_empty()));
    for pair in diff.pieces.windows(2) {
        assert_ne!(pair[0].op, pair[1].op, "neighbours of one kind are one piece");
        assert!((pair[0].op, pair[1].op) != (PieceOp::Insert, PieceOp::Delete), "the old one stands first");
    }
    diff
}

#[test]
fn words_change_as_a_whole() {
    assert_eq!(shown("", ""), "");
    assert_eq!(shown("same text", "same text"), "same text");
    assert_eq!(shown("", "new"), "+[new]");
    assert_eq!(shown("old", ""), "-[old]");
    assert_eq!(shown("Solve the problem.", "Solve this problem."), "Solve -[the]+[this] problem.");
    assert_eq!(shown("don't stop", "do stop"), "-[don't]+[do] stop");
    assert_eq!(shown("one two, x", "three four, x"), "-[one two]+[three four], x");
    assert_eq!(shown("a b", "a  b"), "a-[ ]+[  ]b");
    assert_eq!(shown("keep\nall\nlines", "keep\nlines"), "keep\n-[all\n]lines");
    assert_eq!(shown("one two three", "one three"), "one -[two ]three");
    assert_eq!(shown("one three", "one two three"), "one +[two ]three");
    assert_eq!(shown("one two", "one"), "one-[ two]");
    assert_eq!(shown("a\n\nb c", "a b c"), "a-[\n\n]+[ ]b c");
    assert_eq!(shown("x", " x\n"), "+[ ]x+[\n]");
}

#[test]
fn text_without_spaces_changes_by_characters() {
    assert_eq!(shown("数学の問題を解く", "数学の課題を解く"), "数学の-[問]+[課]題を解く");
    assert_eq!(shown("a 👩‍👩‍👧 b", "a 👩‍👩‍👦 b"), "a -[👩‍👩‍👧]+[👩‍👩‍👦] b");
    assert_eq!(shown("e\u{301}te\u{301}", "été"), "-[e\u{301}te\u{301}]+[été]");
}

#[test]
fn changes_of_spaces_are_told_apart() {
    let only = |old: &str, new: &str| checked(old, new, None).is_whitespace_only();
    assert!(only("a b\n", "a  b") && only("ab", "a b") && only("", " "));
    assert!(!only("a b", "a b") && !only("a b", "a c") && !only("", "x"));
}

#[test]
fn random_texts_join_back() {
    let parts = [
        "a",
        "the ",
        " ",
        "\n",
        "\r\n",
        "日本",
        "語。",
        "é",
        "e\u{301}",
        "👩‍👩‍👧",
        "\u{200d}",
        "1,234.5",
        "don't",
        "\t",
        "x_y",
        "ñandú ",
        "\u{202e}",
        "ก็",
        "한국",
        "({[",
        "-",
        "- ",
    ];
    let mut seed = 7_u64;
    let mut next = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % end
    };
    for round in 0..400 {
        let length = if round % 50 == 0 { 3_000 } else { 40 };
        let old: Vec<&str> = (0..next(length)).map(|_| parts[next(parts.len())]).collect();
        let mut new = old.clone();
        for _ in 0..next(12) {
            let at = next(new.len() + 1);
            match next(3) {
                0 => new.insert(at, parts[next(parts.len())]),
                1 if at < new.len() => drop(new.remove(at)),
                _ => {
                    let by = at % new.len().max(1);
                    new.rotate_left(by);
                }
            }
        }
        checked(&old.concat(), &new.concat(), None);
    }
}

#[test]
fn large_texts_are_compared_by_lines_and_end_in_time() {
    let line = |n: usize| format!("Line {n} says that {} is a number and nothing else.\n", n * 7 % 1000);
    let old: String = (0..2_000).map(line).collect();
    let new: String = (0..2_000).filter(|n| n % 97 != 0).map(|n| line(n).replace("number", "figure")).collect();
    let end = Instant::now() + std::time::Duration::from_millis(400);
    checked(&old, &new, Some(end));
    // One edit in much text stays one edit.
    let edited = old.replacen("Line 1500 says", "Line 1500 claims", 1);
    let diff = checked(&old, &edited, None);
    let changes: Vec<&Piece> = diff.pieces.iter().filter(|piece| piece.op != PieceOp::Equal).collect();
    assert_eq!(changes.iter().map(|piece| &*piece.text).collect::<Vec<_>>(), ["says", "claims"]);
    // A deadline that is over gives a coarse answer, not a wrong one.
    assert!(!diff.is_cut);
    assert!(checked(&old, &new, Some(Instant::now())).is_cut, "and says so");
    assert!(!checked(&old, &old, Some(Instant::now())).is_cut);
    assert!(!checked("", &new, Some(Instant::now())).is_cut);
    let shuffled: String = (0..2_000).map(|n| line(n * 1237 % 2_000)).collect();
    checked(&old.replace('\n', " "), &shuffled.replace('\n', " "), Some(Instant::now()));
}
